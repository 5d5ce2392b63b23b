"""Random views of a pair of frames: where it is looked at, and its colours. Points and Jacobians go with the pictures.

Randomness is a numpy generator that is given: a batch is a function of its number alone.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from fomm.config import Augmentation
from fomm.data import facemesh


@dataclass(frozen=True)
class Taught:
    """What a face mesh says of F frames: value [F, 20, 2], jacobian [F, 20, 2, 2], mesh [F, 468, 2]; all in -1...1."""

    value: Tensor
    jacobian: Tensor
    mesh: Tensor


@dataclass(frozen=True)
class View:
    """An affine map of the plane, -1...1: a point p of the frame is seen at matrix p + shift."""

    matrix: Tensor  # [2, 2]
    shift: Tensor  # [2]

    @staticmethod
    def of(
        zoom: float, shift: tuple[float, float], rotation: float = 0, stretch: float = 1, flip: bool = False
    ) -> "View":
        c, s = math.cos(rotation) * zoom, math.sin(rotation) * zoom
        matrix = torch.tensor([[c * stretch, -s], [s, c / stretch]])
        if flip:
            matrix[:, 0] *= -1
        return View(matrix, torch.tensor(shift))

    @property
    def mirrors(self) -> bool:
        return bool(torch.linalg.det(self.matrix) < 0)

    def pictures(self, frames: Tensor, size: int, padding: str = "reflection") -> Tensor:
        """[F, 3, S, S] -> [F, 3, size, size]. Where that is much smaller, pixels are averaged first."""
        side = frames.shape[-1]
        zoom = float(torch.linalg.det(self.matrix).abs().sqrt())
        factor = max(1, round(side / (size * zoom)))
        while side % factor:
            factor -= 1
        if factor > 1:
            frames = F.avg_pool2d(frames, factor)
        back = torch.linalg.inv(self.matrix)
        theta = torch.cat([back, (-back @ self.shift)[:, None]], 1)[None].expand(len(frames), 2, 3)
        grid = F.affine_grid(theta, [len(frames), 3, size, size], align_corners=False)
        return F.grid_sample(frames, grid, padding_mode=padding, align_corners=False)

    def points(self, points: Tensor) -> Tensor:
        """[..., 2]."""
        return points @ self.matrix.T + self.shift

    def taught(self, taught: Taught) -> Taught:
        value, jacobian, mesh = self.points(taught.value), self.matrix @ taught.jacobian, self.points(taught.mesh)
        if self.mirrors:
            # A mirrored face's right eye is its left one, and its canonical face is mirrored, too. The mesh keeps its
            # numbers: it only ever tells where points of one frame are in the other.
            value = value[:, facemesh.MIRROR]
            jacobian = jacobian[:, facemesh.MIRROR] @ torch.tensor([[-1.0, 0.0], [0.0, 1.0]])
        return Taught(value, jacobian, mesh)


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


def recolour(random: np.random.Generator, of: Augmentation, frames: Tensor) -> Tensor:
    """[F, 3, H, W], 0...1: all frames in the same way."""

    def factor(range_: float) -> float:
        return float(random.uniform(1 - range_, 1 + range_))

    x = frames
    if of.brightness or of.contrast:
        mean = x.mean()
        x = (x - mean) * factor(of.contrast) + mean * factor(of.brightness)
    if of.saturation:
        grey = x.mean(1, keepdim=True)
        x = (x - grey) * factor(of.saturation) + grey
    if of.hue:
        x = _turned(x.clamp(0, 1), float(random.uniform(-of.hue, of.hue)))
    if of.tint:
        x = x * torch.tensor([factor(of.tint) for _ in range(3)]).view(1, 3, 1, 1)
    if of.gamma:
        x = x.clamp(0, 1) ** factor(of.gamma)
    if of.noise:
        noise = torch.from_numpy(random.standard_normal(tuple(x.shape), np.float32))
        x = x + noise * (of.noise * float(random.random()) ** 3)
    if of.cover and random.random() < of.cover:
        side = x.shape[-1]
        width, height = random.integers(side // 10, side // 3, 2).tolist()
        left, top = random.integers(0, side - width), random.integers(0, side - height)
        x = x.clone()
        x[:, :, top : top + height, left : left + width] = torch.from_numpy(random.random((3, 1, 1))).float()
    return x.clamp(0, 1)


def _turned(x: Tensor, turn: float) -> Tensor:
    """Hue moved by `turn` of the circle; value and saturation of HSV stay. [F, 3, H, W], 0...1."""
    most, where = x.max(1)
    spread = most - x.min(1).values
    safe = spread.clamp(min=1e-6)
    red, green, blue = x.unbind(1)
    sector = torch.stack([(green - blue) / safe, (blue - red) / safe + 2, (red - green) / safe + 4], 1)
    hue = sector.gather(1, where[:, None])[:, 0] / 6 + turn
    # The textbook's way back: a channel is the value less the spread times a tent of the hue.
    phase = (torch.tensor([5.0, 3.0, 1.0]).view(1, 3, 1, 1) + hue[:, None] * 6) % 6
    return most[:, None] - spread[:, None] * torch.minimum(phase, 4 - phase).clamp(0, 1)
