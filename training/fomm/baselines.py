"""What the first order motion model is compared with in ablations; the engine does not run it."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fomm.network import DownBlock, SameBlock, UpBlock, coordinate_grid


class EmbeddingWarp(nn.Module):
    """As X2Face (Wiles et al., 2018) in small: the driving frame becomes a vector, the vector with the source's own one
    dense warp of the source. No keypoints, no occlusion, no painting."""

    def __init__(self, width: int, size: int, embedding: int = 64) -> None:
        super().__init__()
        halvings = size.bit_length() - 3  # down to 4 x 4
        channels = [min(width * 2**level, 8 * width) for level in range(halvings + 1)]
        self.encoder = nn.Sequential(SameBlock(3, channels[0], 7), *map(DownBlock, channels[:-1], channels[1:]))
        self.embed = nn.Linear(channels[-1] * 16, embedding)
        self.unfold = nn.Linear(2 * embedding, channels[-1] * 16)
        self.decoder = nn.Sequential(*map(UpBlock, channels[:0:-1], channels[-2::-1]))
        self.flow = nn.Conv2d(channels[0], 2, 7, padding=3)
        # It begins with the identity.
        nn.init.zeros_(self.flow.weight)
        nn.init.zeros_(self.flow.bias)

    def forward(self, source: Tensor, driving: Tensor) -> dict[str, Tensor]:
        """Frames [B, 3, H, H] -> "prediction" and "deformation" [B, H, H, 2]."""
        b, _, h, w = source.shape
        of = self.embed(self.encoder(torch.cat([source, driving])).flatten(1)).view(2, b, -1)
        x = self.unfold(torch.cat([of[0], of[1]], 1)).view(b, -1, 4, 4)
        offset = torch.tanh(self.flow(self.decoder(x)).float()).permute(0, 2, 3, 1)
        deformation = coordinate_grid(h, w, source) + offset
        prediction = F.grid_sample(source, deformation, padding_mode="border", align_corners=True)
        return {"prediction": prediction, "deformation": deformation}
