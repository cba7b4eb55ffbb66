"""NumPy's own numbers for NumPyRandomTest: python3 golden.py > golden.txt

One script of calls for every seed. A line is one call and its answers: "NAME [BOUND] COUNT | ANSWERS"; doubles as the 16
hexadecimal digits of their bits, and bytes as digits too. Calls with thousands of answers have the SHA-256 of all of them (8 bytes each,
little-endian) instead. "state" is get_state() at that point.
"""
import hashlib
import struct

import numpy as np

BOUNDS = [1, 2, 3, 10, 1000, 49000, 65536, 2**31 - 1]
LONG_BOUNDS = [2**32 - 1, 2**32, 2**32 + 1, 10**12, 2**53, 2**62 + 1, 2**63 - 1]


def text(numbers):
    numbers = np.asarray(numbers)
    if len(numbers) > 50:
        return "sha256 " + hashlib.sha256(numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()).hexdigest()
    if numbers.dtype == np.float64:
        return " ".join("%016x" % struct.unpack("<Q", struct.pack("<d", x))[0] for x in numbers)
    return " ".join(str(x) for x in numbers)


def state(random):
    name, words, position, has_gauss, gauss = random.get_state()
    assert name == "MT19937"
    words_hash = hashlib.sha256(words.astype("<u4").tobytes()).hexdigest()
    print("state | %s %d %d %s" % (words_hash, position, has_gauss, text([np.float64(gauss)])))


def script(seed):
    random = np.random.RandomState(seed)
    print("seed %d" % seed)
    state(random)
    print("randn 5 |", text(random.randn(5)))  # an odd number: one normal waits
    state(random)
    for bound in BOUNDS:
        print("choice %d 7 |" % bound, text(random.choice(bound, 7, replace=True)))
    print("randn 2 |", text(random.randn(2)))
    for bound in BOUNDS + LONG_BOUNDS:
        print("randint %d 5 |" % bound, text(random.randint(0, bound, 5, dtype=np.int64)))
    print("random_sample 5 |", text(random.random_sample(5)))
    print("randn 2001 |", text(random.randn(2001)))
    state(random)
    print("choice 49000 2000 |", text(random.choice(49000, 2000, replace=True)))
    print("randint %d 1500 |" % 10**12, text(random.randint(0, 10**12, 1500, dtype=np.int64)))
    print("random_sample 3000 |", text(random.random_sample(3000)))
    print("randn 300000 |", text(random.randn(300000)))
    print("randn 3 |", text(random.randn(3)))
    state(random)
    # What else Java's generators offer; single calls, with a normal waiting all the time.
    for _ in range(3):
        print("bool 40 |", text([int(random.randint(0, 2, dtype=bool)) for _ in range(40)]))
        for count in (0, 1, 3, 4, 5, 17):
            print("bytes %d | %s" % (count, random.bytes(count).hex()))
        print("uint32 5 |", text([np.int64(random.randint(0, 2**32, dtype=np.uint32)).astype(np.int32) for _ in range(5)]))
        print("uint64 5 |", text(np.asarray([random.randint(0, 2**64, dtype=np.uint64) for _ in range(5)]).astype(np.int64)))
        for low, high in ((-3, 4), (-(2**31), 2**31 - 1), (5, 6)):
            print("between %d %d 5 |" % (low, high), text(random.randint(low, high, 5)))
        for low, high in ((-(2**63), 2**63 - 1), (-(2**62), 2**62), (-1, 2**32 - 1), (-1, 2**32), (-(2**63), 1)):
            print("between %d %d 5 |" % (low, high), text(random.randint(low, high, 5, dtype=np.int64)))
        for low, high in ((0.0, 3.5), (-0.1, 0.1), (1.0, 1.0 + 2.0**-52), (-1e300, 1e300), (1e-320, 2e-320)):
            print("uniform %r %r 5 |" % (low, high), text(random.uniform(low, high, 5)))
        for loc, scale in ((0.1, 0.3), (-7.0, 1e10), (2.0, 0.0)):
            print("normal %r %r 3 |" % (loc, scale), text(random.normal(loc, scale, 3)))
        print("exponential 5 |", text(random.standard_exponential(5)))
        order = list(range(40))
        random.shuffle(order)
        print("shuffle 40 |", text(order))
        state(random)
    print("uniform -0.1 0.3 3000 |", text(random.uniform(-0.1, 0.3, 3000)))
    print("normal 0.1 0.3 3000 |", text(random.normal(0.1, 0.3, 3000)))
    print("exponential 300000 |", text(random.standard_exponential(300000)))
    state(random)


for seed in (0, 1, 42, 2**32 - 1):
    script(seed)
