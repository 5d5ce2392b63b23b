"""Batches and views: the same for the same step, whoever asks, and points go where the picture goes."""

import colorsys
import json
import unittest

import numpy as np
import support
import torch

from fomm.config import Augmentation, Data, Lesson, Stage
from fomm.data import facemesh
from fomm.data.augment import Colours, Taught, View, _turned, random_view, recolour
from fomm.data.pairs import Clips, Sampler
from fomm.errors import Trouble


class ViewTests(support.TestCase):
    def test_points_go_where_the_picture_goes(self) -> None:
        """A bright dot is found where `points` says it is, to a pixel."""
        size, place = 64, torch.tensor([0.25, -0.3])
        line = (torch.arange(size) + 0.5) / size * 2 - 1
        distance = (line[None] - place[0]) ** 2 + (line[:, None] - place[1]) ** 2
        frame = torch.exp(-distance / 0.004).expand(1, 3, size, size)
        for flip in (False, True):
            view = View.of(1.2, (0.1, 0.05), rotation=0.2, stretch=1.1, flip=flip)
            for to in (64, 32):
                seen = view.pictures(frame, to)[0, 0]
                row, column = divmod(int(seen.argmax()), to)
                found = torch.tensor([column + 0.5, row + 0.5]) / to * 2 - 1
                with self.subTest(flip=flip, to=to):
                    self.assert_close(found, view.points(place[None, None])[0, 0], 2.5 / to)

    def test_jacobians_are_the_map_of_neighbours(self) -> None:
        value, jacobian = support.points(1, 20, 2), support.points(1, 20, 2, 2, seed=1)
        view = View.of(1.1, (0.1, 0.2), rotation=0.3, stretch=1.2)
        step = torch.tensor([0.01, -0.02])
        moved = view.taught(Taught(value, jacobian, value))
        neighbours = view.points(value + (jacobian @ step)) - view.points(value)
        self.assert_close(moved.jacobian @ step, neighbours, 1e-5)

    def test_a_mirrored_face_has_its_sides_exchanged(self) -> None:
        value = support.points(1, 20, 2)
        jacobian = torch.eye(2).expand(1, 20, 2, 2)
        moved = View.of(1.0, (0.0, 0.0), flip=True).taught(Taught(value, jacobian, value))
        right, left = facemesh.at("mouth_r", "mouth_l")
        self.assert_close(moved.value[0, right], value[0, left] * torch.tensor([-1.0, 1.0]))
        # A frontal face mirrored is a frontal face.
        self.assert_close(moved.jacobian, jacobian)

    def test_hue_turns_as_colorsys_does(self) -> None:
        pixels = support.pictures(1, 3, 4, 4)
        for turn in (0.0, 0.2, -0.4):
            got = _turned(pixels[:, None], torch.full((1, 1, 1, 1), turn))[0, 0].flatten(1).T
            for mine, pixel in zip(got, pixels[0].flatten(1).T.tolist()):
                hue, saturation, value = colorsys.rgb_to_hsv(*pixel)
                self.assert_close(mine, colorsys.hsv_to_rgb((hue + turn) % 1, saturation, value), 1e-5)

    def test_no_change_is_no_change(self) -> None:
        frames, none = support.pictures(2, 3, 16, 16), Augmentation(flip=False)
        random = np.random.default_rng(0)
        self.assert_close(recolour(frames[:, None], [Colours.draw(random, none), Colours()])[:, 0], frames)
        self.assert_close(View.cat([random_view(random, none)] * 2).pictures(frames, 16), frames, 1e-5)

    def test_a_view_after_another_is_both(self) -> None:
        first, then = View.of(1.2, (0.1, 0.05), rotation=0.2, flip=True), View.of(0.9, (-0.2, 0.1), stretch=1.1)
        points = support.points(1, 7, 2)
        self.assert_close(then.after(first).points(points), then.points(first.points(points)))

    def test_colours_stay_in_range_and_are_the_same_for_both_frames(self) -> None:
        frames = support.pictures(1, 3, 16, 16).expand(2, 2, 3, 16, 16)
        much = Augmentation(brightness=0.9, contrast=0.9, saturation=0.9, hue=0.5, tint=0.5, gamma=0.5, cover=1)
        random = np.random.default_rng(0)
        got = recolour(frames, [Colours.draw(random, much) for _ in frames])
        self.assertTrue(0 <= got.min() and got.max() <= 1)
        self.assert_close(got[:, 0], got[:, 1])
        self.assertGreater(float((got[0] - got[1]).abs().mean()), 0.01)

    def test_an_item_looks_the_same_in_any_batch(self) -> None:
        frames = support.pictures(2, 3, 16, 16)[:, None]
        much = Augmentation(contrast=0.3, noise=0.2, cover=1)
        colours = [Colours.draw(np.random.default_rng(seed), much) for seed in (0, 1)]
        self.assertTrue(torch.equal(recolour(frames, colours)[1:], recolour(frames[1:], colours[1:])))


