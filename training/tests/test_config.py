"""Configurations: every file of configs/ is one, and what is wrong in one is one clear line."""

import unittest

import support
from support import CONFIGS

from fomm import config
from fomm.errors import Trouble


class ConfigTests(support.TestCase):
    def test_every_file_is_read(self) -> None:
        files = sorted(CONFIGS.glob("*.yaml"))
        self.assertGreaterEqual(len(files), 9)
        for path in files:
            with self.subTest(path.name):
                read = config.read(path)
                self.assertEqual(config.parse(config.plain(read), "itself"), read)

    def test_what_is_wrong_is_one_line(self) -> None:
        for text, wanted in {
            "network: {siez: 256}": "network: unknown key 'siez'; known are kind, size",
            "stages: [{name: a, losses: {percept: 1}}]": "kind reconstruction has no 'percept'; known are apart,",
            "stages: [{name: a, losses: {follow: 1}}]": "losses.follow is about faces: it needs network.keypoints",
            "stages: [{name: a, kind: motion}]": "kind motion is about faces",
            "stages: [{name: a, lesson: {batch: 2}}]": "lesson is about faces",
            "stages: [{name: a, kind: motion, lesson: {batch: 2}}]": "stages.0.lesson: needs a stage of kind recons",
            "stages: [{name: a, lesson: {losses: {valeu: 1}}}]": "lesson.losses: there is no 'valeu'; known are displ",
            "network: {num_kp: ten}": "network.num_kp: expected int, not 'ten'",
            "network: {keypoints: face}": "network.num_kp 10: keypoints `face` are 20",
            "stages: [{name: a}, {name: a}]": "stages.0.name: 'a' is missing or given twice",
            "stages: []": "stages: there is none",
            "precision: half": "precision: 'half' is none of auto, bfloat16, float16, float32",
            "stages: [{name: a, perceptual: {network: vgg19}, losses: {perceptual: 1}}]": "vgg19 needs the path",
            "network: {size: 100}": "network.size 100 is no multiple of network.motion_size 64",
            "a: [": "not YAML",
        }.items():
            path = self.folder / "wrong.yaml"
            path.write_text(text)
            with self.subTest(text), self.assertRaises(Trouble) as caught:
                config.read(path)
            self.assertIn(wanted, str(caught.exception))
            self.assertNotIn("\n", str(caught.exception))

    def test_values_are_laid_over(self) -> None:
        read = config.read(CONFIGS / "vox-256.yaml", ["stages.0.steps=7", "seed=3", "stages.0.losses.gan=0.5"])
        self.assertEqual((read.stages[0].steps, read.seed, read.stages[0].losses["gan"]), (7, 3, 0.5))
        for wrong in ("steps", "stages.9.steps=1", "stages.first.steps=1"):
            with self.subTest(wrong), self.assertRaises(Trouble):
                config.read(CONFIGS / "vox-256.yaml", [wrong])

    def test_exponents_without_a_point_are_numbers(self) -> None:
        path = self.folder / "c.yaml"
        path.write_text("stages: [{name: a, rate: 2e-4}]")
        self.assertEqual(config.read(path).stages[0].rate, 2e-4)


if __name__ == "__main__":
    unittest.main()
