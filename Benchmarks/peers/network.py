"""The First Order Motion Model in PyTorch, and the part of it that runs for every live frame.

Siarohin et al., NeurIPS 2019. Parameters have the names of the published checkpoints. Shapes in comments are those of
the published model at 256 pixels.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Config = dict
Keypoints = dict[str, Tensor]

PUBLISHED: Config = {
    "num_kp": 10,
    "num_channels": 3,
    "kp": {"temperature": 0.1, "block_expansion": 32, "max_features": 1024, "num_blocks": 5, "scale_factor": 0.25},
    "dense": {"block_expansion": 64, "max_features": 1024, "num_blocks": 5, "scale_factor": 0.25, "kp_variance": 0.01},
    "gen": {"block_expansion": 64, "max_features": 512, "num_down_blocks": 2, "num_bottleneck_blocks": 6},
}


def coordinate_grid(height: int, width: int) -> Tensor:
    """[H, W, 2], x first; the centres of the corner pixels at -1 and 1."""
    x, y = torch.linspace(-1, 1, width), torch.linspace(-1, 1, height)
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)


def inverse_2x2(matrix: Tensor) -> Tensor:
    """Written out, because ONNX has no inverse."""
    a, b, c, d = matrix[..., 0, 0], matrix[..., 0, 1], matrix[..., 1, 0], matrix[..., 1, 1]
    adjugate = torch.stack([torch.stack([d, -b], -1), torch.stack([-c, a], -1)], -2)
    return adjugate / (a * d - b * c)[..., None, None]


class ConvNorm(nn.Module):
    """Convolution and batch norm, at the names `conv` and `norm`."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
        self.norm = nn.BatchNorm2d(outputs)


class SameBlock(ConvNorm):
    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(x)))


class DownBlock(ConvNorm):
    def forward(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(F.relu(self.norm(self.conv(x))), 2)


class UpBlock(ConvNorm):
    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(F.interpolate(x, scale_factor=2, mode="nearest"))))


class ResBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm1, self.norm2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(F.relu(self.norm2(self.conv1(F.relu(self.norm1(x))))))


def widths(first: int, limit: int, blocks: int) -> list[int]:
    """Channels before, between and after `blocks` halvings."""
    return [min(limit, first * 2**level) for level in range(blocks + 1)]


class Encoder(nn.Module):
    def __init__(self, inputs: int, channels: list[int]) -> None:
        super().__init__()
        self.down_blocks = nn.ModuleList(map(DownBlock, [inputs] + channels[1:-1], channels[1:]))

    def forward(self, x: Tensor) -> list[Tensor]:
        skips = [x]
        for block in self.down_blocks:
            skips.append(block(skips[-1]))
        return skips


class Decoder(nn.Module):
    def __init__(self, channels: list[int]) -> None:
        super().__init__()
        deepest = len(channels) - 1
        self.up_blocks = nn.ModuleList(
            UpBlock((1 if level == deepest else 2) * channels[level], channels[level - 1])
            for level in range(deepest, 0, -1)
        )

    def forward(self, skips: list[Tensor]) -> Tensor:
        x = skips.pop()
        for block in self.up_blocks:
            x = torch.cat([block(x), skips.pop()], dim=1)
        return x


class Hourglass(nn.Module):
    """Encoder and decoder with skips, of which the last is the input itself."""

    def __init__(self, inputs: int, block_expansion: int, max_features: int, num_blocks: int) -> None:
        super().__init__()
        channels = widths(block_expansion, max_features, num_blocks)
        self.encoder, self.decoder = Encoder(inputs, channels), Decoder(channels)
        self.outputs = block_expansion + inputs

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(self.encoder(x))


