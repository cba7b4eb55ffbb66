"""Values and slopes of the activations by their definitions, with 60 digits: python3 golden.py > golden.txt

Lines: the layer, x, f(x), f'(x), the last two rounded to float64. Slopes are differences of f in high precision, and so owe
nothing to any derivative; at 0 they are those of the negative side.
"""
import mpmath as mp

mp.mp.dps = 60


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


LAMBDA = mp.mpf("1.0507009873554804934193349852946")
ALPHA = mp.mpf("1.6732632423543772848170429916717")

# One line for each activation of lamella.layers, of its default settings.
FUNCTIONS = {
    "LeakyReLU": lambda x: x if x > 0 else mp.mpf("0.01") * x,
    "ReLU": lambda x: mp.mpf(max(x, 0)),
    "SELU": lambda x: LAMBDA * (x if x > 0 else ALPHA * mp.expm1(x)),
    "Swish": lambda x: x * sigmoid(x),
}

POINTS = [-100, -30, -8, -3, -1.5, -1, -0.5, -0.125, -0.001, 0, 0.001, 0.125, 0.5, 1, 1.5, 3, 8, 30, 100]

for name, f in sorted(FUNCTIONS.items()):
    for point in POINTS:
        x = mp.mpf(point)
        slope = mp.diff(f, x, direction=-1, h=mp.mpf("1e-40")) if point == 0 else mp.diff(f, x, h=mp.mpf("1e-40"))
        print(name, repr(float(point)), repr(float(f(x))), repr(float(slope)))
