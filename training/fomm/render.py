"""Pictures to measure: held-out clips reconstructed from their first frames, and moved faces of others.

    FOLDER/reconstruction/CLIP/source.png, driving/000001.png, ..., result/000001.png, ...
    FOLDER/cross/CLIP/...       the source is somebody else's; relative motion, its scale adapted

`puppet animate` writes folders of such pictures, too.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from fomm.data.clips import STILLS, frames_of, read_index, square
from fomm.data.layouts import PICTURES
from fomm.errors import Trouble
from fomm.models import Models
from fomm.network import Keypoints, Motion, relative_motion

KINDS = ("reconstruction", "cross")


class Animator:
    """Moves a source; everything that depends on it alone is computed once. Frames [1, 3, H, H], 0...1."""

    def __init__(self, models: Models, source: Tensor) -> None:
        self.models, self.source = models, source
        if models.detector is not None:
            self.keypoints = models.detector(source)
            self._encoded, self._small = models.generator.encode(source), models.dense.small(source)

    def __call__(self, keypoints: Keypoints) -> Tensor:
        motion: Motion = self.models.dense(self._small, keypoints, self.keypoints)
        return self.models.generator.paint(self.models.generator.warp(self._encoded, motion))

    def reconstruct(self, driving: Tensor) -> Tensor:
        if self.models.detector is None:
            return self.models.generator(self.source, driving)["prediction"]
        return self(self.models.detector(driving))

    def follow(self, driving: Tensor, initial: Keypoints) -> Tensor:
        return self(relative_motion(self.keypoints, self.models.detector(driving), initial))


@torch.inference_mode()
def render(
    models: Models,
    size: int,
    data: Path,
    out: Path,
    frames: int,
    avatars: Path | None = None,
    most_clips: int = 0,
    say: Callable[[str], None] = print,
) -> None:
    """`frames` of every held-out clip beside its first; `avatars`: other faces than the held-out clips'."""
    torch.set_flush_denormal(True)
    _, entries = read_index(data)
    held = [entry for entry in entries if entry.held and entry.name != STILLS and entry.frames > 1]
    if not held:
        raise Trouble(f"{data}: no clip is held out; `prepare --held` says which are")
    held = held[: most_clips or None]
    maps = frames_of(data, held)
    others = _avatars(avatars, size) if avatars else [maps[entry.name][0] for entry in held]
    for number, entry in enumerate(held):
        clip = maps[entry.name]
        chosen = np.linspace(0, len(clip) - 1, min(frames + 1, len(clip))).astype(int)[1:]
        first = tensor(clip[0], size)
        own = Animator(models, first)
        # Somebody whose identity is another one, the same at every evaluation.
        other = others[(number * 7 + 3) % len(others)]
        if not avatars:
            different = [one for one in held if one.identity != entry.identity]
            other = maps[different[(number * 7 + 3) % len(different)].name][0] if different else None
        across = Animator(models, tensor(other, size)) if other is not None and models.detector is not None else None
        for place, index in enumerate(chosen, 1):
            driving = tensor(clip[index], size)
            _save(out / KINDS[0] / entry.name, place, first, driving, own.reconstruct(driving))
            if across is not None:
                moved = across.follow(driving, own.keypoints)
                _save(out / KINDS[1] / entry.name, place, across.source, driving, moved)
        say(f"{number + 1} of {len(held)}: {entry.name}")


def tensor(frame: np.ndarray, size: int) -> Tensor:
    """[H, H, 3], 0...255 -> [1, 3, size, size], 0...1."""
    return torch.from_numpy(square(np.asarray(frame), size)).permute(2, 0, 1)[None].float() / 255


def _avatars(folder: Path, size: int) -> list[np.ndarray]:
    return [square(np.array(Image.open(path).convert("RGB")), size) for path in pictures(folder)]


def _save(folder: Path, place: int, source: Tensor, driving: Tensor, result: Tensor) -> None:
    parts = [("driving", driving), ("result", result)]
    for name, frame in parts:
        (folder / name).mkdir(parents=True, exist_ok=True)
        _write(folder / name / f"{place:06}.png", frame)
    if place == 1:
        _write(folder / "source.png", source)


def _write(path: Path, frame: Tensor) -> None:
    pixels = (frame[0].permute(1, 2, 0).clamp(0, 1) * 255).round().byte().numpy()
    Image.fromarray(pixels).save(path)


def pictures(folder: Path) -> Iterator[Path]:
    """By name."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES) if folder.is_dir() else []
    if not found:
        raise Trouble(f"{folder}: no pictures there")
    return iter(found)