class AntiAliasDown(nn.Module):
    """Gaussian blur with zeros outside, then every n-th pixel."""

    weight: Tensor

    def __init__(self, channels: int, scale: float) -> None:
        super().__init__()
        sigma = (1 / scale - 1) / 2
        taps = 2 * round(sigma * 4) + 1
        offset = torch.arange(taps, dtype=torch.float32) - (taps - 1) / 2
        line = torch.exp(-(offset**2) / (2 * sigma**2))
        kernel = torch.outer(line, line)
        self.register_buffer("weight", (kernel / kernel.sum()).repeat(channels, 1, 1, 1))
        self.step = int(1 / scale)

    def forward(self, x: Tensor) -> Tensor:
        # As one strided convolution, which spares every engine the pixels that are thrown away.
        return F.conv2d(x, self.weight, padding=self.weight.shape[-1] // 2, stride=self.step, groups=x.shape[1])


class KeypointDetector(nn.Module):
    """Frame [1, 3, 256, 256], 0...1 -> value [1, K, 2] in -1...1 and jacobian [1, K, 2, 2]."""

    def __init__(
        self, num_kp: int, num_channels: int, temperature: float, scale_factor: float, **hourglass: int
    ) -> None:
        super().__init__()
        self.predictor = Hourglass(num_channels, **hourglass)
        self.kp = nn.Conv2d(self.predictor.outputs, num_kp, 7)
        self.jacobian = nn.Conv2d(self.predictor.outputs, 4 * num_kp, 7)
        self.down = AntiAliasDown(num_channels, scale_factor)
        self.temperature = temperature

    def forward(self, frame: Tensor) -> Keypoints:
        features = self.predictor(self.down(frame))
        logits = self.kp(features)
        _, count, height, width = logits.shape
        heatmap = F.softmax(logits.view(1, count, -1) / self.temperature, dim=2).view(1, count, height, width)
        maps = self.jacobian(features).view(1, count, 4, height, width)
        return {
            "value": (heatmap[..., None] * coordinate_grid(height, width)).sum((2, 3)),
            "jacobian": (heatmap[:, :, None] * maps).sum((3, 4)).view(1, count, 2, 2),
        }


def gaussian(value: Tensor, grid: Tensor, variance: float) -> Tensor:
    return torch.exp(-0.5 * ((grid - value[:, :, None, None]) ** 2).sum(-1) / variance)


class DenseMotionNetwork(nn.Module):
    """Keypoints of source and driving frame -> deformation [1, 64, 64, 2] and occlusion map [1, 1, 64, 64]."""

    def __init__(
        self,
        num_kp: int,
        num_channels: int,
        align_corners: bool,
        kp_variance: float,
        scale_factor: float,
        **hourglass: int,
    ) -> None:
        super().__init__()
        self.hourglass = Hourglass((num_kp + 1) * (num_channels + 1), **hourglass)
        self.mask = nn.Conv2d(self.hourglass.outputs, num_kp + 1, 7, padding=3)
        self.occlusion = nn.Conv2d(self.hourglass.outputs, 1, 7, padding=3)
        self.down = AntiAliasDown(num_channels, scale_factor)
        self.variance, self.align_corners = kp_variance, align_corners

    def forward(self, source: Tensor, driving: Keypoints, reference: Keypoints) -> tuple[Tensor, Tensor]:
        """`source` is the source picture after `down`."""
        _, channels, height, width = source.shape
        grid = coordinate_grid(height, width)
        heat = gaussian(driving["value"], grid, self.variance) - gaussian(reference["value"], grid, self.variance)
        heat = torch.cat([torch.zeros_like(heat[:, :1]), heat], 1)[:, :, None]  # Eq. 6, the background first

        identity = grid.expand(1, 1, height, width, 2)
        offset = identity - driving["value"][:, :, None, None]
        affine = reference["jacobian"] @ inverse_2x2(driving["jacobian"])
        offset = (affine[:, :, None, None] @ offset[..., None])[..., 0]
        sparse = torch.cat([identity, offset + reference["value"][:, :, None, None]], 1)  # Eq. 4
        motions = sparse.shape[1]
        deformed = F.grid_sample(
            source.expand(motions, channels, height, width),
            sparse.view(motions, height, width, 2),
            align_corners=self.align_corners,
        )  # Eq. 7

        features = self.hourglass(torch.cat([heat, deformed[None]], 2).view(1, -1, height, width))
        mask = F.softmax(self.mask(features), dim=1)
        return (sparse * mask[..., None]).sum(1), torch.sigmoid(self.occlusion(features))


class Generator(nn.Module):
    """`encode` depends on the avatar alone; `decode` runs for every frame."""

    def __init__(
        self,
        num_kp: int,
        num_channels: int,
        align_corners: bool,
        dense: Config,
        block_expansion: int,
        max_features: int,
        num_down_blocks: int,
        num_bottleneck_blocks: int,
    ) -> None:
        super().__init__()
        self.dense_motion_network = DenseMotionNetwork(num_kp, num_channels, align_corners, **dense)
        channels = widths(block_expansion, max_features, num_down_blocks)
        self.first = SameBlock(num_channels, block_expansion, 7)
        self.down_blocks = nn.ModuleList(map(DownBlock, channels[:-1], channels[1:]))
        self.bottleneck = nn.Sequential()
        for index in range(num_bottleneck_blocks):
            self.bottleneck.add_module(f"r{index}", ResBlock(channels[-1]))
        self.up_blocks = nn.ModuleList(map(UpBlock, channels[:0:-1], channels[-2::-1]))
        self.final = nn.Conv2d(block_expansion, num_channels, 7, padding=3)
        self.align_corners = align_corners

    def encode(self, source: Tensor) -> Tensor:
        x = self.first(source)
        for block in self.down_blocks:
            x = block(x)
        return x

    def decode(self, encoded: Tensor, deformation: Tensor, occlusion: Tensor) -> Tensor:
        # Nothing is resized: in every model here, motion and features have a quarter of the frame's resolution.
        x = F.grid_sample(encoded, deformation, align_corners=self.align_corners) * occlusion
        x = self.bottleneck(x)
        for block in self.up_blocks:
            x = block(x)
        return torch.sigmoid(self.final(x))


class LiveFrame(nn.Module):
    """What one live frame costs once the avatar is encoded: keypoints, relative motion, dense motion, warp, decoder."""

    INPUTS = [
        "driving",
        "encoded",
        "source",
        "kp_value",
        "kp_jacobian",
        "initial_value",
        "initial_jacobian",
        "movement_scale",
    ]

    def __init__(self, generator: Generator, detector: KeypointDetector) -> None:
        super().__init__()
        self.generator, self.detector = generator, detector

    def forward(
        self,
        driving: Tensor,
        encoded: Tensor,
        source: Tensor,
        kp_value: Tensor,
        kp_jacobian: Tensor,
        initial_value: Tensor,
        initial_jacobian: Tensor,
        movement_scale: Tensor,
    ) -> Tensor:
        seen = self.detector(driving)
        moved = {
            "value": (seen["value"] - initial_value) * movement_scale + kp_value,
            "jacobian": seen["jacobian"] @ inverse_2x2(initial_jacobian) @ kp_jacobian,
        }
        motion = self.generator.dense_motion_network(source, moved, {"value": kp_value, "jacobian": kp_jacobian})
        return self.generator.decode(encoded, *motion)

    def inputs(self, avatar: Tensor, driving: Tensor) -> dict[str, Tensor]:
        """What `forward` takes, with `driving` as the calibration frame."""
        source, initial = self.detector(avatar), self.detector(driving)
        scale = (hull_area(source["value"][0]) / hull_area(initial["value"][0])) ** 0.5
        return {
            "driving": driving,
            "encoded": self.generator.encode(avatar),
            "source": self.generator.dense_motion_network.down(avatar),
            "kp_value": source["value"],
            "kp_jacobian": source["jacobian"],
            "initial_value": initial["value"],
            "initial_jacobian": initial["jacobian"],
            "movement_scale": torch.tensor(scale, dtype=torch.float32),
        }


def hull_area(points: Tensor) -> float:
    """Area of the convex hull of [K, 2] points: Andrew's monotone chain, shoelace."""

    def chain(ordered: list[list[float]]) -> list[list[float]]:
        corners: list[list[float]] = []
        for x, y in ordered:
            while len(corners) > 1:
                (x0, y0), (x1, y1) = corners[-2:]
                if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0:
                    break
                corners.pop()
            corners.append([x, y])
        return corners[:-1]

    ordered = sorted(points.tolist())
    hull = chain(ordered) + chain(ordered[::-1])
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(hull, hull[1:] + hull[:1], strict=True))) / 2


def build(config: Config, align_corners: bool = True) -> LiveFrame:
    """The networks of `config`, in eval mode; the weights are PyTorch's own until they are loaded."""
    common = {key: config[key] for key in ("num_kp", "num_channels")}
    generator = Generator(**common, align_corners=align_corners, dense=config["dense"], **config["gen"])
    return LiveFrame(generator, KeypointDetector(**common, **config["kp"])).eval()
