"""Stages as PyTorch modules."""
from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import NegpreError
from .stage import Stage
from .weights import weights

if TYPE_CHECKING:
    from torch import nn


def model(stage: Stage) -> nn.Module:
    """The network with the weights that the stage hands on, in eval mode: logits (N × 10) of normalised images (float32, N × C × H × W,
    as `inspect export --images` writes them)."""
    state = weights(stage)
    from .networks import build

    spec = stage.record["model"]
    network = spec["network"]
    first = state["fc1.weight" if network == "mlp" else "conv1.weight"]
    channels = (1 if first.shape[1] == 28 * 28 else 3) if network == "mlp" else first.shape[1]
    net = build(network, channels=channels, width=first.shape[0], stem=spec.get("stem", "7x7"))
    # Batch normalisation's count of batches is not kept: it plays no part with a fixed momentum.
    missing, unexpected = net.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise NegpreError(f"the weights of stage {stage.id} are not those of {network}: missing {missing}, unexpected {unexpected}")
    return net.eval()
