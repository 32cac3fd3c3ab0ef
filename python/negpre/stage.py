"""Stages: trainings on one task, as a store keeps them."""
from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

from .errors import NegpreError

#: The format of stores that this package reads.
FORMAT = 3


@dataclass(frozen=True)
class Stage:
    """A finished stage of a store."""

    #: 32 hexadecimal digits: a hash of all that determines the result.
    id: str
    #: Where its files are.
    folder: Path
    #: Its `record.json`: what it was, and what came out.
    record: dict[str, Any] = field(repr=False, compare=False)

    @property
    def store(self) -> Path:
        """The store's folder."""
        return self.folder.parents[2]


def all_stages(store: str | os.PathLike[str]) -> Iterator[Stage]:
    """Every finished stage, in ascending order of identities."""
    root = _checked(store)
    for folder in sorted((root / "stages").glob("??/*")):
        if (folder / "record.json").exists():
            yield _read(folder)


def stage(store: str | os.PathLike[str], prefix: str) -> Stage:
    """The stage whose identity begins so. `runs.csv` and `inspect runs` name identities."""
    root = _checked(store)
    if len(prefix) < 2 or any(digit not in "0123456789abcdef" for digit in prefix):
        raise NegpreError(f"{prefix!r} begins no identity of a stage: these are hexadecimal digits, at least two of them")
    found = [folder for folder in (root / "stages" / prefix[:2]).glob(f"{prefix}*") if (folder / "record.json").exists()]
    if not found:
        raise NegpreError(f"no stage of {root} begins with {prefix}; `negpre.stages({str(root)!r})` lists them")
    if len(found) > 1:
        names = ", ".join(sorted(folder.name for folder in found))
        raise NegpreError(f"{prefix} begins {len(found)} stages of {root}: {names}")
    return _read(found[0])


def path(last: Stage) -> list[Stage]:
    """The stages from the first task to this one."""
    stages = [last]
    while (parent := stages[-1].record.get("parent")) is not None:
        stages.append(stage(last.store, parent))
    return stages[::-1]


def _checked(store: str | os.PathLike[str]) -> Path:
    root = Path(store)
    header = root / "store.json"
    if not header.exists():
        raise NegpreError(f"{root} is no store: it has no store.json. Figures keep theirs in `runs`, unless --store names another")
    try:
        found = json.loads(header.read_text(encoding="utf-8")).get("format")
    except (ValueError, AttributeError) as error:
        raise NegpreError(f"{header} is damaged: {error}") from error
    if found != FORMAT:
        raise NegpreError(f"{root} has format {found}, and this package reads format {FORMAT}; use the package beside its program")
    return root


def _read(folder: Path) -> Stage:
    path = folder / "record.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NegpreError(f"{path} is damaged ({error}); `cargo xtask inspect -- runs --verify` finds what else is") from error
    return Stage(folder.name, folder, record)
