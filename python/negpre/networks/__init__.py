"""The networks, with the names of parameters that stages keep."""
from torch import nn

from ..errors import NegpreError
from .all_cnn import AllCnn
from .mlp import Mlp
from .resnet import ResNet18


def build(network: str, channels: int, width: int, stem: str = "7x7") -> nn.Module:
    """A network by its name in settings (`resnet18`, `all-cnn`, `all-cnn-bn`, `mlp`), for images of so many channels, with untrained
    weights. `width` is the number of channels of the first layers, or of units of a hidden layer; `stem` is ResNet-18's, `3x3` or `7x7`."""
    if network == "resnet18":
        return ResNet18(channels, width, stem)
    if network in ("all-cnn", "all-cnn-bn"):
        return AllCnn(channels, width, normalised=network == "all-cnn-bn")
    if network == "mlp":
        return Mlp(channels, width)
    raise NegpreError(f"there is no network {network!r}; there are resnet18, all-cnn, all-cnn-bn and mlp")
