"""Networks against PyTorch's own numbers (tests/fixtures/pytorch), and a stage's module against its record."""
import json
import os
import sys
import unittest

from .places import FIXTURES

try:
    import torch
except ImportError:
    torch = None

import negpre


@unittest.skipIf(torch is None, "PyTorch is not installed")
class Networks(unittest.TestCase):
    def test_logits_are_those_of_the_reference(self):
        from negpre.networks import build
        from safetensors.torch import load_file

        sys.path.insert(0, str(FIXTURES))
        self.addCleanup(sys.path.remove, str(FIXTURES))
        from formula import interval, values

        tried = 0
        for index in ("resnet.json", "networks.json"):
            for name, configuration in json.loads((FIXTURES / index).read_text())["configurations"].items():
                channels, size = configuration["channels"], configuration["size"]
                net = build(configuration.get("network", "resnet18"), channels, configuration["width"], configuration.get("stem", "7x7"))
                with torch.no_grad():
                    for tensor_name, tensor in net.state_dict().items():
                        if not tensor_name.endswith("num_batches_tracked"):
                            tensor.copy_(torch.from_numpy(values(tensor_name, tuple(tensor.shape), *interval(tensor_name, tensor.shape))))
                    images = torch.from_numpy(values(configuration["image_stream"], (4, channels, size, size), 0.0, 2.0))
                    found = net.eval()(images)
                expected = load_file(FIXTURES / f"{name}.safetensors")["eval_logits"]
                error = ((found - expected).abs().max() / expected.abs().max()).item()
                self.assertLess(error, 1e-5, name)
                tried += 1
        self.assertGreater(tried, 15)

    @unittest.skipUnless({"NEGPRE_STORE", "NEGPRE_STAGE", "NEGPRE_IMAGES", "NEGPRE_LABELS"} <= os.environ.keys(),
                         "NEGPRE_STORE, NEGPRE_STAGE, NEGPRE_IMAGES and NEGPRE_LABELS name no stage with its test images")
    def test_a_stage_has_the_test_loss_of_its_record(self):
        import numpy

        stage = negpre.stage(os.environ["NEGPRE_STORE"], os.environ["NEGPRE_STAGE"])
        images, labels = (numpy.load(os.environ[name]) for name in ("NEGPRE_IMAGES", "NEGPRE_LABELS"))
        loss, accuracy = negpre.evaluate(negpre.model(stage), images, labels)
        test = stage.record["outcome"]["finished"]["test"]
        self.assertAlmostEqual(loss, test["loss"], delta=1e-4)
        self.assertAlmostEqual(accuracy, test["accuracy"], delta=1e-4)

