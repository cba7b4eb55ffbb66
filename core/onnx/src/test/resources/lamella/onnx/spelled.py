"""Writes spelled.txt: small models of dense networks as many programs write them, the layers that they are, and what
ONNX Runtime computes.

A line: name | network | end of the graph | dimensions of x | x | y | model in Base64. In this directory:
python3 spelled.py (onnx, onnxruntime, numpy)
"""

import base64

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

lines = []


class Model:
    """A graph of one input x and one output y."""

    def __init__(self, name, shape, opset=17, dtype=np.float32, ir=8, output=None):
        self.name, self.shape, self.opset, self.dtype, self.ir, self.output = name, shape, opset, dtype, ir, output
        self.nodes, self.constants, self.inputs = [], [], []
        self.random = np.random.RandomState(len(name) * 7 + opset)

    def const(self, value, form="raw", dtype=None):
        array = np.asarray(value, dtype=dtype or self.dtype)
        name = "c%d" % len(self.constants)
        if form == "raw":
            tensor = numpy_helper.from_array(array, name)
        else:  # a list of numbers, as some programs write
            tensor = helper.make_tensor(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape, array.flatten())
        self.constants.append(tensor)
        return name

    def ints(self, *values):
        return self.const(values, form="list", dtype=np.int64)

    def normal(self, *shape):
        return self.const(self.random.normal(0, 0.7, shape))

    def node(self, operator, *inputs, domain="", outputs=None, **attributes):
        names = outputs or ["v%d" % len(self.nodes)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, domain=domain, **attributes))
        return names[0]

    def end(self, value, network, end="NONE", ml=0, rows=5, feed=None):
        self.nodes.append(helper.make_node("Identity", [value], ["y"]))
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(self.dtype))
        x = helper.make_tensor_value_info("x", kind, self.shape)
        y = helper.make_tensor_value_info("y", kind, self.output)
        graph = helper.make_graph(self.nodes, "g", [x] + self.inputs, [y], self.constants)
        opsets = [helper.make_opsetid("", self.opset)] + ([helper.make_opsetid("ai.onnx.ml", ml)] if ml else [])
        model = helper.make_model(graph, opset_imports=opsets, ir_version=self.ir)
        size = [rows if isinstance(d, str) else d for d in self.shape]
        data = self.random.normal(0, 1.5, size).astype(self.dtype)
        if self.opset < 7:  # which ONNX Runtime does not have; the same graph without an attribute that 7 took away
            newer = onnx.ModelProto()
            newer.CopyFrom(model)
            newer.opset_import[0].version = 7
            for node in newer.graph.node:
                kept = [a for a in node.attribute if a.name != "broadcast"]
                del node.attribute[:]
                node.attribute.extend(kept)
        session = onnxruntime.InferenceSession((newer if self.opset < 7 else model).SerializeToString(), providers=["CPUExecutionProvider"])
        result = session.run(["y"], {"x": data})[0]
        text = lambda array: " ".join(repr(float(v)) for v in np.asarray(array).flatten())
        lines.append(
            " | ".join(
                [self.name, network, end, " ".join(map(str, size)), text(data), text(result)]
                + [base64.b64encode(model.SerializeToString()).decode()]
            )
        )


