"""Softmax cross-entropy by its definition in NumPy float64: python3 golden.py > golden.txt

Lines: the logits (n rows), the labels, the mean loss, and the gradient (n rows).
"""
import numpy as np

random = np.random.RandomState(2)
n, classes = 5, 4
logits = np.vstack([3 * random.randn(n - 1, classes), [700.0, -700.0, 30.0, 699.5]])
labels = random.randint(0, classes, n)
labels[-1] = 2  # 670 below the largest: its probability is 1e-291


def show(numbers):
    print(" ".join(repr(float(x)) for x in numbers))


# -log p = log sum_j exp(z_j) - z_label; logaddexp adds two numbers at a time, shifting by the larger.
loss = [np.logaddexp.reduce(row) - row[label] for row, label in zip(logits, labels)]
exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
softmax = exponentials / exponentials.sum(axis=1, keepdims=True)

for row in logits:
    show(row)
print(" ".join(str(label) for label in labels))
show([np.mean(loss)])
for row in (softmax - np.eye(classes)[labels]) / n:
    show(row)
