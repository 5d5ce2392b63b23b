"""Whole runs in small: they learn, go on where they were killed with the same bytes, and exports are read back."""

import json
import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

import support
import torch
from safetensors import safe_open

from fomm import __main__ as program
from fomm import checkpoint, config, export, models
from fomm.data.pairs import Sampler
from fomm.errors import Trouble
from fomm.network import build
from fomm.trainer import Trainer, rate

TINY = {
    "precision": "float32",
    "network": {
        "size": 32,
        "motion_size": 32,
        "num_kp": 4,
        "detector": {"block_expansion": 8, "max_features": 32, "num_blocks": 3},
        "dense": {"block_expansion": 8, "max_features": 32, "num_blocks": 3},
        "generator": {"block_expansion": 8, "max_features": 32, "num_down_blocks": 2, "num_bottleneck_blocks": 1},
    },
    "stages": [
        {
            "name": "all",
            "steps": 6,
            "batch": 2,
            "rate": 2e-3,
            "scales": [1, 0.5],
            "losses": {"pyramid": 3, "warp": 5, "equivariance_value": 1, "equivariance_jacobian": 1, "apart": 1},
            "augment": {"flip": False},
        }
    ],
}


def tiny(**stage) -> dict:
    tree = json.loads(json.dumps(TINY))
    tree["stages"][0] |= stage
    return tree


def tensors_of(state: dict) -> dict[str, torch.Tensor]:
    """Everything in a checkpoint that is a tensor, by its path."""
    found = {}

    def walk(node, path: str) -> None:
        if isinstance(node, torch.Tensor):
            found[path] = node
        for key, part in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
            walk(part, f"{path}/{key}")

    walk(state, "")
    return found


