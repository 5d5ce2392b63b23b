"""Batches of frames of the same clip. A batch is a function of seed, stage and step: nothing has to be remembered
of the order to go on from a checkpoint, and the number of ranks does not change what is seen."""

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fomm.config import Data, Stage
from fomm.data import facemesh
from fomm.data.augment import Colours, Taught, View, random_move, random_view, recolour
from fomm.data.clips import STILLS, Entry, read_index
from fomm.data.store import Frames
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
    others_taught: Taught | None = None  # [B', ...]
    lesson: "Batch | None" = None  # pairs that teach the detector alone

    @property
    def source(self) -> Tensor:
        return self.frames[:, 0]

    @property
    def driving(self) -> Tensor:
        return self.frames[:, 1]

    def to(self, device: torch.device) -> "Batch":
        """For the current stream of `device`."""

        def move(tensor: Tensor | None) -> Tensor | None:
            if tensor is None:
                return None
            if tensor.is_cuda:
                # Made in another stream, whose memory it must not become again while this one reads it.
                tensor.record_stream(torch.cuda.current_stream(device))
            return tensor.to(device, non_blocking=True)

        taught, others_taught = (
            of and Taught(*map(move, vars(of).values())) for of in (self.taught, self.others_taught)
        )
        lesson = self.lesson and self.lesson.to(device)
        return Batch(move(self.frames), taught, move(self.flow), move(self.others), others_taught, lesson)


@dataclass(frozen=True)
class Item:
    """What is random about a pair, drawn before any pixel is touched. All have F entries but for the colours."""

    clip: str
    frames: list[int]
    view: View
    padding: str
    colours: Colours = Colours()


class Choice:
    """Clips to draw from: by weights, or first who, then which clip of theirs."""

    def __init__(self, clips: list[Entry], weights: list[float], by_identity: bool) -> None:
        self.clips, self._weights = clips, _normal(np.array(weights))
        self._identities: list[list[Entry]] = []
        if by_identity:
            names = sorted({entry.identity for entry in clips})
            self._identities = [[entry for entry in clips if entry.identity == name] for name in names]

    def draw(self, random: np.random.Generator) -> Entry:
        if self._identities:
            of = self._identities[random.integers(len(self._identities))]
            return of[random.integers(len(of))]
        return self.clips[random.choice(len(self.clips), p=self._weights)]


