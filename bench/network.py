"""The network of the measurements: the tests' ResNet-18, initialised as the experiments are."""

import sys
from pathlib import Path

from torch import nn
from torchvision.models.resnet import ResNet

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "pytorch"))
from model import build  # noqa: E402: it lies where the tests' scripts are


def resnet18(width: int, channels: int, stem: str = "3x3", classes: int = 10) -> ResNet:
    """Stem "3x3": 3×3, stride 1, no max-pool. Stem "7x7": torchvision's. Stage widths w, 2w, 4w, 8w."""
    model = build(stem, channels, width, classes)
    # PyTorch's layer defaults, as the experiments have them, in place of torchvision's Kaiming normal.
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.reset_parameters()
    return model
