"""Stages of a store: one made here, and one of the program's where NEGPRE_STORE names it."""
import os
import tempfile
import unittest
from pathlib import Path

import numpy
import polars
from safetensors.numpy import save

import negpre
from negpre.stage import all_stages

from .places import make_stage, make_store

FIRST, SECOND = "1a" + "0" * 30, "1a" + "1" * 30


class Store(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.store = make_store(Path(folder.name) / "runs")

    def test_stages_are_listed_and_found_by_how_they_begin(self):
        make_stage(self.store, FIRST)
        make_stage(self.store, SECOND, parent=FIRST)
        stages = negpre.stages(self.store)
        self.assertEqual(stages["stage"].to_list(), [FIRST, SECOND])
        self.assertEqual(stages["transform"].to_list(), ["blur 0.25", "standard"])
        self.assertEqual(stages["interventions"].to_list(), ["", "bias_reset amount 0.5"])
        self.assertEqual(stages["test_loss"].to_list(), [1.0, 1.0])
        second = negpre.stage(self.store, SECOND[:4])
        self.assertEqual([stage.id for stage in negpre.path(second)], [FIRST, SECOND])
        for prefix, message in ((FIRST[:2], "begins 2 stages"), ("ff00", "no stage"), ("1", "at least two"), ("../x", "hexadecimal")):
            with self.assertRaisesRegex(negpre.NegpreError, message):
                negpre.stage(self.store, prefix)

    def test_epochs_and_measures(self):
        make_stage(self.store, FIRST)
        stage = negpre.stage(self.store, FIRST)
        self.assertEqual(negpre.epochs(stage)["train_loss"].to_list(), [2.0, 1.5])
        self.assertEqual(negpre.measures(stage)["value"].to_list(), [2.0, 0.5])
        self.assertEqual(negpre.measures(stage, "units")["subject"].to_list(), ["relu"])
        with self.assertRaisesRegex(negpre.NegpreError, "inspect -- measure 1a000000"):
            negpre.measures(stage, "sharpness")

    def test_weights_are_those_that_were_written(self):
        tensors = {"fc.weight": numpy.arange(6, dtype=numpy.float32).reshape(2, 3)}
        folder = make_stage(self.store, FIRST, weights=save(tensors))
        stage = negpre.stage(self.store, FIRST)
        found = negpre.weights(stage, library="numpy")
        numpy.testing.assert_array_equal(found["fc.weight"], tensors["fc.weight"])
        path = folder / "weights.safetensors"
        path.write_bytes(path.read_bytes()[:-4])
        with self.assertRaisesRegex(negpre.NegpreError, "damaged: its SHA-256"):
            negpre.weights(stage, library="numpy")
        path.unlink()
        with self.assertRaisesRegex(negpre.NegpreError, "no weights: `inspect clean`"):
            negpre.weights(stage, library="numpy")

    def test_a_diverged_stage_has_no_results_and_no_weights(self):
        make_stage(self.store, FIRST, outcome={"diverged": {"epoch": 1}})
        row = negpre.stages(self.store).row(0, named=True)
        self.assertEqual((row["status"], row["epochs"], row["test_loss"]), ("diverged", 1, None))
        with self.assertRaisesRegex(negpre.NegpreError, "it diverged"):
            negpre.weights(negpre.stage(self.store, FIRST), library="numpy")

    def test_what_is_no_store_is_refused(self):
        with self.assertRaisesRegex(negpre.NegpreError, "is no store"):
            negpre.stages(self.store.parent)
        other = make_store(self.store.parent / "other", format=2)
        with self.assertRaisesRegex(negpre.NegpreError, "format 2"):
            negpre.stage(other, "1a")
        (make_stage(self.store, FIRST) / "record.json").write_text("{")
        with self.assertRaisesRegex(negpre.NegpreError, "record.json is damaged"):
            negpre.stages(self.store)


@unittest.skipUnless("NEGPRE_STORE" in os.environ, "NEGPRE_STORE names no store of the program")
class StoreOfTheProgram(unittest.TestCase):
    def test_every_stage_is_read_whole(self):
        store = os.environ["NEGPRE_STORE"]
        table = negpre.stages(store)
        self.assertGreater(table.height, 0)
        for stage in all_stages(store):
            row = table.row(by_predicate=polars.col("stage") == stage.id, named=True)
            self.assertEqual(negpre.path(stage)[0].record["position"], 0)
            if row["status"] == "finished":
                self.assertEqual(negpre.epochs(stage).height, row["epochs"])
                self.assertIn("norms@1", negpre.measures(stage)["measure"].to_list())
                if (stage.folder / "weights.safetensors").exists():
                    self.assertGreater(len(negpre.weights(stage, library="numpy")), 5)