class SamplerTests(support.TestCase):
    def sampler(self, stage: Stage, data: Data | None = None) -> Sampler:
        data = data or Data()
        if not (self.folder / "clips.json").exists():
            support.write_faces(self.folder, clips=3)
        return Sampler(Clips(self.folder, data, taught=True), stage, 0, data, 64, 64, seed=5)

    def test_a_step_is_the_same_for_whoever_asks(self) -> None:
        stage = Stage(
            batch=4, losses={"flow": 1, "cross": 1}, extremes=1, others=0.5, augment=Augmentation(zoom=[0.8, 1.2])
        )
        one, other = self.sampler(stage), self.sampler(stage)
        wanted = list(one.batches(0, 3))
        got = list(other.batches(2, 3))[0]
        for mine, theirs in (
            (got.frames, wanted[2].frames),
            (got.flow, wanted[2].flow),
            (got.others, wanted[2].others),
        ):
            self.assertTrue(torch.equal(mine, theirs))
        self.assertFalse(torch.equal(wanted[0].frames, wanted[1].frames))
        self.assertEqual(wanted[0].frames.shape, (4, 2, 3, 64, 64))
        self.assertEqual(wanted[0].flow.shape, (4, 64, 64, 3))
        self.assertEqual(wanted[0].others.shape, (2, 3, 64, 64))

    def test_ranks_share_a_batch(self) -> None:
        sampler = self.sampler(Stage(batch=4))
        whole = sampler.batch(7)
        for rank in (0, 1):
            part = sampler.batch(7, rank, 2)
            self.assertTrue(torch.equal(part.frames, whole.frames[rank::2]))
            self.assertTrue(torch.equal(part.taught.value, whole.taught.value[rank::2]))

    def test_held_out_clips_are_never_shown(self) -> None:
        self.assertEqual([entry.name for entry in self.sampler(Stage()).clips.trained.clips], ["clip0", "clip1"])

    def test_lessons_have_pairs_and_views_of_their_own(self) -> None:
        lesson = Lesson(batch=6, losses={"displaced": 1}, augment=Augmentation(zoom=[0.5, 0.6]))
        stage, data = Stage(batch=4, losses={"cross": 1}, others=0.5, lesson=lesson), Data(lessons_only=["clip1"])
        sampler = self.sampler(stage, data)
        self.assertEqual([entry.name for entry in sampler.clips.trained.clips], ["clip0"])
        self.assertEqual([entry.name for entry in sampler.clips.lessons.clips], ["clip0", "clip1"])
        whole = sampler.batch(3)
        self.assertEqual(whole.lesson.frames.shape, (6, 2, 3, 64, 64))
        self.assertEqual(whole.lesson.taught.value.shape, (6, 2, 20, 2))
        self.assertEqual(whole.others_taught.mesh.shape, (2, 468, 2))
        part = sampler.batch(3, 1, 2)
        self.assertTrue(torch.equal(part.lesson.frames, whole.lesson.frames[1::2]))
        # What the pairs show does not depend on there being lessons.
        without = self.sampler(Stage(batch=4, losses={"cross": 1}, others=0.5), data).batch(3)
        self.assertTrue(torch.equal(without.frames, whole.frames))
        self.assertIsNone(without.lesson)

    def test_the_earlier_frame_is_the_source(self) -> None:
        frames = np.arange(6, dtype=np.uint8)[:, None, None, None] * np.full((6, 32, 32, 3), 40, np.uint8)
        support.write_prepared(self.folder, {"a": frames})
        clips = Clips(self.folder, Data(), taught=False)
        stage = Stage(batch=32, augment=Augmentation(flip=False))
        batch = Sampler(clips, stage, 0, Data(), 32, 32, 1).batch(0)
        self.assertTrue((batch.source.mean((1, 2, 3)) <= batch.driving.mean((1, 2, 3))).all())

    def test_identities_count_the_same_whatever_they_have(self) -> None:
        clips = {f"a#{number}": support.moving_frames(2, 32) for number in range(7)} | {
            "b#1": support.moving_frames(2, 32)
        }
        support.write_prepared(self.folder, clips)
        path = self.folder / "clips.json"
        tree = json.loads(path.read_text())
        for entry in tree["clips"]:
            entry["identity"] = entry["name"][0]
        path.write_text(json.dumps(tree))
        of = Clips(self.folder, Data(by="identity"), taught=False)
        random = np.random.default_rng(0)
        share = np.mean([of.trained.draw(random).identity == "b" for _ in range(400)])
        self.assertAlmostEqual(share, 0.5, delta=0.1)

    def test_stills_move(self) -> None:
        support.write_prepared(
            self.folder, {"a": support.moving_frames(3, 64), "stills": support.moving_frames(3, 64, 1)}
        )
        clips = Clips(self.folder, Data(), taught=False)
        batch = Sampler(clips, Stage(batch=2, still_share=1), 0, Data(), 64, 64, 1).batch(0)
        self.assertGreater(float((batch.source - batch.driving).abs().mean()), 0.01)

    def test_landmarks_that_are_not_there_are_said(self) -> None:
        support.write_prepared(self.folder, {"a": support.moving_frames(3, 32)})
        with self.assertRaisesRegex(Trouble, "a has no landmarks: `python -m fomm landmarks`"):
            Clips(self.folder, Data(), taught=True)


