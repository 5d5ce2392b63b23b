"""The face mesh's own motion, as a target of the deformation."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from fomm.data import facemesh
from fomm.network import gaussian


def target(driving: np.ndarray, source: np.ndarray, size: int) -> np.ndarray:
    """[size, size, 3]: where each point of the driving frame is in the source (x, y, -1...1), and 1 where it is known.

    `driving`, `source`: mesh points [468, 2], -1...1. Triangles are Delaunay's of the driving points; inside one the
    map is affine. Nothing is known outside the face, inside mouth and eyes, and where the source is left.
    """
    from scipy.spatial import Delaunay, QhullError

    points, to = driving.astype(np.float64), source.astype(np.float64)
    line = np.linspace(-1, 1, size)
    grid = np.stack(np.meshgrid(line, line, indexing="xy"), -1).reshape(-1, 2)
    try:
        triangles = Delaunay(points)
    except (QhullError, ValueError):
        return np.zeros((size, size, 3), np.float32)
    found = triangles.find_simplex(grid)
    transform = triangles.transform[found]
    two = np.einsum("nij,nj->ni", transform[:, :2], grid - transform[:, 2])
    weights = np.concatenate([two, 1 - two.sum(1, keepdims=True)], 1)
    corners = triangles.simplices[found]
    flow = (to[corners] * weights[..., None]).sum(1)
    hole = facemesh.HOLES[:, corners].all(2).any(0)
    known = (found >= 0) & ~hole & np.isfinite(flow).all(1) & (np.abs(flow) < 1).all(1)
    flow = np.where(known[:, None], flow, 0)
    return np.concatenate([flow, known[:, None]], 1).astype(np.float32).reshape(size, size, 3)


def loss(deformation: Tensor, flow: Tensor, value: Tensor, importance: Tensor) -> Tensor:
    """Mean distance (L1) of the deformation [B, 64, 64, 2] from `target` [B, 64, 64, 3] where that is known.

    `value` [B, 20, 2]: the driving frame's taught keypoints; lids and lips count 8 and 4 times more.
    `importance` [B, 1, 64, 64].
    """
    size = flow.shape[1]

    def near(*names: str) -> Tensor:
        return gaussian(value[:, facemesh.at(*names)], size, size, 0.002).amax(1)

    fine = 8 * near("lid_up_r", "lid_lo_r", "lid_up_l", "lid_lo_l") + 4 * near("mouth_r", "mouth_l", "lip_up", "lip_lo")
    weight = flow[..., 2] * (importance[:, 0] + fine)
    return ((deformation - flow[..., :2]).abs().sum(-1) * weight).sum() / weight.sum().clamp(min=1)


class MeshMotion:
    """The deformation at the mesh's points alone, which needs no triangles."""

    _PAIRS = facemesh.MESH_LIDS + facemesh.MESH_LIPS + facemesh.MESH_WIDE
    # Lids count twice as much as lips; ends of openings three times as much as other points.
    _LID_WEIGHT, _END_WEIGHT = 2.0, 3.0
    _EDGE = 0.98

    def __init__(self, device: torch.device) -> None:
        self._upper, self._lower = torch.tensor(self._PAIRS, device=device).T
        self._gap_weight = torch.ones(len(self._PAIRS), device=device)
        self._gap_weight[: len(facemesh.MESH_LIDS)] = self._LID_WEIGHT
        self._point_weight = torch.ones(facemesh.MESH, device=device)
        self._point_weight[self._upper] = self._point_weight[self._lower] = self._END_WEIGHT

    def losses(self, deformation: Tensor, source: Tensor, driving: Tensor) -> dict[str, Tensor]:
        """`points`: mean distance (L1) from where the source has a point; `gaps`: the same of what opens and closes.

        Meshes are [B, 468, 2]. What lies at an edge or beyond is not judged.
        """
        inside = ((driving.abs() < self._EDGE) & (source.abs() < self._EDGE)).all(-1).float()
        got = sample(deformation, driving)
        upper, lower = self._upper, self._lower
        counts = self._point_weight * inside
        points = ((got - source).abs().sum(-1) * counts).sum() / counts.sum().clamp(min=1)
        gap = (got[:, upper] - got[:, lower]) - (source[:, upper] - source[:, lower])
        counts = inside[:, upper] * inside[:, lower] * self._gap_weight
        return {"points": points, "gaps": (gap.abs().sum(-1) * counts).sum() / counts.sum().clamp(min=1)}


def sample(field: Tensor, points: Tensor) -> Tensor:
    """A field [B, H, W, 2] at points [B, N, 2], -1...1 -> [B, N, 2]."""
    at = F.grid_sample(field.permute(0, 3, 1, 2), points[:, :, None], padding_mode="border", align_corners=True)
    return at[..., 0].permute(0, 2, 1)
