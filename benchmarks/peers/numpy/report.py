#!/usr/bin/env python3
"""The report's own listing in NumPy (float64): what Lamella's training step and its whole report are compared with.

    report.py [--warmup SECONDS] [--seconds SECONDS] loop:200x3072-64-10
        times the body of the training loop and prints "loop:200x3072-64-10 MICROSECONDS", the median
    report.py --data DIR [--iterations N]
        runs the report: four activations, 1000 iterations each, accuracies at the epochs, on CIFAR-10's binary files

The statements are the report's, slips included (the loss's sign, the epsilon, a sigmoid computed twice), because this is what
its reader would run. Only what it leaves out is added: reading the files, and the learning rate's decay.
"""
import argparse
import os
import statistics
import sys
import time

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class MLP:
    def __init__(self, input_size, hidden_size, num_classes, activation):
        self.activation_method = ["ReLU", "LeakyReLU", "SWISH", "SELU"].index(activation)
        self.leaky_relu_c = 0.01
        self.selu_lambda = 1.0507009873554805
        self.selu_alpha = 1.6732632423543772
        self.params = {
            "w1": 1e-4 * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "w2": 1e-4 * np.random.randn(hidden_size, num_classes),
            "b2": np.zeros(num_classes),
        }

    def forward_pass(self, x, w1, b1, w2, b2):
        y1 = x.dot(w1) + b1

        if self.activation_method == 0:
            h1 = np.where(y1 > 0, y1, 0)
        elif self.activation_method == 1:
            h1 = np.where(y1 > 0, y1, self.leaky_relu_c * y1)
        elif self.activation_method == 2:
            h1 = y1 * sigmoid(y1)
        else:
            h1 = self.selu_lambda * np.where(y1 > 0, y1, self.selu_alpha * (np.exp(y1) - 1))

        y2 = h1.dot(w2) + b2
        return y2, (y1, h1)

    def softmax_loss(self, x, y):
        loss = 0
        epsilon = 1e-15
        n = x.shape[0]

        exp = np.exp(x)
        softmax = exp / np.sum(exp, axis=1, keepdims=True)

        for i in range(n):
            loss += -np.log(softmax[i, y[i]] + epsilon)
        loss = -loss / n

        dx = softmax
        dx[np.arange(n), y] -= 1
        dx /= n
        return loss, dx

    def backward_pass(self, dY2_dLoss, x, w1, y1, h1, w2):
        grads = {}
        dY2_dw2 = h1.T
        grads["w2"] = dY2_dw2.dot(dY2_dLoss)
        grads["b2"] = dY2_dLoss.sum(axis=0)

        if self.activation_method == 0:
            dy1_dh1 = np.where(y1 > 0, 1, 0)
        elif self.activation_method == 1:
            dy1_dh1 = np.where(y1 > 0, 1, self.leaky_relu_c)
        elif self.activation_method == 2:
            dy1_dh1 = sigmoid(y1) * (1 + y1 * (1 - sigmoid(y1)))
        else:
            dy1_dh1 = self.selu_lambda * np.where(y1 > 0, 1, self.selu_alpha * np.exp(y1))
        dY1_dLoss = dY2_dLoss.dot(w2.T) * dy1_dh1

        grads["w1"] = x.T.dot(dY1_dLoss)
        grads["b1"] = np.sum(dY1_dLoss, axis=0)
        return grads

    def loss(self, x, y, regular):
        w1, b1, w2, b2 = (self.params[name] for name in ("w1", "b1", "w2", "b2"))
        y2, (y1, h1) = self.forward_pass(x, w1, b1, w2, b2)
        loss, dY2_dLoss = self.softmax_loss(y2, y)
        grads = self.backward_pass(dY2_dLoss, x, w1, y1, h1, w2)
        loss += 0.5 * regular * (np.sum(w1 * w1) + np.sum(w2 * w2))
        grads["w2"] += regular * w2
        grads["w1"] += regular * w1
        return loss, grads

    def step(self, x, y, eta, regular, batch_size):
        rand_indexes = np.random.choice(x.shape[0], batch_size, replace=True)
        x_batch = x[rand_indexes]
        y_batch = y[rand_indexes]
        loss, grads = self.loss(x_batch, y_batch, regular)
        self.params["w1"] += -eta * grads["w1"]
        self.params["w2"] += -eta * grads["w2"]
        self.params["b1"] += -eta * grads["b1"]
        self.params["b2"] += -eta * grads["b2"]
        return loss

    def train(self, x, y, x_v, y_v, eta, lamdba, regular, num_iters, batch_size):
        iterations_per_epoch = max(x.shape[0] // batch_size, 1)
        for it in range(num_iters):
            loss = self.step(x, y, eta, regular, batch_size)
            if it % 100 == 0:
                print("The #iteration %d / %d: loss %f" % (it, num_iters, loss))
            if it % iterations_per_epoch == 0:
                train_accuracy = (self.predict(x) == y).mean()
                validation_accuracy = (self.predict(x_v) == y_v).mean()
                print("accuracy: train %.4f validation %.4f" % (train_accuracy, validation_accuracy))
                eta *= lamdba

    def predict(self, x):
        out, _ = self.forward_pass(x, *(self.params[name] for name in ("w1", "b1", "w2", "b2")))
        return np.argmax(out, axis=1)


def read(directory, names):
    """Images as [n, 3072] in the order height, width, channel, and labels."""
    records = np.concatenate(
        [np.fromfile(os.path.join(directory, name), dtype=np.uint8).reshape(-1, 3073) for name in names]
    )
    images = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).reshape(-1, 3072)
    return images.astype(np.float64), records[:, 0].astype(np.int64)


