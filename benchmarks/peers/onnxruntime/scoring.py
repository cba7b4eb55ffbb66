#!/usr/bin/env python3
"""A CSV file through ONNX Runtime, as a program in Python does it: scoring.py DIR OUT THREADS

DIR holds rows.csv, model.onnx and schema.json, which says how a row is encoded. pandas reads and writes 50,000 rows at a time; numbers as
float32 less their offset, categories as their codes. Prints the seconds of all of it and of the predictions, and the most memory in KiB.
"""
import json
import os
import resource
import sys
import time

import numpy as np
import onnxruntime
import pandas as pd

CHUNK = 50_000
BATCH = 4096


def main(folder, out, threads):
    print("# ONNX Runtime: %s with pandas %s" % (onnxruntime.__version__, pd.__version__))
    begin = time.perf_counter()
    with open(os.path.join(folder, "schema.json")) as file:
        schema = json.load(file)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(os.path.join(folder, "model.onnx"), options, providers=["CPUExecutionProvider"])
    inputs, classes = schema["inputs"], schema["target"]["classes"]
    predicting = rows = 0
    kinds = {i["name"]: "category" if i["kind"] == "category" else "float64" for i in inputs}
    for frame in pd.read_csv(os.path.join(folder, "rows.csv"), usecols=list(kinds), dtype=kinds, chunksize=CHUNK):
        x = np.empty((len(frame), len(inputs)), dtype=np.float32)
        for k, i in enumerate(inputs):
            if i["kind"] == "category":
                x[:, k] = frame[i["name"]].cat.set_categories(i["categories"]).cat.codes + 1
            else:
                x[:, k] = frame[i["name"]] - i.get("offset", 0)
        before = time.perf_counter()
        y = np.concatenate([session.run(["y"], {"x": x[k : k + BATCH]})[0] for k in range(0, len(x), BATCH)])
        predicting += time.perf_counter() - before
        answer = pd.DataFrame(y, columns=["probability of " + c for c in classes])
        answer.insert(0, "prediction", np.array(classes)[y.argmax(axis=1)])
        answer.to_csv(out, mode="w" if rows == 0 else "a", header=rows == 0, index=False)
        rows += len(frame)
    print("# seconds: %.4f" % (time.perf_counter() - begin))
    print("# predicting: %.4f" % predicting)
    print("# rows: %d" % rows)
    print("# peak memory: %d" % resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
