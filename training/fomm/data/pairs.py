"""Batches of frames of the same clip. A batch is a function of seed, stage and step: nothing has to be remembered
of the order to go on from a checkpoint, and the number of ranks does not change what is seen."""

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fomm.config import Data, Stage
from fomm.data import facemesh
from fomm.data.augment import Taught, View, random_move, random_view, recolour
from fomm.data.clips import STILLS, Entry, frames_of, read_index
from fomm.errors import Trouble
from fomm.losses import meshflow

# Of a clip's length, what counts for how often it is shown.
_LONGEST = 200


@dataclass(frozen=True)
class Batch:
    """F is 2, source and driving frame, or 1 for the detector's stage."""

    frames: Tensor  # [B, F, 3, size, size], 0...1
    taught: Taught | None = None  # [B, F, ...]
    flow: Tensor | None = None  # [B, 64, 64, 3], by the mesh: where from (x, y), and whether that is known
    others: Tensor | None = None  # [B', 3, size, size]: faces of other people

    @property
    def source(self) -> Tensor:
        return self.frames[:, 0]

    @property
    def driving(self) -> Tensor:
        return self.frames[:, 1]

    def to(self, device: torch.device) -> "Batch":
        def move(tensor: Tensor | None) -> Tensor | None:
            return None if tensor is None else tensor.to(device, non_blocking=True)

        taught = self.taught and Taught(*map(move, vars(self.taught).values()))
        return Batch(move(self.frames), taught, move(self.flow), move(self.others))


class Clips:
    """A prepared folder. `taught`: with what landmarks.py made of it; frames without a face are left out then."""

    def __init__(self, folder: Path, data: Data, taught: bool) -> None:
        self.size, entries = read_index(folder)
        self.entries = entries
        self.frames = frames_of(folder, entries)
        self.usable = {entry.name: np.arange(entry.frames) for entry in entries}
        self.value: dict[str, np.ndarray] = {}
        self.jacobian: dict[str, np.ndarray] = {}
        self.mesh: dict[str, np.ndarray] = {}
        if taught:
            self._read_taught(folder)
        shown = [entry for entry in entries if not entry.held and len(self.usable[entry.name]) > 1]
        self.stills = next((entry for entry in shown if entry.name == STILLS), None)
        self.trained = [entry for entry in shown if entry.name != STILLS]
        if not self.trained:
            raise Trouble(f"{folder}: no clip to train on, of {len(entries)} prepared")
        self.clip_weights = _normal(np.array([self._clip_weight(entry, data) for entry in self.trained]))
        self.by_identity = data.by == "identity"
        names = sorted({entry.identity for entry in self.trained})
        self.identities = [[entry for entry in self.trained if entry.identity == name] for name in names]

    def _read_taught(self, folder: Path) -> None:
        for entry in self.entries:
            try:
                with np.load(folder / f"{entry.name}.taught.npz") as file:
                    self.value[entry.name], self.jacobian[entry.name] = file["value"], file["jacobian"]
                    self.usable[entry.name] = np.nonzero(file["usable"])[0]
                self.mesh[entry.name] = np.load(folder / f"{entry.name}.landmarks.npy", mmap_mode="r")
            except OSError as error:
                raise Trouble(
                    f"{folder}: {entry.name} has no landmarks: `python -m fomm landmarks` finds them"
                ) from error

    def _clip_weight(self, entry: Entry, data: Data) -> float:
        weight = min(len(self.usable[entry.name]), _LONGEST) ** 0.5 if data.weigh_length else 1.0
        for part, factor in data.weights.items():
            if part in entry.name:
                weight *= factor
        return weight

    def draw_clip(self, random: np.random.Generator) -> Entry:
        if self.by_identity:
            of = self.identities[random.integers(len(self.identities))]
            return of[random.integers(len(of))]
        return self.trained[random.choice(len(self.trained), p=self.clip_weights)]

    def teach(self, name: str, index: list[int]) -> Taught | None:
        if not self.value:
            return None
        mesh = facemesh.to_picture(self.mesh[name][index][:, : facemesh.MESH])
        arrays = (self.value[name][index], self.jacobian[name][index], mesh)
        return Taught(*(torch.from_numpy(np.ascontiguousarray(array, np.float32)) for array in arrays))

    def pictures(self, name: str, index: list[int]) -> Tensor:
        """[F, 3, S, S], 0...1."""
        frames = np.stack([self.frames[name][one] for one in index])
        return torch.from_numpy(frames).permute(0, 3, 1, 2).float() / 255


