"""Writes networks_golden.txt: trainings of dense networks in NumPy, float64, on random images.

    python3 networks_golden.py > networks_golden.txt

Forward and backward are written by hand from the formulas of the papers, not from Lamella's code. The network and the
other options are those of the command line.
"""
import math
import re
import sys

import numpy as np

# Layers. forward(x, training) keeps what backward(dy) needs; backward returns dx and leaves gradients in .gradients.


class Layer:
    weights = ()  # the names of the parameters that decay
    names = ()  # of all that are trained

    def __init__(self):
        self.values, self.gradients = {}, {}

    def parts(self):
        return [self]

    def all_values(self):
        return [(name, self.values[name]) for name in self.names]


class Linear(Layer):
    names, weights = ("weight", "bias"), ("weight",)

    def __init__(self, inputs, outputs, std, random):
        super().__init__()
        self.width = outputs
        self.values = {"weight": std * random.randn(inputs, outputs), "bias": np.zeros(outputs)}

    def forward(self, x, training):
        self.x = x
        return x @ self.values["weight"] + self.values["bias"]

    def backward(self, dy):
        self.gradients = {"weight": self.x.T @ dy, "bias": dy.sum(axis=0)}
        return dy @ self.values["weight"].T


class LayerNorm(Layer):
    names = ("gain", "bias")

    def __init__(self, width):
        super().__init__()
        self.width = width
        self.values = {"gain": np.ones(width), "bias": np.zeros(width)}

    def forward(self, x, training):
        centred = x - x.mean(axis=1, keepdims=True)
        self.deviation = np.sqrt((centred ** 2).mean(axis=1, keepdims=True) + 1e-5)
        self.normal = centred / self.deviation
        return self.normal * self.values["gain"] + self.values["bias"]

    def backward(self, dy):
        self.gradients = {"gain": (dy * self.normal).sum(axis=0), "bias": dy.sum(axis=0)}
        g = dy * self.values["gain"]
        mean = g.mean(axis=1, keepdims=True)
        return (g - mean - self.normal * (g * self.normal).mean(axis=1, keepdims=True)) / self.deviation


class BatchNorm(Layer):
    names = ("gain", "bias")

    def __init__(self, width):
        super().__init__()
        self.width = width
        self.values = {"gain": np.ones(width), "bias": np.zeros(width)}
        self.mean, self.variance = np.zeros(width), np.ones(width)

    def all_values(self):
        return super().all_values() + [("mean", self.mean), ("variance", self.variance)]

    def forward(self, x, training):
        if training:
            n = len(x)
            mean, variance = x.mean(axis=0), x.var(axis=0)
            self.mean = 0.9 * self.mean + 0.1 * mean
            self.variance = 0.9 * self.variance + 0.1 * variance * n / (n - 1)
        else:
            mean, variance = self.mean, self.variance
        self.deviation = np.sqrt(variance + 1e-5)
        self.normal = (x - mean) / self.deviation
        return self.normal * self.values["gain"] + self.values["bias"]

    def backward(self, dy):
        self.gradients = {"gain": (dy * self.normal).sum(axis=0), "bias": dy.sum(axis=0)}
        g = dy * self.values["gain"]
        return (g - g.mean(axis=0) - self.normal * (g * self.normal).mean(axis=0)) / self.deviation


class Scale(Layer):
    names = ("gain",)

    def __init__(self, width):
        super().__init__()
        self.width = width
        self.values = {"gain": np.ones(width)}

    def forward(self, x, training):
        self.x = x
        return x * self.values["gain"]

    def backward(self, dy):
        self.gradients = {"gain": (dy * self.x).sum(axis=0)}
        return dy * self.values["gain"]


class Function(Layer):
    def __init__(self, width, value, slope):
        super().__init__()
        self.width, self.value, self.slope = width, value, slope

    def forward(self, x, training):
        self.x = x
        return self.value(x)

    def backward(self, dy):
        return dy * self.slope(self.x)


