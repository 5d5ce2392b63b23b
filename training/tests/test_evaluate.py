"""Figures of quality, with a landmark network that is made up: a dark dot's place."""

import json
import unittest
from unittest import mock

import numpy as np
import support
from PIL import Image

from fomm import __main__ as program
from fomm import ablations, config, measure, models, render
from fomm.data import facemesh
from fomm.errors import Trouble


class MadeUpLandmarker:
    """A face that is as bright as the picture: its mouth opens, and all of it is further right."""

    def __init__(self, still: bool) -> None:
        pass

    def __call__(self, frame: np.ndarray) -> np.ndarray:
        level = frame.mean() / 255
        if level > 0.95:
            return np.full((478, 3), np.nan, np.float32)
        face = support.made_up_face()
        face[:, 0] += 0.1 * level
        face[14, 1] += 0.1 * level
        return face


def write_levels(folder, levels: list[float]) -> None:
    folder.mkdir(parents=True)
    for number, level in enumerate(levels, 1):
        Image.fromarray(np.full((8, 8, 3), round(level * 255), np.uint8)).save(folder / f"{number:06}.png")


@mock.patch.object(measure, "Landmarker", MadeUpLandmarker)
@mock.patch.object(measure, "Embedder", side_effect=ImportError("dlib"))
class MeasureTests(support.TestCase):
    def measured(self, driving: list[float], result: list[float], kind: str = "reconstruction") -> measure.Measured:
        write_levels(self.folder / "clip/driving", driving)
        write_levels(self.folder / "clip/result", result)
        return measure.measure(measure.clip_folders(self.folder), kind, lambda _: None)

    def test_figures(self, _) -> None:
        found = self.measured([0.2, 0.4, 0.6, 0.8], [0.2, 0.3, 0.4, 1.0])
        self.assertEqual(found.frames, 4)
        self.assertAlmostEqual(found.l1, 0.125, places=2)
        self.assertAlmostEqual(found.l1_unmoved, 0.3, places=2)
        self.assertAlmostEqual(found.mkr, 0.25)
        # Of the three that are seen, the face is 0, 0.01 and 0.02 of 256 px too far left.
        self.assertAlmostEqual(found.akd, 2.56, delta=0.1)
        self.assertIsNone(found.aed)

    def test_following(self, _) -> None:
        found = self.measured([0.1, 0.3, 0.5, 0.7], [0.1, 0.2, 0.3, 0.4], "cross")
        correlation, slope = found.following["mouth opening"]
        self.assertAlmostEqual(correlation, 1, places=2)
        self.assertAlmostEqual(slope, 0.5, places=1)
        self.assertIsNone(found.l1)

    def test_following_is_about_each_clips_own_mean(self, _) -> None:
        driver, clips = np.array([0.0, 1, 2, 3, 10, 11, 12, 13]), ["a"] * 4 + ["b"] * 4
        result = np.concatenate([driver[:4] * 0.5 + 7, driver[4:] * 0.5 - 30])
        correlation, slope = measure.follow(driver, result, clips)
        self.assertAlmostEqual(correlation, 1)
        self.assertAlmostEqual(slope, 0.5)
        self.assertIsNone(measure.follow(driver[:3], result[:3], ["a"] * 3))

    def test_openings(self, _) -> None:
        mesh = np.zeros((478, 2))
        mesh[facemesh.CHIN], mesh[facemesh.EYE_CORNERS[1]] = (0, 100), (50, 0)
        mesh[14], mesh[291], mesh[145], mesh[374] = (0, 20), (30, 0), (0, 5), (0, 15)
        mesh[105], mesh[334] = (0, -10), (0, -30)
        self.assert_close(measure.openings(mesh), [0.2, 0.6, 0.2, 0.4])

    def test_pictures_of_the_program(self, _) -> None:
        write_levels(self.folder / "driving", [0.1, 0.2, 0.3, 0.4])
        write_levels(self.folder / "moved", [0.1, 0.2, 0.3, 0.4])
        folders = ["--driving", str(self.folder / "driving"), "--result", str(self.folder / "moved")]
        with mock.patch("builtins.print") as printed:
            program.main(["evaluate", *folders, "--json"])
        found = json.loads(printed.call_args_list[-1][0][0])
        self.assertEqual(found["reconstruction"]["following"]["mouth opening"], [1.0, 1.0])
        with self.assertRaisesRegex(SystemExit, "go together"):
            program.main(["evaluate", *folders[:2]])

    def test_table(self, _) -> None:
        figures = measure.Measured(frames=4, l1=0.03, akd=1.4, following={"mouth width": (0.8, 0.6)})
        text = measure.table({"reconstruction": figures, "cross": measure.Measured(frames=4)})
        self.assertIn("| L1 | 0.0300 |  |", text)
        self.assertIn("| mouth width, correlation / slope | 0.80 / 0.60 |  |", text)
        self.assertEqual({row.count("|") for row in text.splitlines()}, {4})

    def test_unequal_folders_are_refused(self, _) -> None:
        with self.assertRaisesRegex(Trouble, "2 pictures, and .* has 3"):
            self.measured([0.1, 0.2, 0.3], [0.1, 0.2])


class RenderTests(support.TestCase):
    def test_held_out_clips_are_moved(self) -> None:
        data = support.write_prepared(
            self.folder / "data",
            {name: support.moving_frames(5, 64, n) for n, name in enumerate("abc")},
            held={"b", "c"},
        )
        network = config.read(support.CONFIGS / "ablation-64.yaml").network
        made = models.make(network, 64, 1)
        for part in made.named.values():
            part.eval()
        render.render(made, 64, data, self.folder / "out", 4, say=lambda _: None)
        for kind in render.KINDS:
            folders = measure.clip_folders(self.folder / "out" / kind)
            self.assertEqual([name for name, *_ in folders], ["b", "c"])
            for _, driving, result, source in folders:
                self.assertEqual(len(list(driving.iterdir())), 4)
                self.assertEqual(len(list(result.iterdir())), 4)
                self.assertTrue(source.exists())


@mock.patch.object(measure, "Landmarker", MadeUpLandmarker)
@mock.patch.object(measure, "Embedder", side_effect=ImportError("dlib"))
class AblationTests(support.TestCase):
    def test_every_variant_is_trained_and_measured(self, _) -> None:
        clips = {name: support.moving_frames(6, 64, n) for n, name in enumerate("ab")}
        data = support.write_prepared(self.folder / "data", clips, held={"b"})
        changes = ["stages.0.steps=2", "stages.0.batch=2", "stages.0.losses.perceptual=0", "precision=float32"]
        read = config.read(support.CONFIGS / "ablation-64.yaml", changes)
        text = ablations.run(read, data, self.folder / "out", "cpu", [], 4, 0, lambda _: None)
        rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
        self.assertEqual([row.split(" | ")[0][2:] for row in rows], [variant.name for variant in ablations.VARIANTS])
        self.assertEqual((self.folder / "out/table.md").read_text().strip(), text)
        self.assertIn("(6.862)", rows[0])
        with self.assertRaisesRegex(Trouble, "is none of full"):
            ablations.run(read, data, self.folder / "out", "cpu", ["half"], 4, 0, lambda _: None)


if __name__ == "__main__":
    unittest.main()
