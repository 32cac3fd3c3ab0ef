"""A perceptron of three linear layers."""
import torch
from torch import nn


class Mlp(nn.Module):
    """Two hidden layers of one width with ReLUs, and a classifier; images are flattened channel by channel, row by row."""

    def __init__(self, channels: int, width: int, classes: int = 10):
        super().__init__()
        side = 28 if channels == 1 else 32
        self.fc1 = nn.Linear(channels * side * side, width)
        self.fc2 = nn.Linear(width, width)
        self.fc3 = nn.Linear(width, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc3(self.fc2(self.fc1(x.flatten(1)).relu()).relu())
