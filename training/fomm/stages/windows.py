"""Painting only a window of a full-size frame: what is painted costs a sixth, and is still painted at full size."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from fomm.config import Window

# How far from what it is about a window's middle may lie, in rows of the bottleneck.
_JITTER = 5.0
# Rows of a picture to a row of the bottleneck.
_UP = 4


class Windows:
    """Corners are (row, column) of the bottleneck, [B, 2]; what is judged is a window less its margins."""

    def __init__(self, window: Window, bottleneck: int) -> None:
        self.window, self.bottleneck = window, bottleneck
        self._judged = (window.size - 2 * window.margin) * _UP

    def corners(self, value: Tensor, places: tuple[list[int], ...], anywhere: float, random: torch.Generator) -> Tensor:
        """A share `anywhere` lies anywhere. Half of the others are about the mean of the first of `places` (keypoints),
        half about one of the second. `value`: [B, K, 2], -1...1.
        """
        largest = self.bottleneck - self.window.size
        found = []
        for points in value.detach().cpu():
            chance, x, y, which, down, across = torch.rand(6, generator=random).tolist()
            middle = torch.tensor([x, y]) * 2 - 1
            if places and chance >= anywhere:
                about = points[places[0]].mean(0) if chance < (1 + anywhere) / 2 else points[places[1][int(which * 2)]]
                middle = about
            middle = (middle.clamp(-1, 1) + 1) / 2 * self.bottleneck - self.window.size / 2
            middle = middle + (torch.tensor([across, down]) * 2 - 1) * _JITTER
            column, row = middle.clamp(0, largest).int().tolist()
            found.append([row, column])
        return torch.tensor(found)

    def cut_features(self, features: Tensor, corners: Tensor) -> Tensor:
        """[B, C, 64, 64] -> [B, C, window, window]."""
        side = self.window.size
        return torch.stack([one[:, y : y + side, x : x + side] for one, (y, x) in zip(features, corners.tolist())])

    def trim(self, painted: Tensor) -> Tensor:
        """What was painted, without its margins: there the convolutions saw zeros where the frame goes on."""
        margin = self.window.margin * _UP
        return painted[..., margin : margin + self._judged, margin : margin + self._judged]

    def _place(self, corner: list[int]) -> tuple[int, int]:
        """Row and column of a window less its margins, at full size."""
        return tuple((at + self.window.margin) * _UP for at in corner)

    def cut(self, frames: Tensor, corners: Tensor) -> Tensor:
        """[B, C, 256, 256] -> what `trim` leaves of predictions."""
        places = map(self._place, corners.tolist())
        return torch.stack([one[:, y : y + self._judged, x : x + self._judged] for one, (y, x) in zip(frames, places)])

    def paste(self, frames: Tensor, windows: Tensor, corners: Tensor) -> Tensor:
        """Windows in their places in frames, [B, 3, 256, 256]."""
        places = map(self._place, corners.tolist())
        return torch.stack([_paste(*both, *place) for *both, place in zip(frames, windows, places)])

    def paste_small(self, small: Tensor, windows: Tensor, corners: Tensor, down: Callable[[Tensor], Tensor]) -> Tensor:
        """The same into frames of the motion networks' size, [B, 3, 64, 64]; `down` is their downsampler."""
        factor = self.bottleneck * _UP // small.shape[-1]
        edge = 4 * factor
        # The blur must not see the black beyond the window's edge.
        pieces = down(F.pad(windows, (edge,) * 4, mode="replicate"))[..., 4:-4, 4:-4]
        places = [[at // factor for at in self._place(corner)] for corner in corners.tolist()]
        return torch.stack([_paste(*both, *place) for *both, place in zip(small, pieces, places)])


def _paste(frame: Tensor, window: Tensor, row: int, column: int) -> Tensor:
    """[3, H, H] with [3, h, h] in it."""
    height, width = window.shape[1:]
    edges = (column, frame.shape[2] - column - width, row, frame.shape[1] - row - height)
    hole = F.pad(torch.ones_like(window[:1]), edges)
    return frame * (1 - hole) + F.pad(window, edges)
