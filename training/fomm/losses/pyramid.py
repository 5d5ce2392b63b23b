"""Pictures compared at several sizes, and which of their pixels matter."""

import torch.nn.functional as F
from torch import Tensor, nn

from fomm.data import facemesh
from fomm.network import AntiAliasDown, gaussian


class Pyramid(nn.Module):
    """[B, 3, H, W] -> the same, and smaller ones, by the scales (section 3.3)."""

    def __init__(self, scales: list[float]) -> None:
        super().__init__()
        self.levels = nn.ModuleList(AntiAliasDown(3, scale) for scale in scales)

    def forward(self, x: Tensor) -> list[Tensor]:
        return [level(x) for level in self.levels]


def difference(got: Tensor, wanted: Tensor, importance: Tensor | None) -> Tensor:
    """Mean L1. `importance`: [B, 1, H, W]."""
    error = (got - wanted).abs()
    return (error if importance is None else error * importance).mean()


def importance(value: Tensor, size: int, extra: float) -> Tensor:
    """[B, 1, size, size]: 1 in the background, up to 1 + `extra` at lids, brows, mouth and irises.

    `value`: the driving frame's taught keypoints [B, 20, 2].
    """
    bumps = gaussian(value[:, facemesh.HEAD : facemesh.TAUGHT], size // 2, size // 2, 0.006)
    return F.interpolate(1 + extra * bumps.amax(1, keepdim=True), size=size, mode="bilinear")


def warp(warped: Tensor, driving: Tensor, importance: Tensor | None) -> Tensor:
    """The source, moved by the deformation alone, against the driving frame: a short way for gradients of motion.

    Once more at a quarter of the size, where what is far apart still overlaps.
    """
    coarse = (F.avg_pool2d(warped, 4) - F.avg_pool2d(driving, 4)).abs().mean()
    return difference(warped, driving, importance) + coarse
