"""What operators of ONNX give, by their definitions in NumPy: python3 operators_golden.py > operators_golden.txt

Each case is a line "case OPERATOR OPSET [DOMAIN]" with attributes, then a line for each input and each output: its type, dimensions
and elements, or "-" where it is left out. Floats are written so that they are read back exactly; what is expected was computed in
float64 and rounded to the output's type. Texts are percent-encoded.
"""
import math
from urllib.parse import quote

import numpy as np

ML = "ai.onnx.ml"
TYPES = {
    "float32": "float", "float64": "double", "float16": "float16", "int64": "int64", "int32": "int32", "int16": "int16",
    "int8": "int8", "uint8": "uint8", "uint16": "uint16", "uint32": "uint32", "uint64": "uint64", "bool": "bool",
}
rng = np.random.default_rng(15)


class Tensor:
    """An attribute that is an array."""

    def __init__(self, array):
        self.array = array


class BFloat16:
    """An array of float32 whose numbers are bfloat16's."""

    def __init__(self, array):
        bits = np.asarray(array, np.float32).view(np.uint32)
        self.array = ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32)


def element(x):
    if isinstance(x, str):
        return "%" + quote(x, safe="")
    if isinstance(x, (bool, np.bool_)):
        return str(int(x))
    if isinstance(x, np.float32):
        return str(x)
    if isinstance(x, (float, np.floating)):
        return repr(float(x))
    return str(int(x))


def array(x):
    if x is None:
        return "-"
    kind = "bfloat16" if isinstance(x, BFloat16) else None
    x = x.array if kind else np.asarray(x)
    kind = kind or TYPES.get(x.dtype.name, "string")
    sizes = ",".join(map(str, x.shape))
    return " ".join([f"{kind}[{sizes}]", *(element(e) for e in x.reshape(-1))])


def attribute(name, value):
    if isinstance(value, Tensor):
        return f"{name}=t:" + array(value.array).replace(" ", ";")
    if isinstance(value, list):
        kind = {str: "ss", float: "fs", int: "is"}[type(value[0])] if value else "is"
        return f"{name}={kind}:" + ";".join(map(element, value))
    kind = {str: "s", float: "f", int: "i"}[type(value)]
    return f"{name}={kind}:{element(value)}"


def case(operator, opset, inputs, outputs, domain="", **attributes):
    words = ["case", operator, str(opset)] + ([domain] if domain else [])
    print(" ".join(words + [attribute(*item) for item in attributes.items()]))
    for x in inputs:
        print("in", array(x))
    for y in outputs:
        print("out", array(y))


def f32(*shape, low=-3, high=3):
    return rng.uniform(low, high, shape).astype(np.float32)


def f64(x):
    return np.asarray(x, np.float64)


def like(y, x):
    with np.errstate(all="ignore"):
        return np.asarray(y).astype(np.asarray(x).dtype)


def i64(*numbers):
    return np.array(numbers, np.int64)


def texts(*strings):
    return np.array(strings, object)


np.seterr(all="ignore")
INF, NAN = math.inf, math.nan

# Products.
a, b, c = f32(3, 4), f32(4, 5), f32(5)
full, column = f32(3, 5), f32(3, 1)
product = f64(a) @ f64(b)
case("Gemm", 6, [a, b, c], [like(product + c, a)], broadcast=1)
case("Gemm", 6, [a, b, full], [like(0.5 * product + 2 * f64(full), a)], alpha=0.5, beta=2.0)
case("Gemm", 7, [a, b, column], [like(product + column, a)])
case("Gemm", 9, [a, b, np.float32(2.5)], [like(product + 2.5, a)])
case("Gemm", 11, [a, b], [like(product, a)], beta=0.0)
case("Gemm", 13, [a, b, c * NAN], [like(product, a)], beta=0.0)
case("Gemm", 13, [a, b, None], [like(0.25 * product, a)], alpha=0.25)
case("Gemm", 13, [a.T, b, c], [like(product + c, a)], transA=1)
case("Gemm", 13, [a, b.T, c], [like(product + c, a)], transB=1)
case("Gemm", 13, [a.T, b.T, f32(1, 5) * 0], [like(product, a)], transA=1, transB=1)
case("Gemm", 13, [f64(a), f64(b), f64(c)], [product + f64(c)])
h = a.astype(np.float16), b.astype(np.float16), c.astype(np.float16)
case("Gemm", 13, [*h], [like(f64(h[0]) @ f64(h[1]) + f64(h[2]), h[0])])
m, n = rng.integers(-9, 9, (2, 3)), rng.integers(-9, 9, (3, 4))
case("Gemm", 11, [m, n, i64(1, 2, 3, 4)], [m @ n + i64(1, 2, 3, 4)])
case("Gemm", 13, [np.zeros((2, 0), np.float32), np.zeros((0, 3), np.float32), c[:3]], [np.tile(c[:3], (2, 1))])
for x, y in [((3, 4), (4, 5)), ((4,), (4, 5)), ((3, 4), (4,)), ((4,), (4,)), ((2, 3, 4), (4, 5)), ((2, 1, 3, 4), (6, 4, 2)),
             ((4,), (2, 4, 3)), ((2, 3, 4), (4,)), ((2, 0, 4), (4, 3))]:
    p, q = f32(*x), f32(*y)
    case("MatMul", 13, [p, q], [like(f64(p) @ f64(q), p)])
case("MatMul", 1, [f64(a), f64(b)], [product])
case("MatMul", 9, [m.astype(np.int32), n.astype(np.int32)], [(m @ n).astype(np.int32)])

