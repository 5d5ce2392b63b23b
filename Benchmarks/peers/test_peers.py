"""Quick checks of this folder: `python3 -m unittest` here, with the packages of requirements.txt. Nothing is timed.

Where only numpy is there, what makes the page is tested all the same."""

import contextlib
import importlib.util
import io
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

PACKAGES = ["torch", "numpy", "safetensors", "onnx", "onnxruntime", "openvino", "nncf", "PIL"]
MISSING = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures"

NEEDS_ALL = unittest.skipIf(MISSING, f"skipping: needs the packages {', '.join(MISSING)}; see requirements.txt")
NEEDS_NUMPY = unittest.skipIf("numpy" in MISSING, "skipping: needs the package numpy; see requirements.txt")

if "numpy" not in MISSING:
    import numpy as np

    import page
    import plots
    import report
    from peak import Peak

if not MISSING:
    import json

    import torch
    from safetensors import safe_open

    import cases
    import compare
    import costs
    import engine
    import machine
    import measure
    import quantise
    import weights
    from network import PUBLISHED


class TemporaryFolder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


@NEEDS_ALL
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
        for tool in quantise.TOOLS.values():
            tool(self.folder)
        expected = self.stages["generator.prediction"].numpy()
        for name in engine.ENGINES:
            with self.subTest(name):
                run, driving = engine.open_case(name, self.folder, threads=1)
                times, processor = engine.time_frames(run, driving, runs=2)
                self.assertEqual(len(times), 2)
                self.assertGreater(processor, 0)
                picture = run(driving[1])
                if name in report.REDUCED:
                    self.assertGreater(report.Difference.between(picture, expected).psnr, 25)
                else:
                    np.testing.assert_allclose(picture, expected, rtol=0, atol=1e-3)

    def test_counts_multiply_adds_by_shapes(self) -> None:
        small, large = (costs.stage_gflop(PUBLISHED, size) for size in (128, 256))
        # Twelve layers of 256 to 256 channels, 3 x 3, on 64 x 64 pixels are 29 of them.
        self.assertAlmostEqual(large["generate"], 2 * (29.0 + 9.7 + 0.6), delta=0.5)
        self.assertAlmostEqual(large["dense_motion"], 4 * small["dense_motion"], places=6)
        huge = costs.stage_gflop(PUBLISHED, 512)
        self.assertAlmostEqual(huge["dense_motion"], large["dense_motion"], delta=0.1, msg="reduced to the same size")
        self.assertGreater(large["detect"], 0)


