"""Random views of frames: where they are looked at, and their colours. Points and Jacobians go with the pictures.

What is random is drawn with a numpy generator that is given, item by item; pictures are made for a batch at once, on
the device where the frames are.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from fomm.config import Augmentation
from fomm.data import facemesh


@dataclass(frozen=True)
class Taught:
    """What a face mesh says of N frames: value [N, 20, 2], jacobian [N, 20, 2, 2], mesh [N, 468, 2]; all in -1...1.
    In batches [B, F, ...]."""

    value: Tensor
    jacobian: Tensor
    mesh: Tensor


@dataclass(frozen=True)
class View:
    """Affine maps of the plane, -1...1, one for each of N frames: a point p is seen at matrix p + shift."""

    matrix: Tensor  # [N, 2, 2]
    shift: Tensor  # [N, 2]

    @staticmethod
    def of(
        zoom: float, shift: tuple[float, float], rotation: float = 0, stretch: float = 1, flip: bool = False
    ) -> "View":
        c, s = math.cos(rotation) * zoom, math.sin(rotation) * zoom
        side = -1 if flip else 1
        matrix = torch.tensor([[[side * c * stretch, -s], [side * s, c / stretch]]])
        return View(matrix, torch.tensor([shift]))

    @staticmethod
    def cat(views: Sequence["View"]) -> "View":
        return View(torch.cat([view.matrix for view in views]), torch.cat([view.shift for view in views]))

    def after(self, first: "View") -> "View":
        """What `first` shows, looked at by this one."""
        return View(self.matrix @ first.matrix, self.points(first.shift[:, None])[:, 0])

    def pictures(self, frames: Tensor, size: int, padding: Sequence[str] = ("reflection",)) -> Tensor:
        """[N, 3, S, S] -> [N, 3, size, size]. `padding`: of every frame, or of all. Where a frame is seen much smaller
        than it is, its pixels are averaged first."""
        side = frames.shape[-1]
        zoom = torch.linalg.det(self.matrix).abs().sqrt().tolist()
        kinds = list(zip((_factor(side, size, one) for one in zoom), itertools.cycle(padding)))
        back = torch.linalg.inv(self.matrix)
        theta = torch.cat([back, -back @ self.shift[..., None]], 2).to(frames.device)
        seen = frames.new_empty(len(frames), frames.shape[1], size, size)
        for factor, how in sorted(set(kinds)):
            index = torch.tensor([i for i, kind in enumerate(kinds) if kind == (factor, how)], device=frames.device)
            some = frames[index]
            some = F.avg_pool2d(some, factor) if factor > 1 else some
            grid = F.affine_grid(theta[index], [len(some), 3, size, size], align_corners=False)
            seen[index] = F.grid_sample(some, grid, padding_mode=how, align_corners=False)
        return seen

    def points(self, points: Tensor) -> Tensor:
        """[N, P, 2]."""
        return points @ self.matrix.mT + self.shift[:, None]

    def taught(self, taught: Taught) -> Taught:
        value, mesh = self.points(taught.value), self.points(taught.mesh)
        jacobian = self.matrix[:, None] @ taught.jacobian
        # A mirrored face's right eye is its left one, and its canonical face is mirrored, too. The mesh keeps its
        # numbers: it only ever tells where points of one frame are in the other.
        mirrors = (torch.linalg.det(self.matrix) < 0)[:, None, None]
        value = torch.where(mirrors, value[:, facemesh.MIRROR], value)
        mirrored = jacobian[:, facemesh.MIRROR] * torch.tensor([-1.0, 1.0])
        return Taught(value, torch.where(mirrors[..., None], mirrored, jacobian), mesh)


def _factor(side: int, size: int, zoom: float) -> int:
    """How many of `side` pixels become one, where that many are seen as zoom times `size`; it divides `side`."""
    factor = max(1, round(side / (size * zoom)))
    while side % factor:
        factor -= 1
    return factor


def random_view(random: np.random.Generator, of: Augmentation) -> View:
    zoom = float(random.uniform(*of.zoom))
    room = abs(zoom - 1) + of.shift if of.shift or zoom != 1 else 0.0
    x, y = (random.uniform(-1, 1, 2) * room).tolist()
    rotation, stretch = float(random.normal(0, 1) * of.rotation), math.exp(random.normal(0, 1) * of.stretch)
    return View.of(zoom, (x, y), rotation, stretch, bool(of.flip and random.random() < 0.5))


def random_move(random: np.random.Generator) -> View:
    """What makes a 'driving' frame of a single picture."""
    x, y = random.uniform(-0.2, 0.2, 2).tolist()
    zoom, stretch = math.exp(random.normal(0, 0.08)), math.exp(random.normal(0, 0.06))
    return View.of(zoom, (x, y), float(random.normal(0, 0.15)), stretch)


@dataclass(frozen=True)
class Colours:
    """How all frames of an item are coloured, in this order; numbers that change nothing are what is there without."""

    brightness: float = 1.0
    contrast: float = 1.0
    saturation: float = 1.0
    turn: float = 0.0  # of the hue, share of the circle
    tint: tuple[float, ...] = (1.0, 1.0, 1.0)
    gamma: float = 1.0
    noise: float = 0.0  # standard deviation
    seed: int = 0  # of the noise
    # left, top, right, bottom as shares of the picture, and red, green, blue of what is there instead
    cover: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    @staticmethod
    def draw(random: np.random.Generator, of: Augmentation) -> "Colours":
        def factor(range_: float) -> float:
            return float(random.uniform(1 - range_, 1 + range_)) if range_ else 1.0

        cover = Colours.cover
        if of.cover and random.random() < of.cover:
            width, height = random.uniform(0.1, 0.33, 2)
            left, top = random.random() * (1 - width), random.random() * (1 - height)
            cover = (left, top, left + width, top + height, *random.random(3))
        return Colours(
            factor(of.brightness),
            factor(of.contrast),
            factor(of.saturation),
            float(random.uniform(-of.hue, of.hue)) if of.hue else 0.0,
            tuple(factor(of.tint) for _ in range(3)),
            factor(of.gamma),
            of.noise * float(random.random()) ** 3 if of.noise else 0.0,
            int(random.integers(2**62)) if of.noise else 0,
            tuple(map(float, cover)),
        )


def recolour(frames: Tensor, colours: Sequence[Colours]) -> Tensor:
    """[B, F, 3, H, W], 0...1; colours of each of B."""

    def of(values: list) -> Tensor:
        """[B, 1, C, 1, 1]."""
        return torch.tensor(values, device=frames.device).view(len(colours), 1, -1, 1, 1)

    mean = frames.mean((1, 2, 3, 4), keepdim=True)
    x = (frames - mean) * of([c.contrast for c in colours]) + mean * of([c.brightness for c in colours])
    grey = x.mean(2, keepdim=True)
    x = (x - grey) * of([c.saturation for c in colours]) + grey
    if any(c.turn for c in colours):
        x = _turned(x.clamp(0, 1), of([c.turn for c in colours])[:, :, 0])
    x = (x * of([c.tint for c in colours])).clamp(0, 1)
    if any(c.gamma != 1 for c in colours):
        x = x ** of([c.gamma for c in colours])
    if any(c.noise for c in colours):
        x = x + torch.stack([_noise(x[0], c) for c in colours])
    if any(c.cover != Colours.cover for c in colours):
        left, top, right, bottom, *_ = of([c.cover for c in colours]).unbind(2)
        height, width = x.shape[-2:]
        across = (torch.arange(width, device=x.device) + 0.5) / width
        down = ((torch.arange(height, device=x.device) + 0.5) / height)[:, None]
        hidden = (across > left) & (across < right) & (down > top) & (down < bottom)
        x = torch.where(hidden[:, :, None], of([c.cover[4:] for c in colours]), x)
    return x.clamp(0, 1)


def _noise(like: Tensor, colours: Colours) -> Tensor:
    """Of an item by itself, so that it does not matter with which others it is."""
    if not colours.noise:
        return torch.zeros_like(like)
    random = torch.Generator(like.device).manual_seed(colours.seed)
    return torch.randn(like.shape, generator=random, device=like.device) * colours.noise


def _turned(x: Tensor, turn: Tensor) -> Tensor:
    """Hue moved by `turn` [B, 1, 1, 1] of the circle; value and saturation of HSV stay. [B, F, 3, H, W], 0...1."""
    most, where = x.max(2)
    spread = most - x.min(2).values
    safe = spread.clamp(min=1e-6)
    red, green, blue = x.unbind(2)
    sector = torch.stack([(green - blue) / safe, (blue - red) / safe + 2, (red - green) / safe + 4], 2)
    hue = sector.gather(2, where[:, :, None])[:, :, 0] / 6 + turn
    # The textbook's way back: a channel is the value less the spread times a tent of the hue.
    channels = torch.tensor([5.0, 3.0, 1.0], device=x.device).view(1, 1, 3, 1, 1)
    phase = (channels + hue[:, :, None] * 6) % 6
    return most[:, :, None] - spread[:, :, None] * torch.minimum(phase, 4 - phase).clamp(0, 1)
