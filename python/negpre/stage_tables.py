"""What a store keeps of its stages, as tables."""
from __future__ import annotations

import os
from typing import Any

import polars

from .errors import NegpreError
from .frames import Library, convert, read_csv
from .stage import Stage, all_stages


def stages(store: str | os.PathLike[str], frame: Library = "polars") -> Any:
    """A row a finished stage: `stage`, `parent`, `seed`, `position` (from 0), `dataset`, `transform`, `interventions`, the learning
    process, the network, `status` (`finished` or `diverged`), `epochs`, `best_epoch`, losses in nats and accuracies as shares in
    training, in validation, on the task's own and on the standard test images, `device`, `train_seconds`."""
    return convert(polars.DataFrame([_row(stage) for stage in all_stages(store)], infer_schema_length=None), frame)


def epochs(stage: Stage, frame: Library = "polars") -> Any:
    """A row an epoch: `epoch` from 1, `train_loss`, `train_accuracy`, `validation_loss`, `validation_accuracy`."""
    return read_csv(stage.folder / "epochs.csv", frame)


def measures(stage: Stage, measure: str | None = None, frame: Library = "polars") -> Any:
    """A row a measured number: `moment`, `measure` (with the version of its definition behind an @), `subject`, `name`, `value`.
    `measure` is a name such as `norms`; all of them without."""
    files = sorted((stage.folder / "measures").glob(f"{measure or '*'}@*.csv"))
    if not files:
        what = f"{measure!r}" if measure else "any measure"
        raise NegpreError(
            f"stage {stage.id} has no table of {what}; `cargo xtask inspect -- measure {stage.id[:8]} --measure NAME` takes it now"
        )
    return convert(polars.concat([read_csv(file, "polars") for file in files], how="vertical_relaxed"), frame)


def _row(stage: Stage) -> dict[str, Any]:
    record = stage.record
    process, model, outcome = record["process"], record["model"], record["outcome"]
    finished = outcome.get("finished", {})
    results = {
        f"{name}_{number}": finished.get(name, {}).get(number)
        for name in ("train", "validation", "task_test", "test")
        for number in ("loss", "accuracy")
    }
    return {
        "stage": stage.id,
        "parent": record.get("parent"),
        "seed": record["seed"],
        "position": record["position"],
        "dataset": record["task"]["dataset"],
        "transform": _text(record["task"].get("transform", {})) or "standard",
        "interventions": "; ".join(_text({name: values}) for item in record["interventions"] for name, values in item.items()),
        "network": model["network"],
        "width": str(model["width"]),
        "stem": model.get("stem"),
        "init": model["init"],
        **{name: process[name] for name in ("lr", "momentum", "weight_decay", "batch_size", "max_epochs", "patience", "carry")},
        "schedule": _text(process["schedule"]),
        "augmentation": _text(process["augmentation"]),
        "precision": record["numerics"]["precision"],
        "status": "finished" if finished else "diverged",
        "epochs": finished.get("epochs", outcome.get("diverged", {}).get("epoch")),
        "best_epoch": finished.get("best_epoch"),
        **results,
        "device": record["provenance"]["device"],
        "train_seconds": record["provenance"]["train_seconds"],
    }


def _text(value: Any) -> str:
    """What a record says of a component, in words: `blur 0.25`, `bias_reset`."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(inner)}".strip() for name, inner in value.items())
    return str(value)
