"""The First Order Motion Model, as it is trained and as the engine runs it.

Siarohin et al., "First Order Motion Model for Image Animation", NeurIPS 2019; numbers of equations are that paper's.
Parameters have the names of the published checkpoints. Shapes in comments are those of a 256 px model with K keypoints.
Convolutions run in whatever precision `torch.autocast` asks for; coordinates, softmax and sampling always in float32.
"""

from contextlib import AbstractContextManager, nullcontext

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# "value" [B, K, 2], x and y in -1...1; "jacobian" [B, K, 2, 2]; of a detector also "heatmap" [B, K, 58, 58].
Keypoints = dict[str, Tensor]
# "deformation" [B, 64, 64, 2], where a driving point is found in the source, -1...1; "mask" [B, K + 1, 64, 64], sums to
# 1; "occlusion_map" [B, 1, 64, 64], 0...1.
Motion = dict[str, Tensor]


def coordinate_grid(height: int, width: int, like: Tensor) -> Tensor:
    """[H, W, 2], x first; the centres of the corner pixels at -1 and 1."""
    x = torch.linspace(-1, 1, width, dtype=like.dtype, device=like.device)
    y = torch.linspace(-1, 1, height, dtype=like.dtype, device=like.device)
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)


def inverse_2x2(matrix: Tensor) -> Tensor:
    """[..., 2, 2], by the adjugate: torch.inverse has no batched path on the CPU that is as fast."""
    a, b, c, d = matrix[..., 0, 0], matrix[..., 0, 1], matrix[..., 1, 0], matrix[..., 1, 1]
    adjugate = torch.stack([torch.stack([d, -b], -1), torch.stack([-c, a], -1)], -2)
    return adjugate / (a * d - b * c)[..., None, None]


def full_precision(like: Tensor) -> AbstractContextManager:
    """Inside it, products are float32: half the mantissa would be a pixel of a coordinate."""
    if like.is_meta:  # shapes alone, without arithmetic
        return nullcontext()
    return torch.autocast(like.device.type, enabled=False)


def widths(first: int, limit: int, blocks: int) -> list[int]:
    """Channels before, between and after `blocks` halvings."""
    return [min(limit, first * 2**level) for level in range(blocks + 1)]


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


class Encoder(nn.Module):
    def __init__(self, inputs: int, channels: list[int]) -> None:
        super().__init__()
        self.down_blocks = nn.ModuleList(map(DownBlock, [inputs, *channels[1:-1]], channels[1:]))

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
    """Gaussian blur with zeros outside, then every n-th pixel; n is 1 / `scale`. At scale 1 it does nothing."""

    weight: Tensor

    def __init__(self, channels: int, scale: float, sigma: float | None = None) -> None:
        super().__init__()
        self.step = round(1 / scale)
        sigma = (self.step - 1) / 2 if sigma is None else sigma
        taps = 2 * round(sigma * 4) + 1
        offset = torch.arange(taps, dtype=torch.float32) - (taps - 1) / 2
        line = torch.exp(-(offset**2) / (2 * max(sigma, 1e-6) ** 2))
        kernel = torch.outer(line, line)
        self.register_buffer("weight", (kernel / kernel.sum()).expand(channels, 1, taps, taps).clone())
        self.padding = taps // 2

    def forward(self, x: Tensor) -> Tensor:
        if self.step == 1:
            return x
        with full_precision(x):
            return F.conv2d(x, self.weight, stride=self.step, padding=self.padding, groups=x.shape[1])


