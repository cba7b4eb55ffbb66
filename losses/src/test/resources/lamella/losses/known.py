"""Values and gradients of losses by their definitions in NumPy float64, as the contract tests have them.

python3 known.py prints a line for each case: its name, the mean loss, the gradient.
"""
import numpy as np


def show(name, value, gradient):
    print(name, repr(float(value)), ", ".join(repr(float(x)) for x in np.ravel(gradient)))


def mean(row_loss, row_slope, weights):
    """Of losses of rows and their slopes, by weight."""
    w = np.asarray(weights, float)
    return (w * row_loss).sum() / w.sum(), w[:, None] * row_slope / w.sum()


def sigmoid(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


def binary(x, y, positive=1.0, weights=None):
    x, y = np.array(x, float), np.array(y, float)
    tail = np.log1p(np.exp(-np.abs(x)))
    loss = positive * y * (np.maximum(-x, 0) + tail) + (1 - y) * (np.maximum(x, 0) + tail)
    slope = (1 - y) * sigmoid(x) - positive * y * sigmoid(-x)
    outputs = x.shape[1]
    return mean(loss.mean(1), slope / outputs, np.ones(len(x)) if weights is None else weights)


def softmax(z, labels, class_weights=None, smoothing=0.0):
    z = np.array(z, float)
    shifted = z - z.max(1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    classes = z.shape[1]
    q = (1 - smoothing) * np.eye(classes)[labels] + smoothing / classes
    w = np.ones(classes) if class_weights is None else np.array(class_weights, float)
    return mean(-(q * log_p).sum(1), np.exp(log_p) - q, w[labels])


def numbers(loss, slope, output, target):
    e = np.array(output, float) - np.array(target, float)
    return loss(e).mean(), slope(e) / e.size


for x, y in ((100, 0), (100, 1), (0, 1), (2, 0.3), (-100, 1)):
    show(f"binary {x} {y}", *binary([[x]], [[y]]))
show("binary labels", *binary([[2], [-1], [0.5]], [[1], [1], [0]]))
show("binary labels, weight 3", *binary([[2], [-1], [0.5]], [[1], [1], [0]], 3))
X, Y = [[2, -1, 0.5], [0, 3, -4]], [[1, 0, 0.25], [1, 0.5, 0]]
show("binary many", *binary(X, Y))
show("binary many, weights", *binary(X, Y, np.array([2, 0.5, 3])))
show("binary many, weights, rows 1:3", *binary(X, Y, np.array([2, 0.5, 3]), [1, 3]))

ROWS = [[2, 1, 0.1], [0, 0, 1]]
show("softmax", *softmax(ROWS[:1], [0]))
show("softmax smoothing", *softmax(ROWS[:1], [0], smoothing=0.1))
show("softmax weights", *softmax(ROWS, [0, 2], [1, 2, 3]))
show("softmax weights, smoothing", *softmax(ROWS, [0, 2], [1, 2, 3], 0.1))
FOUR = [[2, 1, 0.1, -1], [0, 0, 1, 0.5], [-1, 2, 0, 0.3]]
show("softmax of four", *softmax(FOUR, [0, 2, 1]))
show("softmax of four, weights, smoothing", *softmax(FOUR, [0, 2, 1], [1, 0.5, 3, 2], 0.1))

O, T = [[0.5, 1, 2], [-3, 0, 0.25]], [[0, 0, 0], [1, 0, -0.25]]
show("squared 1", *numbers(np.square, lambda e: 2 * e, [[1, 2]], [[0, 0]]))
show("squared", *numbers(np.square, lambda e: 2 * e, O, T))
for d in (1.0, 0.5):
    show(f"huber {d}", *numbers(
        lambda e: np.where(np.abs(e) <= d, e * e / 2, d * (np.abs(e) - d / 2)),
        lambda e: np.clip(e, -d, d), O, T))
show("absolute", *numbers(np.abs, np.sign, O, T))
O, T = [[0.5, 1, 2], [-3, 4, 0.25]], [[0, 3, 0], [1, 0, -0.25]]
for q in (0.9, 0.5):
    show(f"quantile {q}", *numbers(
        lambda e: np.where(e < 0, -q * e, (1 - q) * e),
        lambda e: np.where(e < 0, -q, 1 - q), O, T))
