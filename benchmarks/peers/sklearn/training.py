#!/usr/bin/env python3
"""scikit-learn's MLPClassifier or MLPRegressor on a table: what Lamella's training is timed beside.

    training.py [--float32] [--validation] DIR TABLE TARGET WIDTHS EPOCHS

DIR holds TABLE.csv and TABLE.split.csv; a target that is to be taken as its logarithm is written ln:TARGET; WIDTHS such as 256-256.
Numbers standardised, categories one-hot, Adam 0.001, batches of 200, L2 0.0001, as many epochs as said. The clock runs from the table in
memory to the fitted network. With --validation it is given the validation rows as well, holds back as many, scores these after each
epoch and keeps the weights of the best, without ever stopping before the last. Trains twice, and gives the seconds of both.
"""
import argparse
import os
import time
import warnings

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def fit(arguments, inputs, y, train, validation, numbers):
    encoder = make_column_transformer(
        (StandardScaler(), make_column_selector(dtype_include=np.number)),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), make_column_selector(dtype_exclude=np.number)),
        sparse_threshold=0,
    )
    x = encoder.fit_transform(inputs[train])
    if arguments.float32:
        x = x.astype(np.float32)
    mean, scale = (y[train].mean(), y[train].std()) if numbers else (0, 1)
    settings = {
        "hidden_layer_sizes": tuple(int(width) for width in arguments.widths.split("-")),
        "batch_size": 200,
        "max_iter": arguments.epochs,
        "n_iter_no_change": arguments.epochs,
        "tol": 0,
        "random_state": 0,
    }
    if arguments.validation:
        settings |= {"early_stopping": True, "validation_fraction": np.mean(validation[train])}
    model = MLPRegressor(**settings).fit(x, (y[train] - mean) / scale) if numbers else MLPClassifier(**settings).fit(x, y[train])
    assert model.n_iter_ == arguments.epochs
    return encoder, (mean, scale, x.dtype), model


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--float32", action="store_true")
    parser.add_argument("--validation", action="store_true")
    for name in ("folder", "table", "target", "widths"):
        parser.add_argument(name)
    parser.add_argument("epochs", type=int)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    print("# scikit-learn: %s with NumPy %s" % (sklearn.__version__, np.__version__))

    frame = pd.read_csv(os.path.join(arguments.folder, arguments.table + ".csv"), keep_default_na=False, na_values=[""])
    part = pd.read_csv(os.path.join(arguments.folder, arguments.table + ".split.csv"))["split"].to_numpy()
    numbers = arguments.target.startswith("ln:")
    target = arguments.target.removeprefix("ln:")
    inputs = frame.drop(columns=target)
    y = np.log(frame[target].to_numpy()) if numbers else frame[target].to_numpy()
    validation, test = part == "validation", part == "test"
    train = part != "test" if arguments.validation else part == "train"

    begin = time.perf_counter()
    encoder, scale_of, model = fit(arguments, inputs, y, train, validation, numbers)
    end = time.perf_counter()
    fit(arguments, inputs, y, train, validation, numbers)
    again = time.perf_counter() - end

    mean, scale, dtype = scale_of
    predicted = model.predict(encoder.transform(inputs[test]).astype(dtype))
    print("# seconds: %.4f" % (end - begin))
    print("# again: %.4f" % again)
    if numbers:
        print("# score: %.6f" % np.sqrt(np.mean((predicted * scale + mean - y[test]) ** 2)))
    else:
        print("# score: %.6f" % np.mean(predicted == y[test]))


if __name__ == "__main__":
    main()
