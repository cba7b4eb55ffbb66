"""A two-layer network trained by gradient descent in NumPy float64: python3 golden.py > golden.txt

D = 7 inputs, H = 5 hidden units, C = 3 classes, n = 4 rows, all the same ten steps. Loss: mean of -log softmax +
l2 / 2 (sum W1^2 + sum W2^2). Everything is written as its formula; nothing is shared with the Java code.

First the common start: "x", "labels", "w1", "b1", "w2", "b2". Then for every activation "NAME STEPS LOSS", the loss before that
step's update and the penalty in it, and the four parameters after so many steps.
"""
import numpy as np

D, H, C, N = 7, 5, 3, 4
RATE, L2 = 0.3, 0.1

random = np.random.RandomState(3)
x = random.randn(N, D)
labels = np.array([2, 0, 1, 2])
w1 = 0.6 * random.randn(D, H)
b1 = 0.3 * random.randn(H)
w2 = 0.6 * random.randn(H, C)
b2 = 0.3 * random.randn(C)

LAMBDA, ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


ACTIVATIONS = {
    "relu": (lambda z: np.maximum(z, 0), lambda z: np.where(z > 0, 1.0, 0.0)),
    "leaky-relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.01)),
    "swish": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z)))),
    "selu": (
        lambda z: LAMBDA * np.where(z > 0, z, ALPHA * (np.exp(np.minimum(z, 0)) - 1)),
        lambda z: LAMBDA * np.where(z > 0, 1.0, ALPHA * np.exp(np.minimum(z, 0))),
    ),
}


def show(name, numbers):
    print(name, " ".join(repr(float(v)) for v in np.ravel(numbers)))


show("x", x)
print("labels", *labels)
for name, start in (("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2)):
    show(name, start)

for activation, (f, slope) in ACTIVATIONS.items():
    v1, c1, v2, c2 = w1.copy(), b1.copy(), w2.copy(), b2.copy()
    for step in range(1, 11):
        z = x @ v1 + c1
        h = f(z)
        logits = h @ v2 + c2
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        data_loss = -np.log(p[np.arange(N), labels]).mean()
        penalty = 0.5 * L2 * ((v1**2).sum() + (v2**2).sum())
        dlogits = p.copy()
        dlogits[np.arange(N), labels] -= 1
        dlogits /= N
        dz = (dlogits @ v2.T) * slope(z)
        gradients = (x.T @ dz + L2 * v1, dz.sum(axis=0), h.T @ dlogits + L2 * v2, dlogits.sum(axis=0))
        for parameter, gradient in zip((v1, c1, v2, c2), gradients):
            parameter -= RATE * gradient
        if step in (1, 10):
            show("%s %d loss" % (activation, step), [data_loss, penalty])
            for name, parameter in (("w1", v1), ("b1", c1), ("w2", v2), ("b2", c2)):
                show("%s %d %s" % (activation, step, name), parameter)
