"""All-CNN-C (Springenberg et al., 2015) of any width."""
import torch
from torch import nn


class AllCnn(nn.Module):
    """Nine convolutions and an average, without dropout. `normalised`: batch normalisation behind all but the last, which then have no
    bias. The seventh alone of the 3×3 ones has no padding, so that images have the published sizes."""

    def __init__(self, channels: int, width: int, normalised: bool, classes: int = 10):
        super().__init__()
        self.normalised = normalised
        wide = 2 * width
        # Input channels, output channels, kernel, stride, padding.
        layers = [(channels, width, 3, 1, 1), (width, width, 3, 1, 1), (width, width, 3, 2, 1), (width, wide, 3, 1, 1),
                  (wide, wide, 3, 1, 1), (wide, wide, 3, 2, 1), (wide, wide, 3, 1, 0), (wide, wide, 1, 1, 0)]
        for number, layer in enumerate(layers, 1):
            setattr(self, f"conv{number}", nn.Conv2d(*layer, bias=not normalised))
            if normalised:
                setattr(self, f"bn{number}", nn.BatchNorm2d(layer[1]))
        self.conv9 = nn.Conv2d(wide, classes, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for number in range(1, 9):
            x = getattr(self, f"conv{number}")(x)
            if self.normalised:
                x = getattr(self, f"bn{number}")(x)
            x = x.relu()
        return self.conv9(x).mean((2, 3))
