"""Where the checkout's files are, and stores made for a test."""
import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "reports" / "demo"
FIXTURES = ROOT / "tests" / "fixtures" / "pytorch"


def make_store(folder: Path, format: int = 3) -> Path:
    """An empty store."""
    (folder / "stages").mkdir(parents=True)
    (folder / "store.json").write_text(json.dumps({"format": format}))
    return folder


def make_stage(store: Path, id: str, parent: str | None = None, weights: bytes | None = None, **changes) -> Path:
    """A stage of an empty store, as the program would have written it."""
    folder = store / "stages" / id[:2] / id
    (folder / "measures").mkdir(parents=True)
    summary = {"loss": 1.0, "accuracy": 0.5, "images": 100}
    record = {
        "stage": id, "parent": parent, "seed": 0, "position": 0 if parent is None else 1,
        "interventions": [] if parent is None else [{"bias_reset": {"amount": 0.5}}],
        "task": {"dataset": "mnist", "transform": {"blur": 0.25} if parent is None else {}},
        "process": {"lr": 0.01, "momentum": 0.9, "weight_decay": 0.001, "batch_size": 32, "max_epochs": 2, "patience": 2,
                    "carry": "best", "schedule": "constant", "augmentation": "none"},
        "model": {"network": "resnet18", "width": 4, "stem": "7x7", "init": "pytorch"},
        "numerics": {"precision": "fp32", "threads": 1},
        "data": {"train_images": 300, "test_images": 200, "validation_fraction": 0.1, "split_seed": 0},
        "outcome": {"finished": {"epochs": 2, "best_epoch": 1, "carried_epoch": 1, "train": summary, "validation": summary,
                                 "task_test": summary, "test": summary}},
        "provenance": {"device": "cpu", "version": "0.1.0", "libtorch": "2.11.0", "host": "h", "finished_unix_seconds": 0,
                       "train_seconds": 1.0, "wall_seconds": 1.0, "images_per_second": 1.0},
        **changes,
    }
    (folder / "record.json").write_text(json.dumps(record))
    (folder / "epochs.csv").write_text("epoch,train_loss,train_accuracy,validation_loss,validation_accuracy\n1,2,0.5,1,0.5\n2,1.5,0.5,1,0.5\n")
    (folder / "measures" / "norms@1.csv").write_text("moment,measure,subject,name,value\nend,norms@1,fc.weight,l2_norm,2\n")
    (folder / "measures" / "units@2.csv").write_text("moment,measure,subject,name,value\nend,units@2,relu,dormant_0.1,0.5\n")
    if weights is not None:
        (folder / "weights.safetensors").write_bytes(weights)
        (folder / "checksums.json").write_text(json.dumps({"weights.safetensors": hashlib.sha256(weights).hexdigest()}))
    return folder
