"""ResNet-18 (He et al., 2016) of any width, with torchvision's names."""
import torch
from torch import nn

from ..errors import NegpreError


class BasicBlock(nn.Module):
    """Two 3×3 convolutions and a shortcut, ReLU behind their sum."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


class ResNet18(nn.Module):
    """Four stages of two blocks, of `width`, 2, 4 and 8 times `width` channels. Stem `3x3`: 3×3, stride 1, no max-pool; `7x7`:
    torchvision's."""

    def __init__(self, channels: int, width: int, stem: str, classes: int = 10):
        super().__init__()
        if stem not in ("3x3", "7x7"):
            raise NegpreError(f"there is no stem {stem!r}; there are 3x3 and 7x7")
        kernel, stride, padding = (3, 1, 1) if stem == "3x3" else (7, 2, 3)
        self.conv1 = nn.Conv2d(channels, width, kernel, stride, padding, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.Identity() if stem == "3x3" else nn.MaxPool2d(3, 2, 1)
        inputs = width
        for stage in range(4):
            outputs = width << stage
            first = BasicBlock(inputs, outputs, 1 if stage == 0 else 2)
            setattr(self, f"layer{stage + 1}", nn.Sequential(first, BasicBlock(outputs, outputs, 1)))
            inputs = outputs
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.maxpool(self.bn1(self.conv1(x)).relu())
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
        return self.fc(x.mean((2, 3)))
