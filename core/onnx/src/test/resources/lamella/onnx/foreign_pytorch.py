"""Writes foreign_pytorch.onnx and what NumPy computes: GELU in three ways that PyTorch's exporters write it before opset 20,
and LayerNorm as they do before 17.

A weight is another's under a second name, as for equal parameters. In this directory: python3 foreign_pytorch.py
"""

import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

random = np.random.RandomState(6)
w = random.uniform(-1, 1, (4, 4)).astype(np.float32)
b = random.uniform(-1, 1, 4).astype(np.float32)
gain = random.uniform(0.5, 2, 4).astype(np.float32)


def number(name, value):
    return numpy_helper.from_array(np.array(value, np.float32), name)


node = helper.make_node
graph = helper.make_graph(
    [
        node("Identity", ["0.weight"], ["5.weight"]),
        node("Gemm", ["in", "0.weight", "0.bias"], ["a"], transB=1),
        node("Div", ["a", "sqrt2"], ["a1"]),
        node("Erf", ["a1"], ["a2"]),
        node("Add", ["a2", "one"], ["a3"]),
        node("Mul", ["a", "a3"], ["a4"]),
        node("Mul", ["a4", "half"], ["a5"]),
        node("Gemm", ["a5", "5.weight", "0.bias"], ["c"], transB=1),
        node("Div", ["c", "sqrt2"], ["c1"]),
        node("Erf", ["c1"], ["c2"]),
        node("Add", ["c2", "one"], ["c3"]),
        node("Mul", ["half", "c3"], ["c4"]),
        node("Mul", ["c", "c4"], ["c5"]),
        node("Mul", ["c5", "c5"], ["d1"]),
        node("Mul", ["c5", "d1"], ["d2"]),
        node("Mul", ["third", "d2"], ["d3"]),
        node("Add", ["c5", "d3"], ["d4"]),
        node("Mul", ["first", "d4"], ["d5"]),
        node("Tanh", ["d5"], ["d6"]),
        node("Add", ["one", "d6"], ["d7"]),
        node("Mul", ["c5", "d7"], ["d8"]),
        node("Mul", ["half", "d8"], ["e"]),
        node("ReduceMean", ["e"], ["e1"], axes=[-1]),
        node("Sub", ["e", "e1"], ["e2"]),
        node("Pow", ["e2", "two"], ["e3"]),
        node("ReduceMean", ["e3"], ["e4"], axes=[-1]),
        node("Add", ["e4", "epsilon"], ["e5"]),
        node("Sqrt", ["e5"], ["e6"]),
        node("Div", ["e2", "e6"], ["e7"]),
        node("Mul", ["e7", "8.weight"], ["e8"]),
        node("Add", ["e8", "0.bias"], ["out"]),
    ],
    "main_graph",
    [helper.make_tensor_value_info("in", TensorProto.FLOAT, ("batch", 4))],
    [helper.make_tensor_value_info("out", TensorProto.FLOAT, ("batch", 4))],
    [
        numpy_helper.from_array(w, "0.weight"),
        numpy_helper.from_array(b, "0.bias"),
        numpy_helper.from_array(gain, "8.weight"),
        number("two", 2),
        number("epsilon", 1e-3),
        number("sqrt2", math.sqrt(2)),
        number("one", 1),
        number("half", 0.5),
        number("third", 0.044715),
        number("first", math.sqrt(2 / math.pi)),
    ],
)
model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 16)], producer_name="pytorch")
onnx.checker.check_model(model, full_check=True)
with open("foreign_pytorch.onnx", "wb") as file:
    file.write(model.SerializeToString(deterministic=True))

x = random.uniform(-3, 3, (5, 4)).astype(np.float32)
gelu = np.vectorize(lambda v: 0.5 * v * math.erfc(-v / math.sqrt(2)))
a = gelu(x.astype(np.float64) @ w.T.astype(np.float64) + b)
c = gelu(a @ w.T.astype(np.float64) + b)
e = 0.5 * c * (1 + np.tanh(math.sqrt(2 / math.pi) * (c + 0.044715 * c**3)))
y = (e - e.mean(axis=1, keepdims=True)) / np.sqrt(e.var(axis=1, keepdims=True) + 1e-3) * gain + b
with open("foreign_pytorch.txt", "w") as file:
    for row in np.hstack([x, y]):
        file.write(" ".join(repr(float(value)) for value in row) + "\n")
