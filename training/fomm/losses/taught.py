"""Keypoints and Jacobians that landmarks teach. Keypoints are [B, K, 2] and [B, K, 2, 2], of which the first 20 are
taught; targets [B, 20, ...]. What lies at the picture's edge or beyond is not judged."""

import torch
import torch.nn.functional as F
from torch import Tensor

from fomm.data import facemesh
from fomm.network import Keypoints, coordinate_grid

_EDGE = 0.97
_K = facemesh.TAUGHT


def inside(value: Tensor) -> Tensor:
    """[..., 2] -> [...], 1 or 0."""
    return (value.abs() < _EDGE).all(-1).float()


def _ends(pairs: list[tuple[str, str]]) -> tuple[list[int], list[int]]:
    return facemesh.at(*(a for a, _ in pairs)), facemesh.at(*(b for _, b in pairs))


def gaps(value: Tensor, pairs: list[tuple[str, str]]) -> Tensor:
    """From the first to the second of each pair: [B, pairs, 2]."""
    a, b = _ends(pairs)
    return value[:, b] - value[:, a]


def _distance(found: Tensor, wanted: Tensor) -> Tensor:
    """[..., 2] -> [...]: L1, with less and less slope below 2 px: there the teacher trembles, too."""
    error = (found - wanted).abs().sum(-1)
    return torch.where(error < 0.04, error / 0.04 * error + error, 2 * error)


def displaced(found: Tensor, value: Tensor) -> Tensor:
    """How far keypoints have moved between two frames, [B, 2, K, 2], and how much what opens has opened: all that
    relative motion takes of them. Where a keypoint is always a little beside its place, nothing is wrong."""
    judged = inside(value).prod(1)
    error = _distance(found[:, 1, :_K] - found[:, 0, :_K], value[:, 1] - value[:, 0])
    opened, taught = (gaps(of[:, 1], facemesh.PAIRS) - gaps(of[:, 0], facemesh.PAIRS) for of in (found, value))
    a, b = _ends(facemesh.PAIRS)
    both = judged[:, a] * judged[:, b]
    of_points = (error * judged).sum() / judged.sum().clamp(min=1)
    return of_points + 2 * ((opened - taught).abs().sum(-1) * both).sum() / both.sum().clamp(min=1)


def detector_losses(found: Keypoints, value: Tensor, jacobian: Tensor) -> dict[str, Tensor]:
    """Of single frames. Jacobians may be those of the first frames of the batch alone."""
    judged = inside(value)
    error = _distance(found["value"][:, :_K], value)
    a, b = _ends(facemesh.PAIRS)
    both = judged[:, a] * judged[:, b]
    apart = (gaps(found["value"], facemesh.PAIRS) - gaps(value, facemesh.PAIRS)).abs().sum(-1)
    count = len(found["jacobian"])
    turned = (found["jacobian"][:, :_K] - jacobian[:count]).abs().sum((-1, -2))
    return {
        "value": (error * judged).sum() / judged.sum().clamp(min=1),
        "pairs": (apart * both).sum() / both.sum().clamp(min=1),
        "jacobian": (turned * judged[:count]).sum() / judged[:count].sum().clamp(min=1),
        "spread": spread(found),
    }


def spread(found: Keypoints, allowed: float = 0.006) -> Tensor:
    """Variance of heatmaps above what is allowed: a keypoint between two bumps is nowhere."""
    heatmap = found["heatmap"]
    offset = coordinate_grid(*heatmap.shape[2:], heatmap) - found["value"][:, :, None, None]
    return F.relu((heatmap * (offset**2).sum(-1)).sum((2, 3)) - allowed).mean()


def kept(found: Keypoints, before: Keypoints) -> Tensor:
    """Free keypoints stay where training put them: `before` is what the detector found then, of the first frames."""
    count = len(before["value"])
    moved = (found["value"][:count, _K:] - before["value"][:, _K:]).abs().mean()
    turned = (found["jacobian"][:count, _K:] - before["jacobian"][:count, _K:]).abs().mean()
    return 8 * moved + 2 * turned


def loss(found: Keypoints, value: Tensor, jacobian: Tensor) -> Tensor:
    """While everything is trained together."""
    judged = inside(value)
    error = ((found["value"][:, :_K] - value).abs().sum(-1) * judged).mean()
    turned = ((found["jacobian"][:, :_K] - jacobian).abs().sum((-1, -2)) * judged).mean()
    apart = gaps(found["value"], facemesh.OPENINGS) - gaps(value, facemesh.OPENINGS)
    return 6 * error + 2 * turned + 10 * apart.abs().sum(-1).mean()
