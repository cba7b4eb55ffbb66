"""Writes error_function.txt: x, erf(x), erfc(x) and the normal distribution function at x, by mpmath
with 60 digits, rounded to float64. Run it in this directory: python3 error_function.py"""
from mpmath import erf, erfc, mp, mpf, sqrt

mp.dps = 60
numbers = [0.0, 1e-300, 1e-10, 0.01, 0.25, 0.46875, 0.4687500001, 0.5, 0.6629, 0.66292, 0.9, 1.0, 1.5, 2.0]
numbers += [2.71828, 3.0, 3.5, 4.0, 4.0000001, 5.0, 5.65685, 5.66, 6.0, 8.3, 10.0, 13.7, 20.0, 26.0, 37.0]
with open("error_function.txt", "w") as out:
    for x in sorted(numbers + [-x for x in numbers if x]):
        v = mpf(x)
        row = [x] + [float(f) for f in (erf(v), erfc(v), erfc(-v / sqrt(2)) / 2)]
        out.write(" ".join(repr(f) for f in row) + "\n")