class KeypointDetector(nn.Module):
    """A frame [B, 3, 256, 256], 0...1, or what `small` made of it, [B, 3, 64, 64] -> keypoints."""

    def __init__(
        self,
        num_kp: int,
        num_channels: int,
        estimate_jacobian: bool,
        temperature: float,
        block_expansion: int,
        max_features: int,
        num_blocks: int,
        scale_factor: float = 1,
        single_jacobian_map: bool = False,
    ) -> None:
        super().__init__()
        self.predictor = Hourglass(num_channels, block_expansion, max_features, num_blocks)
        self.kp = nn.Conv2d(self.predictor.outputs, num_kp, 7)
        self.temperature = temperature
        self.jacobian_maps = 1 if single_jacobian_map else num_kp
        self.jacobian = None
        if estimate_jacobian:
            self.jacobian = nn.Conv2d(self.predictor.outputs, 4 * self.jacobian_maps, 7)
            # Jacobians begin as the identity everywhere.
            nn.init.zeros_(self.jacobian.weight)
            self.jacobian.bias.data.copy_(torch.tensor([1.0, 0.0, 0.0, 1.0]).repeat(self.jacobian_maps))
        if scale_factor != 1:
            self.down = AntiAliasDown(num_channels, scale_factor)

    def small(self, frame: Tensor) -> Tensor:
        return self.down(frame) if hasattr(self, "down") else frame

    def forward(self, frame: Tensor) -> Keypoints:
        return self.detect(self.small(frame))

    def detect(self, small: Tensor, jacobians: int | None = None) -> Keypoints:
        """Keypoints of frames that are small already, and the hourglass's "features" [B, C, 64, 64].

        `jacobians`: only of the first so many of the batch, for their head is two fifths of the cost; 0: none.
        """
        features = self.predictor(small)
        logits = self.kp(features)
        count = len(small) if jacobians is None else min(jacobians, len(small))
        maps = self.jacobian(features[:count]) if self.jacobian is not None and count else None
        with full_precision(small):
            logits = logits.float()
            b, k, h, w = logits.shape
            heatmap = F.softmax(logits.view(b, k, -1) / self.temperature, dim=2).view(b, k, h, w)
            value = (heatmap[..., None] * coordinate_grid(h, w, heatmap)).sum((2, 3))
            keypoints = {"value": value, "heatmap": heatmap, "features": features.float()}
            if maps is not None:
                maps = maps.float().view(count, self.jacobian_maps, 4, h, w)
                keypoints["jacobian"] = (heatmap[:count, :, None] * maps).sum((3, 4)).view(count, k, 2, 2)
        return keypoints


def gaussian(value: Tensor, height: int, width: int, variance: float) -> Tensor:
    """[B, K, H, W]: a bump of height 1 about every point of [B, K, 2]."""
    offset = coordinate_grid(height, width, value) - value[:, :, None, None]
    return torch.exp(-0.5 * (offset**2).sum(-1) / variance)


class DenseMotionNetwork(nn.Module):
    """Motion of K keypoints and of the background -> how every point of the driving frame moves, and what is hidden."""

    def __init__(
        self,
        num_kp: int,
        num_channels: int,
        block_expansion: int,
        max_features: int,
        num_blocks: int,
        estimate_occlusion_map: bool,
        scale_factor: float = 1,
        kp_variance: float = 0.01,
        align_corners: bool = True,
    ) -> None:
        super().__init__()
        inputs = (num_kp + 1) * (num_channels + 1)
        self.hourglass = Hourglass(inputs, block_expansion, max_features, num_blocks)
        self.mask = nn.Conv2d(self.hourglass.outputs, num_kp + 1, 7, padding=3)
        self.occlusion = nn.Conv2d(self.hourglass.outputs, 1, 7, padding=3) if estimate_occlusion_map else None
        self.kp_variance, self.align_corners = kp_variance, align_corners
        if scale_factor != 1:
            self.down = AntiAliasDown(num_channels, scale_factor)

    def small(self, frame: Tensor) -> Tensor:
        return self.down(frame) if hasattr(self, "down") else frame

    def sparse(self, source: Tensor, driving: Keypoints, reference: Keypoints) -> tuple[Tensor, Tensor]:
        """Each keypoint's own motion [B, K + 1, 64, 64, 2], background first (Eq. 4), and what the hourglass sees.

        `source`: a small frame [B, 3, 64, 64]; `driving`: keypoints to reach; `reference`: the source's own.
        """
        with full_precision(source):
            b, c, h, w = source.shape
            bumps = [gaussian(points["value"], h, w, self.kp_variance) for points in (driving, reference)]
            heat = bumps[0] - bumps[1]
            heat = torch.cat([torch.zeros_like(heat[:, :1]), heat], 1)[:, :, None]  # Eq. 6
            identity = coordinate_grid(h, w, source).expand(b, 1, h, w, 2)
            offset = identity - driving["value"][:, :, None, None]
            if "jacobian" in driving:
                affine = reference["jacobian"] @ inverse_2x2(driving["jacobian"])
                offset = (affine[:, :, None, None] @ offset[..., None])[..., 0]
            sparse = torch.cat([identity, offset + reference["value"][:, :, None, None]], 1)
            n = sparse.shape[1]
            grids = sparse.reshape(b * n, h, w, 2)
            deformed = F.grid_sample(source.repeat_interleave(n, 0), grids, align_corners=self.align_corners)
            seen = torch.cat([heat, deformed.view(b, n, c, h, w)], 2).view(b, -1, h, w)
        return sparse, seen

    def combine(self, sparse: Tensor, seen: Tensor) -> Motion:
        features = self.hourglass(seen)
        logits = self.mask(features)
        occlusion = self.occlusion(features) if self.occlusion is not None else None
        with full_precision(sparse):
            mask = F.softmax(logits.float(), dim=1)
            motion = {"mask": mask, "deformation": (sparse * mask[..., None]).sum(1)}
            if occlusion is not None:
                motion["occlusion_map"] = torch.sigmoid(occlusion.float())
        return motion

    def forward(self, source: Tensor, driving: Keypoints, reference: Keypoints) -> Motion:
        return self.combine(*self.sparse(source, driving, reference))


