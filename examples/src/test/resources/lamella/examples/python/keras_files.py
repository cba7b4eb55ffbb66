"""Writes keras.npz, the variables of a model, and keras-expected.npz, what Keras computes with it.

In this directory, with keras and torch of PyPI: KERAS_BACKEND=torch python3 keras_files.py
"""

import keras
import numpy as np

keras.utils.set_random_seed(1)
model = keras.Sequential(
    [
        keras.Input((4,)),
        keras.layers.Normalization(name="normalization"),
        keras.layers.Dense(8, name="dense"),
        keras.layers.BatchNormalization(name="batch_normalization"),
        keras.layers.ReLU(),
        keras.layers.Dense(6, activation="gelu", name="dense_1"),
        keras.layers.LayerNormalization(name="layer_normalization"),
        keras.layers.Dense(3, activation="softmax", name="dense_2"),
    ]
)
random = np.random.RandomState(1)
x = (random.normal(size=(512, 4)) * [1, 2, 0.5, 3] + [0, 1, -2, 5]).astype(np.float32)
model.get_layer("normalization").adapt(x)
model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
model.fit(x, (x[:, 0] > 0).astype(int) + (x[:, 1] > 2), batch_size=64, epochs=5, verbose=0)

np.savez("keras.npz", **{v.path: v.numpy() for v in model.variables})
np.savez("keras-expected.npz", x=x[:20], probabilities=model.predict(x[:20], verbose=0))
for name, array in np.load("keras.npz").items():
    print(name, array.dtype, array.shape)
