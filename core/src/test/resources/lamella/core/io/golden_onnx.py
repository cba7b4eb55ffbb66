"""Writes golden.onnx with the ONNX project's own Python package, and lets its checker judge it.

onnx 1.12.0 (IR version 8, opset 17), in this directory: python3 golden.py
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def node(name, operator, inputs, output=None, **attributes):
    return helper.make_node(operator, inputs, [output or name], name=name, **attributes)


def value(name, *dimensions):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, dimensions)


def initializer(name, values):
    return numpy_helper.from_array(np.array(values, np.float32), name)


weight = [[0.1, -0.0, np.inf], [1e-45, -3.4028235e38, 2.0]]
graph = helper.make_graph(
    [
        node("Sub", "Sub", ["pixels", "mean"]),
        node("layer0_Gemm", "Gemm", ["Sub", "layer0_weight", "layer0_bias"]),
        node("layer1_0_Mul", "Mul", ["layer0_Gemm", "layer1_0_factor"]),
        node("layer1_1_LeakyRelu", "LeakyRelu", ["layer1_0_Mul"], alpha=0.1),
        node("layer2_Mul", "Mul", ["layer1_1_LeakyRelu", "layer1_0_factor"]),
        node("layer3_Einsum", "Einsum", ["layer2_Mul"], equation="ij->ij"),
        node("layer3_Transpose", "Transpose", ["layer3_Einsum"], perm=[1, 0]),
        node("layer3_Transpose_2", "Transpose", ["layer3_Transpose"], perm=[1, 0]),
        node("Softmax", "Softmax", ["layer3_Transpose_2"], "classes", axis=-1),
    ],
    "network",
    [value("pixels", "batch", 2)],
    [value("classes", "batch", 3)],
    [
        initializer("mean", [127.5, 0.25]),
        initializer("layer0_weight", weight),
        initializer("layer0_bias", [1.0, 2.0, 3.0]),
        initializer("layer1_0_factor", 3.0),
    ],
)
model = helper.make_model(
    graph,
    ir_version=8,
    opset_imports=[helper.make_opsetid("", 17)],
    producer_name="golden",
    producer_version="1.2",
)
helper.set_model_props(model, {"labels": "é 🙂", "seed": "7"})
onnx.checker.check_model(model, full_check=True)
with open("golden.onnx", "wb") as file:
    file.write(model.SerializeToString(deterministic=True))