class RunTests(support.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.data = self.folder / "data"
        clips = {"a": support.moving_frames(8, 32), "b": support.moving_frames(8, 32, 1)}
        support.write_prepared(self.data, clips, held={"b"})

    def train(self, tree: dict, out: str, **options) -> Path:
        folder = self.folder / out
        Trainer(config.parse(tree, "a test"), options.pop("data", self.data), folder, "cpu", **options).run()
        return folder

    def assert_same(self, one: Path, other: Path) -> None:
        mine, theirs = (tensors_of(checkpoint.read(folder / "checkpoint.pt")) for folder in (one, other))
        self.assertEqual(mine.keys(), theirs.keys())
        for name in mine:
            self.assertTrue(torch.equal(mine[name], theirs[name]), f"{name} differs")
        self.assertEqual((one / "checkpoint.pt").read_bytes(), (other / "checkpoint.pt").read_bytes())

    def test_it_learns_one_clip(self) -> None:
        """An untrained network paints grey; after 250 steps the moved disc is where it belongs."""
        out = self.train(tiny(steps=250, batch=4, rate=4e-3, schedule="cosine", final_rate=1e-4), "run")
        lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
        self.assertEqual(lines[-1]["step"], 250)
        loaded, network, _ = export.load(out)
        with torch.inference_mode():
            frames = torch.from_numpy(support.moving_frames(8, 32)).permute(0, 3, 1, 2).float() / 255
            source, driving = frames[:1].expand(7, -1, -1, -1), frames[1:]
            moved = loaded.generator(source, loaded.detector(driving), loaded.detector(source))["prediction"]
        unmoved = float((source - driving).abs().mean())
        learnt = float((moved - driving).abs().mean())
        self.assertLess(learnt, 0.45 * unmoved, f"L1 {learnt:.4f}; doing nothing costs {unmoved:.4f}")
        self.assertTrue((out / "sheet.png").exists())

    def test_a_stopped_run_goes_on_with_the_same_bytes(self) -> None:
        critic = {"kind": "patch", "block_expansion": 4, "max_features": 8, "num_blocks": 2}
        tree = tiny(critic=critic)
        tree["stages"][0]["losses"] |= {"gan": 0.1, "matching": 0.1}
        tree["stages"].append(
            {**tree["stages"][0], "name": "more", "steps": 3, "train": ["generator"], "frozen_norm": True}
        )
        tree["checkpoint_seconds"] = 0
        whole = self.train(tree, "whole")
        part = self.train(tree, "part", until=4)
        self.assertEqual(checkpoint.read(part / "checkpoint.pt")["training"]["stage_step"], 4)
        self.train(tree, "part", until=3)
        self.assertEqual(checkpoint.read(part / "checkpoint.pt")["training"]["stage"], 1)
        self.train(tree, "part")
        self.assert_same(whole, part)
        # Once more does nothing.
        self.train(tree, "part")
        self.assert_same(whole, part)

    def test_a_killed_process_goes_on_with_the_same_bytes(self) -> None:
        """SIGKILL, in two ranks, whenever it comes."""
        path = self.folder / "c.yaml"
        tree = tiny(steps=10)
        tree["checkpoint_seconds"] = 0
        path.write_text(json.dumps(tree))

        def command(out: str) -> subprocess.Popen:
            arguments = [
                "train",
                path,
                "--data",
                self.data,
                "--out",
                self.folder / out,
                "--ranks",
                "2",
                "--device",
                "cpu",
            ]
            environment = {**os.environ, "PYTHONPATH": str(support.ROOT / "training")}
            return subprocess.Popen(
                [sys.executable, "-m", "fomm", *map(str, arguments)],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )

        whole = command("whole")
        self.assertEqual(whole.wait(), 0, whole.stderr.read())
        killed = command("part")
        file = self.folder / "part/checkpoint.pt"
        deadline = time.monotonic() + 60
        while not file.exists() and killed.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        # Ends once the ranks have, too.
        killed.stderr.read()
        killed.stderr.close()
        again = command("part")
        said = again.stderr.read()
        self.assertEqual(again.wait(), 0, said)
        self.assert_same(self.folder / "whole", self.folder / "part")
        whole.stderr.close()
        again.stderr.close()

    def test_a_step_that_is_not_a_number_changes_nothing(self) -> None:
        parsed = config.parse(tiny(steps=2), "a test")
        trainer = Trainer(parsed, self.data, self.folder / "run", "cpu")
        learner = trainer._prepare(0)
        trainer._done = 1
        before = {name: tensor.clone() for name, tensor in trainer.models.generator.state_dict().items()}
        batch = Sampler(trainer.clips, parsed.stages[0], 0, parsed.data, 32, 32, 1).batch(0)
        batch.frames[0, 0, 0, 3, 3] = float("nan")
        trainer._step(learner, parsed.stages[0], batch, 0)
        for name, tensor in trainer.models.generator.state_dict().items():
            if tensor.is_floating_point():
                self.assertTrue(torch.equal(tensor, before[name]), name)

    def test_another_configuration_is_refused(self) -> None:
        self.train(tiny(), "run")
        with self.assertRaisesRegex(Trouble, r"another configuration \(stages.0.rate 0.002, now 0.1\)"):
            self.train(tiny(rate=0.1), "run")

    def test_a_broken_checkpoint_is_one_line(self) -> None:
        folder = self.folder / "run"
        folder.mkdir()
        (folder / "checkpoint.pt").write_bytes(b"nonsense")
        with self.assertRaisesRegex(Trouble, "no checkpoint"):
            self.train(tiny(), "run")

    def test_it_begins_from_what_other_trainers_wrote(self) -> None:
        """Generator, detector, judge and average in half precision, a step, no state of training."""
        network = config.parse(tiny(), "a test").network
        generator, detector = build(network.engine())
        half = {name: of.half() if of.is_floating_point() else of for name, of in generator.state_dict().items()}
        state = {"generator": half, "kp_detector": detector.state_dict(), "judge": detector.state_dict(), "step": 7090}
        torch.save(
            {**state, "average": {"generator": half, "kp_detector": detector.state_dict()}}, self.folder / "old.pt"
        )
        out = self.train(tiny(steps=1, rate=0), "run", begin=self.folder / "old.pt")
        got = checkpoint.read(out / "checkpoint.pt")
        self.assertEqual(got["step"], 7091)
        self.assert_close(got["generator"]["final.weight"], half["final.weight"].float())
        (self.folder / "other.pt").write_bytes((self.folder / "old.pt").read_bytes())
        tree = tiny()
        tree["network"]["num_kp"] = 5
        with self.assertRaisesRegex(Trouble, "other networks than the configuration's"):
            self.train(tree, "other", begin=self.folder / "other.pt")

    def test_export_is_read_back(self) -> None:
        out = self.train(tiny(), "run")
        model = self.folder / "model.safetensors"
        program.main(["export", str(out), str(model), "--animates", "discs"])
        state = checkpoint.read(out / "checkpoint.pt")
        with safe_open(model, "pt") as file:
            metadata, tensors = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}
        self.assertEqual(json.loads(metadata["puppet.config"])["num_kp"], 4)
        self.assertEqual((metadata["puppet.align_corners"], metadata["puppet.animates"]), ("true", "discs"))
        self.assertNotIn("puppet.keypoints", metadata)
        self.assertEqual(metadata["puppet.training_steps"], "6")
        average = {f"{part}.{name}": of for part, state in state["average"].items() for name, of in state.items()}
        self.assertEqual(tensors.keys(), {name for name, of in average.items() if of.is_floating_point()})
        for name, tensor in tensors.items():
            whole = "running_" in name
            self.assertEqual(tensor.dtype, torch.float32 if whole else torch.float16, name)
            self.assert_close(tensor.float(), average[name], 0 if whole else 2e-3)
        generator, detector = build(json.loads(metadata["puppet.config"]))
        for part, prefix in ((generator, "generator."), (detector, "kp_detector.")):
            own = {name.removeprefix(prefix): of for name, of in tensors.items() if name.startswith(prefix)}
            self.assertEqual(part.load_state_dict(own, strict=False).unexpected_keys, [])
        again = Trainer(config.parse(tiny(), "a test"), self.data, self.folder / "again", "cpu", begin=model)
        self.assertEqual(again.step, 6)
        self.assert_close(again.models.detector.kp.weight, average["kp_detector.kp.weight"], 2e-3)
        model.write_bytes(b"no model")
        with self.assertRaisesRegex(Trouble, "no exported model"):
            checkpoint.read(model)

    def test_sizes_grow_from_stage_to_stage(self) -> None:
        tree = tiny(steps=1)
        tree["network"] |= {"size": 64}
        tree["stages"][0]["size"] = 32
        window = {"size": 12, "margin": 2, "anywhere": 1}
        large = {"name": "large", "size": 64, "window": window, "train": ["generator"], "losses": {"pyramid": 1}}
        tree["stages"].append({**tree["stages"][0], **large})
        out = self.train(tree, "run")
        state = checkpoint.read(out / "checkpoint.pt")
        self.assertEqual(state["kp_detector"]["down.weight"].shape[-1], 5)
        loaded, network, _ = export.load(out)
        self.assertEqual(network.engine()["kp"]["scale_factor"], 0.5)

    def test_rates(self) -> None:
        cosine = config.Stage(steps=100, rate=1.0, schedule="cosine", final_rate=0.1, warmup=10)
        self.assertEqual(rate(cosine, 0), 0.1)
        self.assertAlmostEqual(rate(cosine, 50), 0.55)
        steps = config.Stage(steps=100, rate=1.0, schedule="steps", milestones=[0.6, 0.9])
        self.assertEqual([round(rate(steps, step), 6) for step in (59, 60, 90)], [1, 0.1, 0.01])


