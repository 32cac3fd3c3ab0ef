"""Results and trained stages of the reference implementation of the negative pretraining effect, in Python.

Tables of results (`reports/<scale>/<experiment>/`) and tables of a store (`runs/`) are data frames of polars, or of pandas with
`frame="pandas"`. Stages of a store are PyTorch modules on request (from the checkout, `pip install "./python[torch]"`).

    import negpre
    runs = negpre.runs("reports/demo/fig6")
    stage = negpre.stage("runs", "1a2b3c4d")
    net = negpre.model(stage)
"""
from .errors import NegpreError
from .evaluation import evaluate
from .modules import model
from .stage import Stage, path, stage
from .stage_tables import epochs, measures, stages
from .tables import curves, run_measures, runs, settings, summary, tasks
from .weights import weights

__all__ = [
    "NegpreError", "Stage", "curves", "epochs", "evaluate", "measures", "model", "path", "run_measures", "runs", "settings",
    "stage", "stages", "summary", "tasks", "weights",
]