# Dense layers.
m = Model("matmul and add", ["n", 3])
m.end(m.node("Add", m.node("MatMul", "x", m.normal(3, 4)), m.normal(4)), "[3] -> Linear(3 -> 4)")
m = Model("add and matmul", ["n", 3])
m.end(m.node("Add", m.normal(4), m.node("MatMul", "x", m.normal(3, 4))), "[3] -> Linear(3 -> 4)")
m = Model("matmul alone", ["n", 3])
m.end(m.node("MatMul", "x", m.normal(3, 4)), "[3] -> Linear(3 -> 4)")
m = Model("bias of dimensions 1, 4", ["n", 3])
m.end(m.node("Add", m.node("MatMul", "x", m.normal(3, 4)), m.normal(1, 4)), "[3] -> Linear(3 -> 4)")
m = Model("bias of one number", ["n", 3])
m.end(m.node("Gemm", "x", m.normal(3, 4), m.normal(1)), "[3] -> Linear(3 -> 4)")
m = Model("gemm of factors", ["n", 3], opset=11)
m.end(
    m.node("Gemm", "x", m.normal(4, 3), m.normal(4), alpha=0.37, beta=1.9, transB=1), "[3] -> Linear(3 -> 4)"
)
m = Model("gemm without bias", ["n", 3], opset=13)
m.end(m.node("Gemm", "x", m.normal(4, 3), beta=0.0, transB=1), "[3] -> Linear(3 -> 4)")
m = Model("weights computed", ["n", 3])
m.end(m.node("MatMul", "x", m.node("Transpose", m.normal(4, 3), perm=[1, 0])), "[3] -> Linear(3 -> 4)")
m = Model("initialisers are inputs", ["n", 3], ir=3, opset=8)
w, b = m.normal(3, 4), m.normal(4)
m.inputs = [helper.make_tensor_value_info(w, TensorProto.FLOAT, [3, 4]), helper.make_tensor_value_info(b, TensorProto.FLOAT, [4])]
m.end(m.node("Relu", m.node("Gemm", "x", w, b)), "[3] -> Linear(3 -> 4) -> ReLU")
m = Model("float64", ["n", 3], dtype=np.float64)
m.end(m.node("Tanh", m.node("Gemm", "x", m.normal(3, 4), m.normal(4))), "[3] -> Linear(3 -> 4) -> Tanh")
m = Model("one weight, used twice", ["n", 3])
w = m.normal(3, 3)
m.end(m.node("MatMul", m.node("Tanh", m.node("MatMul", "x", w)), w), "[3] -> Linear(3 -> 3) -> Tanh -> Linear(3 -> 3)")

m = Model("float16", ["n", 3], dtype=np.float16)
m.end(m.node("Relu", m.node("Gemm", "x", m.normal(3, 4), m.normal(4))), "[3] -> Linear(3 -> 4) -> ReLU")
m = Model("float16, operators", ["n", 3], dtype=np.float16)
v = m.node("Clip", m.node("MatMul", "x", m.normal(3, 4)), m.const(-0.5), m.const(0.5))
m.end(m.node("MatMul", v, m.normal(4, 2)), "[3] -> Linear(3 -> 4) -> OperatorLayer(Clip) -> Linear(4 -> 2)")
m = Model("opset 6", ["n", 3], opset=6, ir=3)
w, b, c = m.normal(3, 4), m.normal(4), m.normal(4, 4)
m.inputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, d) for n, d in ((w, [3, 4]), (b, [4]), (c, [4, 4]))]
v = m.node("Relu", m.node("Gemm", "x", w, b, alpha=1.0, beta=1.0, broadcast=1))
m.end(m.node("Add", m.node("MatMul", v, c), b, broadcast=1), "[3] -> Linear(3 -> 4) -> ReLU -> Linear(4 -> 4)")

# Examples of other dimensions.
m = Model("flatten", ["n", 1, 2, 3])
m.end(m.node("MatMul", m.node("Flatten", "x", axis=1), m.normal(6, 4)), "[6] -> Linear(6 -> 4)")
m = Model("reshape -1", ["n", 1, 2, 3])
m.end(m.node("MatMul", m.node("Reshape", "x", m.ints(-1, 6)), m.normal(6, 4)), "[6] -> Linear(6 -> 4)")
m = Model("reshape 0", ["n", 2, 3], opset=12)
m.end(m.node("MatMul", m.node("Reshape", "x", m.ints(0, -1)), m.normal(6, 4)), "[6] -> Linear(6 -> 4)")
m = Model("fixed batch", [1, 2, 3])
m.end(m.node("MatMul", m.node("Reshape", "x", m.ints(1, 6)), m.normal(6, 4)), "[6] -> Linear(6 -> 4)")
m = Model("no batch", [3])
m.end(m.node("Elu", m.node("Add", m.node("MatMul", "x", m.normal(3, 4)), m.normal(4))), "[3] -> Linear(3 -> 4) -> ELU(1.0)")
m = Model("squeeze and unsqueeze", ["n", 1, 3], opset=13)
v = m.node("Squeeze", "x", m.ints(1))
m.end(m.node("Unsqueeze", m.node("Gemm", v, m.normal(3, 2)), m.ints(2)), "[3] -> Linear(3 -> 2)")
m = Model("squeeze by attribute", ["n", 1, 3], opset=11)
m.end(m.node("Gemm", m.node("Squeeze", "x", axes=[1]), m.normal(3, 2)), "[3] -> Linear(3 -> 2)")
m = Model("transpose of one", ["n", 1, 3])
m.end(m.node("MatMul", m.node("Flatten", m.node("Transpose", "x", perm=[0, 2, 1])), m.normal(3, 2)), "[3] -> Linear(3 -> 2)")
m = Model("transpose of two", ["n", 2, 3])
m.end(
    m.node("MatMul", m.node("Flatten", m.node("Transpose", "x", perm=[0, 2, 1])), m.normal(6, 2)),
    "[6] -> OperatorLayer(Transpose) -> Linear(6 -> 2)",
)

