"""Principal components and whitened examples in NumPy float64: python3 whitening.py > whitening.txt

Lines: the case, the quantity, its shape, its numbers. Inputs are exact in float32. Components by numpy.linalg.eigh of the
covariance with divisor n, each with its number of the largest size positive.
"""
import numpy as np

RNG = np.random.default_rng(19)


def show(case, quantity, value):
    value = np.asarray(value)
    shape = ",".join(map(str, value.shape))
    print(case, quantity, shape, " ".join(repr(float(v)) for v in value.reshape(-1)))


def case(name, x, k, s):
    x = x.astype(np.float32).astype(np.float64)
    centred = x - x.mean(axis=0)
    covariance = centred.T @ centred / len(x)
    values, vectors = np.linalg.eigh(covariance)
    values, vectors = values[::-1][:k], vectors[:, ::-1][:, :k]
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), range(k)])
    weight = vectors / np.sqrt(values + s * np.trace(covariance) / x.shape[1])
    show(name, "x", x)
    show(name, "weight", weight)
    show(name, "y", centred @ weight)


mix = RNG.standard_normal((7, 7))
case("all", 3 + RNG.standard_normal((40, 7)) @ mix, 7, 0)
case("some", 3 + RNG.standard_normal((40, 7)) @ mix, 3, 0.5)
case("few-examples", RNG.standard_normal((6, 9)), 4, 10)