@NEEDS_NUMPY
class ReportTests(TemporaryFolder):
    def turns(self) -> dict[str, "report.Turns"]:
        stages = {"detect": [1.0], "dense_motion": [4.0], "generate": [15.0]}
        return {
            "puppet": report.Turns([20.0, 25.0, 19.0], [22.0, 30.0, 21.0], [39.0], 99.6, stages=stages),
            "puppet_int8": report.Turns(
                [10.0, 9.0, 11.0], [12.0, 12.0, 12.0], [19.0, 21.0, 20.0], 80.0, stages={"generate": [8.0]}
            ),
            "pytorch": report.Turns([70.0, 30.0, 80.0], [90.0, 90.0, 90.0], [140.0], 700.0),
            "openvino": report.Turns([50.0, 52.0, 40.0], [60.0, 61.0, 59.0], [99.0], 512.0),
        }

    def test_compares_by_the_medians_of_turns(self) -> None:
        found = {"puppet_int8": report.Difference(0.1, 0.01, 41.25)}
        self.assertEqual(
            report.compared(self.turns(), found).splitlines()[2:],
            [
                "| puppet, float32 | 20.0 | 19.0 to 25.0 | 22.0 | 50.0 | 39 |  | 100 |",
                "| puppet, int8 | 10.0 | 9.0 to 11.0 | 12.0 | 100.0 | 20 | 41.2 | 80 |",
                "| PyTorch | 70.0 | 30.0 to 80.0 | 90.0 | 14.3 | 140 |  | 700 |",
                "| OpenVINO | 50.0 | 40.0 to 52.0 | 60.0 | 20.0 | 99 |  | 512 |",
            ],
        )

    def test_puppet_is_set_against_each_peer(self) -> None:
        turns = self.turns()
        self.assertEqual(
            report.times_as_fast(turns).splitlines(),
            [
                "| times as fast as | PyTorch | OpenVINO |",
                "| :-- | --: | --: |",
                "| puppet, float32 | 3.50 | 2.50 |",
                "| puppet, int8 | 7.00 | 5.00 |",
            ],
        )
        self.assertIsNone(report.times_as_fast({name: turns[name] for name in report.PUPPETS}), "nobody to compare with")

    def test_the_fastest_peer_computes_in_float32(self) -> None:
        turns = self.turns()
        turns["openvino_int8"] = report.Turns([5.0], [5.0], [5.0], 1.0)
        self.assertEqual(report.ahead(turns), {"puppet": 2.5, "puppet_int8": 5.0})
        del turns["puppet"]
        self.assertEqual(report.ahead(turns), {"puppet_int8": 5.0})

    def test_sets_stages_against_the_peak(self) -> None:
        gflop = {"detect": 0.1, "dense_motion": 0.4, "generate": 2.0}
        lines = report.roofline(gflop, self.turns(), Peak(200, "avx2")).splitlines()
        self.assertIn("| puppet, float32: dense_motion | 0.40 | 2.0 | 4.0 | 50 % |", lines)
        self.assertIn("| puppet, int8: generate | 2.00 | 10.0 | 8.0 | 125 % |", lines)
        self.assertIn("| puppet, int8: frame | 2.50 | 12.5 | 10.0 | 125 % |", lines)
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

    @NEEDS_ALL
    def test_a_scaling_page_has_charts_of_what_varies(self) -> None:
        options = compare.parse(["--engines", "openvino", "--threads", "3", "--scaling"])
        settings = [at for model in compare.MODELS for at in compare.settings(options, model)]
        varied = [(128, 3, None), (256, 1, None), (256, 2, None), (256, 3, None), (384, 3, None)]
        widths = [(256, 3, width) for width in (16, 32, 48)]
        self.assertEqual([(at.size, at.threads, at.width) for at in settings], varied * 2 + widths)
        made = page.Page(256, 3, ["a machine"], {3: Peak(200, "avx2")})
        made.gflop = {setting: {"detect": 0.1, "dense_motion": 0.4, "generate": 2.0} for setting in settings}
        made.results = {setting: self.turns() for setting in settings}
        # Not all take turns everywhere.
        del made.results[settings[0]]["puppet_int8"]
        made.results[settings[3]]["openvino_int8"] = report.Turns([5.0], [5.0], [5.0], 1.0)
        held = report.Setting("default", 256, 3, held="avx2")
        made.gflop[held], made.results[held] = made.gflop[settings[0]], self.turns()
        made.differences = {
            settings[-1]: {"openvino": report.Difference(0.01, 0.002, 50.04)},
            held: {"puppet": report.Difference(0.02, 0.003, 48.0)},
        }
        charts = self.folder / "charts"
        text = made.text(charts)
        self.assertIn("| default | 384 | 3 | 50.0 | 100.0 | 14.3 | 20.0 | 2.50 | 5.00 |", text)
        self.assertIn("| default | 128 | 3 | 50.0 |  | 14.3 | 20.0 | 2.50 |  |", text)
        self.assertIn("| 48 | 2.5 | 50.0 | 100.0 | 14.3 | 20.0 | 2.50 | 5.00 |", text)
        self.assertIn("| published, width 48 | 256 | 1.0e-02 / 2.0e-03 / 50.0 |  |", text)
        self.assertIn("| default, AVX2 | 256 |  | 2.0e-02 / 3.0e-03 / 48.0 |", text)
        self.assertEqual(text.count("### Published model"), 1, "one main setting a model, and no width among them")
        self.assertEqual(text.count("### Default model, 256 x 256, 3 threads, held to AVX2"), 1)
        for name, bars in (("own", 9), ("avx2", 4)):
            self.assertIn(f"(charts/{name}.svg)", text)
            chart = ElementTree.parse(charts / f"{name}.svg").getroot()
            self.assertEqual(len(chart.findall("{*}rect")), 1 + bars, "the paper, and a bar for each engine")
            self.assert_texts_are_apart(chart)
        for name, engines, panels in (("threads", 4, 2), ("size", 3, 2), ("width", 4, 1)):
            self.assertIn(f"(charts/{name}.svg)", text)
            chart = ElementTree.parse(charts / f"{name}.svg")
            self.assertEqual(len(chart.findall(".//{*}circle")), engines * 3 * panels, "three points of each engine")
            self.assert_texts_are_apart(chart.getroot())

    def assert_texts_are_apart(self, chart: ElementTree.Element) -> None:
        """On paper, too, and by a generous estimate of how wide letters are."""
        boxes = []
        for text in chart.findall("{*}text"):
            width = 7 * len(text.text)
            shift = {"start": 0, "middle": width / 2, "end": width}[text.get("text-anchor")]
            left, bottom = float(text.get("x")) - shift, float(text.get("y"))
            self.assertLessEqual(left + width, float(chart.get("width")), f"{text.text} ends on the paper")
            for other, (x, end, y) in boxes:
                apart = left >= end or left + width <= x or abs(y - bottom) >= 12
                self.assertTrue(apart, f"{text.text!r} and {other!r} overlap")
            boxes.append((text.text, (left, left + width, bottom)))

    def test_charts_of_all_engines_and_many_cores_are_legible(self) -> None:
        self.assertEqual(plots.COLOURS.keys(), report.LABELS.keys())
        self.assertEqual(len(set(plots.COLOURS.values())), len(report.LABELS))
        points = [(2**power, 1.0 + power) for power in range(8)]
        bars = self.folder / "bars.svg"
        plots.write_bars(bars, {f"m{n}": dict.fromkeys(report.LABELS, 1234.5) for n in range(2)})
        self.assert_texts_are_apart(ElementTree.parse(bars).getroot())
        for panels in (1, 2):
            path = self.folder / f"{panels}.svg"
            plots.write(path, "threads", {f"m{n}": dict.fromkeys(report.LABELS, points) for n in range(panels)})
            chart = ElementTree.parse(path).getroot()
            self.assert_texts_are_apart(chart)
            self.assertEqual([text.text for text in chart.findall("{*}text")].count("128"), panels)

    def test_chart_axes_have_round_numbers(self) -> None:
        self.assertEqual(plots.ticks(43), [0, 10, 20, 30, 40, 50])
        self.assertEqual(plots.ticks(2.3), [0, 0.5, 1, 1.5, 2, 2.5])


