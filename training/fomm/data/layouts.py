"""Where the clips of a dataset lie, as its authors publish it, and which of them are kept for evaluation.

Nothing is downloaded or decoded here. docs/training.md has the commands that fetch what is found here.
"""

import csv
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fomm.data import tfrecords
from fomm.errors import Trouble

VIDEOS = {".mp4", ".avi", ".mov", ".mkv", ".webm", ".gif", ".m4v"}
PICTURES = {".png", ".jpg", ".jpeg"}


@dataclass(frozen=True)
class Clip:
    """A part of a file, of a folder of pictures, or of a record file, to be cut square and cached."""

    path: Path
    name: str  # of its files in the cache; letters, digits and ._-@#+
    identity: str  # who is seen: clips of one identity never serve training and evaluation both
    held: bool = False  # kept for evaluation
    # Of a picture `reference_size` (width, height) large: left, top, right, bottom. None: the middle.
    box: tuple[int, int, int, int] | None = None
    reference_size: tuple[int, int] | None = None
    # Frames of a video of `rate` frames a second, the last one not among them. None: all.
    span: tuple[int, int] | None = None
    rate: float = 0.0
    record: int = 0  # of a record file, which


def find(layout: str, folder: Path, held: set[str], metadata: Path | None = None) -> list[Clip]:
    """All clips of a dataset, by name. `held`: names, identities or files to keep for evaluation, beside what the
    layout says itself; `metadata`: the table that says where in the videos the clips are, for layouts that have one.
    """
    if layout not in LAYOUTS:
        raise Trouble(f"--layout {layout}: is none of {', '.join(LAYOUTS)}")
    if not folder.is_dir():
        raise Trouble(f"{folder}: no such folder")
    if layout in TABLES and metadata is None:
        raise Trouble(f"--layout {layout} needs --metadata TABLE.csv; docs/training.md says where it comes from")
    clips = []
    for clip in TABLES[layout](folder, metadata) if layout in TABLES else LAYOUTS[layout](folder):
        is_held = clip.held or bool({clip.name, clip.identity, clip.path.name} & held)
        clips.append(Clip(**{**vars(clip), "held": is_held}))
    if not clips:
        raise Trouble(f"{folder}: nothing there is laid out as {layout}; docs/training.md shows how it looks")
    names = [clip.name for clip in clips]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise Trouble(f"{folder}: two clips would be called {twice}")
    return sorted(clips, key=lambda clip: clip.name)


def _sources(folder: Path) -> Iterator[Path]:
    """Videos and folders of pictures, one level down."""
    for path in sorted(folder.iterdir()):
        is_video = path.suffix.lower() in VIDEOS
        if is_video or (path.is_dir() and any(inner.suffix.lower() in PICTURES for inner in path.iterdir())):
            yield path


def _name(path: Path) -> str:
    return "".join(letter if letter.isalnum() or letter in "._-@#+" else "_" for letter in path.name)


def _every_tenth(identity: str) -> bool:
    """The same tenth on every machine and in every order."""
    return hashlib.sha256(identity.encode()).digest()[0] < 26


def _clips(folder: Path) -> Iterator[Clip]:
    """FOLDER/*.mp4, or folders of pictures; with train/ and test/ as below; `ID#...` names who is seen."""
    if (folder / "train").is_dir():
        yield from _train_and_test(folder)
        return
    for path in _sources(folder):
        yield Clip(path, _name(path), path.stem.split("#")[0])


def _train_and_test(folder: Path) -> Iterator[Clip]:
    """train/* and test/*: how the paper's authors publish mgif and BAIR, and lay out all they cut themselves."""
    for part in ("train", "test"):
        if (folder / part).is_dir():
            for path in _sources(folder / part):
                yield Clip(path, f"{part}-{_name(path)}", path.stem.split("#")[0], part == "test")


def _fashion(folder: Path) -> Iterator[Clip]:
    """Zablotskaia et al.: train/*.mp4 (500) and test/*.mp4 (100), every one a model of its own."""
    yield from _train_and_test(folder)


def _voxceleb2(folder: Path) -> Iterator[Clip]:
    """Chung et al.: dev/mp4/id00012/21Uxsk56VDQ/00001.mp4, cut about the face already; test/mp4/... likewise."""
    for part in ("dev", "test"):
        for path in sorted((folder / part / "mp4").glob("id*/*/*.mp4")):
            identity, video = path.parts[-3:-1]
            yield Clip(path, f"{identity}#{video}#{path.stem}", identity, part == "test")


def _nemo(folder: Path) -> Iterator[Clip]:
    """Dibeklioglu et al.: 001_deliberate_smile_2.mp4, in `videos/` or beside one another; 001 is who smiles."""
    videos = folder / "videos" if (folder / "videos").is_dir() else folder
    for path in sorted(videos.iterdir()):
        if path.suffix.lower() in VIDEOS and "smile" in path.stem:
            identity = path.stem.split("_")[0]
            yield Clip(path, _name(path), identity, _every_tenth(identity))


def _bair(folder: Path) -> Iterator[Clip]:
    """Ebert et al.: softmotion30_44k/train/traj_*.tfrecords and test/; or the paper's authors': train/00000/*.png."""
    root = folder / "softmotion30_44k" if (folder / "softmotion30_44k").is_dir() else folder
    files = sorted(root.glob("*/*.tfrecords"))
    if not files:
        yield from _train_and_test(folder)
    for path in files:
        part = path.parent.name
        for record in range(tfrecords.count(path)):
            name = f"{part}-{path.stem}-{record:03}"
            yield Clip(path, name, name, part == "test", record=record)


def _table(folder: Path, metadata: Path) -> Iterator[Clip]:
    """The tables of the paper's authors (video-preprocessing): where in the folder's VIDEO.mp4 the clips are.

    Columns: video_id, start, end (frames at `fps`), bbox (left-top-right-bottom of `width` x `height`), partition
    (train, test), and for VoxCeleb person_id. What is not there of the videos is left out: many are gone.
    """
    try:
        with open(metadata, newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise Trouble(f"{metadata}: cannot be read: {error.strerror}") from error
    needed = {"video_id", "start", "end", "bbox", "fps", "width", "height", "partition"}
    if not rows or needed - rows[0].keys():
        raise Trouble(f"{metadata}: expected a table with the columns {', '.join(sorted(needed))}")
    there = {path.stem: path for path in folder.iterdir() if path.suffix.lower() in VIDEOS}
    for row in rows:
        video = row["video_id"].split("#")[0]
        if video not in there:
            continue
        start, end = int(row["start"]), int(row["end"])
        left, top, right, bottom = map(int, row["bbox"].split("-"))
        identity = row.get("person_id") or video
        # The names of the paper's authors: who, then the video, then which frames of it.
        who = f"{row['person_id']}#" if row.get("person_id") else ""
        yield Clip(
            there[video],
            f"{who}{'#'.join(row['video_id'].split('#')[::-1])}#{start:06}#{end:06}",
            identity,
            row["partition"] == "test",
            (left, top, right, bottom),
            (int(row["width"]), int(row["height"])),
            (start, end),
            float(row["fps"]),
        )


TABLES: dict[str, Callable[[Path, Path], Iterator[Clip]]] = {"vox-table": _table, "taichi": _table}
LAYOUTS: dict[str, Callable] = {
    "clips": _clips,
    "voxceleb2": _voxceleb2,
    "nemo": _nemo,
    "bair": _bair,
    "fashion": _fashion,
    "mgif": _train_and_test,
    **TABLES,
}
