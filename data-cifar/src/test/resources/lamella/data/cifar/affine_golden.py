"""Writes affine_golden.txt: images after Affine and Noise, by NumPy.

The images are those of augmentation_golden.py, as 32x32x3, and their first numbers as 19x28x1. For each layout, and some
seeds, epochs and images, a line has every 61st byte of the image. Random numbers, the way of each pixel and the noise are
written here from the descriptions of AugmentedDataset, Affine, Pixels.resample and NormalNoise.
"""

import numpy as np

MASK = (1 << 64) - 1
M32 = (1 << 32) - 1

# The polynomial that takes the place of the normal distribution's quantile.
NORMAL = [-0.5186555, 0.37764293, 0.5201525, -0.42063853, -0.41178182]
NORMAL += [0.2741888, -0.3967183, 0.17124084, -2.311108, 2.715792]


def m(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def stream(seed, epoch, image, step):
    state = m(seed & MASK)
    for number in (epoch, image, step):
        state = m((state + number) & MASK)
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        yield m(state)


def reflected(place, side):
    place = np.abs(place) % (2 * (side - 1))
    return np.where(place < side, place, 2 * (side - 1) - place)


def affine(x, numbers, shift, rotate, scale, stretch, shear):
    u = [2 * (next(numbers) >> 11) * 2.0**-53 - 1 for _ in range(6)]
    down, right, turn, factor, wider, slant = np.array(u) * [shift, shift, rotate, scale, stretch, shear]
    turn, slant = np.radians(turn), np.radians(slant)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    size = np.diag([(1 + factor) * (1 + wider), (1 + factor) / (1 + wider)])
    matrix = np.linalg.inv(rotation @ size @ np.array([[1, np.tan(slant)], [0, 1]]))
    height, width = x.shape[:2]
    i, j = np.mgrid[:height, :width].astype(float)
    way = np.stack([j - (width - 1) / 2 - right, i - (height - 1) / 2 - down])
    column, row = np.einsum("ab,bij->aij", matrix, way)
    row = np.floor((row + (height - 1) / 2) * 64 + 0.5).astype(int)
    column = np.floor((column + (width - 1) / 2) * 64 + 0.5).astype(int)
    total = 0
    for below in (0, 1):
        for beside in (0, 1):
            weight = (row % 64 if below else 64 - row % 64) * (column % 64 if beside else 64 - column % 64)
            pixel = x[reflected(row // 64 + below, height), reflected(column // 64 + beside, width)]
            total = total + weight[..., None] * pixel.astype(int)
    return ((total + 2048) // 4096).astype(np.uint8)


def noise(x, numbers, deviation):
    state = next(numbers)
    result = np.empty(x.size, np.uint8)
    for i, value in enumerate(x.reshape(-1)):
        z = ((state & M32) + i) & M32
        z = ((z ^ (z >> 17)) * 0xED5AD4BB) & M32
        z = (((z ^ (z >> 11)) + (state >> 32)) * 0xAC4C1B51) & M32
        z = ((z ^ (z >> 15)) * 0x31848BAB) & M32
        z ^= z >> 14
        normal = np.polyval(NORMAL, 2.340539 * (((z >> 1) + 0.5) / 2**32) ** 0.125 - 1.1462836) * (-1 if z & 1 else 1)
        result[i] = np.clip(int(value) + np.floor(deviation * normal + 0.5), 0, 255)
    return result.reshape(x.shape)


i = np.arange(7)[:, None]
j = np.arange(3072)[None, :]
images = ((31 * i * i + 7 * j + 13 * i * j + (j * j >> 3)) % 256).astype(np.uint8)

with open("affine_golden.txt", "w") as out:
    for layout, height, width, channels in [("HWC", 32, 32, 3), ("CHW", 32, 32, 3), ("HWC", 19, 28, 1)]:
        x = images[:, : height * width * channels]
        if layout == "HWC":
            x = x.reshape(7, height, width, channels)
        else:
            x = x.reshape(7, channels, height, width).transpose(0, 2, 3, 1)
        for seed, epoch, image in [(1, 0, 0), (1, 0, 5), (1, 1, 5), (-7, 1 << 40, 6), (0, 3, 2)]:
            y = affine(x[image], stream(seed, epoch, image, 0), 4, 30, 0.2, 0.1, 10)
            y = noise(y, stream(seed, epoch, image, 1), 8.5)
            flat = (y if layout == "HWC" else y.transpose(2, 0, 1)).reshape(-1)
            shape = f"{height}x{width}x{channels}"
            print(layout, shape, seed, epoch, image, *flat[::61], file=out)
