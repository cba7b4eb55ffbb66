#!/usr/bin/env python3
"""PyTorch's process of a comparison, by Python, at its best setting.

    pytorch.py [--warmup SECONDS] [--seconds SECONDS] NAME...

NAME is a workload as Workload.java describes it: step, modern, forward or predict. What PyTorch offers for it is tried in turn
for a short time, and the fastest is timed:

- forward, predict: as it is, in inference mode; a frozen trace; tensors in oneDNN's layout; compiled with frozen weights, which
  packs them for oneDNN. MKL, which PyTorch takes otherwise, computes slowly on processors of another maker.
- step, modern: the optimiser tensor by tensor, over lists of tensors, or fused; and the network with its loss compiled.

Compiling needs a C++ compiler; where it fails the rest is tried. Prints "NAME MICROSECONDS", the median of the batches, and facts as
"# NAME: VALUE".
"""
import argparse
import statistics
import sys
import time
import warnings

import torch
import torch.nn.functional as F

BATCH_SECONDS = 0.02
LEAST_ROUNDS = 5
TRIAL_SECONDS = 0.2
LEARNING_RATE = 1e-3
L2 = 1e-4
TOLERANCE = 1e-5


def network(task, widths):
    layers = []
    for i in range(len(widths) - 1):
        layers.append(torch.nn.Linear(widths[i], widths[i + 1]))
        if i + 2 < len(widths):
            if task == "modern":
                layers.append(torch.nn.LayerNorm(widths[i + 1]))
                layers.append(torch.nn.GELU())
            else:
                layers.append(torch.nn.ReLU())
    return torch.nn.Sequential(*layers)


def compiled(function):
    # The compiler is imported late: that alone takes some seconds.
    import torch._inductor.config as config

    config.freezing = True
    return torch.compile(function)


def inference(mode, code):
    def run():
        with mode():
            return code()

    return run


def forward_candidates(batch, widths):
    """Ways to compute the network's output: name and a function that makes the code."""
    net = network("forward", widths).eval()
    x = torch.randn(batch, widths[0])

    def eager():
        return inference(torch.inference_mode, lambda: net(x))

    def traced():
        with torch.no_grad():
            frozen = torch.jit.freeze(torch.jit.trace(net, x))
        return inference(torch.inference_mode, lambda: frozen(x))

    def onednn():
        from torch.utils import mkldnn

        packed = mkldnn.to_mkldnn(net_copy())
        return inference(torch.inference_mode, lambda: packed(x.to_mkldnn()).to_dense())

    def net_copy():
        copy = network("forward", widths).eval()
        copy.load_state_dict(net.state_dict())
        return copy

    def frozen():
        code = compiled(net)
        return inference(torch.no_grad, lambda: code(x))

    with torch.no_grad():
        expected = net_copy().double()(x.double())

    def checked(make):
        def run():
            code = make()
            y = code()
            difference = (y.double() - expected).abs().max() / expected.abs().max()
            if not difference <= TOLERANCE:
                raise ValueError(f"outputs differ by {difference}")
            return code

        return run

    ways = {"as it is": eager, "frozen trace": traced, "oneDNN's layout": onednn, "compiled with frozen weights": frozen}
    return {name: checked(make) for name, make in ways.items()}


def training_candidates(task, batch, widths):
    """Ways to do a training step: name and a function that makes the code."""
    x = torch.randn(batch, widths[0])
    labels = torch.randint(0, widths[-1], (batch,))

    def step(compiles, **how):
        net = network(task, widths)
        if task == "modern":
            optimizer = torch.optim.AdamW(net.parameters(), lr=LEARNING_RATE, weight_decay=0.01, **how)
        else:
            weights = [p for p in net.parameters() if p.dim() > 1]
            biases = [p for p in net.parameters() if p.dim() == 1]
            groups = [{"params": weights, "weight_decay": L2}, {"params": biases, "weight_decay": 0.0}]
            optimizer = torch.optim.SGD(groups, lr=LEARNING_RATE, **how)
        loss = lambda: F.cross_entropy(net(x), labels)  # noqa: E731
        if compiles:
            whole = compiled(lambda inputs, targets: F.cross_entropy(net(inputs), targets))
            loss = lambda: whole(x, labels)  # noqa: E731

        def run():
            optimizer.zero_grad(set_to_none=True)
            loss().backward()
            optimizer.step()

        return run

    return {
        "tensor by tensor": lambda: step(False, foreach=False),
        "over lists": lambda: step(False, foreach=True),
        "fused": lambda: step(False, fused=True),
        "compiled, fused": lambda: step(True, fused=True),
    }


def fastest(name, candidates):
    """The one whose best time in a short trial is least."""
    best, chosen, code = float("inf"), None, None
    for way, make in candidates.items():
        try:
            candidate = make()
            for _ in range(3):
                candidate()
            end = time.perf_counter() + TRIAL_SECONDS
            while True:
                begin = time.perf_counter()
                candidate()
                now = time.perf_counter()
                if now - begin < best:
                    best, chosen, code = now - begin, way, candidate
                if now > end:
                    break
        except Exception as problem:  # what this build of PyTorch or this machine lacks
            print(f"{name}, {way}: {str(problem)[:200]}", file=sys.stderr)
    return chosen, code


def candidates(name):
    task, sizes = name.split(":")
    batch, *widths = (int(number) for number in sizes.replace("x", "-").split("-"))
    if task in ("forward", "predict"):
        return forward_candidates(batch, widths)
    if task in ("step", "modern"):
        return training_candidates(task, batch, widths)
    raise SystemExit(f"PyTorch does not run {name}")


def batch_seconds(code, repetitions):
    code()
    begin = time.perf_counter()
    for _ in range(repetitions):
        code()
    return (time.perf_counter() - begin) / repetitions


def repetitions_after_warmup(code, seconds):
    least = float("inf")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        begin = time.perf_counter()
        code()
        least = min(least, time.perf_counter() - begin)
    return max(1, int(BATCH_SECONDS / least))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--warmup", type=float, default=1)
    parser.add_argument("--seconds", type=float, default=0.6)
    parser.add_argument("names", nargs="+")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.manual_seed(1)
    print(f"# PyTorch by Python: {torch.__version__}, {torch.get_num_threads()} threads")
    codes = {}
    for name in arguments.names:
        way, codes[name] = fastest(name, candidates(name))
        if way is None:
            raise SystemExit(f"nothing runs {name}")
        print(f"# PyTorch by Python runs {name}: {way}")
    repetitions = {name: repetitions_after_warmup(code, arguments.warmup) for name, code in codes.items()}
    times = {name: [] for name in codes}
    end = time.perf_counter() + arguments.seconds * len(codes)
    while time.perf_counter() < end or min(map(len, times.values())) < LEAST_ROUNDS:
        for name, code in codes.items():
            times[name].append(batch_seconds(code, repetitions[name]))
    for name in codes:
        print(f"{name} {statistics.median(times[name]) * 1e6:.3f}")


main()