class Clips:
    """A prepared folder. `trained`: clips to reconstruct; `lessons`: those and what lessons show besides.

    `taught`: with what landmarks.py made of it; frames without a face are left out then. Frames of clips that are not held
    out lie on `device`, where it is a GPU with room for them."""

    def __init__(self, folder: Path, data: Data, taught: bool, device: torch.device | str = "cpu") -> None:
        _, entries = read_index(folder)
        self.entries = entries
        self.frames = Frames(folder, [entry for entry in entries if not entry.held], torch.device(device))
        self.usable = {entry.name: np.arange(entry.frames) for entry in entries}
        self.value: dict[str, np.ndarray] = {}
        self.jacobian: dict[str, np.ndarray] = {}
        self.mesh: dict[str, np.ndarray] = {}
        if taught:
            self._read_taught(folder)
        shown = [entry for entry in entries if not entry.held and len(self.usable[entry.name]) > 1]
        moving = [entry for entry in shown if entry.name != STILLS]
        trained = [entry for entry in moving if not any(part in entry.name for part in data.lessons_only)]
        if not trained:
            raise Trouble(f"{folder}: no clip to train on, of {len(entries)} prepared")
        self.stills = next((entry for entry in shown if entry.name == STILLS), None)
        self.trained, self.lessons = (
            Choice(of, [self._clip_weight(entry, data) for entry in of], data.by == "identity")
            for of in (trained, moving)
        )

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

    def teach(self, items: Sequence[Item]) -> Taught | None:
        """Of all their frames, one after another, before any view."""
        if not self.value:
            return None
        meshes = [self.mesh[item.clip][item.frames][:, : facemesh.MESH] for item in items]
        parts = (
            np.concatenate([self.value[item.clip][item.frames] for item in items]),
            np.concatenate([self.jacobian[item.clip][item.frames] for item in items]),
            facemesh.to_picture(np.concatenate(meshes)),
        )
        return Taught(*(torch.from_numpy(np.ascontiguousarray(part, np.float32)) for part in parts))

    def pictures(self, items: Sequence[Item], size: int) -> Tensor:
        """[B, F, 3, size, size], 0...1, on the store's device."""
        frames = self.frames.take([(item.clip, index) for item in items for index in item.frames])
        view = View.cat([item.view for item in items])
        padding = [item.padding for item in items for _ in item.frames]
        seen = view.pictures(frames, size, padding).view(len(items), -1, 3, size, size)
        return recolour(seen, [item.colours for item in items])


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
        stage, lesson = self.stage, self.stage.lesson
        items = [self._item(step, index) for index in range(rank, stage.batch, world)]
        frames, taught = self._seen(items)
        flow = others = others_taught = shown = None
        if stage.weight("flow"):
            meshes = taught.mesh.numpy()
            flow = torch.stack([torch.from_numpy(meshflow.target(d, s, self.motion_size)) for s, d in meshes])
        if stage.moves_others:
            count = max(1, round(len(items) * stage.others))
            chosen = [self._other(step, rank + world * index) for index in range(count)]
            others, others_taught = self._seen(chosen)
            others, others_taught = others[:, 0], Taught(*(part[:, 0] for part in vars(others_taught).values()))
        if lesson.batch:
            shown = Batch(*self._seen([self._item(step, index, True) for index in range(rank, lesson.batch, world)]))
        return Batch(frames, taught, flow, others, others_taught, shown)

    def _seen(self, items: Sequence[Item]) -> tuple[Tensor, Taught | None]:
        """[B, F, ...] as their views show them."""
        taught = self.clips.teach(items)
        if taught is not None:
            moved = vars(View.cat([item.view for item in items]).taught(taught)).values()
            taught = Taught(*(part.view(len(items), -1, *part.shape[1:]) for part in moved))
        return self.clips.pictures(items, self.size), taught

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
                with self.clips.frames.own_stream() as finish:
                    for step in range(first, last):
                        if ended.is_set():
                            return
                        batch = self.batch(step, rank, world)
                        finish()
                        post(batch)
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

    def _item(self, step: int, index: int, is_lesson: bool = False) -> Item:
        part = self.stage.lesson if is_lesson else self.stage
        random, augment = self._random(step, index, 2 if is_lesson else 0), part.augment
        is_still = self.clips.stills is not None and random.random() < part.still_share
        if is_still:
            name = STILLS
            chosen = [self._frame(random, name)] * self.count
        else:
            name = (self.clips.lessons if is_lesson else self.clips.trained).draw(random).name
            chosen = sorted(self._frame(random, name) for _ in range(self.count))
            if self.count > 1 and (augment.time_flip or self.stage.extremes):
                chosen = chosen[:: random.choice([1, -1])]
        moves = [random_move(random) for _ in chosen] if is_still and self.count > 1 else None
        view = random_view(random, augment)
        # A still's frames are each moved by a map of their own.
        views = [view.after(move) for move in moves] if moves else [view] * self.count
        is_hard = self.count == 1 or is_lesson
        padding = ("reflection", "border", "zeros")[random.integers(3)] if is_hard else "reflection"
        return Item(name, chosen, View.cat(views), padding, Colours.draw(random, augment))

    def _frame(self, random: np.random.Generator, name: str) -> int:
        usable = self.clips.usable[name]
        return int(random.choice(usable, p=self._frame_weights[name])) if len(usable) else 0

    def _other(self, step: int, index: int) -> Item:
        """Somebody to be moved by another's motion."""
        random = self._random(step, index, 1)
        stills = self.clips.stills is not None and random.random() < self.data.other_stills
        name = STILLS if stills else self.clips.trained.draw(random).name
        shift = tuple(random.uniform(-0.15, 0.15, 2).tolist())
        view = View.of(float(random.uniform(0.85, 1.25)), shift, flip=bool(random.random() < 0.5))
        return Item(name, [int(random.choice(self.clips.usable[name]))], view, "reflection")

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
