"""Writes augmentation_golden.txt: images after Crop(4), Flip and Cutout(16), by NumPy.

The images are those of mean_image_golden.py. For each layout, and some seeds, epochs and images, a line has the shift,
whether the image is flipped, the cutout's corner, and every 61st byte of the image, blank being the rounded mean image.
The random numbers are SplitMix64's as AugmentedDataset describes them, written here from the description.
"""

import numpy as np

MASK = (1 << 64) - 1


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


def integers(seed, epoch, image, step, bound):
    return (int(bound * ((z >> 11) * 2.0**-53)) for z in stream(seed, epoch, image, step))


i = np.arange(7)[:, None]
j = np.arange(3072)[None, :]
images = ((31 * i * i + 7 * j + 13 * i * j + (j * j >> 3)) % 256).astype(np.uint8)

with open("augmentation_golden.txt", "w") as out:
    for layout in ("HWC", "CHW"):
        shape = (7, 32, 32, 3) if layout == "HWC" else (7, 3, 32, 32)
        hwc = images.reshape(shape) if layout == "HWC" else images.reshape(shape).transpose(0, 2, 3, 1)
        blank = np.floor(hwc.mean(axis=0) + 0.5).astype(np.uint8)
        for seed, epoch, image in [(1, 0, 0), (1, 0, 5), (1, 1, 5), (-7, 1 << 40, 6), (0, 3, 2), (1, 2, 4), (3, 9, 1)]:
            crop = integers(seed, epoch, image, 0, 9)
            top, left = next(crop), next(crop)
            # Pad by 4 and crop at (8 - top, 8 - left), which moves the image by (top - 4, left - 4); where the crop
            # leaves the image, blank shows.
            inside = np.pad(np.ones((32, 32, 1), bool), ((4, 4), (4, 4), (0, 0)))
            padded = np.pad(hwc[image], ((4, 4), (4, 4), (0, 0)))
            window = np.s_[8 - top : 40 - top, 8 - left : 40 - left]
            x = np.where(inside[window], padded[window], blank)
            flipped = next(integers(seed, epoch, image, 1, 2))
            if flipped:
                x = np.flip(x, axis=1)
            x = x.copy()
            cut = integers(seed, epoch, image, 2, 32)
            row, column = next(cut), next(cut)
            erased = np.s_[max(0, row - 8) : row + 8, max(0, column - 8) : column + 8]
            x[erased] = blank[erased]
            flat = (x if layout == "HWC" else x.transpose(2, 0, 1)).reshape(-1)
            numbers = [top - 4, left - 4, flipped, row - 8, column - 8, *flat[::61]]
            print(layout, seed, epoch, image, *numbers, file=out)
