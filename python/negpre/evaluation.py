"""Loss and accuracy of a module."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn


def evaluate(net: nn.Module, images: Any, labels: Any, batch: int = 500) -> tuple[float, float]:
    """Mean cross-entropy in nats, and accuracy, of logits for images (float32, N × C × H × W, normalised) with labels (N integers), arrays
    of NumPy or tensors, `batch` images at a time."""
    import torch

    images, labels = torch.as_tensor(images), torch.as_tensor(labels).long()
    loss = correct = 0.0
    with torch.no_grad():
        for x, y in zip(images.split(batch), labels.split(batch)):
            logits = net(x)
            loss += torch.nn.functional.cross_entropy(logits, y, reduction="sum").double().item()
            correct += (logits.argmax(1) == y).sum().item()
    return loss / len(labels), correct / len(labels)
