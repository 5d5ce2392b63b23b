"""Pictures of how far training is: a row for each of some pairs, a column for each thing to see."""

from pathlib import Path

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from fomm.data.clips import write_atomically

_ROWS = 5


def marked(frames: Tensor, value: Tensor) -> Tensor:
    """[B, 3, H, W], 0...1, with a red dot of 3 px at each keypoint [B, K, 2], -1...1."""
    frames = frames.detach().float().clone()
    height, width = frames.shape[2:]
    size = torch.tensor([width - 1, height - 1], device=value.device)
    places = ((value.detach() + 1) / 2 * size).round().long()
    red = torch.tensor([1.0, 0.0, 0.0], device=frames.device).view(3, 1, 1)
    for frame, points in zip(frames, places.tolist()):
        for x, y in points:
            x, y = min(max(x, 1), width - 2), min(max(y, 1), height - 2)
            frame[:, y - 1 : y + 2, x - 1 : x + 2] = red
    return frames


def compose(columns: dict[str, Tensor]) -> Image.Image:
    """Columns [B, 3, h, w] side by side, in the size of the largest; the first rows of the batch."""
    side = max(column.shape[-1] for column in columns.values())
    fitted = [
        F.interpolate(column[:_ROWS].detach().float().cpu(), size=(side, side), mode="nearest")
        for column in columns.values()
    ]
    rows = torch.cat([torch.cat(list(row), 2) for row in zip(*fitted)], 1)
    return Image.fromarray((rows.permute(1, 2, 0).clamp(0, 1) * 255).round().byte().numpy())


def write(path: Path, columns: dict[str, Tensor]) -> None:
    picture = compose(columns)
    write_atomically(path, picture.save)
