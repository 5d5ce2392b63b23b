"""Quick checks of this folder: `python3 -m unittest` here, with the packages of requirements.txt. Nothing is timed."""

import importlib.util
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

PACKAGES = ["torch", "numpy", "safetensors", "onnx", "onnxruntime", "openvino", "PIL"]
MISSING = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures"

if not MISSING:
    import json

    import numpy as np
    import torch
    from safetensors import safe_open

    import cases
    import compare
    import costs
    import engine
    import page
    import plots
    import report
    import weights
    from network import PUBLISHED


class TemporaryFolder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


@unittest.skipIf(MISSING, f"skipping: needs the packages {', '.join(MISSING)}; see requirements.txt")
class NetworkTests(TemporaryFolder):
    """The small network that puppet's own tests use, with what PyTorch computed of it then."""

    def setUp(self) -> None:
        super().setUp()
        with safe_open(FIXTURES / "tiny.stages.safetensors", "pt") as file:
            self.stages = {name: file.get_tensor(name) for name in file.keys()}
            self.config = json.loads(file.metadata()["config"])
        self.network = weights.read(FIXTURES / "tiny.weights.safetensors", self.config)

    def inputs(self) -> dict[str, "torch.Tensor"]:
        with torch.inference_mode():
            return self.network.inputs(self.stages["source"], self.stages["driving_initial"])

    def test_computes_what_the_fixture_says(self) -> None:
        inputs = self.inputs() | {"driving": self.stages["driving"]}
        for name, stage in (
            ("encoded", "generator.encoded_source"),
            ("source", "dense_motion.source"),
            ("kp_value", "kp.source.value"),
            ("initial_jacobian", "kp.driving_initial.jacobian"),
        ):
            torch.testing.assert_close(inputs[name], self.stages[stage], rtol=1e-4, atol=1e-5)
        with torch.inference_mode():
            prediction = self.network(**inputs)
        torch.testing.assert_close(prediction, self.stages["generator.prediction"], rtol=0, atol=1e-4)

    def test_every_engine_computes_the_same(self) -> None:
        cases.write_network(
            self.folder, self.network, self.stages["source"], [self.stages["driving_initial"], self.stages["driving"]]
        )
        file = self.folder / "model.safetensors"
        weights.save(file, self.network, self.config)
        for name in engine.ENGINES:
            with self.subTest(name):
                run, driving = engine.open_case(name, self.folder, threads=1)
                self.assertEqual(len(engine.time_frames(run, driving, runs=2)), 2)
                np.testing.assert_allclose(run(driving[1]), self.stages["generator.prediction"], rtol=0, atol=1e-3)

    def test_counts_multiply_adds_by_shapes(self) -> None:
        small, large = (costs.stage_gflop(PUBLISHED, size) for size in (128, 256))
        # Twelve layers of 256 to 256 channels, 3 x 3, on 64 x 64 pixels are 29 of them.
        self.assertAlmostEqual(large["generate"], 2 * (29.0 + 9.7 + 0.6), delta=0.5)
        self.assertAlmostEqual(large["dense_motion"], 4 * small["dense_motion"], places=6)
        self.assertGreater(large["detect"], 0)


@unittest.skipIf(MISSING, f"skipping: needs the packages {', '.join(MISSING)}; see requirements.txt")
class ReportTests(TemporaryFolder):
    def turns(self) -> dict[str, "report.Turns"]:
        stages = {"detect": [1.0], "dense_motion": [4.0], "generate": [15.0]}
        return {
            "puppet": report.Turns([20.0, 25.0, 19.0], [22.0, 30.0, 21.0], 99.6, stages=stages),
            "openvino": report.Turns([50.0, 52.0, 40.0], [60.0, 61.0, 59.0], 512.0),
        }

    def test_compares_by_the_medians_of_turns(self) -> None:
        self.assertEqual(
            report.compared(self.turns()).splitlines()[2:],
            [
                "| puppet, float32 | 20.0 | 19.0 to 25.0 | 22.0 | 50.0 | 1.00 | 100 |",
                "| OpenVINO, float32 | 50.0 | 40.0 to 52.0 | 60.0 | 20.0 | 2.50 | 512 |",
            ],
        )

    def test_sets_stages_against_the_peak(self) -> None:
        gflop = {"detect": 0.1, "dense_motion": 0.4, "generate": 2.0}
        lines = report.roofline(gflop, self.turns(), costs.Peak(200, "avx2")).splitlines()
        self.assertIn("| puppet: dense_motion | 0.40 | 2.0 | 4.0 | 50 % |", lines)
        self.assertIn("| OpenVINO: frame | 2.50 | 12.5 | 50.0 | 25 % |", lines)

    def test_rewrites_between_markers_alone(self) -> None:
        path = self.folder / "page.md"
        path.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
        for text in ("new\n", "newer"):
            report.rewrite(path, text)
            self.assertEqual(path.read_text(), f"before\n{report.BEGIN}\n\n{text.strip()}\n\n{report.END}\nafter\n")
        self.assertEqual([file.name for file in self.folder.iterdir()], ["page.md"])
        path.write_text(f"{report.END}\n{report.BEGIN}\n")
        with self.assertRaisesRegex(ValueError, "page.md: expected one line"):
            report.rewrite(path, "new")

    def test_a_scaling_page_has_charts_of_what_varies(self) -> None:
        options = compare.parse(["--engines", "openvino", "--threads", "3", "--scaling"])
        settings = [setting for of in compare.settings(options, "default").values() for setting in of]
        self.assertEqual([(at.size, at.threads) for at in settings], [(128, 3), (256, 1), (256, 2), (256, 3), (384, 3)])
        gflop = {"default": {"detect": 0.1, "dense_motion": 0.4, "generate": 2.0}}
        made = page.Page(256, 3, ["a machine"], {3: costs.Peak(200, "avx2")}, gflop=gflop)
        made.results = {setting: self.turns() for setting in settings}
        charts = self.folder / "charts"
        text = made.text(charts)
        self.assertIn("| default | 384 | 3 | 50.0 | 20.0 |", text)
        for name, count in (("threads", 3), ("size", 3)):
            self.assertIn(f"(charts/{name}.svg)", text)
            circles = ElementTree.parse(charts / f"{name}.svg").findall(".//{*}circle")
            self.assertEqual(len(circles), 2 * count, "two engines")

    def test_chart_axes_have_round_numbers(self) -> None:
        self.assertEqual(plots.ticks(43), [0, 10, 20, 30, 40, 50])
        self.assertEqual(plots.ticks(2.3), [0, 0.5, 1, 1.5, 2, 2.5])


if __name__ == "__main__":
    unittest.main()