class Generator(nn.Module):
    """The source and how it moves -> the prediction [B, 3, 256, 256], 0...1."""

    def __init__(
        self,
        num_kp: int,
        num_channels: int,
        block_expansion: int,
        max_features: int,
        num_down_blocks: int,
        num_bottleneck_blocks: int,
        estimate_occlusion_map: bool,
        dense: dict,
        align_corners: bool = True,
    ) -> None:
        super().__init__()
        self.dense_motion_network = DenseMotionNetwork(
            num_kp, num_channels, estimate_occlusion_map=estimate_occlusion_map, align_corners=align_corners, **dense
        )
        channels = widths(block_expansion, max_features, num_down_blocks)
        self.first = SameBlock(num_channels, channels[0], 7)
        self.down_blocks = nn.ModuleList(map(DownBlock, channels[:-1], channels[1:]))
        self.bottleneck = nn.Sequential()
        for index in range(num_bottleneck_blocks):
            self.bottleneck.add_module(f"r{index}", ResBlock(channels[-1]))
        self.up_blocks = nn.ModuleList(map(UpBlock, channels[:0:-1], channels[-2::-1]))
        self.final = nn.Conv2d(channels[0], num_channels, 7, padding=3)
        self.align_corners = align_corners

    def encode(self, source: Tensor) -> Tensor:
        """[B, 256, 64, 64], of the source alone."""
        x = self.first(source)
        for block in self.down_blocks:
            x = block(x)
        return x

    def warp(self, encoded: Tensor, motion: Motion) -> Tensor:
        """The encoded source, moved, and nothing where it was hidden."""
        with full_precision(encoded):
            encoded = encoded.float()
            size = encoded.shape[2:]
            flow = motion["deformation"]
            if flow.shape[1:3] != size:
                flow = F.interpolate(flow.permute(0, 3, 1, 2), size=size, mode="bilinear").permute(0, 2, 3, 1)
            x = F.grid_sample(encoded, flow, align_corners=self.align_corners)
            if "occlusion_map" in motion:
                occlusion = motion["occlusion_map"]
                if occlusion.shape[2:] != size:
                    occlusion = F.interpolate(occlusion, size=size, mode="bilinear")
                x = x * occlusion
        return x

    def paint(self, warped: Tensor) -> Tensor:
        """Bottleneck and decoder: 4 x as many rows and columns as `warped`, which may be a window of the whole."""
        x = self.bottleneck(warped)
        for block in self.up_blocks:
            x = block(x)
        return torch.sigmoid(self.final(x).float())

    def forward(self, source: Tensor, driving: Keypoints, reference: Keypoints) -> Motion:
        """The motion, and the "prediction"."""
        dense = self.dense_motion_network
        motion = dense(dense.small(source), driving, reference)
        return {**motion, "prediction": self.paint(self.warp(self.encode(source), motion))}


def hull_area(points: Tensor) -> float:
    """Of the convex hull of [K, 2] points: Andrew's monotone chain, then the shoelace formula."""
    ordered = sorted(map(tuple, points.tolist()))

    def half(of: list[tuple[float, float]]) -> list[tuple[float, float]]:
        chain: list[tuple[float, float]] = []
        for x, y in of:
            while len(chain) >= 2:
                (ax, ay), (bx, by) = chain[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                chain.pop()
            chain.append((x, y))
        return chain[:-1]

    hull = half(ordered) + half(ordered[::-1])
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(hull, hull[1:] + hull[:1]))) / 2


def relative_motion(source: Keypoints, driving: Keypoints, initial: Keypoints, adapt_scale: bool = True) -> Keypoints:
    """What the driver did since its `initial` frame, done to the source's keypoints; of one frame each (B = 1)."""
    scale = (hull_area(source["value"][0]) / hull_area(initial["value"][0])) ** 0.5 if adapt_scale else 1.0
    moved = {"value": (driving["value"] - initial["value"]) * scale + source["value"]}
    if "jacobian" in driving:
        moved["jacobian"] = driving["jacobian"] @ inverse_2x2(initial["jacobian"]) @ source["jacobian"]
    return moved


def build(config: dict, align_corners: bool = True) -> tuple[Generator, KeypointDetector]:
    """`config`: what the engine's files have as `puppet.config`; see `Network.engine` in config.py."""
    common = {key: config[key] for key in ("num_kp", "num_channels")}
    detector = KeypointDetector(**common, estimate_jacobian=config["estimate_jacobian"], **config["kp"])
    generator = Generator(**common, **config["gen"], dense=config["dense"], align_corners=align_corners)
    return generator, detector