# What is before the first layer.
m = Model("mean and deviation", ["n", 3])
v = m.node("Div", m.node("Sub", "x", m.normal(3)), m.const([0.5, 2, 1.25]))
m.end(m.node("MatMul", v, m.normal(3, 2)), "[3] -> InputNorm(mean, deviation) -> Linear(3 -> 2)")
m = Model("mean and factor", ["n", 3])
v = m.node("Mul", m.node("Sub", "x", m.normal(1, 3)), m.const([0.5, 2, 1.25]))
m.end(m.node("MatMul", v, m.normal(3, 2)), "[3] -> InputNorm(mean) -> Scale(3) -> Linear(3 -> 2)")
m = Model("one mean, one deviation", ["n", 1, 2, 2])
v = m.node("Div", m.node("Sub", "x", m.const(0.1307)), m.const(0.3081))
m.end(m.node("MatMul", m.node("Flatten", v), m.normal(4, 2)), "[4] -> InputNorm(mean, deviation) -> Linear(4 -> 2)")
m = Model("pixels", ["n", 3])
m.end(m.node("MatMul", m.node("Div", "x", m.const(255)), m.normal(3, 2)), "[3] -> InputNorm(mean, deviation) -> Linear(3 -> 2)")
m = Model("means of planes", ["n", 2, 2, 1])
v = m.node("Sub", "x", m.const(np.reshape([0.25, -0.5], (2, 1, 1))))
m.end(m.node("MatMul", m.node("Flatten", v), m.normal(4, 2)), "[4] -> InputNorm(mean) -> Linear(4 -> 2)")
m = Model("negative", ["n", 3])
m.end(m.node("Neg", m.node("MatMul", "x", m.normal(3, 2))), "[3] -> Linear(3 -> 2) -> Scale(2)")

# Activations.
s2 = np.sqrt(2)


def gelu_erf(m, v, order):
    e = m.node("Add", m.node("Erf", m.node("Div", v, m.const(s2))), m.const(1))
    if order == 0:
        return m.node("Mul", m.node("Mul", v, e), m.const(0.5))
    if order == 1:
        return m.node("Mul", v, m.node("Mul", m.const(0.5), e))
    if order == 2:
        return m.node("Mul", m.node("Mul", m.const(0.5), v), e)
    e = m.node("Add", m.const(1), m.node("Erf", m.node("Mul", m.const(1 / s2), v)))
    return m.node("Mul", m.node("Mul", e, m.const([0.5])), v)


def gelu_tanh(m, v, power):
    cube = m.node("Pow", v, m.const(3)) if power else m.node("Mul", m.node("Mul", v, v), v)
    angle = m.node("Mul", m.node("Add", v, m.node("Mul", cube, m.const(0.044715))), m.const(np.sqrt(2 / np.pi)))
    return m.node("Mul", m.node("Mul", v, m.const(0.5)), m.node("Add", m.node("Tanh", angle), m.const(1)))


for order in range(4):
    m = Model("gelu %d" % order, ["n", 3])
    m.end(gelu_erf(m, m.node("MatMul", "x", m.normal(3, 4)), order), "[3] -> Linear(3 -> 4) -> GELU")
