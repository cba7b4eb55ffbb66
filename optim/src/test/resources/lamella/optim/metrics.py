"""What metrics are of drawn outputs, by their definitions in NumPy float64: python3 metrics.py > metrics.txt

Definitions are scikit-learn's: log_loss, roc_auc_score (of several classes one against the rest,
macro), brier_score_loss, precision_recall_fscore_support, root_mean_squared_error,
mean_absolute_error, r2_score (of several outputs the uniform average); the calibration error is that
of Guo et al. (2017). Lines: a name and numbers; outputs are whole multiples of 1/4, so that many are
equal, and exact in float32.
"""
import numpy as np

random = np.random.RandomState(7)


def show(name, numbers):
    print(name, " ".join(repr(float(x)) for x in np.ravel(numbers)))


def auc(score, positive):
    """All pairs, one by one."""
    difference = score[positive][:, None] - score[~positive][None, :]
    return ((difference > 0) + 0.5 * (difference == 0)).mean()


def calibration_error(p, labels, bins):
    confidence = p.max(1)
    right = p.argmax(1) == labels
    edges = np.linspace(0, 1, bins + 1)
    total = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


def classes(name, z, labels, p):
    n, k = p.shape
    show(name + ".outputs", z)
    show(name + ".labels", labels)
    show(name + ".log-loss", -np.log(p[np.arange(n), labels]).mean())
    areas = [auc(p[:, c], labels == c) for c in range(k)]
    show(name + ".auc", areas[1] if k == 2 else np.mean(areas))
    squares = ((p - np.eye(k)[labels]) ** 2).sum(1).mean()
    show(name + ".brier", squares / 2 if k == 2 else squares)
    show(name + ".calibration-error", [calibration_error(p, labels, 15), calibration_error(p, labels, 4)])
    said = p.argmax(1)
    for c in range(k):
        right = ((said == c) & (labels == c)).sum()
        precision, recall = right / (said == c).sum(), right / (labels == c).sum()
        show(f"{name}.class{c}", [precision, recall, 2 * precision * recall / (precision + recall), (labels == c).sum()])


n = 60
labels = random.randint(0, 4, n)
z = np.round(4 * (random.randn(n, 4) + 1.2 * np.eye(4)[labels])) / 4
z[:, 3] += 0.0625  # no two equal in a row, where a class would be chosen by order
e = np.exp(z - z.max(1, keepdims=True))
classes("several", z, labels, e / e.sum(1, keepdims=True))

labels = random.randint(0, 2, n)
z = np.round(4 * (random.randn(n) + 1.5 * labels - 0.5)) / 4 + 0.0625
p = 1 / (1 + np.exp(-z))
classes("binary", z, labels, np.stack([1 - p, p], 1))

target = np.round(4 * random.randn(n, 2) * [1000, 1] + [5000, 0]) / 4
output = np.round(4 * (target + random.randn(n, 2) * [300, 0.5])) / 4
show("numbers.outputs", output)
show("numbers.targets", target)
errors = output - target
rmse, mae = np.sqrt((errors**2).mean(0)), np.abs(errors).mean(0)
r2 = 1 - (errors**2).sum(0) / ((target - target.mean(0)) ** 2).sum(0)
for name, of in (("rmse", rmse), ("mae", mae), ("r2", r2)):
    show("numbers." + name, [of.mean(), *of])
