"""Values and slopes of the activations by their definitions, with 60 digits: python3 golden.py > golden.txt

Lines: the layer, x, f(x), f'(x), the last two rounded to float64. Slopes are differences of f in high precision, and so owe
nothing to any derivative; where some function has a kink they are those of one side: at 0 of the negative side, at -3 and 3 of
the outer one.
"""
import mpmath as mp

mp.mp.dps = 60


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


LAMBDA = mp.mpf("1.0507009873554804934193349852946")
ALPHA = mp.mpf("1.6732632423543772848170429916717")


def normal(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


# One line for each activation of lamella.layers, of its default settings.
FUNCTIONS = {
    "ELU": lambda x: x if x > 0 else mp.expm1(x),
    "GELU": lambda x: x * normal(x),
    "HardSwish": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "LeakyReLU": lambda x: x if x > 0 else mp.mpf("0.01") * x,
    "Mish": lambda x: x * mp.tanh(mp.log1p(mp.exp(x))),
    "ReLU": lambda x: mp.mpf(max(x, 0)),
    "SELU": lambda x: LAMBDA * (x if x > 0 else ALPHA * mp.expm1(x)),
    "Sigmoid": sigmoid,
    "Softplus": lambda x: mp.log1p(mp.exp(x)),
    "Swish": lambda x: x * sigmoid(x),
    "Tanh": mp.tanh,
}

POINTS = [-100, -30, -8, -3, -1.5, -1, -0.5, -0.125, -0.001, 0, 0.001, 0.125, 0.5, 1, 1.5, 3, 8, 30, 100]

# Of which the slope is, where it is not that of both.
SIDES = {-3: -1, 0: -1, 3: 1}

for name, f in sorted(FUNCTIONS.items()):
    for point in POINTS:
        x = mp.mpf(point)
        slope = mp.diff(f, x, direction=SIDES.get(point, 0), h=mp.mpf("1e-40"))
        print(name, repr(float(point)), repr(float(f(x))), repr(float(slope)))
