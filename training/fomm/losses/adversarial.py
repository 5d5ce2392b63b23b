"""Critics that tell predictions from frames (least squares: Mao et al., 2017), and what the generator learns of it."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from fomm.config import Critic
from fomm.network import gaussian

# How wide a keypoint is that the critic sees.
_VARIANCE = 0.01


class CriticBlock(nn.Module):
    """Convolution, instance norm but for the first one, leaky ReLU, and a halving but for the last one."""

    def __init__(self, inputs: int, outputs: int, norm: bool, pool: bool, spectral: bool) -> None:
        super().__init__()
        conv = nn.Conv2d(inputs, outputs, 4)
        self.conv = spectral_norm(conv) if spectral else conv
        self.norm = nn.InstanceNorm2d(outputs, affine=True) if norm else None
        self.pool = pool

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        if self.norm is not None:
            x = self.norm(x)
        x = F.leaky_relu(x, 0.2)
        return F.avg_pool2d(x, 2) if self.pool else x


class PublishedCritic(nn.Module):
    """The paper's discriminator, at full size (`scales: [1]` in all of its configurations)."""

    def __init__(self, config: Critic, num_kp: int) -> None:
        super().__init__()
        self.sees_keypoints = config.keypoints
        sizes = [min(config.max_features, config.block_expansion * 2**i) for i in range(1, config.num_blocks + 1)]
        inputs = [3 + (num_kp if config.keypoints else 0), *sizes]
        self.down_blocks = nn.ModuleList(
            CriticBlock(a, b, number != 0, number != len(sizes) - 1, config.spectral_norm)
            for number, (a, b) in enumerate(zip(inputs, sizes))
        )
        conv = nn.Conv2d(sizes[-1], 1, 1)
        self.conv = spectral_norm(conv) if config.spectral_norm else conv

    def forward(self, x: Tensor, value: Tensor | None) -> tuple[list[Tensor], Tensor]:
        """Features, and a map that is near 1 where the picture looks real. `value`: the driving keypoints [B, K, 2]."""
        if self.sees_keypoints:
            x = torch.cat([x, gaussian(value, *x.shape[2:], _VARIANCE)], 1)
        features = []
        for block in self.down_blocks:
            x = block(x)
            features.append(x)
        return features, self.conv(x)


class PatchCritic(nn.Module):
    """Ours: strided, without norms, a twentieth of the cost. `config`: of configs/face.yaml."""

    def __init__(self, config: Critic) -> None:
        super().__init__()
        sizes = [3] + [min(config.max_features, config.block_expansion * 2**i) for i in range(config.num_blocks)]
        self.blocks = nn.ModuleList(
            spectral_norm(nn.Conv2d(a, b, 4, stride=2, padding=1)) for a, b in zip(sizes, sizes[1:])
        )
        self.head = nn.Conv2d(sizes[-1], 1, 3, padding=1)

    def forward(self, x: Tensor, value: Tensor | None = None) -> tuple[list[Tensor], Tensor]:
        features = []
        for block in self.blocks:
            x = F.leaky_relu(block(x), 0.2)
            features.append(x)
        return features, self.head(x)


def make(config: Critic, num_kp: int) -> nn.Module:
    return PublishedCritic(config, num_kp) if config.kind == "multiscale" else PatchCritic(config)


def generator_loss(map_of_prediction: Tensor) -> Tensor:
    return ((1 - map_of_prediction) ** 2).mean()


def critic_loss(map_of_frame: Tensor, map_of_prediction: Tensor) -> Tensor:
    return ((1 - map_of_frame) ** 2).mean() + (map_of_prediction**2).mean()


def matching_loss(of_prediction: list[Tensor], of_frame: list[Tensor]) -> Tensor:
    """Mean difference of features, summed over layers (Wang et al., 2018)."""
    return sum((a - b.detach()).abs().mean() for a, b in zip(of_prediction, of_frame))