for power in (False, True):
    m = Model("gelu tanh %s" % power, ["n", 3], opset=13)
    m.end(gelu_tanh(m, m.node("MatMul", "x", m.normal(3, 4)), power), "[3] -> Linear(3 -> 4) -> GELU(tanh)")
m = Model("swish", ["n", 3])
m.end(m.node("Mul", m.node("Sigmoid", "x"), "x"), "[3] -> Swish")
m = Model("swish by exp", ["n", 3])
m.end(m.node("Div", "x", m.node("Add", m.node("Exp", m.node("Neg", "x")), m.const(1))), "[3] -> Swish")
m = Model("mish", ["n", 3])
m.end(m.node("Mul", "x", m.node("Tanh", m.node("Softplus", "x"))), "[3] -> Mish")
m = Model("mish by log", ["n", 3])
m.end(m.node("Mul", m.node("Tanh", m.node("Log", m.node("Add", m.node("Exp", "x"), m.const(1)))), "x"), "[3] -> Mish")
m = Model("softplus by where", ["n", 3], opset=18)
v = m.node("Log", m.node("Add", m.node("Exp", "x"), m.const(1)))
m.end(m.node("Where", m.node("Greater", "x", m.const(20)), "x", v), "[3] -> Softplus")
m = Model("hard swish of 13", ["n", 3], opset=13)
m.end(m.node("Mul", "x", m.node("HardSigmoid", "x", alpha=1 / 6)), "[3] -> HardSwish")
m = Model("hard swish by clip", ["n", 3], opset=13)
v = m.node("Clip", m.node("Add", "x", m.const(3)), m.const(0), m.const(6))
m.end(m.node("Div", m.node("Mul", "x", v), m.const(6)), "[3] -> HardSwish")
m = Model("relu by max", ["n", 3])
m.end(m.node("Max", "x", m.const(0)), "[3] -> ReLU")
m = Model("relu by clip", ["n", 3])
m.end(m.node("Clip", "x", m.const(0)), "[3] -> ReLU")
m = Model("relu6", ["n", 3])
m.end(m.node("Clip", "x", m.const(0), m.const(6)), "[3] -> OperatorLayer(Clip)")
m = Model("prelu of one slope", ["n", 3])
m.end(m.node("PRelu", "x", m.const([0.25])), "[3] -> LeakyReLU(0.25)")
m = Model("prelu of three", ["n", 3])
m.end(m.node("PRelu", "x", m.const([0.25, 0.5, 0.1])), "[3] -> OperatorLayer(PRelu)")
m = Model("celu of 1", ["n", 3])
m.end(m.node("Celu", "x", alpha=1.0), "[3] -> ELU(1.0)")
m = Model("softsign", ["n", 3])
m.end(m.node("Tanh", m.node("Softsign", "x")), "[3] -> OperatorLayer(Softsign) -> Tanh")
m = Model("sigmoid by tanh", ["n", 3])
v = m.node("Tanh", m.node("Mul", "x", m.const(0.5)))
m.end(m.node("Mul", m.node("Add", v, m.const(1)), m.const(0.5)), "[3] -> Sigmoid")

# Normalisations.


def layer_norm(m, v, square, gain, axis):
    mean = lambda u: m.node("ReduceMean", u, axes=[axis])
    d = m.node("Sub", v, mean(v))
    square = m.node("Pow", d, m.const(2)) if square == "pow" else m.node("Mul", d, d)
    y = m.node("Div", d, m.node("Sqrt", m.node("Add", mean(square), m.const(1e-5))))
    if gain >= 1:
        y = m.node("Mul", y, m.normal(4))
    return m.node("Add", y, m.normal(4)) if gain == 2 else y


for gain in range(3):
    for square, axis in (("pow", -1), ("mul", 1)):
        m = Model("layer norm %d %s" % (gain, square), ["n", 3], opset=13)
        layer = "ContrastNorm(1.0E-5)" if gain == 0 else "LayerNorm(4)"  # the former has no gain either
        m.end(layer_norm(m, m.node("MatMul", "x", m.normal(3, 4)), square, gain, axis), "[3] -> Linear(3 -> 4) -> " + layer)
