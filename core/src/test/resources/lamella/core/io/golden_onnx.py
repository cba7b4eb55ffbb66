"""Writes golden.onnx and golden13.onnx with the ONNX project's own Python package, and lets its checker judge them.

onnx 1.15 or later (IR version 9, opset 20), in this directory: python3 golden_onnx.py
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
        node("0.Gemm", "Gemm", ["pixels", "0.weight", "0.bias"]),
        node("1.0.Mul", "Mul", ["0.Gemm", "1.0.factor"]),
        node("1.1.LeakyRelu", "LeakyRelu", ["1.0.Mul"], alpha=0.1),
        node("2.Mul", "Mul", ["1.1.LeakyRelu", "1.0.factor"]),
        node("3.Einsum", "Einsum", ["2.Mul"], equation="ij->ij"),
        node("3.Transpose", "Transpose", ["3.Einsum"], perm=[1, 0]),
        node("3.Transpose_2", "Transpose", ["3.Transpose"], perm=[1, 0]),
        node("Softmax", "Softmax", ["3.Transpose_2"], "classes", axis=-1),
    ],
    "network",
    [value("pixels", "batch", 2)],
    [value("classes", "batch", 3)],
    [
        initializer("0.weight", weight),
        initializer("0.bias", [1.0, 2.0, 3.0]),
        initializer("1.0.factor", 3.0),
    ],
)

# Which version of the format came with which operators, the package knows.
for name, opset in ("golden.onnx", 20), ("golden13.onnx", 13):
    opsets = [helper.make_opsetid("", opset)]
    model = helper.make_model(
        graph,
        ir_version=helper.find_min_ir_version_for(opsets),
        opset_imports=opsets,
        producer_name="golden",
        producer_version="1.2",
    )
    helper.set_model_props(model, {"labels": "é 🙂", "seed": "7"})
    onnx.checker.check_model(model, full_check=True)
    with open(name, "wb") as file:
        file.write(model.SerializeToString(deterministic=True))
