"""Writes torch.safetensors, a state_dict, and torch-expected.npz, what PyTorch computes with it.

In this directory, with torch and safetensors of PyPI: python3 torch_files.py
"""

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 6), nn.LayerNorm(6), nn.GELU()
        )
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        return self.head(self.body(x))


torch.manual_seed(1)
model = Classifier()
# A few steps of training, so that no parameter and no statistic is what it was at first.
optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
for _ in range(50):
    x = torch.randn(64, 4) * torch.tensor([1.0, 2.0, 0.5, 3.0]) + torch.tensor([0.0, 1.0, -2.0, 5.0])
    loss = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long() + (x[:, 1] > 2).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
model.eval()

save_file(model.state_dict(), "torch.safetensors")
x = torch.randn(20, 4) * 2
with torch.no_grad():
    outputs = model.double()(x.double())
np.savez("torch-expected.npz", x=x.numpy(), outputs=outputs.numpy())
