"""Makes arrays.npz and the .npy files beside it: what NumPy itself writes. Run it in this folder."""
import numpy as np

rows = np.arange(12).reshape(4, 3)
np.savez_compressed(
    "arrays.npz",
    float16=(rows / 4).astype("<f2"),
    float32=(rows / 4).astype("<f4"),
    float64=rows / 3,
    big=(rows / 4).astype(">f4"),
    fortran=np.asfortranarray(np.arange(24.0).reshape(4, 3, 2)),
    int8=(rows - 6).astype("i1"),
    int16=(rows * -1000).astype(">i2"),
    int32=(rows - 2**31).astype("<i4"),
    int64=rows * 2**40,
    uint8=(rows + 244).astype("u1"),
    uint16=(rows + 65524).astype("<u2"),
    uint32=(rows + 2**32 - 12).astype("<u4"),
    uint64=rows.astype("<u8") + np.uint64(2**63),
    bool=rows % 2 == 0,
    unicode=np.array([["a", ""], ["\u00e9\U0001f600", "three"]]),
    bytes=np.array([b"a", "\u00e9".encode(), b"", b"abc"]),
    scalar=np.float32(2.5),
    empty=np.zeros((0, 3), "f4"),
    complex=rows + 1j,
)
np.save("float16.npy", np.array([[1, 0.5], [65504, -2.0**-24]], "f2"))
np.save("bool.npy", np.array([True, False, True]))
np.save("int32.npy", np.array([[-1], [7]], "i4"))
np.save("uint8.npy", np.array([0, 128, 255], "u1"))
np.save("int64.npy", np.array(-5))
np.save("float64.npy", np.array([[[0.1, np.inf]]]))
np.save("unicode.npy", np.array([["cat", "\u00e9\U0001f600"], ["", "horse"]]))
np.save("points.npy", np.array([[1, 2, 3], [-4, 5, -6]], "f4"))