class Residual(Layer):
    def __init__(self, body):
        super().__init__()
        self.body, self.width = body, body[-1].width

    def parts(self):
        return [part for layer in self.body for part in layer.parts()]

    def forward(self, x, training):
        y = x
        for layer in self.body:
            y = layer.forward(y, training)
        return x + y

    def backward(self, dy):
        dx = dy
        for layer in reversed(self.body):
            dx = layer.backward(dx)
        return dy + dx


# Functions of one number and their slopes.

erfc = np.vectorize(math.erfc, otypes=[float])


def sigmoid(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def phi(x):  # of the standard normal: the distribution
    return 0.5 * erfc(-x / math.sqrt(2))


def density(x):
    return np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


def negative(x):  # where the exponential is asked for
    return np.minimum(x, 0)


def mish_slope(x):
    t = np.tanh(softplus(x))
    return t + x * (1 - t * t) * sigmoid(x)


C = math.sqrt(2 / math.pi)


def tanh_gelu(x):
    return 0.5 * x * (1 + np.tanh(C * (x + 0.044715 * x ** 3)))


def tanh_gelu_slope(x):
    t = np.tanh(C * (x + 0.044715 * x ** 3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * C * (1 + 3 * 0.044715 * x * x)


ALPHA, LAMBDA = 1.6732632423543772, 1.0507009873554805
FUNCTIONS = {
    "relu": (lambda x: np.where(x > 0, x, 0), lambda x: np.where(x > 0, 1.0, 0.0)),
    "swish": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
    "selu": (
        lambda x: LAMBDA * np.where(x > 0, x, ALPHA * np.expm1(negative(x))),
        lambda x: LAMBDA * np.where(x > 0, 1, ALPHA * np.exp(negative(x))),
    ),
    "gelu": (lambda x: x * phi(x), lambda x: phi(x) + x * density(x)),
    "gelu(tanh)": (tanh_gelu, tanh_gelu_slope),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "elu": (lambda x: np.where(x > 0, x, np.expm1(negative(x))), lambda x: np.where(x > 0, 1, np.exp(negative(x)))),
    "softplus": (softplus, sigmoid),
    "mish": (lambda x: x * np.tanh(softplus(x)), mish_slope),
    "hard-swish": (
        lambda x: x * np.minimum(np.maximum(x + 3, 0), 6) / 6,
        lambda x: np.where(x <= -3, 0, np.where(x >= 3, 1, (2 * x + 3) / 6)),
    ),
}


def leaky_relu(slope):
    return lambda x: np.where(x > 0, x, slope * x), lambda x: np.where(x > 0, 1.0, slope)


# Networks, from text.


def items(text):
    """The words of a text; what stands in brackets stays with its word."""
    found, depth, word = [], 0, ""
    for character in text + " ":
        depth += (character == "(") - (character == ")")
        if character == " " and depth == 0:
            found += [word] if word else []
            word = ""
        else:
            word += character
    return found


def layers(text, width, std, random):
    made = []
    for item in items(text):
        argument = re.fullmatch(r"([a-z-]+)\((.*)\)", item)
        if item.isdigit():
            layer = Linear(width, int(item), std, random)
        elif item in FUNCTIONS:
            layer = Function(width, *FUNCTIONS[item])
        elif item == "leaky-relu":
            layer = Function(width, *leaky_relu(0.01))
        elif item in ("layer-norm", "batch-norm", "scale"):
            layer = {"layer-norm": LayerNorm, "batch-norm": BatchNorm, "scale": Scale}[item](width)
        elif argument and argument.group(1) == "leaky-relu":
            layer = Function(width, *leaky_relu(float(argument.group(2))))
        elif argument and argument.group(1) == "residual":
            layer = Residual(layers(argument.group(2), width, std, random))
        else:
            raise ValueError(item)
        made.append(layer)
        width = layer.width
    return made


# Rates.


def rate(t, steps, peak, warm_up, schedule, decay, epoch):
    if schedule == "one-cycle" and warm_up == 0:
        warm_up = max(1, steps // 20)
    if t < warm_up:
        return peak * (t + 1) / warm_up
    t, steps = t - warm_up, steps - warm_up
    if schedule == "constant":
        return peak
    if schedule == "cosine":
        return peak * (1 + math.cos(math.pi * t / steps)) / 2
    if schedule == "one-cycle":
        return peak * (1 - t / steps)
    if schedule == "cosine-log":
        return peak * (1 - math.cos(2 * math.pi * math.log2(1 + 15 * t / steps))) / 2
    if schedule == "report":  # times decay after step 0, and once an epoch
        return peak * decay ** ((t + epoch - 1) // epoch)
    raise ValueError(schedule)


def log_softmax(z):
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def train(
    x,
    labels,
    network,
    classes=10,
    iterations=40,
    batch_size=20,
    learning_rate=1e-3,
    schedule="report",
    warm_up=0,
    decay=0.95,
    optimizer="sgd",
    momentum=0.0,
    nesterov=False,
    beta1=0.9,
    beta2=None,
    epsilon=1e-8,
    weight_decay=0.01,
    l2=1.0,
    label_smoothing=0.0,
    clip_norm=None,
    init_std=1e-4,
    seed=1,
):
    """The layers after training, and of every iteration: data loss, penalty, rate."""
    random = np.random.RandomState(seed)
    chain = layers(network, x.shape[1], init_std, random)
    chain.append(Linear(chain[-1].width if chain else x.shape[1], classes, init_std, random))
    parts = [part for layer in chain for part in layer.parts()]
    if beta2 is None:
        beta2 = 0.99 if optimizer == "lion" else 0.999
    state = {}
    history = []
    for t in range(iterations):
        rows = random.choice(len(x), batch_size, replace=True)
        y = x[rows]
        for layer in chain:
            y = layer.forward(y, True)
        q = np.full(y.shape, label_smoothing / classes)
        q[np.arange(batch_size), labels[rows]] += 1 - label_smoothing
        log_p = log_softmax(y)
        data_loss = -(q * log_p).sum() / batch_size
        penalty = 0.5 * l2 * sum((part.values[name] ** 2).sum() for part in parts for name in part.weights)
        eta = rate(t, iterations, learning_rate, warm_up, schedule, decay, len(x) // batch_size)
        history.append((data_loss, penalty, eta))

        dy = (np.exp(log_p) - q) / batch_size
        for layer in reversed(chain):
            dy = layer.backward(dy)
        if clip_norm is not None:
            norm = math.sqrt(sum((part.gradients[name] ** 2).sum() for part in parts for name in part.names))
            if norm > clip_norm:
                for part in parts:
                    for name in part.names:
                        part.gradients[name] = part.gradients[name] * (clip_norm / norm)
        for i, part in enumerate(parts):
            for name in part.names:
                w, g = part.values[name], part.gradients[name]
                shrink = 0.0
                if name in part.weights:
                    g = g + l2 * w
                    shrink = eta * weight_decay
                if optimizer == "sgd":
                    v = momentum * state.get((i, name), 0) + g
                    state[i, name] = v
                    w = w - eta * (g + momentum * v if nesterov else v)
                elif optimizer == "adamw":
                    m, v = state.get((i, name), (0, 0))
                    m = beta1 * m + (1 - beta1) * g
                    v = beta2 * v + (1 - beta2) * g * g
                    state[i, name] = m, v
                    corrected = m / (1 - beta1 ** (t + 1)), v / (1 - beta2 ** (t + 1))
                    w = w * (1 - shrink) - eta * corrected[0] / (np.sqrt(corrected[1]) + epsilon)
                elif optimizer == "lion":
                    m = state.get((i, name), 0)
                    state[i, name] = beta2 * m + (1 - beta2) * g
                    w = w * (1 - shrink) - eta * np.sign(beta1 * m + (1 - beta1) * g)
                else:
                    raise ValueError(optimizer)
                part.values[name] = w
    return chain, history


def evaluate(chain, x, labels):
    """The mean cross-entropy and the fraction classified rightly."""
    for layer in chain:
        x = layer.forward(x, False)
    return -log_softmax(x)[np.arange(len(x)), labels].mean(), (x.argmax(axis=1) == labels).mean()


RUNS = {
    "adamw": dict(
        network="16 layer-norm gelu residual(16 gelu 16) 12 gelu",
        optimizer="adamw",
        learning_rate=1e-2,
        schedule="cosine",
        warm_up=6,
        weight_decay=0.05,
        l2=0.02,
        label_smoothing=0.1,
        init_std=0.03,
    ),
    "lion": dict(
        network="12 layer-norm gelu residual(layer-norm 24 gelu 12) layer-norm",
        optimizer="lion",
        learning_rate=2e-3,
        schedule="cosine",
        warm_up=5,
        weight_decay=0.3,
        l2=0.01,
        label_smoothing=0.2,
        clip_norm=0.5,
        init_std=0.02,
        seed=3,
    ),
    "nesterov": dict(
        network="16 batch-norm mish 12 batch-norm mish",
        momentum=0.9,
        nesterov=True,
        learning_rate=0.05,
        schedule="one-cycle",
        warm_up=8,
        l2=1e-3,
        init_std=0.01,
        seed=4,
    ),
    "cosine-log": dict(
        network="16 layer-norm scale selu 12 tanh 10 softplus scale 8 elu",
        optimizer="adamw",
        beta1=0.8,
        beta2=0.95,
        epsilon=1e-6,
        learning_rate=0.03,
        schedule="cosine-log",
        weight_decay=0.02,
        l2=0.0,
        init_std=0.1,
        seed=5,
    ),
    "nested": dict(
        network="12 layer-norm residual(hard-swish residual(batch-norm 8 elu 12) scale gelu(tanh) 12) 10 sigmoid"
        " leaky-relu(-0.3) 9 swish relu",
        optimizer="adamw",
        learning_rate=0.01,
        schedule="constant",
        warm_up=3,
        clip_norm=0.3,
        l2=0.1,
        label_smoothing=0.05,
        init_std=0.2,
        seed=6,
    ),
    "momentum": dict(
        network="16 batch-norm residual(12 mish 16) gelu",
        momentum=0.8,
        learning_rate=0.02,
        decay=0.7,
        warm_up=4,
        clip_norm=0.4,
        l2=0.05,
        label_smoothing=0.3,
        init_std=0.02,
        seed=7,
    ),
}


def images():
    """Training and validation images and labels; pixels less the mean image of the first."""
    source = np.random.RandomState(7)
    pixels = source.randint(0, 256, (400, 3072)).astype(np.float64)
    labels = source.randint(0, 10, 400)
    pixels -= pixels[:300].mean(axis=0)
    return (pixels[:300], labels[:300]), (pixels[300:], labels[300:])


def main():
    learned, held_out = images()
    for name, options in RUNS.items():
        print("run", name)
        print("option --iterations 40")
        print("option --batch-size 20")
        for option, value in options.items():
            print("option --" + option.replace("_", "-") + ("" if value is True else " " + str(value)))
        chain, history = train(*learned, **options)
        for data_loss, penalty, eta in history:
            print("step", float(data_loss), float(penalty), float(eta))
        loss, accuracy = evaluate(chain, *held_out)
        print("validation", float(loss), float(accuracy))
        for part in (part for layer in chain for part in layer.parts()):
            for parameter, values in part.all_values():
                print("parameter", parameter, float(values.sum()), float((values ** 2).sum()))
    print("written with NumPy " + np.__version__, file=sys.stderr)


if __name__ == "__main__":
    main()