# Arithmetic.
wide, row, middle = f32(2, 3, 4), f32(4), f32(3)
case("Add", 6, [wide, row], [like(f64(wide) + row, wide)], broadcast=1)
case("Add", 6, [wide, middle], [like(f64(wide) + middle[:, None], wide)], broadcast=1, axis=1)
case("Add", 6, [wide, f32(2, 3, 4) * 0], [wide])
case("Sub", 6, [wide, f32(1, 1) * 0 + 2], [like(f64(wide) - 2, wide)], broadcast=1)
case("Mul", 6, [wide, wide[:, :, 0]], [like(f64(wide) * wide[:, :, :1], wide)], broadcast=1, axis=0)
case("Div", 6, [wide, middle], [like(f64(wide) / middle[:, None], wide)], broadcast=1, axis=-2)
for name, f in {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide}.items():
    for opset in [7, 14]:
        x, y = f32(2, 1, 4), f32(3, 1)
        case(name, opset, [x, y], [like(f(f64(x), f64(y)), x)])
    x, y = f64(f32(3)), f64(f32(2, 3))
    case(name, 14, [x, y], [f(x, y)])
    x, y = f32(3).astype(np.float16), f32(3).astype(np.float16)
    case(name, 14, [x, y], [f(x, y)])
x = BFloat16(f32(4)), BFloat16(f32(4))
case("Add", 14, list(x), [BFloat16(x[0].array + x[1].array)])
case("Div", 14, [np.array([7, -7, 7, -7], np.int32), np.array([2, 2, -2, -2], np.int32)], [np.array([3, -3, -3, 3], np.int32)])
case("Div", 14, [np.array([2**64 - 1], np.uint64), np.array([2], np.uint64)], [np.array([2**63 - 1], np.uint64)])
case("Add", 14, [np.array([200, 255], np.uint8), np.array([100, 1], np.uint8)], [np.array([44, 0], np.uint8)])
case("Mul", 14, [np.array([100, -128], np.int8), np.array([3, -1], np.int8)], [np.array([44, -128], np.int8)])
case("Sub", 14, [np.array([1], np.uint32), np.array([2], np.uint32)], [np.array([2**32 - 1], np.uint32)])
x, y = f32(2, 3, low=0.1), f32(3)
case("Pow", 1, [x, y], [like(f64(x) ** f64(y), x)], broadcast=1)
case("Pow", 7, [x, y], [like(f64(x) ** f64(y), x)])
case("Pow", 12, [x, np.array([2, 3, -1], np.int64)], [like(f64(x) ** f64([2, 3, -1]), x)])
case("Pow", 15, [np.array([2, -3, 7], np.int32), np.array([5, 3, 0], np.int32)], [np.array([32, -27, 1], np.int32)])
case("Pow", 15, [np.array([2, 3, 10], np.int64), np.array([0.5, 1.5, 2], np.float32)], [i64(1, 5, 100)])
case("Pow", 15, [np.array([1, -1, -2, 0], np.float32), np.array([NAN, INF, 3, 0], np.float32)], [np.array([1, 1, -8, 1], np.float32)])
x, y = np.array([5, -5, 5, -5, 4], np.int64), np.array([3, 3, -3, -3, 2], np.int64)
case("Mod", 10, [x, y], [np.mod(x, y)])
case("Mod", 13, [x, y], [np.fmod(x, y)], fmod=1)
x, y = np.array([5.5, -5.5, 5.5, -4.25], np.float32), np.array([3, 3, -3, 2], np.float32)
case("Mod", 13, [x, y], [np.fmod(x, y)], fmod=1)
x, y = np.array([5.5, -5.5, 5.5, -0.0, 0.0, 1, -1, 3, INF], np.float64), np.array([3, 3, -3, 2, -2, INF, INF, 0, 2], np.float64)
case("Mod", 28, [x, y], [np.mod(x, y)])
case("Mod", 13, [np.array([2**64 - 1], np.uint64), np.array([10], np.uint64)], [np.array([5], np.uint64)])
x, y, z = f32(2, 3), f32(3), f32(2, 1)
for opset in [6, 8, 13]:
    x, y, z = (f32(2, 3), f32(2, 3), f32(2, 3)) if opset < 8 else (f32(2, 3), f32(3), f32(2, 1))
    case("Max", opset, [x, y, z], [np.maximum(np.maximum(x, y), z)])
    case("Min", opset, [x, y, z], [np.minimum(np.minimum(x, y), z)])
    case("Sum", opset, [x, y, z], [like(f64(x) + y + z, x)])
    case("Mean", opset, [x, y, z], [like((f64(x) + y + z) / 3, x)])
case("Max", 13, [np.array([2**63, 1], np.uint64), np.array([5, 9], np.uint64)], [np.array([2**63, 9], np.uint64)])
case("Min", 13, [np.array([-5, 1], np.int8), np.array([3], np.int8)], [np.array([-5, 1], np.int8)])
case("Max", 8, [x], [x])
case("Max", 13, [np.array([NAN, 1], np.float32), np.array([1, NAN], np.float32)], [np.array([NAN, NAN], np.float32)])

# Choices by a bound or a condition.
x = f32(3, 4)
case("Clip", 6, [x], [np.clip(x, np.float32(-1), np.float32(0.5))], min=-1.0, max=0.5)
case("Clip", 6, [x], [np.maximum(x, 0)], min=0.0)
case("Clip", 11, [x, np.float32(-1), np.float32(0.5)], [np.clip(x, np.float32(-1), np.float32(0.5))])
case("Clip", 12, [x, None, np.float32(0.5)], [np.minimum(x, np.float32(0.5))])
case("Clip", 13, [x, np.float32(-1)], [np.maximum(x, np.float32(-1))])
case("Clip", 13, [x, np.float32(2), np.float32(1)], [np.full_like(x, 1)])
case("Clip", 13, [x], [x])
case("Clip", 13, [np.array([1, 50, 100], np.int8), np.int8(3), np.int8(60)], [np.array([3, 50, 60], np.int8)])
slope = f32(3)
x = f32(2, 3, 4)
case("PRelu", 6, [x, slope], [like(np.where(x < 0, f64(x) * slope[:, None], x), x)])
case("PRelu", 6, [x, slope[:1]], [like(np.where(x < 0, f64(x) * slope[0], x), x)])
case("PRelu", 7, [x, slope[:, None]], [like(np.where(x < 0, f64(x) * slope[:, None], x), x)])
case("PRelu", 16, [x, row], [like(np.where(x < 0, f64(x) * row, x), x)])
case("PRelu", 9, [np.array([-3, 3], np.int32), np.array([2], np.int32)], [np.array([-6, 3], np.int32)])
condition = np.array([[True], [False]])
case("Where", 9, [condition, x[0, :2], row], [np.where(condition, x[0, :2], row)])
case("Where", 16, [np.array([True, False]), texts("a", "b c"), texts("d", "")], [texts("a", "")])
x, y = np.array([1, 2, 3, NAN], np.float32), np.array([2, 2, 2, NAN], np.float32)
for name, f in {"Equal": np.equal, "Greater": np.greater, "Less": np.less, "GreaterOrEqual": np.greater_equal,
                "LessOrEqual": np.less_equal}.items():
    case(name, 13, [x, y], [f(x, y)])
    case(name, 16, [np.array([2**63, 1], np.uint64), np.array([1], np.uint64)], [f(np.array([2**63, 1], np.uint64), np.uint64(1))])
