"""What a frame has to cost: multiply-adds by the network's shapes."""

import torch
from torch import nn

from network import Config, build, for_frames

# puppet's stages, and where in the network they are.
STAGES = {"detect": "detector.", "dense_motion": "generator.dense_motion_network.", "generate": "generator."}


def stage_gflop(config: Config, size: int) -> dict[str, float]:
    """Of one live frame's convolutions as they are defined, two operations a multiply-add, in 1e9."""
    gflop = dict.fromkeys(STAGES, 0.0)
    # No memory and no arithmetic: on this device tensors have nothing but their shapes.
    with torch.device("meta"), torch.inference_mode():
        network = build(for_frames(config, size))
        picture = torch.empty(1, 3, size, size)
        keypoints = network.detector(picture)
        encoded = network.generator.encode(picture)
        source = network.generator.dense_motion_network.down(picture)
        for name, module in network.named_modules():
            if isinstance(module, nn.Conv2d):
                stage = next(stage for stage, prefix in STAGES.items() if name.startswith(prefix))
                module.register_forward_hook(_counter(gflop, stage))
        value, jacobian = keypoints["value"], keypoints["jacobian"]
        network(picture, encoded, source, value, jacobian, value, jacobian, torch.empty(()))
    return gflop


def _counter(gflop: dict[str, float], stage: str):
    def count(module: nn.Conv2d, _: tuple, output: torch.Tensor) -> None:
        gflop[stage] += 2e-9 * output.numel() * module.weight[0].numel()

    return count
