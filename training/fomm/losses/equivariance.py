"""Keypoints move with the picture: what the unsupervised ones are learnt by (section 3.1)."""

import torch
import torch.nn.functional as F
from torch import Tensor

from fomm.network import coordinate_grid, inverse_2x2


class ThinPlate:
    """A random affine and thin-plate map T of the plane (Eq. 8 ff.), -1...1, one for each of a batch.

    As in the paper's code, distances to the control points are taken in the L1 norm, and both coordinates are moved
    by the same amount.
    """

    def __init__(
        self,
        count: int,
        sigma_affine: float = 0.05,
        sigma_tps: float = 0.005,
        points: int = 5,
        random: torch.Generator | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        # Drawn on the CPU, so that a run on a GPU sees the same maps.
        affine = torch.eye(2, 3) + torch.randn(count, 2, 3, generator=random) * sigma_affine
        self.affine = affine.to(device)
        self.weights = (torch.randn(count, 1, points * points, generator=random) * sigma_tps).to(device)
        self.control = coordinate_grid(points, points, self.affine).reshape(1, 1, -1, 2)

    def points(self, points: Tensor) -> Tensor:
        """[B, N, 2] -> T of them."""
        moved = points @ self.affine[:, :, :2].transpose(1, 2) + self.affine[:, None, :, 2]
        distance = (points[:, :, None] - self.control).abs().sum(-1)
        return moved + (distance**2 * torch.log(distance + 1e-6) * self.weights).sum(-1, keepdim=True)

    def frames(self, frames: Tensor) -> Tensor:
        """[B, 3, H, W]: the picture whose point p is the given one's point T(p)."""
        b, _, h, w = frames.shape
        grid = coordinate_grid(h, w, frames).reshape(1, -1, 2).expand(b, -1, 2)
        return F.grid_sample(frames, self.points(grid).view(b, h, w, 2), padding_mode="reflection", align_corners=True)

    def jacobian(self, points: Tensor) -> Tensor:
        """[B, N, 2] -> [B, N, 2, 2], the derivative of `points`; rows are what is moved, columns where."""
        offset = points[:, :, None] - self.control
        distance = offset.abs().sum(-1)
        # d/dr of r^2 log(r + e), and dr/dx = sign(x - c).
        slope = 2 * distance * torch.log(distance + 1e-6) + distance**2 / (distance + 1e-6)
        bend = ((slope * self.weights)[..., None] * offset.sign()).sum(2)
        return self.affine[:, None, :, :2] + bend[:, :, None, :]


def value_loss(value: Tensor, transform: ThinPlate, again: Tensor) -> Tensor:
    """Keypoints [B, K, 2] of a frame, and those found `again` in T of it (Eq. 9)."""
    return (value - transform.points(again)).abs().mean()


def jacobian_loss(jacobian: Tensor, transform: ThinPlate, again_value: Tensor, again_jacobian: Tensor) -> Tensor:
    """Of Jacobians, as the distance of a product from the identity, which does not favour small ones (Eq. 12).

    Kept below 5, where a Jacobian that is nearly singular would drown the rest.
    """
    both = inverse_2x2(jacobian) @ (transform.jacobian(again_value) @ again_jacobian)
    return (torch.eye(2, device=both.device) - both).abs().mean().clamp(max=5)


def apart_loss(value: Tensor, fixed: Tensor | None = None, least: float = 0.12) -> Tensor:
    """Keypoints [B, K, 2] keep off one another, and off `fixed` ones [B, L, 2]: 0 from sqrt(`least`) apart on."""
    count = value.shape[1]
    every = value if fixed is None else torch.cat([fixed, value], 1)
    squared = ((every[:, :, None] - value[:, None]) ** 2).sum(-1)
    itself = torch.zeros(every.shape[1], count, device=value.device)
    itself[-count:] = torch.eye(count, device=value.device)
    return (F.relu(least - squared) * (1 - itself)).sum() / ((1 - itself).sum() * len(value)) / least
