"""Outputs and gradients of the layers that compute with whole rows or columns, in NumPy float64: python3 rows.py > rows.txt

Lines: the case, the quantity, its shape, its numbers. Gradients are derivatives by complex steps of the forward written here, of
the sum of dy y, and so owe nothing to any derivative that somebody worked out. Inputs are exact in float32.
"""
import numpy as np

RNG = np.random.default_rng(14)
EPSILON = 1e-5


def normal(*shape, mean=0.0):
    return (mean + RNG.standard_normal(shape)).astype(np.float32).astype(np.float64)


def layer_norm(x, gain, bias):
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    return centred / np.sqrt(variance + EPSILON) * gain + bias


def batch_norm(x, gain, bias):
    centred = x - x.mean(axis=0)
    variance = (centred * centred).mean(axis=0)
    return centred / np.sqrt(variance + EPSILON) * gain + bias


def scale(x, gain):
    return x * gain


def contrast_norm(x):
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    return centred / np.sqrt(variance + 10)


def softmax(x):
    e = np.exp(x - x.real.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def derivative(f, arguments, which, dy):
    """Of sum(dy f), by f(a + ih) = f(a) + ih f'(a)."""
    result = np.zeros_like(arguments[which])
    for index in np.ndindex(result.shape):
        steps = [a.astype(complex) for a in arguments]
        steps[which][index] += 1e-30j
        result[index] = (dy * f(*steps).imag).sum() / 1e-30
    return result


def show(case, quantity, value):
    value = np.asarray(value)
    shape = ",".join(map(str, value.shape))
    print(case, quantity, shape, " ".join(repr(float(v)) for v in value.reshape(-1)))


def case(name, f, x, **parameters):
    dy = normal(*x.shape)
    arguments = [x, *parameters.values()]
    show(name, "x", x)
    for parameter, value in parameters.items():
        show(name, parameter, value)
    show(name, "dy", dy)
    show(name, "y", f(*arguments))
    for which, quantity in enumerate(["dx"] + ["d" + parameter for parameter in parameters]):
        show(name, quantity, derivative(f, arguments, which, dy))


for mean in (0, 100, 1000):
    case(f"LayerNorm-{mean}", layer_norm, normal(4, 7, mean=mean), gain=normal(7), bias=normal(7))
    case(f"BatchNorm-{mean}", batch_norm, normal(6, 5, mean=mean), gain=normal(5), bias=normal(5))
case("LayerNorm-wide", layer_norm, normal(2, 150), gain=normal(150), bias=normal(150))
case("Scale", scale, normal(4, 5), gain=normal(5))
case("Softmax", softmax, 3 * normal(4, 6))
case("Softmax-wide", softmax, 3 * normal(2, 150))
case("Softmax-large", softmax, np.array([[1000.0, 999, 0], [-1000, -1001, -1000], [88, -88, 90]]))

# Running statistics of three batches, the second of one row, which leaves them alone; then a prediction by them.
mean, variance = np.zeros(5), np.ones(5)
for number, rows in enumerate((6, 1, 3)):
    x = normal(rows, 5, mean=2 * number)
    if rows > 1:
        mean = 0.9 * mean + 0.1 * x.mean(axis=0)
        variance = 0.9 * variance + 0.1 * x.var(axis=0, ddof=1)
    show("running", f"x{number}", x)
    show("running", f"mean{number}", mean)
    show("running", f"variance{number}", variance)
gain, bias, x = normal(5), normal(5), normal(4, 5)
dy = normal(4, 5)
for quantity, value in {"gain": gain, "bias": bias, "x": x, "dy": dy}.items():
    show("running", quantity, value)
show("running", "y", (x - mean) / np.sqrt(variance + EPSILON) * gain + bias)
# Of frozen statistics.
show("running", "dx", dy * gain / np.sqrt(variance + EPSILON))
show("running", "dgain", (dy * (x - mean) / np.sqrt(variance + EPSILON)).sum(axis=0))
show("running", "dbias", dy.sum(axis=0))

case("ContrastNorm", contrast_norm, 16 * normal(4, 7))
case("ContrastNorm-wide", contrast_norm, normal(2, 150, mean=100))
