"""Writes state_dict.safetensors: python3 state_dict.py (NumPy, safetensors)

The names, shapes and layout of PyTorch's nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), as
safetensors.torch.save_file writes its state_dict.
"""
import numpy as np
from safetensors.numpy import save_file

w1 = np.float32([[1, 2, 3], [-1, 0.5, -2], [0.25, 0, 1], [2, -1, 0]])
b1 = np.float32([0.5, 0, -1, 1])
w2 = np.float32([[-0.5, 1, 2, -1], [0.5, 3, 1, 0]])
b2 = np.float32([1.375, -0.25])
save_file({"0.weight": w1, "0.bias": b1, "2.weight": w2, "2.bias": b2}, "state_dict.safetensors")

x = np.float32([[1, 2, 3], [-1, 0, 0.5]])
print(np.maximum(x @ w1.T + b1, 0) @ w2.T + b2)