class FaceStageTests(support.TestCase):
    """The default model's stages, in small, on a made-up face."""

    def run_in_small(self, name: str) -> dict[str, set[str]]:
        """All stages of a configuration, two steps each, in the folder "run". Which losses each had."""
        data = support.write_faces(self.folder / "data", clips=3)
        tree = config.plain(config.read(support.CONFIGS / f"{name}.yaml"))
        small = {"block_expansion": 4, "max_features": 8, "num_blocks": 3}
        tree["network"] |= {"size": 128, "motion_size": 32, "detector": small, "dense": small,
                            "generator": {**small, "num_down_blocks": 2, "num_bottleneck_blocks": 1}}  # fmt: skip
        del tree["network"]["generator"]["num_blocks"]
        tree["precision"] = "float32"
        for stage in tree["stages"]:
            stage |= {"steps": 2, "batch": 2, "size": 128 if stage["name"] == "painting" else 64}
            stage["losses"].pop("perceptual", None)
            stage["lesson"]["batch"] = min(2, stage["lesson"]["batch"])
            if stage["window"]["size"]:
                stage["window"] = {"size": 20, "margin": 4, "anywhere": 0.5}
        Trainer(config.parse(tree, "a test"), data, self.folder / "run", "cpu").run()
        lines = [json.loads(line) for line in (self.folder / "run/log.jsonl").read_text().splitlines()]
        return {line["stage"]: line["losses"].keys() for line in lines}

    def test_all_stages_run_and_hand_on(self) -> None:
        losses = self.run_in_small("face")
        state = checkpoint.read(self.folder / "run/checkpoint.pt")
        self.assertEqual(state["step"], 10)
        self.assertTrue({"judge", "critic"} <= state.keys())
        # Painting left the detector and the motion alone; the judge is what refining the detector made.
        self.assertTrue(torch.equal(state["kp_detector"]["kp.weight"], state["judge"]["kp.weight"]))
        self.assertTrue({"kept", "value", "pairs"} <= losses["refine"])
        self.assertTrue({"flow", "taught", "follow", "warp", "apart"} <= losses["together"])
        self.assertTrue({"points", "gaps", "far", "occlusion"} <= losses["motion"])
        self.assertTrue({"pyramid", "follow", "cross", "gan", "matching", "critic"} <= losses["painting"])
        model = self.folder / "face.safetensors"
        export.write(self.folder / "run", model)
        with safe_open(model, "pt") as file:
            names = json.loads(file.metadata()["puppet.keypoints"])
        self.assertEqual((len(names), names[0], names[-1]), (22, "nose", "free_2"))

    def test_everything_at_once_and_then_on_a_detector_that_stays(self) -> None:
        losses = self.run_in_small("face-gpu")
        state = checkpoint.read(self.folder / "run/checkpoint.pt")
        self.assertIn("kept", losses["detector"])
        both = {"points", "gaps", "follow", "cross", "gan", "warp"}
        self.assertTrue(both | {"taught", "equivariance_jacobian"} <= losses["joint"])
        self.assertTrue(both <= losses["painting"])
        across = both | {"cross_points", "cross_gaps"}
        self.assertTrue(across | {"lesson_value", "lesson_displaced", "lesson_jacobian"} <= losses["lessons"])
        self.assertTrue(across <= losses["last"])
        self.assertNotIn("lesson_value", losses["last"])
        # The judge is what the detector's own stage made; the joint stage went on with the detector.
        self.assertFalse(torch.equal(state["kp_detector"]["kp.weight"], state["judge"]["kp.weight"]))

    def test_others_are_moved_by_the_mesh_alone(self) -> None:
        """Without the losses that a judge is there for."""
        data = support.write_faces(self.folder / "data", clips=3)
        small = {"block_expansion": 4, "max_features": 8, "num_blocks": 3}
        painter = {"block_expansion": 4, "max_features": 8, "num_down_blocks": 2, "num_bottleneck_blocks": 1}
        network = {"keypoints": "face", "num_kp": 22, "size": 64, "motion_size": 32, "detector": small, "dense": small,
                   "generator": painter}  # fmt: skip
        stage = {"name": "a", "steps": 1, "batch": 2, "others": 0.5, "losses": {"cross_points": 1, "cross_gaps": 1}}
        tree = {"network": network, "precision": "float32", "stages": [stage]}
        Trainer(config.parse(tree, "a test"), data, self.folder / "run", "cpu").run()
        losses = json.loads((self.folder / "run/log.jsonl").read_text().splitlines()[0])["losses"]
        self.assertTrue(losses["cross_points"] > 0 and losses["cross_gaps"] > 0)

    def test_small_frames_look_as_those_of_the_full_size(self) -> None:
        """What the detector sees of halved frames, against what it sees of whole ones."""
        network = config.read(support.CONFIGS / "face.yaml").network
        frame = torch.nn.functional.interpolate(support.pictures(1, 3, 24, 24), size=256, mode="bicubic").clamp(0, 1)
        seen = models.make(network, 256, 0).detector.small(frame)
        halved = torch.nn.functional.avg_pool2d(frame, 2)
        from_half = models.make(network, 128, 0).detector.small(halved)
        inner = (..., slice(4, -4), slice(4, -4))
        # Half a pixel of 256 apart, because every fourth of one grid is not every second of the other.
        self.assertAlmostEqual(float(from_half[inner].std()), float(seen[inner].std()), delta=0.003)

    def test_free_keypoints_alone_are_held_to_what_they_were(self) -> None:
        network = config.read(support.CONFIGS / "face.yaml").network
        made = models.make(network, 128, 3)
        again = models.to_size(made, network, 256)
        self.assertTrue(torch.equal(made.detector.kp.weight, again.detector.kp.weight))
        self.assertNotEqual(made.detector.down.weight.shape, again.detector.down.weight.shape)


if __name__ == "__main__":
    unittest.main()
