"""Writes safetensors files byte by byte, without the safetensors package: python3 golden.py

compact.safetensors  as the format's own implementation lays it out; ours must write the same bytes
foreign.safetensors  the same format with all the freedom it leaves: escapes, white space, members in another
                     order than the data, types that Lamella does not read, an empty tensor, one number
"""
import json
import struct

WEIGHT = [1.0, -0.0, 0.1, float("inf"), 1.401298464324817e-45, -3.4028234663852886e38]
BIAS = [0.1, float("-inf"), 5e-324]


def write(name, header, data):
    with open(name, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + data)


weight = struct.pack("<6f", *WEIGHT)
bias = struct.pack("<3d", *BIAS)

header = json.dumps(
    {
        "__metadata__": {"activation": "relu", "note": 'a "b" \\ é \U0001f642'},
        "w1": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
        "b1": {"dtype": "F64", "shape": [3], "data_offsets": [24, 48]},
    },
    separators=(",", ":"),
    ensure_ascii=False,
).encode()
header += b" " * (-len(header) % 8)
write("compact.safetensors", header, weight + bias)

header = json.dumps(
    {
        "bias é \U0001f642": {"shape": [3], "data_offsets": [40, 64], "dtype": "F64"},
        "weight/\t\"0\"": {"dtype": "F32", "shape": [2, 3], "data_offsets": [16, 40]},
        "ids": {"dtype": "I64", "shape": [2], "data_offsets": [0, 16]},
        "one": {"dtype": "F32", "shape": [], "data_offsets": [66, 70]},
        "empty": {"dtype": "F32", "shape": [0, 3], "data_offsets": [66, 66]},
        "half": {"dtype": "F16", "shape": [1, 1], "data_offsets": [64, 66]},
        "__metadata__": {},
    },
    indent=1,
).encode()
write(
    "foreign.safetensors",
    header + b"\n\t \r",
    struct.pack("<2q", 1, -1) + weight + bias + struct.pack("<e", 0.5) + struct.pack("<f", 42.5),
)
