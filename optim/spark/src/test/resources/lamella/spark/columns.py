"""Writes columns.onnx, a graph that is no network of layers (a softmax over the first axis of an example), with the ONNX
project's own Python package, and columns.txt: an example in a line, and in the next what NumPy computes of it, in float64.

In this directory: python3 columns.py
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

random = np.random.RandomState(3)
scale = random.uniform(0.5, 2, (2, 3)).astype(np.float32)

graph = helper.make_graph(
    [
        helper.make_node("Mul", ["x", "scale"], ["scaled"]),
        helper.make_node("Softmax", ["scaled"], ["y"], axis=1),
    ],
    "columns",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ("n", 2, 3))],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ("n", 2, 3))],
    [numpy_helper.from_array(scale, "scale")],
)
model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 18)])
onnx.checker.check_model(model, full_check=True)
with open("columns.onnx", "wb") as file:
    file.write(model.SerializeToString(deterministic=True))

with open("columns.txt", "w") as file:
    for _ in range(40):
        x = random.uniform(-2, 2, (2, 3)).astype(np.float32)
        e = np.exp(x.astype(np.float64) * scale)
        y = e / e.sum(axis=0)
        for numbers in (x, y):
            file.write(" ".join(repr(float(number)) for number in numbers.ravel()) + "\n")
