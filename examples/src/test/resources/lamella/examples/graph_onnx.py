"""Writes graph.onnx, of several inputs and outputs of several types, and prints what onnxruntime computes with it.

In this directory, with onnx and onnxruntime of PyPI: python3 graph_onnx.py
"""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FLOAT, DOUBLE, INT64, BOOL, STRING = (
    TensorProto.FLOAT,
    TensorProto.DOUBLE,
    TensorProto.INT64,
    TensorProto.BOOL,
    TensorProto.STRING,
)
graph = helper.make_graph(
    [
        helper.make_node("MatMul", ["x", "weight"], ["product"]),
        helper.make_node("Cast", ["bonus"], ["added"], to=FLOAT),
        helper.make_node("Add", ["product", "added"], ["score"]),
        helper.make_node("ArgMax", ["score"], ["label"], axis=1, keepdims=0),
        helper.make_node(
            "LabelEncoder",
            ["label"],
            ["name"],
            domain="ai.onnx.ml",
            keys_int64s=[0, 1, 2],
            values_strings=["low", "middle", "high"],
        ),
        helper.make_node("Where", ["chosen", "x", "zero"], ["part"]),
        helper.make_node("Cast", ["part"], ["wide"], to=DOUBLE),
        helper.make_node("Not", ["chosen"], ["others"]),
    ],
    "several",
    [
        helper.make_tensor_value_info("x", FLOAT, ("n", 2)),
        helper.make_tensor_value_info("bonus", INT64, ("n", 1)),
        helper.make_tensor_value_info("chosen", BOOL, ("n", 2)),
    ],
    [
        helper.make_tensor_value_info("score", FLOAT, ("n", 3)),
        helper.make_tensor_value_info("label", INT64, ("n",)),
        helper.make_tensor_value_info("name", STRING, ("n",)),
        helper.make_tensor_value_info("wide", DOUBLE, ("n", 2)),
        helper.make_tensor_value_info("others", BOOL, ("n", 2)),
    ],
    [
        numpy_helper.from_array(np.array([[1, -2, 3], [4, 5, -6]], np.float32), "weight"),
        numpy_helper.from_array(np.array(0, np.float32), "zero"),
    ],
)
model = helper.make_model(
    graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
)
onnx.checker.check_model(model, full_check=True)
with open("graph.onnx", "wb") as file:
    file.write(model.SerializeToString(deterministic=True))

session = onnxruntime.InferenceSession("graph.onnx")
inputs = {
    "x": np.array([[1, 2], [3, -4.5]], np.float32),
    "bonus": np.array([[10], [-20]], np.int64),
    "chosen": np.array([[True, False], [False, True]]),
}
for value, array in zip(session.get_outputs(), session.run(None, inputs)):
    print(value.name, array.tolist())
