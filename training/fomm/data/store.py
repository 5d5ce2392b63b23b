"""Where frames come from: the prepared files, or a copy of them on the GPU."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fomm.data.clips import Entry, frames_of

# Of the GPU's free memory, for frames; the rest is for networks.
_SHARE = 0.4


class Frames:
    """Frames of `entries`, which all have the same size. On a GPU with room for them they are copied there once: cutting
    and colouring pictures on the CPU would keep it waiting."""

    def __init__(self, folder: Path, entries: Sequence[Entry], device: torch.device) -> None:
        self._mapped = frames_of(folder, entries)
        self._device = device
        self._copy: Tensor | None = None
        self._first: dict[str, int] = {}
        if device.type == "cuda" and entries:
            self._copy_to_device(entries)

    def take(self, picks: Sequence[tuple[str, int]]) -> Tensor:
        """[N, 3, S, S], 0...1, of clips and numbers of their frames."""
        if self._copy is not None:
            rows = torch.tensor([self._first[name] + index for name, index in picks], device=self._device)
            frames = self._copy[rows]
        else:
            frames = torch.from_numpy(np.stack([self._mapped[name][index] for name, index in picks])).to(self._device)
        return frames.permute(0, 3, 1, 2).float() / 255

    @contextmanager
    def own_stream(self) -> Iterator[Callable[[], None]]:
        """Inside it, this thread's work on the GPU does not wait for other threads'. It gives what waits for the work."""
        if self._device.type != "cuda":
            yield lambda: None
            return
        stream = torch.cuda.Stream(self._device)
        with torch.cuda.stream(stream):
            yield stream.synchronize

    def _copy_to_device(self, entries: Sequence[Entry]) -> None:
        total = sum(entry.frames for entry in entries)
        shape = (total, *self._mapped[entries[0].name].shape[1:])
        free, _ = torch.cuda.mem_get_info(self._device)
        if math.prod(shape) > _SHARE * free:
            return
        self._copy = torch.empty(shape, dtype=torch.uint8, device=self._device)
        place = 0
        for entry in entries:
            self._first[entry.name] = place
            clip = np.array(self._mapped[entry.name])
            self._copy[place : place + len(clip)] = torch.from_numpy(clip).to(self._device)
            place += len(clip)
