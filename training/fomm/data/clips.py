"""The cache: every clip as squares of one size, uncompressed, in a file that is mapped into memory.

FOLDER/clips.json           what is there: size, and of every clip name, identity, frames, whether it is held out
FOLDER/NAME.npy             [N, size, size, 3], RGB, 0...255
FOLDER/stills.npy           the same of single pictures, each of somebody else
FOLDER/NAME.landmarks.npy   and NAME.taught.npz: see landmarks.py
"""

import itertools
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from fomm.data import tfrecords
from fomm.data.layouts import PICTURES, Clip
from fomm.errors import Trouble

STILLS = "stills"
# Where a face is, is looked at in every so manieth frame.
_LOOK_EVERY = 25
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Entry:
    """A line of clips.json."""

    name: str
    identity: str
    frames: int
    held: bool


def read_index(folder: Path) -> tuple[int, list[Entry]]:
    """Rows of a frame, and the clips."""
    try:
        tree = json.loads((folder / "clips.json").read_text())
        return tree["size"], [Entry(**entry) for entry in tree["clips"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Trouble(f"{folder}: no prepared clips: `python -m fomm prepare` makes them ({error})") from error


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """A file that is there complete or not at all. `write` is given the path to write to, with the same ending."""
    aside = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        write(aside)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def prepare(
    clips: list[Clip],
    folder: Path,
    size: int,
    most_frames: int,
    every: int,
    stills: Path | None = None,
    find_box: Callable[[list[np.ndarray]], Box | None] | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Fills the cache with what it does not have yet, so that it can be interrupted.

    `most_frames` of a clip, of which each `every`-th is taken; `find_box`: where to look, of some of its frames.
    """
    if stills is not None:
        # Beside the clips it looks like one.
        clips = [clip for clip in clips if not clip.path.samefile(stills)]
    if taken := next((clip for clip in clips if clip.name == STILLS), None):
        raise Trouble(f"{taken.path}: a clip cannot be called {STILLS}; rename it, or give it as --stills")
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for number, clip in enumerate(clips, 1):
        path = folder / f"{clip.name}.npy"
        if not path.exists():
            try:
                frames = _squares(clip, size, most_frames, every, find_box)
            except Trouble as trouble:
                say(f"left out: {trouble}")
                continue
            if len(frames) < 2:
                say(f"left out: {clip.path}: {len(frames)} frames, and a pair needs two")
                continue
            write_atomically(path, lambda aside: np.save(aside, frames))
        count = len(np.load(path, mmap_mode="r"))
        entries.append(Entry(clip.name, clip.identity, count, clip.held))
        say(f"{number} of {len(clips)}: {clip.name}, {count} frames")
    if not entries:
        raise Trouble(f"{folder}: no clip could be read")
    if stills is not None:
        pictures = [path for path in sorted(stills.iterdir()) if path.suffix.lower() in PICTURES]
        if not pictures:
            raise Trouble(f"{stills}: no pictures there")
        squares = np.stack([square(_open(path), size) for path in pictures])
        write_atomically(folder / f"{STILLS}.npy", lambda aside: np.save(aside, squares))
        entries.append(Entry(STILLS, STILLS, len(squares), False))
    tree = {"size": size, "clips": [vars(entry) for entry in entries]}
    write_atomically(folder / "clips.json", lambda aside: aside.write_text(json.dumps(tree, indent=1)))


def square(frame: np.ndarray, size: int, box: Box | None = None) -> np.ndarray:
    """[size, size, 3] of `box`, or of the picture's middle. Beyond the edge, the edge's own colour goes on."""
    height, width = frame.shape[:2]
    if box is None:
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        box = (left, top, left + side, top + side)
    left, top, right, bottom = box
    outside = [max(0, -top), max(0, bottom - height)], [max(0, -left), max(0, right - width)]
    if any(map(any, outside)):
        frame = np.pad(frame, (*outside, (0, 0)), mode="edge")
    top, left = top + outside[0][0], left + outside[1][0]
    cut = frame[top : top + box[3] - box[1], left : left + box[2] - box[0]]
    if cut.shape[:2] == (size, size):
        return cut.copy()
    return np.asarray(Image.fromarray(cut).resize((size, size), Image.Resampling.LANCZOS))


def read_frames(clip: Clip) -> Iterator[np.ndarray]:
    """[H, W, 3], RGB, 0...255, one after another."""
    path = clip.path
    if path.suffix == ".tfrecords":
        yield from tfrecords.frames(path, clip.record)
    elif path.is_dir():
        for picture in sorted(path.iterdir()):
            if picture.suffix.lower() in PICTURES:
                yield _open(picture)
    elif path.suffix.lower() == ".gif":
        with Image.open(path) as pictures:
            for index in range(getattr(pictures, "n_frames", 1)):
                pictures.seek(index)
                yield _on_white(pictures)
    else:
        yield from _video(path)


def _video(path: Path) -> Iterator[np.ndarray]:
    import imageio_ffmpeg  # brings its own ffmpeg program

    try:
        reader = imageio_ffmpeg.read_frames(str(path), pix_fmt="rgb24")
        width, height = next(reader)["size"]
        for frame in reader:
            yield np.frombuffer(frame, np.uint8).reshape(height, width, 3)
    except (OSError, StopIteration, RuntimeError) as error:
        raise Trouble(f"{path}: cannot be read as video: {(str(error).splitlines() or ['no frames'])[0]}") from error


def _rate(path: Path) -> float:
    import imageio_ffmpeg

    reader = imageio_ffmpeg.read_frames(str(path))
    try:
        return float(next(reader)["fps"])
    finally:
        reader.close()


def _wanted(clip: Clip) -> Iterator[np.ndarray]:
    """The frames of a clip's span; it counts at a rate of its own."""
    if clip.span is None:
        yield from read_frames(clip)
        return
    start, end = clip.span
    ratio = clip.rate / (_rate(clip.path) if clip.rate else 1.0)
    for index, frame in enumerate(read_frames(clip)):
        if index * ratio >= end:
            return
        if index * ratio >= start:
            yield frame


def _squares(
    clip: Clip,
    size: int,
    most_frames: int,
    every: int,
    find_box: Callable[[list[np.ndarray]], Box | None] | None,
) -> np.ndarray:
    """[N, size, size, 3]."""
    box: Box | None = None
    if find_box is not None and clip.box is None:
        # A pass of its own: whole frames of a long clip would fill the memory.
        box = find_box(list(itertools.islice(_wanted(clip), 0, most_frames * every, _LOOK_EVERY)))
        if box is None:
            raise Trouble(f"{clip.path}: no face found in it")
    frames: list[np.ndarray] = []
    for index, frame in enumerate(itertools.islice(_wanted(clip), 0, most_frames * every, every)):
        if index == 0 and clip.box is not None:
            box = _scaled(clip.box, clip.reference_size, frame)
        frames.append(square(frame, size, box))
    return np.stack(frames) if frames else np.empty((0, size, size, 3), np.uint8)


def _scaled(box: Box, reference: tuple[int, int] | None, frame: np.ndarray) -> Box:
    """A box of a `reference` (width, height) picture, in this frame, as a square about the same middle."""
    height, width = frame.shape[:2]
    across, down = (width / reference[0], height / reference[1]) if reference else (1.0, 1.0)
    left, top, right, bottom = box[0] * across, box[1] * down, box[2] * across, box[3] * down
    side = round(max(right - left, bottom - top))
    left, top = round((left + right - side) / 2), round((top + bottom - side) / 2)
    return (left, top, left + side, top + side)


def _open(path: Path) -> np.ndarray:
    try:
        with Image.open(path) as picture:
            return _on_white(ImageOps.exif_transpose(picture))
    except OSError as error:
        raise Trouble(f"{path}: cannot be read as a picture: {error}") from error


def _on_white(picture: Image.Image) -> np.ndarray:
    """RGB; what is transparent becomes white, as in the paper's moving GIFs."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture)
    return np.array(picture.convert("RGB"))


def frames_of(folder: Path, entries: Iterable[Entry]) -> dict[str, np.ndarray]:
    """By name, mapped into memory."""
    return {entry.name: np.load(folder / f"{entry.name}.npy", mmap_mode="r") for entry in entries}