class Sampler:
    """Batches of a stage. `number`: the stage's place in the run, which is part of what decides about chance."""

    def __init__(
        self, clips: Clips, stage: Stage, number: int, data: Data, size: int, motion_size: int, seed: int
    ) -> None:
        self.clips, self.stage, self.number, self.data, self.seed = clips, stage, number, data, seed
        self.size, self.motion_size = size, motion_size
        self.count = 1 if stage.kind == "detector" else 2
        self._frame_weights = {entry.name: self._extremes(entry.name) for entry in clips.entries}

    def batch(self, step: int, rank: int = 0, world: int = 1) -> Batch:
        """Of this rank, its share of the batch: pairs `rank`, `rank + world`, ..."""
        items = [self._item(step, index) for index in range(rank, self.stage.batch, world)]
        frames = torch.stack([frames for frames, _ in items])
        taught = flow = others = None
        if items[0][1] is not None:
            parts = [vars(taught).values() for _, taught in items]
            taught = Taught(*(torch.stack(same) for same in zip(*parts)))
        if self.stage.weight("flow"):
            meshes = taught.mesh.numpy()
            flow = torch.stack([torch.from_numpy(meshflow.target(d, s, self.motion_size)) for s, d in meshes])
        if self.stage.weight("cross"):
            count = max(1, round(len(items) * self.stage.others))
            others = torch.stack([self._other(step, rank + world * index) for index in range(count)])
        return Batch(frames, taught, flow, others)

    def batches(self, first: int, last: int, rank: int = 0, world: int = 1, ahead: int = 3) -> Iterator[Batch]:
        """Batches of the steps from `first` to before `last`, made by a thread, a few ahead."""
        ready: queue.Queue[Batch | Exception] = queue.Queue(ahead)
        ended = threading.Event()

        def post(item: Batch | Exception) -> None:
            while not ended.is_set():
                try:
                    return ready.put(item, timeout=0.2)
                except queue.Full:
                    continue

        def make() -> None:
            try:
                for step in range(first, last):
                    if ended.is_set():
                        return
                    post(self.batch(step, rank, world))
            except Exception as error:  # the training loop ends with it
                post(error)

        thread = threading.Thread(target=make, name="batches", daemon=True)
        thread.start()
        try:
            for _ in range(first, last):
                item = ready.get()
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            ended.set()
            thread.join()

    def _random(self, step: int, index: int, purpose: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, self.number, step, index, purpose])

    def _item(self, step: int, index: int) -> tuple[Tensor, Taught | None]:
        """[F, 3, size, size], and what is taught of them."""
        random, augment = self._random(step, index, 0), self.stage.augment
        if self.clips.stills is not None and random.random() < self.data.still_share:
            name = STILLS
            chosen = [self._frame(random, name)] * self.count
        else:
            name = self.clips.draw_clip(random).name
            chosen = sorted(self._frame(random, name) for _ in range(self.count))
            if not self.stage.kind == "detector" and (augment.time_flip or self.stage.extremes):
                chosen = chosen[:: random.choice([1, -1])]
        frames, taught = self.clips.pictures(name, chosen), self.clips.teach(name, chosen)
        if name == STILLS and self.count > 1:
            frames, taught = self._moved(random, frames, taught)
        view = random_view(random, augment)
        padding = ("reflection", "border", "zeros")[random.integers(3)] if self.count == 1 else "reflection"
        frames = recolour(random, augment, view.pictures(frames, self.size, padding))
        return frames, taught and view.taught(taught)

    @staticmethod
    def _moved(random: np.random.Generator, frames: Tensor, taught: Taught | None) -> tuple[Tensor, Taught | None]:
        """A still's frames, each by a map of its own."""
        moves: list[View] = [random_move(random) for _ in frames]
        size = frames.shape[-1]
        frames = torch.cat([move.pictures(frame[None], size) for move, frame in zip(moves, frames)])
        if taught is None:
            return frames, None
        parts = [
            move.taught(Taught(*(part[i : i + 1] for part in vars(taught).values()))) for i, move in enumerate(moves)
        ]
        return frames, Taught(*(torch.cat(same) for same in zip(*(vars(part).values() for part in parts))))

    def _frame(self, random: np.random.Generator, name: str) -> int:
        usable = self.clips.usable[name]
        return int(random.choice(usable, p=self._frame_weights[name])) if len(usable) else 0

    def _other(self, step: int, index: int) -> Tensor:
        """[3, size, size]: somebody to be moved by another's motion."""
        random = self._random(step, index, 1)
        stills = self.clips.stills is not None and random.random() < self.data.other_stills
        name = STILLS if stills else self.clips.draw_clip(random).name
        shift = tuple(random.uniform(-0.15, 0.15, 2).tolist())
        view = View.of(float(random.uniform(0.85, 1.25)), shift, flip=bool(random.random() < 0.5))
        return view.pictures(self.clips.pictures(name, [int(random.choice(self.clips.usable[name]))]), self.size)[0]

    def _extremes(self, name: str) -> np.ndarray | None:
        """Probability of every usable frame. Blinks, open mouths and turned heads are rare, and shown more often."""
        usable = self.clips.usable[name]
        if not self.stage.extremes or not self.clips.value or not len(usable):
            return None
        value = self.clips.value[name][usable]

        def unusual(x: np.ndarray) -> np.ndarray:
            return np.abs(x - np.median(x)) / (x.std() + 1e-3)

        def opening(upper: str, lower: str) -> np.ndarray:
            a, b = facemesh.at(upper, lower)
            return np.linalg.norm(value[:, a] - value[:, b], axis=1)

        lids = sum(opening(*pair) for pair in facemesh.LIDS)
        unusual_by = 1.5 * unusual(lids) + unusual(opening("lip_up", "lip_lo"))
        unusual_by += 0.5 * unusual(opening("mouth_r", "mouth_l")) + 0.5 * unusual(value[:, 0, 0])
        return _normal(np.minimum(1 + self.stage.extremes * unusual_by, 8))


def _normal(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum()
