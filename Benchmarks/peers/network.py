"""The part of a First Order Motion Model that runs for every live frame; the networks are those of training/.

Shapes in comments are those of the published model at 256 pixels.
"""

import sys
from pathlib import Path

import torch
from torch import Tensor, nn

sys.path.append(str(Path(__file__).resolve().parents[2] / "training"))

from fomm import network as fomm  # noqa: E402
from fomm.network import Generator, KeypointDetector, hull_area, inverse_2x2  # noqa: E402

Config = dict

PUBLISHED: Config = {
    "num_kp": 10,
    "num_channels": 3,
    "estimate_jacobian": True,
    "kp": {"temperature": 0.1, "block_expansion": 32, "max_features": 1024, "num_blocks": 5, "scale_factor": 0.25},
    "dense": {"block_expansion": 64, "max_features": 1024, "num_blocks": 5, "scale_factor": 0.25, "kp_variance": 0.01},
    "gen": {
        "block_expansion": 64,
        "max_features": 512,
        "num_down_blocks": 2,
        "num_bottleneck_blocks": 6,
        "estimate_occlusion_map": True,
    },
}


# What detector and dense motion were trained on, where a model does not say.
TRAINED_SIZE = 256


def for_frames(config: Config, size: int) -> Config:
    """Larger frames are reduced to what detector and dense motion were trained on, as puppet does."""
    factor = min(1, TRAINED_SIZE / size)
    parts = {part: {**config[part], "scale_factor": config[part]["scale_factor"] * factor} for part in ("kp", "dense")}
    return {**config, **parts}


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
        return self.generator.paint(self.generator.warp(encoded, motion))

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


def build(config: Config, align_corners: bool = True) -> LiveFrame:
    """The networks of `config`, in eval mode; the weights are PyTorch's own until they are loaded."""
    return LiveFrame(*fomm.build(config, align_corners)).eval()
