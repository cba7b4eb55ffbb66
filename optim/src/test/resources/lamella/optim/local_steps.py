"""Training in shards and by local steps, in NumPy and float64: python local_steps.py > local_steps.txt

A network 2 -> 5 -> 3 with tanh, softmax and cross-entropy; 36 examples in 4 shards, of which each gives 2 of a step's 8.
"""

import numpy as np

EXAMPLES, SHARDS, ROWS, EPOCHS = 36, 4, 2, 3
BATCH = SHARDS * ROWS
STEPS_PER_EPOCH = EXAMPLES // BATCH
NAMES = ("w1", "b1", "w2", "b2")

X = np.array([[np.sin(i + 1), np.cos(2 * i + 1)] for i in range(EXAMPLES)])
T = np.array([i * i % 3 for i in range(EXAMPLES)])


def initial():
    w1 = np.array([[0.8 * np.sin(1 + 3 * i + 7 * j) for j in range(5)] for i in range(2)])
    w2 = np.array([[0.6 * np.sin(2 + 5 * i + 3 * j) for j in range(3)] for i in range(5)])
    return {"w1": w1, "b1": np.zeros(5), "w2": w2, "b2": np.zeros(3)}


def examples(step, shard):
    """Example i belongs to shard i mod 4."""
    return [shard + SHARDS * ((5 * step + 2 * row) % (EXAMPLES // SHARDS)) for row in range(ROWS)]


def gradients(p, rows, divisor):
    """The sum of the rows' losses / divisor, and its gradient."""
    x, t = X[rows], T[rows]
    hidden = np.tanh(x @ p["w1"] + p["b1"])
    logits = hidden @ p["w2"] + p["b2"]
    z = logits - logits.max(axis=1, keepdims=True)
    probabilities = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    each = np.arange(len(rows))
    loss = -np.log(probabilities[each, t]).sum() / divisor
    delta = probabilities.copy()
    delta[each, t] -= 1
    delta /= divisor
    back = (delta @ p["w2"].T) * (1 - hidden**2)
    return loss, {"w1": x.T @ back, "b1": back.sum(axis=0), "w2": hidden.T @ delta, "b2": delta.sum(axis=0)}


def copied(tensors):
    return {name: tensor.copy() for name, tensor in tensors.items()}


def mean(of_shards):
    return {name: sum(tensors[name] for tensors in of_shards) / len(of_shards) for name in of_shards[0]}


class Momentum:
    """v = 0.9 v + g + 0.01 w; w = w - 0.2 v; the penalty falls on weights."""

    rate, l2 = 0.2, 0.01

    def start(self, p):
        return {name: np.zeros_like(value) for name, value in p.items()}

    def penalty(self, p):
        return 0.5 * self.l2 * sum((p[name] ** 2).sum() for name in ("w1", "w2"))

    def step(self, p, g, state, number):
        for name in NAMES:
            decayed = self.l2 if name[0] == "w" else 0
            state[name] = 0.9 * state[name] + g[name] + decayed * p[name]
            p[name] = p[name] - self.rate * state[name]


class Clipped(Momentum):
    """The norm of all gradients is at most 0.3."""

    def step(self, p, g, state, number):
        norm = np.sqrt(sum((tensor**2).sum() for tensor in g.values()))
        if norm > 0.3:
            g = {name: tensor * (0.3 / norm) for name, tensor in g.items()}
        super().step(p, g, state, number)


class AdamW:
    """PyTorch's conventions; decay on weights."""

    rate, decay = 0.05, 0.01

    def start(self, p):
        return {kind + name: np.zeros_like(value) for name, value in p.items() for kind in ("m ", "v ")}

    def penalty(self, p):
        return 0.0

    def step(self, p, g, state, number):
        for name in NAMES:
            m = 0.9 * state["m " + name] + 0.1 * g[name]
            v = 0.999 * state["v " + name] + 0.001 * g[name] ** 2
            state["m " + name], state["v " + name] = m, v
            decay = self.decay if name[0] == "w" else 0
            corrected = (m / (1 - 0.9**number)) / (np.sqrt(v / (1 - 0.999**number)) + 1e-8)
            p[name] = p[name] * (1 - self.rate * decay) - self.rate * corrected


def train(optimizer, local_steps, after_epochs):
    p = initial()
    state = optimizer.start(p)
    losses, penalties = [], []
    step = 0
    while step < EPOCHS * STEPS_PER_EPOCH:
        left = STEPS_PER_EPOCH - step % STEPS_PER_EPOCH
        k = 1 if step // STEPS_PER_EPOCH < after_epochs else min(local_steps, left)
        if k == 1:
            parts = [gradients(p, examples(step, shard), BATCH) for shard in range(SHARDS)]
            losses.append(sum(loss for loss, _ in parts))
            penalties.append(optimizer.penalty(p))
            total = {name: sum(g[name] for _, g in parts) for name in NAMES}
            optimizer.step(p, total, state, step + 1)
        else:
            ends, states = [], []
            sums = np.zeros((2, k))
            for shard in range(SHARDS):
                own, own_state = copied(p), copied(state)
                for i in range(k):
                    loss, g = gradients(own, examples(step + i, shard), ROWS)
                    sums[:, i] += loss, optimizer.penalty(own)
                    optimizer.step(own, g, own_state, step + i + 1)
                ends.append(own)
                states.append(own_state)
            losses.extend(sums[0] / SHARDS)
            penalties.extend(sums[1] / SHARDS)
            p, state = mean(ends), mean(states)
        step += k
    return p, losses, penalties


def show(name, numbers):
    print(name, *("%.17g" % number for number in numbers))


for label, optimizer in (("momentum", Momentum()), ("clipped", Clipped()), ("adamw", AdamW())):
    for local_steps, after in ((1, 0), (3, 0), (4, 1)):
        parameters, losses, penalties = train(optimizer, local_steps, after)
        case = "%s,%d,%d" % (label, local_steps, after)
        show(case + ",losses", losses)
        show(case + ",penalties", penalties)
        show(case + ",parameters", np.concatenate([parameters[name].ravel() for name in NAMES]))
