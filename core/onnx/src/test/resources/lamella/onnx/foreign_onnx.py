"""Writes foreign.onnx as another program would, with the ONNX project's own Python package, and what NumPy computes.

It is laid out as PyTorch's exporter does (weights transposed, names of its own, a batch of 1), with a bias in a Constant
node, another in a list of floats, a third left out. In this directory: python3 foreign_onnx.py
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

random = np.random.RandomState(5)
w1 = random.uniform(-1, 1, (4, 3)).astype(np.float32)
b1 = random.uniform(-1, 1, 4).astype(np.float32)
w2 = random.uniform(-1, 1, (4, 5)).astype(np.float32)
b2 = random.uniform(-1, 1, 5).astype(np.float32)
w3 = random.uniform(-1, 1, (2, 5)).astype(np.float32)

graph = helper.make_graph(
    [
        helper.make_node("Identity", ["features"], ["same"]),
        helper.make_node("Gemm", ["same", "net.0.weight", "net.0.bias"], ["/net/0/Gemm_output_0"], alpha=1.0, transB=1),
        helper.make_node("LeakyRelu", ["/net/0/Gemm_output_0"], ["a"], alpha=0.2, name="/net/1/LeakyRelu"),
        helper.make_node("Constant", [], ["c"], value=numpy_helper.from_array(b2)),
        helper.make_node("Gemm", ["a", "net.2.weight", "c"], ["b"]),
        helper.make_node("Sigmoid", ["b"], ["s"]),
        helper.make_node("Mul", ["b", "s"], ["silu"]),
        helper.make_node("Selu", ["silu"], ["selu"]),
        helper.make_node("Gemm", ["selu", "net.4.weight"], ["logits"], transB=1),
        helper.make_node("Softmax", ["logits"], ["classes"], axis=1),
    ],
    "main_graph",
    [helper.make_tensor_value_info("features", TensorProto.FLOAT, (1, 3))],
    [helper.make_tensor_value_info("classes", TensorProto.FLOAT, (1, 2))],
    [
        numpy_helper.from_array(w1, "net.0.weight"),
        helper.make_tensor("net.0.bias", TensorProto.FLOAT, (4,), b1.tolist()),
        numpy_helper.from_array(w2, "net.2.weight"),
        numpy_helper.from_array(w3, "net.4.weight"),
    ],
    doc_string="a test",
)
model = helper.make_model(
    graph,
    ir_version=8,
    opset_imports=[helper.make_opsetid("", 18)],
    producer_name="pytorch",
    producer_version="2.0",
    doc_string="of another program",
)
helper.set_model_props(model, {"epoch": "12"})
onnx.checker.check_model(model, full_check=True)
with open("foreign.onnx", "wb") as file:
    file.write(model.SerializeToString(deterministic=True))

x = random.uniform(-2, 2, (3, 3)).astype(np.float32)
a = x.astype(np.float64) @ w1.T.astype(np.float64) + b1
a = np.where(a > 0, a, np.float64(np.float32(0.2)) * a)
b = a @ w2.astype(np.float64) + b2
silu = b / (1 + np.exp(-b))
alpha, gamma = 1.67326319217681884765625, 1.05070102214813232421875
selu = gamma * np.where(silu > 0, silu, alpha * np.expm1(silu))
logits = selu @ w3.T.astype(np.float64)
with open("foreign.txt", "w") as file:
    for row in np.hstack([x, logits]):
        file.write(" ".join(repr(float(value)) for value in row) + "\n")
