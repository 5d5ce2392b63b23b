"""Layouts of datasets, made up in small, and the cache that is made of them."""

import struct
import unittest
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import support
from PIL import Image

from fomm.data import clips, layouts, tfrecords
from fomm.data.landmarks import face_square
from fomm.errors import Trouble


def write_video(path: Path, frames: np.ndarray, rate: int = 25) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".gif":
        first, *rest = map(Image.fromarray, frames)
        first.save(path, save_all=True, append_images=rest)
        return
    height, width = frames.shape[1:3]
    options = ["-crf", "10"] if path.suffix == ".mp4" else []
    writer = imageio_ffmpeg.write_frames(
        str(path), (width, height), fps=rate, macro_block_size=1, output_params=options, ffmpeg_log_level="error"
    )
    writer.send(None)
    for frame in frames:
        writer.send(np.ascontiguousarray(frame))
    writer.close()


def write_pictures(folder: Path, frames: np.ndarray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(frames):
        Image.fromarray(frame).save(folder / f"{number:05}.png")


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def record(frames: np.ndarray) -> bytes:
    """A tf.train.Example as BAIR's are, with a number beside the pictures."""
    entries = b""
    for number, frame in enumerate(frames):
        value = field(1, field(1, frame.tobytes()))
        entries += field(1, field(1, f"{number}/image_main/encoded".encode()) + field(2, value))
    action = field(2, field(1, struct.pack("<f", 0.5)))
    entries += field(1, field(1, b"0/action") + field(2, action))
    return field(1, entries)


class LayoutTests(support.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.frames = support.moving_frames(6, 64)

    def prepare(self, layout: str, held: set[str] = frozenset(), **options) -> dict[str, clips.Entry]:
        found = layouts.find(layout, self.folder / "in", set(held), options.pop("metadata", None))
        clips.prepare(found, self.folder / "out", options.pop("size", 32), 100, 1, say=lambda _: None, **options)
        return {entry.name: entry for entry in clips.read_index(self.folder / "out")[1]}

    def test_any_folder_of_clips(self) -> None:
        write_video(self.folder / "in/one.mp4", self.frames)
        write_pictures(self.folder / "in/two", self.frames)
        write_video(self.folder / "in/three.gif", self.frames)
        (self.folder / "in/readme.txt").write_text("no clip")
        found = self.prepare("clips", {"two"})
        self.assertEqual(
            {name: entry.frames for name, entry in found.items()}, {"one.mp4": 6, "two": 6, "three.gif": 6}
        )
        self.assertEqual([name for name, entry in found.items() if entry.held], ["two"])
        stored = np.load(self.folder / "out/two.npy")
        self.assertEqual((stored.shape, stored.dtype), ((6, 32, 32, 3), np.uint8))
        video = np.load(self.folder / "out/one.mp4.npy")
        self.assertLess(np.abs(video.astype(int) - stored).mean(), 12)

    def test_voxceleb2(self) -> None:
        write_video(self.folder / "in/dev/mp4/id00012/21Uxsk56VDQ/00001.mp4", self.frames)
        write_video(self.folder / "in/test/mp4/id00017/5MkXgwdrmJw/00002.mp4", self.frames)
        found = self.prepare("voxceleb2")
        self.assertEqual(list(found), ["id00012#21Uxsk56VDQ#00001", "id00017#5MkXgwdrmJw#00002"])
        self.assertEqual(
            [(entry.identity, entry.held) for entry in found.values()], [("id00012", False), ("id00017", True)]
        )

    def test_table_of_voxceleb(self) -> None:
        write_video(self.folder / "in/WMh3ye5tBsE.mp4", np.repeat(self.frames, 4, 0))
        table = self.folder / "vox-metadata.csv"
        table.write_text(
            "video_id,start,end,bbox,fps,width,height,partition,person_id\n"
            "WMh3ye5tBsE,4,12,32-32-96-96,25,128,128,train,id10005\n"
            "gone,0,9,0-0-9-9,25,99,99,train,id10006\n"
            "WMh3ye5tBsE,12,20,0-0-64-64,25,128,128,test,id10005\n"
        )
        found = self.prepare("vox-table", metadata=table)
        self.assertEqual(
            {name: (entry.frames, entry.identity, entry.held) for name, entry in found.items()},
            {
                "id10005#WMh3ye5tBsE#000004#000012": (8, "id10005", False),
                "id10005#WMh3ye5tBsE#000012#000020": (8, "id10005", True),
            },
        )
        # The box is of a picture twice as large: the middle of ours.
        cut = np.load(self.folder / "out/id10005#WMh3ye5tBsE#000004#000012.npy")[0].astype(int)
        self.assertLess(np.abs(cut - self.frames[1, 16:48, 16:48]).mean(), 12)

    def test_table_of_taichi_counts_at_its_own_rate(self) -> None:
        write_video(self.folder / "in/u6rJiF-gPx8.mp4", np.repeat(self.frames, 5, 0), rate=50)
        table = self.folder / "taichi-metadata.csv"
        table.write_text(
            "video_id,start,end,bbox,fps,width,height,partition\nu6rJiF-gPx8,2,7,0-0-64-64,25,64,64,train\n"
        )
        found = self.prepare("taichi", metadata=table)
        self.assertEqual({name: entry.frames for name, entry in found.items()}, {"u6rJiF-gPx8#000002#000007": 10})
        with self.assertRaisesRegex(Trouble, "needs --metadata"):
            layouts.find("taichi", self.folder / "in", set())

    def test_nemo(self) -> None:
        for person in ("001", "002", "071"):
            write_video(self.folder / f"in/videos/{person}_deliberate_smile_2.mp4", self.frames)
        found = self.prepare("nemo", {"071"})
        self.assertEqual([entry.identity for entry in found.values()], ["001", "002", "071"])
        self.assertTrue(found["071_deliberate_smile_2.mp4"].held)

    def test_bairs_record_files(self) -> None:
        folder = self.folder / "in/softmotion30_44k/train"
        folder.mkdir(parents=True)
        records = [record(self.frames), record(self.frames[::-1])]
        data = b"".join(struct.pack("<Q", len(one)) + b"sum1" + one + b"sum2" for one in records)
        (folder / "traj_0_to_1.tfrecords").write_bytes(data)
        found = self.prepare("bair", size=64)
        self.assertEqual(list(found), ["train-traj_0_to_1-000", "train-traj_0_to_1-001"])
        second = np.load(self.folder / "out/train-traj_0_to_1-001.npy")
        self.assertTrue((second == self.frames[::-1]).all())
        (folder / "traj_0_to_1.tfrecords").write_bytes(data[:-9])
        with self.assertRaisesRegex(Trouble, "broken at byte"):
            tfrecords.count(folder / "traj_0_to_1.tfrecords")

    def test_bairs_pictures_fashion_and_mgif(self) -> None:
        for layout, ending in (("bair", ""), ("fashion", ".mp4"), ("mgif", ".gif")):
            root = self.folder / layout
            for part in ("train", "test"):
                path = root / part / f"00001{ending}"
                write_video(path, self.frames) if ending else write_pictures(path, self.frames)
            found = layouts.find(layout, root, set())
            with self.subTest(layout):
                self.assertEqual([(clip.name, clip.held) for clip in found],
                                 [(f"test-00001{ending}", True), (f"train-00001{ending}", False)])  # fmt: skip
                self.assertEqual(len(list(clips.read_frames(found[0]))), 6)

    def test_what_is_not_there_is_said(self) -> None:
        (self.folder / "in").mkdir()
        for layout in ("clips", "voxceleb2", "nemo", "bair", "fashion", "mgif"):
            with self.subTest(layout), self.assertRaisesRegex(Trouble, f"laid out as {layout}"):
                layouts.find(layout, self.folder / "in", set())
        with self.assertRaisesRegex(Trouble, "is none of"):
            layouts.find("imagenet", self.folder / "in", set())

    def test_preparing_goes_on_where_it_was_interrupted(self) -> None:
        write_pictures(self.folder / "in/one", self.frames)
        write_pictures(self.folder / "in/short", self.frames[:1])
        self.assertEqual(list(self.prepare("clips")), ["one"])
        before = (self.folder / "out/one.npy").stat().st_mtime_ns
        write_pictures(self.folder / "in/two", self.frames)
        self.assertEqual(list(self.prepare("clips")), ["one", "two"])
        self.assertEqual((self.folder / "out/one.npy").stat().st_mtime_ns, before)
        self.assertEqual([path.name for path in (self.folder / "out").iterdir() if path.name.startswith(".")], [])

    def test_stills(self) -> None:
        write_pictures(self.folder / "in/one", self.frames)
        write_pictures(self.folder / "portraits", self.frames[:3])
        found = self.prepare("clips", stills=self.folder / "portraits")
        self.assertEqual(found["stills"].frames, 3)

    def test_stills_beside_the_clips_are_no_clip(self) -> None:
        write_pictures(self.folder / "in/one", self.frames)
        write_pictures(self.folder / "in/stills", self.frames[:3])
        found = self.prepare("clips", stills=self.folder / "in/stills")
        self.assertEqual({name: entry.frames for name, entry in found.items()}, {"one": 6, "stills": 3})
        with self.assertRaisesRegex(Trouble, "a clip cannot be called stills"):
            self.prepare("clips")


class SquareTests(support.TestCase):
    def test_middle_box_and_beyond_the_edge(self) -> None:
        frame = np.zeros((4, 8, 3), np.uint8)
        frame[:, 2:6] = 200
        self.assertTrue((clips.square(frame, 4) == 200).all())
        self.assertTrue((clips.square(frame, 4, (0, 0, 4, 4))[:, :2] == 0).all())
        beyond = clips.square(frame, 4, (6, 0, 10, 4))
        self.assertTrue((beyond == 0).all())

    def test_a_transparent_picture_is_laid_on_white(self) -> None:
        Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(self.folder / "clear.png")
        self.assertTrue((clips._open(self.folder / "clear.png") == 255).all())

    def test_square_about_a_face(self) -> None:
        face = support.made_up_face()
        left, top, right, bottom = face_square([np.zeros((100, 200, 3), np.uint8)] * 3, lambda _: face)
        self.assertEqual(right - left, bottom - top)
        self.assertTrue(left < 50 and right > 150 and top < 20 and bottom > 80, (left, top, right, bottom))
        self.assertIsNone(face_square([np.zeros((9, 9, 3), np.uint8)], lambda _: np.full((478, 3), np.nan)))


if __name__ == "__main__":
    unittest.main()
