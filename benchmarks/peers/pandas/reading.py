#!/usr/bin/env python3
"""pandas reads a CSV file once: reading.py FILE; prints the seconds, the bytes of the table, and the most memory of the process in KiB."""
import resource
import sys
import time

import pandas as pd

print("# pandas: %s" % pd.__version__)
begin = time.perf_counter()
frame = pd.read_csv(sys.argv[1])
print("# seconds: %.4f" % (time.perf_counter() - begin))
print("# heap: %d" % frame.memory_usage(deep=True).sum())
print("# size: %d x %d" % frame.shape)
print("# peak memory: %d" % resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