m = Model("batch norm", ["n", 3], opset=9)
m.end(
    m.node("BatchNormalization", "x", m.normal(3), m.normal(3), m.normal(3), m.const([1, 2, 0.5]), epsilon=1e-3),
    "[3] -> BatchNorm(3, epsilon 0.001)",
)

# Blocks, and what is no layer.
m = Model("block", ["n", 4])
v = m.node("Relu", m.node("Gemm", "x", m.normal(4, 5)))
v = m.node("Add", m.node("Gemm", v, m.normal(5, 4)), "x")
m.end(m.node("Gemm", v, m.normal(4, 2)), "[4] -> Residual(Linear(4 -> 5) -> ReLU -> Linear(5 -> 4)) -> Linear(4 -> 2)")
m = Model("two towers", ["n", 4])
a, b = m.node("Relu", m.node("Gemm", "x", m.normal(4, 3))), m.node("Tanh", m.node("Gemm", "x", m.normal(4, 2)))
m.end(
    m.node("Gemm", m.node("Concat", a, b, axis=1), m.normal(5, 2)),
    "[4] -> OperatorLayer(Gemm, Relu, Gemm, Tanh, Concat) -> Linear(5 -> 2)",
)
m = Model("duelling", ["n", 4])
h = m.node("Relu", m.node("Gemm", "x", m.normal(4, 6)))
value, advantage = m.node("Gemm", h, m.normal(6, 1)), m.node("Gemm", h, m.normal(6, 3))
v = m.node("Add", value, m.node("Sub", advantage, m.node("ReduceMean", advantage, axes=[1])))
m.end(v, "[4] -> Linear(4 -> 6) -> ReLU -> OperatorLayer(Gemm, Gemm, ReduceMean, Sub, Add)")
m = Model("first half", ["n", 4], opset=13)
v = m.node("Split", m.node("Gemm", "x", m.normal(4, 6)), m.ints(2, 4), outputs=["a", "b"], axis=1)
m.end(m.node("Tanh", v), "[4] -> Linear(4 -> 6) -> OperatorLayer(Split) -> Tanh")
m = Model("operators on a fixed batch", [2, 3])
m.end(m.node("Slice", m.node("MatMul", "x", m.normal(3, 4)), m.ints(1), m.ints(3), m.ints(1)), "[3] -> Linear(3 -> 4) -> OperatorLayer(Slice)")

# The ends.
m = Model("softmax", ["n", 3], opset=11)
m.end(m.node("Softmax", m.node("Gemm", "x", m.normal(3, 4)), axis=1), "[3] -> Linear(3 -> 4)", end="SOFTMAX")
m = Model("softmax and a name", ["n", 3])
m.end(m.node("Identity", m.node("Softmax", m.node("Gemm", "x", m.normal(3, 4)))), "[3] -> Linear(3 -> 4)", end="SOFTMAX")
m = Model("log softmax", ["n", 3])
m.end(m.node("LogSoftmax", m.node("Gemm", "x", m.normal(3, 4))), "[3] -> Linear(3 -> 4)", end="LOG_SOFTMAX")
m = Model("sigmoid", ["n", 3])
m.end(m.node("Sigmoid", m.node("Gemm", "x", m.normal(3, 1))), "[3] -> Linear(3 -> 1) -> Sigmoid")
m = Model("no and yes", ["n", 3])
p = m.node("Sigmoid", m.node("Gemm", "x", m.normal(3, 1)))
m.end(m.node("Concat", m.node("Sub", m.const([1]), p), p, axis=1), "[3] -> Linear(3 -> 1)", end="NO_AND_YES")
m = Model("scaler", ["n", 3], opset=12)
v = m.node("Scaler", "x", domain="ai.onnx.ml", offset=[0.5, -1.0, 2.0], scale=[2.0, 0.25, 1.5])
m.end(m.node("Gemm", v, m.normal(3, 2)), "[3] -> InputNorm(mean, deviation) -> Linear(3 -> 2)", ml=1)

with open("spelled.txt", "w") as file:
    file.write("\n".join(lines) + "\n")
print(len(lines), "models")