case("Greater", 1, [f32(2, 3) * 0 + 1, np.array([0, 1, 2], np.float32)], [np.array([[True, False, False]] * 2)], broadcast=1)
case("Equal", 1, [i64(1, 2), i64(1, 3)], [np.array([True, False])])
case("Equal", 19, [texts("a", "b"), texts("a", "c")], [np.array([True, False])])
x, y = np.array([False, False, True, True]), np.array([False, True, False, True])
case("And", 7, [x, y], [x & y])
case("Or", 7, [x, y], [x | y])
case("Xor", 7, [x, y], [x ^ y])
case("And", 1, [np.array([[True, False]] * 3), np.array([True, False, True])], [np.array([[True, False], [False, False], [True, False]])], broadcast=1, axis=0)
case("Not", 1, [x], [~x])
case("IsNaN", 9, [np.array([1, NAN, INF], np.float32)], [np.array([False, True, False])])
x = np.array([1, INF, -INF, NAN], np.float32)
case("IsInf", 10, [x], [np.array([False, True, True, False])])
case("IsInf", 20, [x], [np.array([False, True, False, False])], detect_negative=0)
case("IsInf", 20, [f64(x)], [np.array([False, False, True, False])], detect_positive=0)

# Functions of one element.
x = np.concatenate([f32(30, low=-6, high=6), np.array([0, 1, -1, 20, -20], np.float32)])
z = f64(x)
erf = np.vectorize(math.erf)
sigmoid = lambda v: 1 / (1 + np.exp(-v))
softplus = lambda v: np.logaddexp(0, v)
functions = {
    ("Neg", 6): -z, ("Abs", 6): np.abs(z), ("Sign", 9): np.sign(z), ("Floor", 6): np.floor(z), ("Ceil", 6): np.ceil(z),
    ("Exp", 6): np.exp(z), ("Sin", 7): np.sin(z), ("Cos", 7): np.cos(z), ("Tan", 7): np.tan(z), ("Atan", 7): np.arctan(z),
    ("Sinh", 9): np.sinh(z), ("Cosh", 9): np.cosh(z), ("Asinh", 9): np.arcsinh(z), ("Erf", 9): erf(z), ("Relu", 6): np.maximum(z, 0),
    ("Sigmoid", 6): sigmoid(z), ("Tanh", 6): np.tanh(z), ("Softplus", 1): softplus(z), ("Softsign", 1): z / (1 + np.abs(z)),
    ("HardSwish", 14): z * np.clip(z / 6 + 0.5, 0, 1), ("Mish", 18): z * np.tanh(softplus(z)), ("Swish", 24): z * sigmoid(z),
    ("Gelu", 20): 0.5 * z * (1 + erf(z / math.sqrt(2))), ("Elu", 6): np.where(z > 0, z, np.expm1(z)),
    ("LeakyRelu", 6): np.where(z < 0, f64(np.float32(0.01)) * z, z), ("Celu", 12): np.maximum(z, 0) + np.minimum(0, np.expm1(z)),
    ("ThresholdedRelu", 10): np.where(z > 1, z, 0), ("HardSigmoid", 6): np.clip(f64(np.float32(0.2)) * z + 0.5, 0, 1),
    ("Selu", 1): f64(np.float32(1.0507)) * np.where(z > 0, z, f64(np.float32(1.6732)) * np.expm1(z)),
    ("Selu", 6): f64(np.float32(1.0507009873554805)) * np.where(z > 0, z, f64(np.float32(1.6732632423543772)) * np.expm1(z)),
    ("Round", 11): np.rint(z),
}
for (name, opset), y in functions.items():
    case(name, opset, [x], [like(y, x)])
    case(name, max(opset, 22), [x.reshape(5, 7)], [like(y, x).reshape(5, 7)]) if name != "Selu" else None
    case(name, max(opset, 6), [z], [y]) if opset != 1 or name != "Selu" else None
for name, y in {"Elu": np.where(z > 0, z, 2 * np.expm1(z)), "LeakyRelu": np.where(z < 0, 2 * z, z),
                "Celu": np.maximum(z, 0) + np.minimum(0, 2 * np.expm1(z / 2)), "ThresholdedRelu": np.where(z > 2, z, 0),
                "Swish": z * sigmoid(2 * z), "Selu": np.where(z > 0, 3 * z, 6 * np.expm1(z)),
                "HardSigmoid": np.clip(2 * z + 0.25, 0, 1)}.items():
    more = {"Selu": {"gamma": 3.0}, "HardSigmoid": {"beta": 0.25}}.get(name, {})
    case(name, 24, [x], [like(y, x)], alpha=2.0, **more)
    case(name, 24, [x.astype(np.float16)], [like(y, x).astype(np.float16)], alpha=2.0, **more) if name in ("LeakyRelu", "ThresholdedRelu") else None