class FaceMeshTests(support.TestCase):
    def test_the_teacher_finds_an_affine_map(self) -> None:
        """Of a canonical face that was moved by one: every Jacobian is its matrix, every keypoint its point's place."""
        face = support.made_up_face().astype(np.float64)
        shape = (face - face.mean(0)) / (face[454, 0] - face[234, 0])
        teacher = facemesh.Teacher(shape)
        matrix = np.array([[0.8, 0.1], [-0.2, 0.9]])
        seen = np.zeros((1, 478, 3))
        seen[0, :, :2] = (shape[:, :2] @ matrix.T + 1) / 2
        value, jacobian = teacher(seen)
        index = [point.index for point in facemesh.POINTS]
        self.assert_close(value[0], shape[index][:, :2] @ matrix.T, 1e-5)
        # A little less: the fit is regularised.
        self.assert_close(jacobian[0], np.broadcast_to(matrix, (20, 2, 2)), 0.1)

    def test_the_mean_face_is_frontal_and_symmetric(self) -> None:
        faces = np.stack([support.made_up_face().astype(np.float64) * scale for scale in (0.8, 1.0, 1.1)])
        shape = facemesh.canonical(faces)
        self.assertAlmostEqual(shape[454, 0] - shape[234, 0], 1, places=5)
        self.assertAlmostEqual(abs(shape[454, 1] - shape[234, 1]), 0, places=2)
        self.assertGreater(shape[152, 1], shape[10, 1])

    def test_mirrors_are_mutual(self) -> None:
        self.assertTrue((facemesh.MIRROR[facemesh.MIRROR] == np.arange(20)).all())

    def test_small_and_missing_faces_are_not_used(self) -> None:
        face = support.made_up_face()
        faces = np.stack([face, np.full_like(face, np.nan), face * 0.2])
        self.assertEqual(facemesh.usable(faces).tolist(), [True, False, False])


if __name__ == "__main__":
    unittest.main()
