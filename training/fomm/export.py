"""A checkpoint -> the file that `puppet --model` runs: safetensors, and in its metadata what the engine has to know."""

import hashlib
import json
import subprocess
from pathlib import Path

import torch
from safetensors.torch import save_file

from fomm import checkpoint, models
from fomm.config import Config, Network, parse
from fomm.data import facemesh
from fomm.data.clips import write_atomically
from fomm.errors import Trouble


def find(path: Path) -> Path:
    """A run's folder stands for its checkpoint."""
    return path / "checkpoint.pt" if path.is_dir() else path


def load(path: Path, config: Config | None = None) -> tuple[models.Models, Network, checkpoint.State]:
    """The averaged networks of a checkpoint, at the network's own size, to be used. `config`: where it has none."""
    path = find(path)
    state = checkpoint.read(path)
    if config is None:
        if "training" not in state:
            raise Trouble(f"{path}: does not say what networks it has; give the configuration as --config")
        config = parse(state["training"]["config"], str(path))
    network = config.network
    size = network.size
    if network.kind == "embedding-warp" and "training" in state:
        stage = config.stages[state["training"]["stage"]]
        size = stage.size or network.size
    loaded = models.make(network, size, 0)
    weights = checkpoint.weights(state)
    models.take(loaded.generator, weights["generator"], str(path))
    if loaded.detector is not None:
        models.take(loaded.detector, weights["kp_detector"], str(path))
    for part in loaded.named.values():
        part.eval().requires_grad_(False)
    return loaded, network, state


def write(path: Path, out: Path, config: Config | None = None, half: bool = True, animates: str = "") -> None:
    """`half`: float16 but for statistics of batch norm, whose range it does not have. `animates`: what the model moves,
    where that is not what its configuration says."""
    loaded, network, state = load(path, config)
    tensors = {}
    for name, part in zip(("generator", "kp_detector"), models.first_order(loaded, "exported")):
        for key, tensor in part.state_dict().items():
            if not tensor.is_floating_point():
                continue
            if not torch.isfinite(tensor).all():
                raise Trouble(f"{path}: {name}.{key} has numbers that are none; an earlier checkpoint may be sound")
            whole = not half or "running_" in key or models.is_derived(key)
            tensors[f"{name}.{key}"] = (tensor.float() if whole else tensor.half()).contiguous()
    metadata = {
        "puppet.config": json.dumps(network.engine()),
        "puppet.align_corners": "true",
        "puppet.source_sha256": _sha256(find(path)),
        "puppet.training_steps": str(state.get("step", 0)),
    }
    if network.keypoints == "face":
        free = [f"free_{number}" for number in range(1, network.num_kp - facemesh.TAUGHT + 1)]
        metadata["puppet.keypoints"] = json.dumps(facemesh.NAMES + free)
    animates = animates or (config or parse(state["training"]["config"], str(path))).animates
    if animates != "faces":
        metadata["puppet.animates"] = animates
    write_atomically(out, lambda aside: save_file(tensors, aside, metadata=metadata))


def quantize(model: Path, puppet: Path, driving: str, avatar: Path | None, frames: int) -> str:
    """Lets the program find the int8 scales on a driving clip and store them with the model; what it says of them."""
    command = [str(puppet), "model", "quantize", "--model", str(model), "--driving", driving, "--output", str(model)]
    command += ["--frames", str(frames), *(["--avatar", str(avatar)] if avatar else [])]
    return run(command)


def info(model: Path, puppet: Path) -> str:
    """What the program says of the model; it runs it once."""
    return run([str(puppet), "model", "info", str(model)])


def run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise Trouble(f"{command[0]}: cannot be started: {error.strerror}") from error
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise Trouble(f"{' '.join(command[:3])} failed with code {done.returncode}: {said}")
    return done.stdout.strip()


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