tanh_gelu = 0.5 * z * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))
case("Gelu", 20, [x], [like(tanh_gelu, x)], approximate="tanh")
p = f32(20, low=0.01, high=9)
case("Sqrt", 6, [p], [like(np.sqrt(f64(p)), p)])
case("Log", 6, [p], [like(np.log(f64(p)), p)])
case("Log", 13, [np.array([0, -1, INF], np.float64)], [np.array([-INF, NAN, INF])])
case("Reciprocal", 6, [p], [like(1 / f64(p), p)])
case("Acosh", 9, [p + 1], [like(np.arccosh(f64(p + 1)), p)])
u = f32(20, low=-0.99, high=0.99)
case("Asin", 7, [u], [like(np.arcsin(f64(u)), u)])
case("Acos", 7, [u], [like(np.arccos(f64(u)), u)])
case("Atanh", 9, [u], [like(np.arctanh(f64(u)), u)])
case("Round", 11, [np.array([0.5, 1.5, 2.5, -0.5, -1.5, 2.4], np.float32)], [np.array([0, 2, 2, -0.0, -2, 2], np.float32)])
case("Relu", 14, [np.array([-3, 3], np.int32)], [np.array([0, 3], np.int32)])
case("Abs", 13, [np.array([-3, 3, -128], np.int8)], [np.array([3, 3, -128], np.int8)])
case("Neg", 13, [np.array([-3, 3], np.int64)], [i64(3, -3)])
case("Sign", 13, [np.array([-3, 0, 3], np.int64)], [i64(-1, 0, 1)])
h = f32(8).astype(np.float16)
case("Sigmoid", 13, [h], [sigmoid(f64(h)).astype(np.float16)])
case("Exp", 13, [np.array([11, 12], np.float16)], [np.exp(f64([11, 12])).astype(np.float16)])

# Casts.
x = np.array([0, 1.5, -1.5, 100.75, 3], np.float32)
for kind, number in {"float64": 11, "int64": 7, "int32": 6, "int8": 3, "bool": 9, "float16": 10}.items():
    case("Cast", 6, [x], [x.astype(kind)], to=number)
case("Cast", 1, [x], [x.astype(np.int64)], to="INT64")
case("Cast", 13, [np.array([70000, -70000, 1e-8, 65519, 65520], np.float64)], [np.array([INF, -INF, 0, 65504, INF], np.float16)], to=10)
case("Cast", 13, [f64(f32(9))[:3] * 0 + [1.00390625, 1.01171875, -3.3]], [BFloat16(np.array([1.00390625, 1.01171875, -3.3], np.float32))], to=16)
case("Cast", 13, [np.array([200, -1, 65537], np.int32)], [np.array([-56, -1, 1], np.int8)], to=3)
case("Cast", 13, [np.array([-1], np.int64)], [np.array([2**64 - 1], np.uint64)], to=13)
case("Cast", 13, [np.array([2**64 - 1, 2**63 + 1025], np.uint64)], [np.array([2.0**64, 2.0**63 + 2048])], to=11)
case("Cast", 13, [np.array([2**63], np.uint64)], [np.array([2.0**63], np.float32)], to=1)
case("Cast", 13, [np.array([2**53 + 1, 16777217], np.int64)], [np.array([2**53, 16777216], np.float32)], to=1)
case("Cast", 13, [np.array([True, False])], [np.array([1, 0], np.float32)], to=1)
case("Cast", 13, [np.array([0.5, 0, NAN], np.float32)], [np.array([True, False, True])], to=9)
case("Cast", 9, [texts("1.5", "-2", "1e-5", "NaN", "-INF", "inf")], [np.array([1.5, -2, 1e-5, NAN, -INF, INF], np.float32)], to=1)
case("Cast", 9, [texts("12", "-3")], [i64(12, -3)], to=7)
case("Cast", 13, [i64(5, -7)], [texts("5", "-7")], to=8)
case("Cast", 13, [np.array([1.5, 0, 1e10, NAN, INF, 0.1, -0.25], np.float32)], [texts("1.5", "0", "1e+10", "NaN", "INF", "0.1", "-0.25")], to=8)
case("CastLike", 15, [x, i64(0)], [x.astype(np.int64)])

