"""The tables that an experiment leaves in its folder of `reports`."""
from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .errors import NegpreError
from .frames import Library, read_csv


def runs(folder: str | os.PathLike[str], frame: Library = "polars") -> Any:
    """A row a run: `dataset`, `condition`, `seed`; factors, such as `is_baseline`, `path`, `tasks`, `lr_1`, `lr_2`,
    `bias_reset_last`; `status`, `test_loss` (nats), `test_accuracy` (a share), `train_loss`, `best_epoch`, `epochs`; `stage`, the last
    stage's identity in the store; device and versions.

    `folder` is one such as `reports/demo/fig6`, or a CSV file of that form.
    """
    return _table(folder, "runs.csv", frame)


def summary(folder: str | os.PathLike[str], frame: Library = "polars") -> Any:
    """A row a condition and value: `n`, `failed`, `mean`, two 95 % intervals of the mean, `median` and more; `value` says of which column
    of the runs."""
    return _table(folder, "summary.csv", frame)


def curves(folder: str | os.PathLike[str], frame: Library = "polars") -> Any:
    """A row an epoch of each task of each run: losses (nats) and accuracies (shares) in training, validation and on the first standard
    test images; `epoch` 0 is before a task's first step, and `carried` marks the epoch whose weights are handed on."""
    return _table(folder, "curves.csv", frame)


def tasks(folder: str | os.PathLike[str], frame: Library = "polars") -> Any:
    """A row a task of each run: `task` from 1, results on its own test images and on the standard ones, `epochs`, `dormant_units`."""
    return _table(folder, "tasks.csv", frame)


def run_measures(folder: str | os.PathLike[str], frame: Library = "polars") -> Any:
    """A row a measured number of each run: `moment`, `measure`, `subject`, `name`, `value`. Figures 8 and 9 leave such a table."""
    return _table(folder, "measures.csv", frame)


def settings(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """Every setting of the experiment, by name."""
    path = Path(folder) / "settings.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NegpreError(_missing(path)) from error
    except ValueError as error:
        raise NegpreError(f"{path} is damaged: {error}") from error


def _table(folder: str | os.PathLike[str], name: str, frame: Library) -> Any:
    path = Path(folder)
    if path.suffix != ".csv":
        path = path / name
    if not path.exists():
        raise NegpreError(_missing(path))
    return read_csv(path, frame)


def _missing(path: Path) -> str:
    experiment = path.parent.name
    number = experiment.removeprefix("fig")
    command = f"cargo xtask figure {number}" if number.isdigit() else "cargo xtask run FILE"
    if path.name == "measures.csv":
        return f"there is no {path}; Figures 8 and 9, and experiments drawn like them, leave one (`cargo xtask figure 8`)"
    scale = path.parent.parent.name
    which = f" (`-- --scale {scale}` for that scale)" if scale else ""
    return f"there is no {path}; `{command}` trains the runs and writes it{which}"
