"""The engine's weight files: safetensors, named as in the published checkpoints."""

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from network import TRAINED_SIZE, Config, LiveFrame, build, for_frames


def config_of(path: Path) -> Config:
    """What a file's metadata says."""
    with safe_open(path, "pt") as file:
        return json.loads(file.metadata()["puppet.config"])


def read(path: Path, config: Config | None = None, size: int = TRAINED_SIZE) -> LiveFrame:
    """The network of a file for frames of `size` pixels, in float32. `config`: where the file's metadata has none."""
    with safe_open(path, "pt") as file:
        metadata = file.metadata() or {}
        tensors = {name: file.get_tensor(name).float() for name in file.keys()}
    align_corners = metadata.get("puppet.align_corners", "true") == "true"
    config = config or config_of(path)
    adapted = for_frames(config, size)
    network = build(adapted, align_corners)
    for prefix, part in _parts(network).items():
        state = {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
        if adapted != config:
            # The blur of another reduction, which the network has made itself.
            state = {name: value for name, value in state.items() if not name.endswith("down.weight")}
        missing, unexpected = part.load_state_dict(state, strict=False)
        wrong = unexpected + [name for name in missing if not name.endswith(("num_batches_tracked", "down.weight"))]
        if wrong:
            raise ValueError(f"{path}: not the network of its configuration: {', '.join(wrong)}")
    return network


def save(path: Path, network: LiveFrame, config: Config) -> None:
    """Kernels in float16, as imported checkpoints are stored where size matters; every engine reads these."""
    tensors = {
        prefix + name: tensor.half() if tensor.dim() == 4 else tensor
        for prefix, part in _parts(network).items()
        for name, tensor in part.state_dict().items()
        if tensor.is_floating_point()
    }
    save_file(tensors, path, {"puppet.config": json.dumps(config), "puppet.align_corners": "true"})


def write_unnamed(path: Path, model: Path) -> None:
    """The same network of which nobody knows what its keypoints are: what puppet does for faces alone is left out."""
    with safe_open(model, "pt") as file:
        metadata = {name: value for name, value in file.metadata().items() if name != "puppet.keypoints"}
        save_file({name: file.get_tensor(name) for name in file.keys()}, path, metadata)


def write_random(path: Path, config: Config, seed: int = 1) -> None:
    """Random weights, with a lively picture as their result."""
    network = build(config)
    generator = torch.Generator().manual_seed(seed)
    for part in _parts(network).values():
        for name, tensor in part.state_dict().items():
            if tensor.is_floating_point():
                tensor.copy_(_random(name, tensor, generator))
    save(path, network, config)


def _parts(network: LiveFrame) -> dict[str, torch.nn.Module]:
    return {"kp_detector.": network.detector, "generator.": network.generator}


def _random(name: str, tensor: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    def normal(deviation: float) -> torch.Tensor:
        return torch.randn(tensor.shape, generator=generator) * deviation

    if name.endswith("down.weight"):
        return tensor
    if name == "jacobian.bias":
        return torch.tensor([1.0, 0.0, 0.0, 1.0]).repeat(len(tensor) // 4)
    if tensor.dim() == 4:
        gain = {"kp.weight": 4.0, "jacobian.weight": 0.3, "final.weight": 0.8}.get(name, 1.4)
        return normal(gain / tensor[0].numel() ** 0.5)
    if ".norm" in name and name.endswith(("running_var", "weight")):
        return torch.rand(tensor.shape, generator=generator) * 0.6 + 0.7
    return normal(0.2 if ".norm" in name else 0.05)