@NEEDS_ALL
class PuppetTests(TemporaryFolder):
    """What is asked of the program, by one that is a script."""

    def program(self, script: str) -> Path:
        path = self.folder / "puppet"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def test_a_program_without_precisions_is_refused_in_one_line(self) -> None:
        def parsed(script: str) -> tuple[int, str]:
            errors = io.StringIO()
            with contextlib.redirect_stderr(errors):
                try:
                    compare.parse(["--puppet", str(self.program(script))])
                except SystemExit as exit:
                    return exit.code, errors.getvalue()
            return 0, errors.getvalue()

        self.assertEqual(parsed("echo '  --precision <precision>'"), (0, ""))
        # An old one has bench without the option, or the option without model quantize.
        for old in ("echo '  --size <size>'", '[ "$1" = model ] && exit 64; echo "  --precision <precision>"'):
            code, errors = parsed(old)
            self.assertEqual(code, 2)
            self.assertRegex(errors, r"\Aerror: .*/puppet: too old, it does not know --precision; .*\n\Z")

    def turns(self, engine: str, answers: str, held: str | None = None) -> "report.Turns":
        """Of a program that notes its arguments and says that it ran in `answers`."""
        stage = {"median_ms": 1.0}
        frame = {"median_ms": 20.0, "p95_ms": 22.0}
        stages = dict.fromkeys(costs.STAGES, stage)
        model = {"frame": frame | {"processor_ms": 38.0}, "peak_memory_mb": 9, "precision": answers, "stages": stages}
        script = f"echo \"$@\" > {self.folder}/asked; echo '{json.dumps({'models': [model]})}'"
        measurement = measure.Measurement(self.program(script), rounds=1, runs=1)
        setting = report.Setting("default", 256, 2, held=held)
        with contextlib.redirect_stderr(io.StringIO()):
            return measurement.turns(self.folder, setting, [engine])[engine]

    def test_asks_for_each_precision_by_name(self) -> None:
        for engine, precision, file in (("puppet", "float32", "model"), ("puppet_int8", "int8", "int8")):
            self.assertEqual(self.turns(engine, precision).medians, [20.0])
            asked = (self.folder / "asked").read_text()
            self.assertIn(f"--precision {precision} ", asked)
            self.assertIn(f"--model {self.folder}/{file}.safetensors ", asked)
            self.assertIn("--isa auto ", asked)
        self.turns("puppet", "float32", held="avx2")
        self.assertIn("--isa avx2 ", (self.folder / "asked").read_text())

    def test_every_engine_takes_turns_where_it_can(self) -> None:
        options = compare.parse(["--held", "--scaling", "--threads", "2", "--puppet", str(self.program("echo --precision"))])
        main, held = report.Setting("default", 256, 2), report.Setting("default", 256, 2, held="avx2")
        self.assertEqual(compare.engines_at(options, main), list(report.LABELS))
        self.assertEqual(compare.engines_at(options, held), measure.HOLDABLE)
        elsewhere = ["puppet", "puppet_int8", "pytorch", "onnxruntime", "openvino"]
        self.assertEqual(compare.engines_at(options, report.Setting("default", 256, 1)), elsewhere)
        elsewhere.remove("puppet_int8")
        self.assertEqual(compare.engines_at(options, report.Setting("default", 128, 2)), elsewhere)
        self.assertEqual(machine.CLASS_FLAGS.keys(), report.CLASSES.keys())
        self.assertEqual(measure.ONEDNN_CLASSES.keys(), report.CLASSES.keys())

    def test_a_precision_that_was_not_asked_for_ends_it(self) -> None:
        with self.assertRaisesRegex(SystemExit, "asked for int8 and ran in float32"):
            self.turns("puppet_int8", "float32")

    def test_pictures_have_bounds_by_precision_and_model(self) -> None:
        reference = np.full((2, 3, 4, 4), 0.5, np.float32)
        pictures = reference.copy()
        pictures[1] += 0.01
        found = report.Difference.between(pictures, reference)
        self.assertAlmostEqual(found.psnr, 40.0, places=3, msg="of the worst picture, not of all")
        self.assertAlmostEqual(found.mean, 0.005, places=6)
        self.assertEqual(report.Difference.between(reference, reference).psnr, float("inf"))
        for engine, model, most, psnr, good in (
            ("puppet", "default", 0.019, 30.0, True),
            ("puppet", "default", 0.021, 60.0, False),
            ("openvino", "published", float("nan"), 60.0, False),
            ("openvino_bf16", "default", 0.3, 30.0, True),
            ("puppet_int8", "default", 0.3, 38.0, True),
            ("puppet_int8", "default", 0.0, 37.9, False),
            ("puppet_int8", "published", 0.3, 25.0, True),
            ("puppet_int8", "published", 0.3, 24.9, False),
            ("puppet_int8", "published", 0.3, float("nan"), False),
        ):
            with self.subTest(engine=engine, model=model, most=most, psnr=psnr):
                self.assertEqual(measure.objection(engine, model, report.Difference(most, 0.0, psnr)) is None, good)

    def test_widths_are_in_proportion(self) -> None:
        self.assertEqual(compare.scaled_to(64), PUBLISHED)
        narrow = compare.scaled_to(16)
        self.assertEqual((narrow["gen"]["block_expansion"], narrow["gen"]["max_features"]), (16, 128))
        self.assertEqual((narrow["kp"]["block_expansion"], narrow["dense"]["max_features"]), (8, 256))
        self.assertEqual((narrow["kp"]["num_blocks"], narrow["num_kp"]), (5, 10))
        ratio = sum(costs.stage_gflop(PUBLISHED, 128).values()) / sum(costs.stage_gflop(narrow, 128).values())
        self.assertTrue(8 < ratio < 16, ratio)


if __name__ == "__main__":
    unittest.main()
