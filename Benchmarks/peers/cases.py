"""A case is a folder with one network at one frame size, in the forms that all engines read."""

import warnings
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import weights
from network import LiveFrame

# Of every case. The first driving frame is the calibration frame.
DRIVING_FRAMES = 8


def write(folder: Path, model: Path, portrait: Path, size: int) -> None:
    """avatar.png, driving/*.png, inputs.npz (the avatar encoded, all driving frames) and frame.onnx."""
    avatar = Image.open(portrait).convert("RGB").resize((size, size), Image.Resampling.LANCZOS)
    avatar.save(folder / "avatar.png")
    (folder / "driving").mkdir()
    frames = [_moved(avatar, index) for index in range(DRIVING_FRAMES)]
    for index, frame in enumerate(frames, start=1):
        frame.save(folder / "driving" / f"{index:06}.png")
    write_network(folder, weights.read(model, size=size), _tensor(avatar), [_tensor(frame) for frame in frames])


def write_network(folder: Path, network: LiveFrame, avatar: torch.Tensor, frames: list[torch.Tensor]) -> None:
    """inputs.npz and frame.onnx alone."""
    with torch.inference_mode():
        inputs = network.inputs(avatar, frames[0])
    arrays = {name: value.numpy() for name, value in inputs.items()}
    np.savez(folder / "inputs.npz", **{**arrays, "driving": torch.stack(frames).numpy()})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of traced shapes, which are meant to be constants, and of this exporter's age
        torch.onnx.export(
            network,
            tuple(value.clone() for value in inputs.values()),
            folder / "frame.onnx",
            input_names=LiveFrame.INPUTS,
            output_names=["prediction"],
            opset_version=17,
            dynamo=False,
        )


def _moved(avatar: Image.Image, index: int) -> Image.Image:
    """The portrait, turned and shifted: further with every frame."""
    shift = avatar.width * index // 100
    return avatar.rotate(1.5 * index, Image.Resampling.BICUBIC, translate=(shift, -shift))


def _tensor(picture: Image.Image) -> torch.Tensor:
    """[1, 3, size, size], 0...1."""
    return torch.from_numpy(np.asarray(picture, np.float32) / 255).permute(2, 0, 1)[None].contiguous()
