"""Writes standardisation_golden.txt: NumPy's mean and std of each channel of seven small images.

Image i has the bytes (31 i^2 + 7 j + 13 i j + (j^2 >> 3)) mod 256, divided by 1, 2 and 3 for red, green and blue, at
j = 0..3071.

First three lines: mean and std of red, green and blue. Then every 61st number of image 3, standardised in float64 and in
float32 (mean and std rounded first), as hexadecimal doubles. Images are height, width, channel.
"""

import numpy as np

i = np.arange(7)[:, None]
j = np.arange(3072)[None, :]
images = ((31 * i * i + 7 * j + 13 * i * j + (j * j >> 3)) % 256 // (1 + j % 3)).astype(np.uint8).reshape(7, 32, 32, 3)
mean = images.astype(np.longdouble).mean(axis=(0, 1, 2)).astype(np.float64)
std = images.astype(np.longdouble).std(axis=(0, 1, 2)).astype(np.float64)
x64 = ((images[3] - mean) / std).reshape(-1)
x32 = ((images[3].astype(np.float32) - mean.astype(np.float32)) / std.astype(np.float32)).reshape(-1)
assert x64.dtype == np.float64 and x32.dtype == np.float32
with open("standardisation_golden.txt", "w") as out:
    for c in range(3):
        print(float(mean[c]).hex(), float(std[c]).hex(), file=out)
    for p in range(0, 3072, 61):
        print(p, float(x64[p]).hex(), float(x32[p]).hex(), file=out)
