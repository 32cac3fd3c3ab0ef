"""Data frames of polars or pandas."""
from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Literal

import polars

from .errors import NegpreError

Library = Literal["polars", "pandas"]

#: Columns whose type is known, whatever their cells look like: a label may be a number, and an identity may have digits only.
TYPES = {
    **dict.fromkeys(("dataset", "condition", "stage", "parent", "network", "path", "line", "interventions", "status", "device",
                     "precision", "version", "libtorch", "source_settings", "target_settings", "transform", "task_dataset",
                     "moment", "measure", "subject", "name"), polars.String),
    **dict.fromkeys(("seed", "tasks", "epochs", "best_epoch", "epochs_in_all", "epoch", "n", "failed"), polars.Int64),
    **dict.fromkeys(("is_baseline", "carried"), polars.Boolean),
}


def read_csv(path: Path, frame: Library) -> Any:
    """The table in a CSV file; empty cells are nulls."""
    try:
        data = path.read_bytes()
        # Every row counts for a column's type: a number without decimals may come before ones with.
        header = polars.read_csv(io.BytesIO(data), n_rows=0).columns
        types = {name: TYPES[name] for name in header if name in TYPES}
        table = polars.read_csv(io.BytesIO(data), schema_overrides=types, infer_schema_length=None)
    except (OSError, polars.exceptions.PolarsError) as error:
        raise NegpreError(f"{path} cannot be read as a table: {error}") from error
    return convert(table, frame)


def convert(table: polars.DataFrame, frame: Library) -> Any:
    """The table as a frame of the library that is asked for."""
    if frame == "polars":
        return table
    if frame != "pandas":
        raise NegpreError(f"frames are of polars or of pandas, not of {frame!r}")
    try:
        return table.to_pandas()
    except ImportError as error:
        raise NegpreError('pandas and pyarrow are needed for this: pip install "negpre[pandas]"') from error
