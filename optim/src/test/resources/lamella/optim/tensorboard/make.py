"""Writes events.bin with TensorBoard's own code: python3 make.py (tensorboard 2.21, NumPy)

One scalar, histograms of spread, equal and no numbers, a text and an image, by TensorBoard's writer of
event files; EventFileTest writes the same and compares.
"""
import glob
import os
import shutil
import struct
import tempfile
import zlib

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.histogram.summary_v2 import histogram_pb
from tensorboard.plugins.image import metadata as image_metadata
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.plugins.text.summary_v2 import text_pb
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


# Two pixels, red and blue.
png = b"\x89PNG\r\n\x1a\n"
png += chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 2, 0, 0, 0))
png += chunk(b"IDAT", zlib.compress(b"\0\xff\0\0\0\0\xff")) + chunk(b"IEND", b"")
with open("image.png", "wb") as file:
    file.write(png)

image = summary_pb2.Summary()
image.value.add(
    tag="weights",
    metadata=image_metadata.create_summary_metadata(display_name=None, description=None),
    tensor=tensor_util.make_tensor_proto([b"2", b"1", png]),
)

spread = np.float32([(7 * i % 101) * 0.37 - 12 for i in range(101)])
summaries = [
    scalar_pb("loss", 2.302585),
    histogram_pb("spread", spread),
    histogram_pb("equal", np.full(5, 0.25)),
    histogram_pb("none", np.array([])),
    text_pb("configuration", "learning rate **1e-3**, é"),
    image,
]
folder = tempfile.mkdtemp()
writer = EventFileWriter(folder)
for step, summary in enumerate(summaries):
    writer.add_event(event_pb2.Event(wall_time=1.5e9 + step, step=step, summary=summary))
writer.close()
shutil.copy(glob.glob(os.path.join(folder, "*tfevents*"))[0], "events.bin")
shutil.rmtree(folder)
