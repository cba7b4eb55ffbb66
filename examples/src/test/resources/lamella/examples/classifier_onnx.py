"""Writes classifier.onnx as PyTorch's exporter lays it out, with the ONNX project's own Python package.

In this directory: python3 classifier_onnx.py
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

random = np.random.RandomState(3)


def uniform(name, *shape):
    return numpy_helper.from_array(random.uniform(-1, 1, shape).astype(np.float32), name)


graph = helper.make_graph(
    [
        helper.make_node("Gemm", ["input", "0.weight", "0.bias"], ["/0/Gemm_output_0"], "/0/Gemm", transB=1),
        helper.make_node("LeakyRelu", ["/0/Gemm_output_0"], ["/1/LeakyRelu_output_0"], "/1/LeakyRelu", alpha=0.2),
        helper.make_node("Gemm", ["/1/LeakyRelu_output_0", "2.weight", "2.bias"], ["output"], "/2/Gemm", transB=1),
    ],
    "main_graph",
    [helper.make_tensor_value_info("input", TensorProto.FLOAT, ("batch", 3))],
    [helper.make_tensor_value_info("output", TensorProto.FLOAT, ("batch", 2))],
    [uniform("0.weight", 4, 3), uniform("0.bias", 4), uniform("2.weight", 2, 4), uniform("2.bias", 2)],
)
model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
onnx.checker.check_model(model, full_check=True)
with open("classifier.onnx", "wb") as file:
    file.write(model.SerializeToString(deterministic=True))