def run_report(directory, iterations):
    x, y = read(directory, ["data_batch_%d.bin" % i for i in range(1, 6)])
    x_test, y_test = read(directory, ["test_batch.bin"])
    x_train, y_train = x[:49000], y[:49000]
    x_val, y_val = x[49000:], y[49000:]
    mean = x_train.mean(axis=0)
    for images in (x_train, x_val, x_test):
        images -= mean
    for activation in ("ReLU", "LeakyReLU", "SWISH", "SELU"):
        print("Selected using", activation)
        np.random.seed(1)
        net_mlp = MLP(3072, 64, 10, activation)
        net_mlp.train(x_train, y_train, x_val, y_val, 1e-3, 0.95, 1.0, iterations, 200)
        print("Validation accuracy:", (net_mlp.predict(x_val) == y_val).mean())
        print("Test accuracy:", (net_mlp.predict(x_test) == y_test).mean())


def time_loop(name, warmup, seconds):
    """The whole of the report's loop body, its gathering of the batch from 49,000 images included."""
    sizes = name.split(":")[1].split("x")
    batch, widths = int(sizes[0]), [int(width) for width in sizes[1].split("-")]
    if len(widths) != 3:
        raise SystemExit("the report's network has two layers, got " + name)
    np.random.seed(1)
    images = 49000
    x = np.random.randint(-128, 128, (images, widths[0]), dtype=np.int8).astype(np.float64)
    y = np.random.randint(0, widths[2], images)
    net_mlp = MLP(*widths, "ReLU")
    end = time.perf_counter() + warmup
    while time.perf_counter() < end:
        net_mlp.step(x, y, 1e-3, 1.0, batch)
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        begin = time.perf_counter()
        net_mlp.step(x, y, 1e-3, 1.0, batch)
        times.append(time.perf_counter() - begin)
    print("%s %.3f" % (name, statistics.median(times) * 1e6), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--warmup", type=float, default=1)
    parser.add_argument("--seconds", type=float, default=0.6)
    parser.add_argument("--data")
    parser.add_argument("--iterations", type=int, default=1000)
    parser.add_argument("workloads", nargs="*")
    arguments = parser.parse_args()
    print("# NumPy: %s, Python %s" % (np.__version__, sys.version.split()[0]))
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    print("# NumPy's BLAS: %s %s" % (blas["name"], blas["version"]))
    if arguments.data:
        run_report(arguments.data, arguments.iterations)
    for name in arguments.workloads:
        time_loop(name, arguments.warmup, arguments.seconds)


if __name__ == "__main__":
    main()
