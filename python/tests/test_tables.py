"""Tables of results, those that the repository has."""
import tempfile
import unittest
from pathlib import Path

import polars

import negpre

from .places import DEMO


class Tables(unittest.TestCase):
    def test_runs_have_their_types(self):
        runs = negpre.runs(DEMO / "fig11")
        self.assertEqual(runs["dataset"].unique().to_list(), ["cifar10"])
        types = {"condition": polars.String, "seed": polars.Int64, "is_baseline": polars.Boolean, "lr_1": polars.Float64,
                 "test_loss": polars.Float64, "best_epoch": polars.Int64, "stage": polars.String}
        self.assertEqual({name: runs.schema[name] for name in types}, types)
        self.assertTrue(runs.filter(polars.col("is_baseline"))["tasks"].eq(1).all())
        # The file itself is as good as its folder.
        self.assertTrue(negpre.runs(DEMO / "fig11" / "runs.csv").equals(runs))

    def test_a_summary_is_of_the_runs(self):
        runs, summary = negpre.runs(DEMO / "fig11"), negpre.summary(DEMO / "fig11")
        means = runs.group_by("condition").agg(polars.col("test_loss").mean().alias("computed"))
        both = summary.filter(polars.col("value") == "test_loss").join(means, on="condition")
        self.assertEqual(both.height, means.height)
        self.assertLess((both["mean"] - both["computed"]).abs().max(), 1e-12)

    def test_curves_and_tasks_end_where_runs_do(self):
        runs, curves, tasks = (read(DEMO / "fig11") for read in (negpre.runs, negpre.curves, negpre.tasks))
        self.assertEqual(tasks.height, runs["tasks"].sum())
        key = ["condition", "seed"]
        last = curves.join(runs.select(*key, "tasks", "epochs"), on=key).filter(polars.col("task") == polars.col("tasks"))
        ends = last.group_by(key).agg(polars.col("epoch").max(), polars.col("epochs").first())
        self.assertTrue(ends["epoch"].eq(ends["epochs"]).all())

    def test_measures_and_settings(self):
        measures = negpre.run_measures(DEMO / "fig9")
        self.assertEqual(measures.columns, ["dataset", "condition", "seed", "moment", "measure", "subject", "name", "value"])
        self.assertEqual(measures.schema["value"], polars.Float64)
        self.assertEqual(negpre.settings(DEMO / "fig9")["network"], "resnet18")

    def test_pandas_frames(self):
        try:
            import pandas
            import pyarrow  # noqa: F401
        except ImportError:
            self.skipTest("pandas and pyarrow are not installed")
        runs = negpre.runs(DEMO / "fig6", frame="pandas")
        self.assertIsInstance(runs, pandas.DataFrame)
        self.assertEqual(len(runs), negpre.runs(DEMO / "fig6").height)

    def test_what_is_missing_is_said_with_the_command_that_writes_it(self):
        with tempfile.TemporaryDirectory() as folder:
            for read, command in ((negpre.runs, "cargo xtask figure 6 "), (negpre.settings, "--scale lite"),
                                  (negpre.run_measures, "Figures 8 and 9")):
                with self.assertRaisesRegex(negpre.NegpreError, "there is no .*") as caught:
                    read(Path(folder) / "lite" / "fig6")
                self.assertIn(command.strip(), str(caught.exception))
            (Path(folder) / "runs.csv").write_bytes(b"dataset,seed\nmnist,one\n")
            with self.assertRaisesRegex(negpre.NegpreError, "cannot be read"):
                negpre.runs(folder)
            (Path(folder) / "settings.json").write_text("{")
            with self.assertRaisesRegex(negpre.NegpreError, "damaged"):
                negpre.settings(folder)
        with self.assertRaisesRegex(negpre.NegpreError, "polars or of pandas"):
            negpre.runs(DEMO / "fig6", frame="arrow")