# Along an axis.
def softmax(v, axis):
    e = np.exp(f64(v) - np.max(f64(v), axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


x = f32(2, 3, 4)
flat = x.reshape(2, 12)
case("Softmax", 1, [x], [like(softmax(flat, 1), x).reshape(x.shape)])
case("Softmax", 11, [x], [like(softmax(x, 2), x)], axis=-1)
case("Softmax", 11, [x], [like(softmax(x.reshape(1, 24), 1), x).reshape(x.shape)], axis=0)
case("Softmax", 13, [x], [like(softmax(x, 2), x)])
case("Softmax", 13, [x], [like(softmax(x, 1), x)], axis=1)
case("Softmax", 13, [np.array([1000, 0, -1000], np.float32)], [np.array([1, 0, 0], np.float32)])
case("LogSoftmax", 1, [x], [like(np.log(softmax(flat, 1)), x).reshape(x.shape)])
case("LogSoftmax", 13, [x], [like(np.log(softmax(x, 0)), x)], axis=0)
case("LogSoftmax", 13, [f64(x)], [np.log(softmax(x, 2))])
one = np.zeros((2, 12), np.float32)
one[np.arange(2), flat.argmax(1)] = 1
case("Hardmax", 1, [x], [one.reshape(x.shape)])
case("Hardmax", 13, [np.array([[1, 3, 3], [2, 1, 0]], np.float32)], [np.array([[0, 1, 0], [1, 0, 0]], np.float32)])
case("LpNormalization", 1, [x], [like(f64(x) / np.sqrt((f64(x) ** 2).sum(-1, keepdims=True)), x)])
case("LpNormalization", 22, [x], [like(f64(x) / np.abs(f64(x)).sum(1, keepdims=True), x)], axis=1, p=1)
case("LpNormalization", 22, [np.array([[0, 0], [3, 4]], np.float32)], [np.array([[0, 0], [0.6, 0.8]], np.float32)])
x = np.array([[3, 1, 3], [2, 5, 5]], np.float32)
case("ArgMax", 1, [x], [i64(0, 1, 1).reshape(1, 3)])
case("ArgMax", 11, [x], [i64(0, 1)], axis=-1, keepdims=0)
case("ArgMax", 12, [x], [i64(2, 2).reshape(2, 1)], axis=1, select_last_index=1)
case("ArgMin", 13, [x], [i64(1, 0).reshape(2, 1)], axis=1)
case("ArgMin", 13, [np.array([2**63, 1], np.uint64)], [i64(1)])
x = np.array([[3, 1, 4, 1], [5, 9, 2, 6]], np.float32)
case("TopK", 1, [x], [np.array([[4, 3], [9, 6]], np.float32), i64(2, 0, 1, 3).reshape(2, 2)], k=2)
case("TopK", 10, [x, i64(1)], [x.max(0, keepdims=True), i64(1, 1, 0, 1).reshape(1, 4)], axis=0)
case("TopK", 11, [x, i64(3)], [np.array([[1, 1, 3], [2, 5, 6]], np.float32), i64(1, 3, 0, 2, 0, 3).reshape(2, 3)], largest=0)
case("TopK", 24, [x.astype(np.int64), i64(2)], [i64(4, 3, 9, 6).reshape(2, 2), i64(2, 0, 1, 3).reshape(2, 2)])
x = f32(2, 3)
case("CumSum", 11, [x, np.int32(1)], [like(np.cumsum(f64(x), 1), x)])
case("CumSum", 14, [x, np.int64(-2)], [like(np.cumsum(f64(x)[::-1], 0)[::-1], x)], reverse=1)
case("CumSum", 14, [i64(1, 2, 3), np.int64(0)], [i64(0, 1, 3)], exclusive=1)
case("CumSum", 14, [i64(1, 2, 3), np.int64(0)], [i64(5, 3, 0)], exclusive=1, reverse=1)

# Normalisations by statistics.
x = f32(2, 3, 4)
scale, shift, mean, var = f32(3), f32(3), f32(3), f32(3, low=0.1)
col = lambda v: f64(v)[:, None]
epsilon = f64(np.float32(1e-5))
y = (f64(x) - col(mean)) / np.sqrt(col(var) + epsilon) * col(scale) + col(shift)
for opset, more in [(6, {"is_test": 1}), (7, {}), (9, {}), (14, {}), (15, {})]:
    case("BatchNormalization", opset, [x, scale, shift, mean, var], [like(y, x)], **more)
parts = [f32(3, 4), f32(3, 4), f32(3, 4), f32(3, 4, low=0.1)]
s, b, m, v = map(f64, parts)
case("BatchNormalization", 7, [x, *parts], [like((x - m) / np.sqrt(v + 0.5) * s + b, x)], spatial=0, epsilon=0.5)
case("BatchNormalization", 15, [f64(x[:, :, 0]), *map(f64, (scale, shift, mean, var))], [y[:, :, 0]])


def standard(v, axes):
    d = f64(v) - f64(v).mean(axes, keepdims=True)
    return d, 1 / np.sqrt((d * d).mean(axes, keepdims=True) + epsilon)


gain, bias = f32(4), f32(4)
d, r = standard(x, -1)
case("LayerNormalization", 17, [x, gain, bias], [like(d * r * gain + bias, x), like(f64(x).mean(-1, keepdims=True), x), like(r, x)])
case("LayerNormalization", 17, [x, gain], [like(d * r * gain, x)])
d, r = standard(x, (1, 2))
gain, bias = f32(3, 4), f32(3, 4)
case("LayerNormalization", 17, [x, gain, bias], [like(d * r * gain + bias, x), like(f64(x).mean((1, 2), keepdims=True), x)], axis=1)
h = x.astype(np.float16)
d, r = standard(h, -1)
case("LayerNormalization", 17, [h, np.ones(4, np.float16)], [(d * r).astype(np.float16), f64(h).mean(-1, keepdims=True).astype(np.float32), r.astype(np.float32)])
rms = lambda axes: np.sqrt((f64(x) ** 2).mean(axes, keepdims=True) + epsilon)
case("RMSNormalization", 23, [x, row], [like(f64(x) / rms(-1) * row, x)])
case("RMSNormalization", 23, [x, gain], [like(f64(x) / rms((1, 2)) * gain, x)], axis=-2)
d, r = standard(x, 2)
case("InstanceNormalization", 6, [x, scale, shift], [like(d * r * col(scale) + col(shift), x)])
x = f32(2, 4, 3)
d, r = standard(x.reshape(2, 2, 6), 2)
y = (d * r).reshape(2, 4, 3)
scale, shift = f32(2), f32(2)
case("GroupNormalization", 18, [x, scale, shift], [like(y * col(scale.repeat(2)) + col(shift.repeat(2)), x)], num_groups=2)
scale, shift = f32(4), f32(4)
case("GroupNormalization", 21, [x, scale, shift], [like(y * col(scale) + col(shift), x)], num_groups=2)
x = f32(2, 3, 2, 2)
d = f64(x) - f64(x).mean((0, 2, 3), keepdims=True)
case("MeanVarianceNormalization", 13, [x], [like(d / np.sqrt((d * d).mean((0, 2, 3), keepdims=True)), x)])
x = f32(2, 3)
case("Dropout", 6, [x], [x], is_test=1, ratio=0.7)
case("Dropout", 7, [x], [x, np.ones((2, 3), np.float32)], ratio=0.7)
case("Dropout", 10, [x], [x, np.ones((2, 3), bool)])
case("Dropout", 12, [x, np.float32(0.7)], [x])
case("Dropout", 13, [x, np.float32(0.7), np.bool_(False)], [x, np.ones((2, 3), bool)])

# Reductions.
x = f32(2, 3, 4, low=0.2)
z = f64(x)
reductions = {
    "ReduceSum": lambda v, **k: v.sum(**k), "ReduceMean": lambda v, **k: v.mean(**k), "ReduceMax": lambda v, **k: v.max(**k),
    "ReduceMin": lambda v, **k: v.min(**k), "ReduceProd": lambda v, **k: v.prod(**k), "ReduceL1": lambda v, **k: np.abs(v).sum(**k),
    "ReduceL2": lambda v, **k: np.sqrt((v * v).sum(**k)), "ReduceLogSum": lambda v, **k: np.log(v.sum(**k)),
    "ReduceLogSumExp": lambda v, **k: np.log(np.exp(v).sum(**k)), "ReduceSumSquare": lambda v, **k: (v * v).sum(**k),
}
empty = {"ReduceSum": 0, "ReduceMax": -INF, "ReduceMin": INF, "ReduceProd": 1, "ReduceL1": 0, "ReduceL2": 0, "ReduceLogSum": -INF,
         "ReduceLogSumExp": -INF, "ReduceSumSquare": 0}
for name, f in reductions.items():
    since = 13 if name == "ReduceSum" else 18
    case(name, 1, [x], [like(f(z, axis=(1,), keepdims=True), x)], axes=[1])
    case(name, 11, [x], [like(f(z, axis=(0, 2)), x)], axes=[-1, 0], keepdims=0)
    case(name, 11, [x], [like(f(z, axis=(0, 1, 2), keepdims=True), x)])
    case(name, since, [x, i64(1)], [like(f(z, axis=1, keepdims=True), x)])
    case(name, since, [x, i64(-1, 0)], [like(f(z, axis=(0, 2)), x)], keepdims=0)
    case(name, since, [x], [like(f(z, axis=None), x)], keepdims=0)
    case(name, since, [x, i64()], [like(f(z[None], axis=0), x)], noop_with_empty_axes=1)
    case(name, since, [z, i64(0)], [f(z, axis=0, keepdims=True)])
    if name in empty:
        case(name, since, [np.zeros((2, 0, 3), np.float32), i64(1)], [np.full((2, 3), empty[name], np.float32)], keepdims=0)
n = rng.integers(-9, 9, (2, 5))
for name in ["ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceSumSquare"]:
    case(name, 18, [n, i64(1)], [reductions[name](n, axis=1, keepdims=True)])
case("ReduceMean", 18, [np.array([[7, -2], [-7, -3]], np.int32), i64(1)], [np.array([2, -5], np.int32)], keepdims=0)
case("ReduceMax", 20, [np.array([[True, False], [False, False]]), i64(1)], [np.array([True, False])], keepdims=0)
case("ReduceMin", 20, [np.array([[True, True], [True, False]]), i64(1)], [np.array([True, False])], keepdims=0)
case("ReduceLogSumExp", 18, [np.array([1000, 1001], np.float32)], [np.float32(1001 + math.log(1 + math.exp(-1)))], keepdims=0)
case("ReduceSum", 13, [np.float32(3)], [np.float32(3)])

# Dimensions.
x = f32(2, 3, 4)
case("Identity", 1, [x], [x])
case("Identity", 25, [texts("a", "")], [texts("a", "")])
case("Reshape", 1, [x], [x.reshape(4, 6)], shape=[4, -1])
case("Reshape", 5, [x, i64(0, -1)], [x.reshape(2, 12)])
case("Reshape", 13, [x, i64(-1)], [x.reshape(-1)])
case("Reshape", 14, [np.zeros((0, 3), np.float32), i64(3, 0)], [np.zeros((3, 0), np.float32)], allowzero=1)
case("Reshape", 25, [x, i64(0, 1, 0, -1)[[0, 1, 3]]], [x.reshape(2, 1, 12)])
case("Reshape", 13, [np.float32(5), i64()], [np.float32(5)])
case("Flatten", 1, [x], [x.reshape(2, 12)])
case("Flatten", 9, [x], [x.reshape(1, 24)], axis=0)
case("Flatten", 13, [x], [x.reshape(6, 4)], axis=-1)
case("Flatten", 13, [x], [x.reshape(24, 1)], axis=3)
thin = x.reshape(1, 2, 1, 12)
case("Squeeze", 1, [thin], [x.reshape(2, 12)])
case("Squeeze", 11, [thin], [x.reshape(1, 2, 12)], axes=[-2])
case("Squeeze", 13, [thin, i64(0)], [x.reshape(2, 1, 12)])
case("Squeeze", 13, [thin], [x.reshape(2, 12)])
case("Unsqueeze", 1, [x], [x.reshape(1, 2, 3, 1, 4)], axes=[0, 3])
case("Unsqueeze", 11, [x], [x.reshape(2, 3, 4, 1)], axes=[-1])
case("Unsqueeze", 13, [x, i64(2, -1)], [x.reshape(2, 3, 1, 4, 1)])
case("Shape", 1, [x], [i64(2, 3, 4)])
case("Shape", 15, [x], [i64(3, 4)], start=1)
case("Shape", 15, [x], [i64(3)], start=-2, end=-1)
case("Shape", 15, [x], [i64()], start=5, end=1)
case("Size", 1, [x], [np.int64(24)])

# Places.
case("Transpose", 1, [x], [x.T])
case("Transpose", 13, [x], [x.transpose(1, 0, 2)], perm=[1, 0, 2])
case("Transpose", 13, [np.array([["a", "b"], ["c", "d"]], object)], [np.array([["a", "c"], ["b", "d"]], object)])
y = f32(2, 1, 4)
case("Concat", 1, [x, y], [np.concatenate([x, y], 1)])
case("Concat", 4, [x, y, x], [np.concatenate([x, y, x], 1)], axis=1)
case("Concat", 13, [x, x], [np.concatenate([x, x], 2)], axis=-1)
case("Concat", 13, [i64(1), i64(), i64(2, 3)], [i64(1, 2, 3)], axis=0)
case("Split", 2, [x], [x[:, :1], x[:, 1:]], axis=1, split=[1, 2])
case("Split", 11, [x], [x[:, :, :2], x[:, :, 2:]], axis=-1)
case("Split", 13, [x, i64(2, 0, 1)], [x[:, :2], x[:, :0], x[:, 2:]], axis=1)
case("Split", 13, [x], [x[:1], x[1:]])
case("Split", 18, [x], [x[:, :2], x[:, 2:]], axis=1, num_outputs=2)
case("Slice", 1, [x], [x[1:, :, 1:3]], starts=[1, 1], ends=[9, -1], axes=[0, 2])
case("Slice", 1, [x], [x[:1, 1:3]], starts=[0, 1], ends=[1, 3])
case("Slice", 10, [x, i64(1, -3), i64(3, 1000), i64(1, 2), i64(1, 2)], [x[:, 1:3, -3::2]])
case("Slice", 11, [x, i64(-1), i64(-1000), i64(-1), i64(-1)], [x[:, :, ::-1]])
case("Slice", 13, [x, i64(3, 0), i64(0, 2**63 - 1), i64(2, 1), i64(-2, 2)], [x[:, ::2, 3:0:-2]])
case("Slice", 13, [x, i64(2), i64(1), i64(1)], [x[:, 2:1]])
case("Slice", 13, [x, i64(0, 0, 1), i64(1, 2, 3)], [x[:1, :2, 1:3]])
places = np.array([[0, 2], [1, 0]], np.int64)
case("Gather", 1, [x, places], [np.take(x, places, 0 + 1)], axis=1)
case("Gather", 11, [x, np.int32(-1)], [x[:, :, -1]], axis=-1)
case("Gather", 13, [texts("a", "b", "c"), i64(2, 0)], [texts("c", "a")])
q = rng.integers(-3, 3, (2, 2, 4))
case("GatherElements", 11, [x, q], [np.take_along_axis(x, q % 3, 1)], axis=1)
case("GatherND", 11, [x, i64(0, 1, 1, -1).reshape(2, 2)], [x[[0, 1], [1, -1]]])
case("GatherND", 12, [x, i64(1, 0).reshape(2, 1)], [x[[0, 1], [1, 0]]], batch_dims=1)
case("GatherND", 13, [x, i64(1, 2, 3)], [x[1, 2, 3]])
case("Expand", 8, [y, i64(3, 1)], [np.broadcast_to(y, (2, 3, 4))])
case("Expand", 13, [np.float32(3), i64(2, 2)], [np.full((2, 2), 3, np.float32)])
case("Expand", 13, [row, i64(2, 0, 1)], [np.zeros((2, 0, 4), np.float32)])
case("Tile", 6, [x, i64(1, 2, 3)], [np.tile(x, (1, 2, 3))])
case("Tile", 1, [x, np.float32(2), np.float32(1)], [np.tile(x, (1, 2, 1))])
case("Pad", 1, [x[0]], [np.pad(x[0], ((1, 2), (0, 1)), constant_values=5)], paddings=[1, 0, 2, 1], value=5.0)
case("Pad", 2, [x[0]], [np.pad(x[0], ((1, 2), (0, 1)))], pads=[1, 0, 2, 1])
case("Pad", 11, [x[0], i64(1, 0, 0, 2), np.float32(7)], [np.pad(x[0], ((1, 0), (0, 2)), constant_values=7)])
case("Pad", 13, [x[0], i64(-1, 0, 1, -2)], [np.pad(x[0][1:, :2], ((0, 1), (0, 0)))])
case("Pad", 13, [x[0], i64(1, 2, 0, 1)], [np.pad(x[0], ((1, 0), (2, 1)), mode="edge")], mode="edge")
case("Pad", 13, [x[0], i64(1, 2, 2, 3)], [np.pad(x[0], ((1, 2), (2, 3)), mode="reflect")], mode="reflect")
case("Pad", 19, [x[0], i64(2, 1), None, i64(-1)], [np.pad(x[0], ((0, 0), (2, 1)), mode="wrap")], mode="wrap")
case("Trilu", 14, [x], [np.triu(x)])
case("Trilu", 14, [x, np.int64(-1)], [np.tril(x, -1)], upper=0)

# Made of few numbers.
case("ConstantOfShape", 9, [i64(2, 3)], [np.zeros((2, 3), np.float32)])
case("ConstantOfShape", 20, [i64(2)], [i64(7, 7)], value=Tensor(i64(7)))
case("ConstantOfShape", 20, [i64()], [np.bool_(True)], value=Tensor(np.array([True])))
case("ConstantOfShape", 20, [i64(0, 2)], [np.zeros((0, 2), np.float32)])
case("Range", 11, [np.float32(1), np.float32(2.1), np.float32(0.25)], [np.array([1, 1.25, 1.5, 1.75, 2], np.float32)])
case("Range", 11, [np.int64(10), np.int64(4), np.int64(-2)], [i64(10, 8, 6)])
case("Range", 11, [np.int32(1), np.int32(1), np.int32(2)], [np.zeros(0, np.int32)])
case("OneHot", 9, [i64(0, 2, 5), np.int64(3), np.array([0, 1], np.float32)], [np.array([[1, 0, 0], [0, 0, 1], [0, 0, 0]], np.float32)])
case("OneHot", 11, [np.array([[1, -1]], np.float32), np.array([3], np.float32), i64(4, 9)], [np.array([[[4, 4], [9, 4], [4, 9]]])], axis=1)
case("OneHot", 23, [np.array([0.5, -1, 1], np.float32), np.int64(2), i64(0, 1)], [i64(0, 0, 0, 1, 0, 1).reshape(3, 2)])
case("EyeLike", 9, [np.zeros((2, 3), np.int32)], [np.eye(2, 3, 1, np.float32)], k=1, dtype=1)
case("NonZero", 9, [np.array([[1, 0], [2, 3]], np.float32)], [np.array(np.nonzero([[1, 0], [2, 3]]), np.int64)])

# Machine learning.
x = f32(3, 4)
offset, factor = [1.0, 2.0, -1.0, 0.5], [2.0, 0.5, 1.5, -1.0]
case("Scaler", 1, [x], [like((f64(x) - offset) * factor, x)], ML, offset=offset, scale=factor)
case("Scaler", 1, [i64(1, 2, 3, 4).reshape(1, 4)], [np.array([[-1, 1, 3, 5]], np.float32)], ML, offset=[1.5], scale=[2.0])
case("Scaler", 5, [f64(x)], [((f64(x) - offset) * factor).astype(np.float32)], ML, offset=offset, scale=factor)
n = np.array([[1, -2, 2], [0, 0, 0], [-3, 0, 4]], np.float32)
case("Normalizer", 1, [n], [np.array([[1 / 3, -2 / 3, 2 / 3], [0, 0, 0], [-0.6, 0, 0.8]], np.float32)], ML, norm="L2")
case("Normalizer", 1, [n], [np.array([[0.2, -0.4, 0.4], [0, 0, 0], [-3 / 7, 0, 4 / 7]], np.float32)], ML, norm="L1")
case("Normalizer", 1, [n], [np.array([[0.5, -1, 1], [0, 0, 0], [-0.75, 0, 1]], np.float32)], ML, norm="MAX")
m = np.array([[NAN, 1], [2, NAN]], np.float32)
case("Imputer", 1, [m], [np.array([[5, 1], [2, 6]], np.float32)], ML, imputed_value_floats=[5.0, 6.0], replaced_value_float=NAN)
case("Imputer", 1, [m], [np.array([[NAN, 7], [2, NAN]], np.float32)], ML, imputed_value_floats=[7.0], replaced_value_float=1.0)
case("Imputer", 1, [i64(-1, 3).reshape(1, 2)], [i64(8, 3).reshape(1, 2)], ML, imputed_value_int64s=[8, 9], replaced_value_int64=-1)
case("Binarizer", 1, [np.array([0.5, 1, 2], np.float32)], [np.array([0, 0, 1], np.float32)], ML, threshold=1.0)
hot = np.array([[[0, 1, 0], [0, 0, 0]]], np.float32)
case("OneHotEncoder", 1, [i64(5, 9).reshape(1, 2)], [hot], ML, cats_int64s=[3, 5, 7])
case("OneHotEncoder", 1, [np.array([[5, 9]], np.float32)], [hot], ML, cats_int64s=[3, 5, 7], zeros=1)
case("OneHotEncoder", 1, [texts("b", "a")], [np.array([[0, 1], [1, 0]], np.float32)], ML, cats_strings=["a", "b"], zeros=0)
case("LabelEncoder", 1, [texts("b", "x")], [i64(1, -1)], ML, classes_strings=["a", "b"])
case("LabelEncoder", 1, [i64(0, 5)], [texts("a", "none")], ML, classes_strings=["a", "b"], default_string="none")
case("LabelEncoder", 2, [i64(3, 4, 9)], [texts("c", "d", "_Unused")], ML, keys_int64s=[3, 4], values_strings=["c", "d"])
case("LabelEncoder", 2, [np.array([NAN, 2, 3], np.float32)], [i64(1, 2, 9)], ML, keys_floats=[NAN, 2.0], values_int64s=[1, 2], default_int64=9)
case("LabelEncoder", 3, [texts("u", "v")], [np.array([0.5, -0.0], np.float32)], ML, keys_strings=["u"], values_floats=[0.5])
case("LabelEncoder", 4, [np.array([1, 5], np.int16)], [f64([2.5, 9])], ML, keys_tensor=Tensor(np.array([1, 2], np.int16)),
     values_tensor=Tensor(f64([2.5, 3.5])), default_tensor=Tensor(f64([9])))
case("LabelEncoder", 4, [i64(1)], [i64(20)], ML, keys_int64s=[1, 1], values_int64s=[10, 20])
case("CategoryMapper", 1, [texts("b", "x")], [i64(20, -1)], ML, cats_strings=["a", "b"], cats_int64s=[10, 20])
case("CategoryMapper", 1, [i64(10, 7)], [texts("a", "_Unused")], ML, cats_strings=["a", "b"], cats_int64s=[10, 20])
case("FeatureVectorizer", 1, [x, x[:, :2]], [np.concatenate([x, x[:, :2]], 1)], ML, inputdimensions=[4, 2])
case("ArrayFeatureExtractor", 1, [x, i64(3, 0)], [x[:, [3, 0]]], ML)
case("ArrayFeatureExtractor", 1, [texts("a", "b", "c"), i64(2, 0).reshape(1, 2)], [np.array([["c", "a"]], object)], ML)
w, b = f32(3, 4), f32(3)
scores = f64(x) @ f64(w).T + b
case("LinearRegressor", 1, [x], [scores.astype(np.float32)], ML, coefficients=[float(v) for v in w.reshape(-1)], intercepts=[float(v) for v in b], targets=3)
case("LinearRegressor", 1, [f64(x)], [(f64(x) @ f64(w[:1]).T).astype(np.float32)], ML, coefficients=[float(v) for v in w[0]])
for transform, y in {"NONE": scores, "SOFTMAX": softmax(scores, 1), "LOGISTIC": sigmoid(scores), "SOFTMAX_ZERO": softmax(scores, 1)}.items():
    case("LinearClassifier", 1, [x], [scores.argmax(1) + 10, y.astype(np.float32)], ML, coefficients=[float(v) for v in w.reshape(-1)],
         intercepts=[float(v) for v in b], classlabels_ints=[10, 11, 12], post_transform=transform, multi_class=1)
case("LinearClassifier", 1, [x], [texts(*(["r", "s", "t"][k] for k in scores.argmax(1))), scores.astype(np.float32)], ML,
     coefficients=[float(v) for v in w.reshape(-1)], intercepts=[float(v) for v in b], classlabels_strings=["r", "s", "t"])
two = np.concatenate([1 - sigmoid(scores[:, :1]), sigmoid(scores[:, :1])], 1)
case("LinearClassifier", 1, [x], [(scores[:, 0] > 0).astype(np.int64), two.astype(np.float32)], ML, coefficients=[float(v) for v in w[0]],
     intercepts=[float(b[0])], classlabels_ints=[0, 1], post_transform="LOGISTIC")
two = np.concatenate([1 - scores[:, :1], scores[:, :1]], 1)
case("LinearClassifier", 1, [x], [texts(*("no" if s < 0 else "yes" for s in scores[:, 0])), two.astype(np.float32)], ML,
     coefficients=[float(v) for v in w[0]], intercepts=[float(b[0])], classlabels_strings=["no", "yes"])
