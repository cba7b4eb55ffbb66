"""Writes NumPy's own files: python3 make.py (NumPy 2.4)

c.npy, vector.npy, number.npy   float32, float64, float32 as numpy.save writes them; ours must write the same bytes
v2.npy, v3.npy                  versions 2.0 and 3.0 of the header
types.npz                       every type, both byte orders, C and Fortran order (numpy.savez)
compressed.npz                  the same (numpy.savez_compressed)
stream.npz                      two arrays, written to a pipe: sizes stand behind the bytes
left_out.npz                    arrays that cannot be read, and one that can
python2.npy                     by hand, as Python 2 wrote it: long integers, no padding to 64
state_dict.safetensors          by the safetensors package: a PyTorch nn.Sequential's names and shapes
"""
import io

import numpy as np
from numpy.lib.format import write_array

np.save("c.npy", np.array([[1, -0.0, 0.1], [np.inf, 1e-45, -3.4028235e38]], np.float32))
np.save("vector.npy", np.array([0.1, -np.inf, 5e-324]))
np.save("number.npy", np.float32(42.5))
for version in 2, 3:
    with open(f"v{version}.npy", "wb") as file:
        write_array(file, np.arange(6, dtype=np.int16).reshape(2, 3), version=(version, 0))

arrays = {}
for code in "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8":
    for order in "<>":
        type = np.dtype(order + code)
        info = np.iinfo(type)
        arrays[order + code] = np.array([info.min, 0, 1, 100, info.max], type)
cube = np.arange(24).reshape(2, 3, 4) - 1.5
for code in "f4", "f8":
    for order in "<>":
        arrays[order + code] = np.ascontiguousarray(cube, order + code)
        arrays[order + code + "F"] = np.asfortranarray(cube, order + code)
arrays[">i2F"] = np.asfortranarray(np.arange(6).reshape(3, 2), ">i2")
np.savez("types.npz", **arrays)
np.savez_compressed("compressed.npz", **arrays)


class Pipe(io.RawIOBase):
    """What can be written to, but not moved in."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


with open("stream.npz", "wb") as file:
    np.savez_compressed(Pipe(file), zeros=np.zeros((8, 9)), one=np.float32([1]))

np.savez(
    "left_out.npz",
    half=np.float16([0.5]),
    flags=np.array([True]),
    text=np.array(["a"]),
    empty=np.zeros((0, 3)),
    record=np.zeros(2, [("a", "f4")]),
    fine=np.arange(3),
)

header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1L, 2L), }"
header += b" " * (-(10 + len(header) + 1) % 16) + b"\n"
with open("python2.npy", "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    file.write(np.array([1.5, -2.5]).tobytes())
