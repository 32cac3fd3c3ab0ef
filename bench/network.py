"""ResNet-18 of any width for small images, put together from torchvision's own blocks."""

from torch import nn
from torchvision.models.resnet import BasicBlock, ResNet


def resnet18(width: int, channels: int, stem: str = "3x3", classes: int = 10) -> ResNet:
    """Stem "3x3": 3×3, stride 1, no max-pool. Stem "7x7": torchvision's. Stage widths w, 2w, 4w, 8w."""
    model = ResNet(BasicBlock, [2, 2, 2, 2], num_classes=classes)
    kernel, stride, padding = {"3x3": (3, 1, 1), "7x7": (7, 2, 3)}[stem]
    model.inplanes = width
    model.conv1 = nn.Conv2d(channels, width, kernel, stride, padding, bias=False)
    model.bn1 = nn.BatchNorm2d(width)
    if stem == "3x3":
        model.maxpool = nn.Identity()
    model.layer1 = model._make_layer(BasicBlock, width, 2)
    model.layer2 = model._make_layer(BasicBlock, 2 * width, 2, stride=2)
    model.layer3 = model._make_layer(BasicBlock, 4 * width, 2, stride=2)
    model.layer4 = model._make_layer(BasicBlock, 8 * width, 2, stride=2)
    model.fc = nn.Linear(8 * width, classes)
    # PyTorch's layer defaults, as the experiments have them, in place of torchvision's Kaiming normal.
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.reset_parameters()
    return model
