"""Cosine transforms of images: python3 cosine.py > cosine.txt, with SciPy's orthonormal dctn of Ohta's colours.

Lines: height x width x channels, frequencies of brightness, of colours, then the image's bytes (height, width, channel) and the
outputs.
"""
import numpy as np
from scipy.fft import dctn

RNG = np.random.default_rng(7)

for height, width, channels, brightness, colours in ((6, 5, 3, 4, 2), (4, 7, 3, 4, 4), (5, 5, 3, 2, 3), (5, 4, 1, 3, 0), (3, 3, 3, 3, 0)):
    image = RNG.integers(0, 256, (height, width, channels))
    if channels == 3:
        r, g, b = (image[:, :, c].astype(float) for c in range(3))
        planes = [(r + g + b) / np.sqrt(3), (r - b) / np.sqrt(2), (2 * g - r - b) / np.sqrt(6)]
    else:
        planes = [image[:, :, 0].astype(float)]
    out = []
    for plane, size in zip(planes, (brightness, colours, colours)):
        out += list(dctn(plane, norm="ortho")[:size, :size].reshape(-1))
    print(f"{height}x{width}x{channels}", brightness, colours, " ".join(map(str, image.reshape(-1))), " ".join(repr(float(v)) for v in out))
