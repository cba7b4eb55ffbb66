"""Writes mean_image_golden.txt: NumPy's mean over axis 0 of seven small images.

Image i has the bytes (31 i^2 + 7 j + 13 i j + (j^2 >> 3)) mod 256 at j = 0..3071. Printed are every 61st of
the 3072 means as hexadecimal doubles, and of image 3 centred by this mean the same
positions, in float64 and in float32 (mean rounded first).
"""

import numpy as np

i = np.arange(7)[:, None]
j = np.arange(3072)[None, :]
images = ((31 * i * i + 7 * j + 13 * i * j + (j * j >> 3)) % 256).astype(np.uint8)
mean = images.mean(axis=0)
assert mean.dtype == np.float64
centred64 = images[3].astype(np.float64) - mean
centred32 = images[3].astype(np.float32) - mean.astype(np.float32)
assert centred32.dtype == np.float32
with open("mean_image_golden.txt", "w") as out:
    for p in range(0, 3072, 61):
        print(p, mean[p].hex(), centred64[p].hex(), float(centred32[p]).hex(), file=out)
