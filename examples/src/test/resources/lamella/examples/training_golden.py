"""Writes training_golden.csv: the report's training loop in NumPy, float64, on random images.

    python3 training_golden.py > training_golden.csv

Written from the report's listings and the protocol of its experiment, not from Lamella's code.
"""
import sys

import numpy as np

TRAIN, VALIDATION, INPUTS, CLASSES = 300, 100, 3072, 10
HIDDEN, ITERATIONS, BATCH = 12, 31, 20
ETA, DECAY, L2, STD = 2e-3, 0.9, 0.5, 1e-2


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


LAMBDA, ALPHA = 1.0507009873554805, 1.6732632423543772
ACTIVATIONS = {
    "relu": (lambda y: np.where(y > 0, y, 0), lambda y: np.where(y > 0, 1, 0)),
    "leaky-relu": (lambda y: np.where(y > 0, y, 0.01 * y), lambda y: np.where(y > 0, 1, 0.01)),
    "swish": (lambda y: y * sigmoid(y), lambda y: sigmoid(y) * (1 + y * (1 - sigmoid(y)))),
    "selu": (
        lambda y: LAMBDA * np.where(y > 0, y, ALPHA * (np.exp(np.minimum(y, 0)) - 1)),
        lambda y: LAMBDA * np.where(y > 0, 1, ALPHA * np.exp(np.minimum(y, 0))),
    ),
}

source = np.random.RandomState(7)
pixels = source.randint(0, 256, (TRAIN + VALIDATION, INPUTS)).astype(np.float64)
labels = source.randint(0, CLASSES, TRAIN + VALIDATION)
pixels -= pixels[:TRAIN].mean(axis=0)
x_train, t_train = pixels[:TRAIN], labels[:TRAIN]
x_validation, t_validation = pixels[TRAIN:], labels[TRAIN:]

print("activation,seed,iteration,loss,data_loss,penalty,learning_rate,train_accuracy,validation_accuracy")
for name, (f, slope) in ACTIVATIONS.items():
    for seed in (0, 4294967295):
        random = np.random.RandomState(seed)
        w1 = STD * random.randn(INPUTS, HIDDEN)
        w2 = STD * random.randn(HIDDEN, CLASSES)
        b1, b2 = np.zeros(HIDDEN), np.zeros(CLASSES)
        eta = ETA

        def predict(x):
            return np.argmax(f(x.dot(w1) + b1).dot(w2) + b2, axis=1)

        for t in range(ITERATIONS):
            rows = random.choice(TRAIN, BATCH, replace=True)
            x, target = x_train[rows], t_train[rows]
            y1 = x.dot(w1) + b1
            h1 = f(y1)
            y2 = h1.dot(w2) + b2
            shifted = y2 - y2.max(axis=1, keepdims=True)
            log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
            data_loss = -log_softmax[np.arange(BATCH), target].mean()
            penalty = 0.5 * L2 * ((w1 * w1).sum() + (w2 * w2).sum())
            dy2 = np.exp(log_softmax)
            dy2[np.arange(BATCH), target] -= 1
            dy2 /= BATCH
            dw2, db2 = h1.T.dot(dy2), dy2.sum(axis=0)
            dy1 = dy2.dot(w2.T) * slope(y1)
            dw1, db1 = x.T.dot(dy1), dy1.sum(axis=0)
            w1 = w1 - eta * (dw1 + L2 * w1)
            w2 = w2 - eta * (dw2 + L2 * w2)
            b1 = b1 - eta * db1
            b2 = b2 - eta * db2
            accuracies = ","
            if t % (TRAIN // BATCH) == 0:
                accuracies = "%r,%r" % (
                    float((predict(x_train) == t_train).mean()),
                    float((predict(x_validation) == t_validation).mean()),
                )
            print("%s,%d,%d,%r,%r,%r,%r,%s" % (
                name, seed, t, float(data_loss + penalty), float(data_loss), float(penalty), eta, accuracies))
            if t % (TRAIN // BATCH) == 0:
                eta *= DECAY
print("written with NumPy " + np.__version__, file=sys.stderr)
