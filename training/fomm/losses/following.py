"""A frozen detector as judge: does the prediction's face do what the driver's does? Also on another's face.

Keypoints are [B, K, 2], -1...1, of which the first 20 are named (data/facemesh.py).
"""

import torch
from torch import Tensor

from fomm.data import facemesh
from fomm.data.augment import Taught
from fomm.losses.taught import gaps, inside
from fomm.network import Keypoints, inverse_2x2

_K = facemesh.TAUGHT
_UPPER = facemesh.at("lid_up_r", "lid_up_l", "lip_up")
_LOWER = facemesh.at("lid_lo_r", "lid_lo_l", "lip_lo")
# Lids and lips touch at about two pixels of 256, and go no further.
_CLOSED = 0.015
_MESH_UPPER, _MESH_LOWER = map(list, zip(*facemesh.MESH_LIDS, *facemesh.MESH_LIPS))
_MESH_CLOSED = 0.008


def unlike(seen: Tensor, wanted: Tensor) -> Tensor:
    """Keypoints elsewhere, and openings and gazes that are not the same."""
    error = (seen - wanted)[:, :_K].abs().sum(-1) * inside(wanted[:, :_K])
    pairs = facemesh.OPENINGS + facemesh.GAZE
    apart = gaps(seen, pairs) - gaps(wanted, pairs)
    return 4 * error.mean() + 10 * apart.abs().sum(-1).mean()


def loss(seen: Keypoints, wanted: Keypoints) -> Tensor:
    """What the judge sees in a prediction, and what it sees in the driving frame; "features", too."""
    features = (seen["features"] - wanted["features"]).abs().mean() / wanted["features"].abs().mean()
    return unlike(seen["value"], wanted["value"]) + features


def size(value: Tensor) -> Tensor:
    """[B, 1, 1]: how large the face is; the root of the mean squared distance from the middle."""
    middle = value[:, :_K].mean(1, keepdim=True)
    return (value[:, :_K] - middle).square().sum(-1).mean(1).sqrt()[:, None, None]


def moved(base: Keypoints, driving: Keypoints, initial: Keypoints) -> Keypoints:
    """Relative motion as the engine does it, of a batch; the scale by `size` instead of the hull's area."""
    scale = size(base["value"]) / size(initial["value"])
    return {
        "value": base["value"] + scale * (driving["value"] - initial["value"]),
        "jacobian": driving["jacobian"] @ inverse_2x2(initial["jacobian"]) @ base["jacobian"],
    }


def _uncrossed(points: Tensor, upper: list[int], lower: list[int], closed: float) -> Tensor:
    """Points [B, N, 2] of which no lid or lip is nearer to its other one than `closed`."""
    short = (closed - (points[:, lower, 1] - points[:, upper, 1])).clamp(min=0) / 2
    push = torch.zeros_like(points)
    push[:, upper, 1] = -short
    push[:, lower, 1] = short
    return points + push


def wanted_across(base: Tensor, driving: Tensor, initial: Tensor) -> Tensor:
    """Where the judge should see another's keypoints `base`, once moved. Lids and lips are kept from crossing."""
    wanted = base + size(base) / size(initial) * (driving - initial)
    return _uncrossed(wanted, _UPPER, _LOWER, _CLOSED)


def mesh_across(base: Taught, driving: Taught, initial: Taught) -> Tensor:
    """[B, 468, 2]: where another's mesh is, once moved by relative motion; of what landmarks say of three frames."""
    scale = size(base.value) / size(initial.value)
    return _uncrossed(base.mesh + scale * (driving.mesh - initial.mesh), _MESH_UPPER, _MESH_LOWER, _MESH_CLOSED)
