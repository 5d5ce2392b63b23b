"""The networks, tensor by tensor, against what PyTorch computed when the engine's fixtures were written."""

import json
import unittest

import support
import torch
from safetensors import safe_open
from support import FIXTURES

from fomm.config import Network
from fomm.network import AntiAliasDown, build, hull_area, relative_motion


def tensors(path) -> tuple[dict, dict]:
    with safe_open(path, "pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()


class NetworkTests(support.TestCase):
    def test_every_stage_equals_the_fixtures(self) -> None:
        for path in sorted(FIXTURES.glob("*.stages.safetensors")):
            with self.subTest(path.name), torch.inference_mode():
                stages, metadata = tensors(path)
                weights = path.with_name(path.name.replace("stages", "weights"))
                if not weights.exists():
                    weights = FIXTURES / "tiny.weights.safetensors"
                align_corners = metadata["align_corners"] == "true"
                generator, detector = build(json.loads(metadata["config"]), align_corners)
                for part, prefix in ((generator, "generator."), (detector, "kp_detector.")):
                    state = {
                        name.removeprefix(prefix): of for name, of in tensors(weights)[0].items() if prefix in name
                    }
                    missing, unexpected = part.eval().load_state_dict(state, strict=False)
                    self.assertEqual(unexpected, [])
                    self.assertTrue(all(name.endswith("num_batches_tracked") for name in missing), missing)
                found = {name: detector(stages[name]) for name in ("source", "driving_initial", "driving")}
                moved = relative_motion(found["source"], found["driving"], found["driving_initial"])
                dense = generator.dense_motion_network
                motion = dense(dense.small(stages["source"]), moved, found["source"])
                encoded = generator.encode(stages["source"])
                got = {f"kp.{name}.{part}": of for name, kp in found.items() for part, of in kp.items()}
                got |= {f"kp.normalised.{part}": of for part, of in moved.items()}
                got |= {f"dense_motion.{part}": of for part, of in motion.items()}
                got["generator.encoded_source"] = encoded
                got["generator.prediction"] = generator.paint(generator.warp(encoded, motion))
                compared = stages.keys() & got.keys()
                self.assertGreaterEqual(len(compared), 8)
                for name in compared:
                    with self.subTest(name):
                        self.assert_close(got[name], stages[name], 2e-5)

    def test_configuration_is_the_engines(self) -> None:
        stages, metadata = tensors(FIXTURES / "tiny.stages.safetensors")
        small = {"block_expansion": 8, "max_features": 64, "num_blocks": 3}
        network = Network(size=64, motion_size=16)
        for part in (network.detector, network.dense):
            vars(part).update(small)
        vars(network.generator).update(block_expansion=16, max_features=64, num_bottleneck_blocks=2)
        self.assertEqual(network.engine(), json.loads(metadata["config"]))

    def test_relative_motion_at_the_initial_frame_does_nothing(self) -> None:
        def keypoints(seed: int) -> dict:
            turn = torch.eye(2) + 0.2 * support.points(1, 5, 2, 2, seed=seed)
            return {"value": support.points(1, 5, 2, seed=seed), "jacobian": turn}

        source, initial = keypoints(1), keypoints(2)
        moved = relative_motion(source, initial, initial)
        self.assert_close(moved["value"], source["value"])
        self.assert_close(moved["jacobian"], source["jacobian"], 1e-5)

    def test_hull_of_a_square_with_a_point_inside(self) -> None:
        square = torch.tensor([[0.0, 0], [2, 0], [0.5, 0.7], [2, 2], [0, 2]])
        self.assertAlmostEqual(hull_area(square), 4)

    def test_blur_keeps_an_even_picture_and_halves_it(self) -> None:
        down = AntiAliasDown(3, 0.5)
        got = down(torch.full((1, 3, 32, 32), 0.5))
        self.assertEqual(got.shape, (1, 3, 16, 16))
        self.assert_close(got[..., 4:-4, 4:-4], torch.full((1, 3, 8, 8), 0.5))
        self.assertNotIn("down.weight", build(Network(size=64, motion_size=64).engine())[1].state_dict())


if __name__ == "__main__":
    unittest.main()
