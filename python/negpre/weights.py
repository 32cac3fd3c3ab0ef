"""Weights that a stage hands on."""
from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from .errors import NegpreError
from .stage import Stage


def weights(stage: Stage, library: Literal["torch", "numpy"] = "torch") -> dict[str, Any]:
    """The tensors by name: parameters and buffers under torchvision's names, float32, convolutions as output × input × height × width.

    With `library="torch"` it is a state dict. Raises `NegpreError` where there are no weights, or where they are not those that were
    written.
    """
    data = _verified(stage)
    if library == "numpy":
        from safetensors.numpy import load
    else:
        try:
            from safetensors.torch import load
        except ImportError as error:
            raise NegpreError('PyTorch is needed for this (from the checkout: pip install "./python[torch]"), or library="numpy"') from error
    return dict(load(data))


def _verified(stage: Stage) -> bytes:
    path = stage.folder / "weights.safetensors"
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        why = "it diverged" if "diverged" in stage.record["outcome"] else "`inspect clean` removed them, or the store was copied without"
        raise NegpreError(f"stage {stage.id} has no weights: {why}") from error
    sums = stage.folder / "checksums.json"
    try:
        expected = json.loads(sums.read_text(encoding="utf-8"))["weights.safetensors"]
    except (OSError, ValueError, KeyError) as error:
        raise NegpreError(f"{sums} is missing or damaged; `cargo xtask inspect -- runs --verify` says more") from error
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise NegpreError(
            f"{path} is damaged: its SHA-256 is {found[:12]}…, and {expected[:12]}… was written. Remove {stage.folder} and train it again"
        )
    return data
