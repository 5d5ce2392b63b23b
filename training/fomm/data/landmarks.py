"""Face landmarks by MediaPipe 0.10.14, whose wheel carries its networks, for every frame of a cache.

FOLDER/NAME.landmarks.npy   [N, 478, 3], 0...1; not a number where no face was found
FOLDER/NAME.taught.npz      value, jacobian, usable: see facemesh.py
FOLDER/canonical.npy        the mean face of this cache, [478, 3]
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from fomm.data import facemesh
from fomm.data.clips import STILLS, Box, read_index, write_atomically
from fomm.errors import Trouble

# Of a clip, every so manieth frame is looked at for the mean face, and so many of all.
_SAMPLE_EVERY, _SAMPLE = 12, 2500


class Landmarker:
    """`still`: every picture by itself; otherwise a face is followed from frame to frame."""

    def __init__(self, still: bool) -> None:
        try:
            import mediapipe
        except ImportError as error:
            raise Trouble(
                "landmarks need MediaPipe, which is not installed: pip install -r training/requirements-faces.txt"
            ) from error
        self._mesh = mediapipe.solutions.face_mesh.FaceMesh(
            static_image_mode=still,
            refine_landmarks=True,
            max_num_faces=1,
            min_detection_confidence=0.3,
            min_tracking_confidence=0.5,
        )

    def __call__(self, frame: np.ndarray) -> np.ndarray:
        """[478, 3] of an RGB picture, 0...1; not a number where there is no face."""
        found = self._mesh.process(np.ascontiguousarray(frame)).multi_face_landmarks
        if not found:
            return np.full((478, 3), np.nan, np.float32)
        return np.array([(point.x, point.y, point.z) for point in found[0].landmark], np.float32)

    def close(self) -> None:
        self._mesh.close()


def extract(folder: Path, say: Callable[[str], None] = print) -> None:
    """Landmarks of every clip that has none yet, then what they teach."""
    _, entries = read_index(folder)
    for number, entry in enumerate(entries, 1):
        path = folder / f"{entry.name}.landmarks.npy"
        if path.exists():
            continue
        landmarker = Landmarker(still=entry.name == STILLS)
        frames = np.load(folder / f"{entry.name}.npy", mmap_mode="r")
        meshes = np.stack([landmarker(frame) for frame in frames])
        landmarker.close()
        write_atomically(path, lambda aside: np.save(aside, meshes))
        lost = int(np.isnan(meshes[:, 0, 0]).sum())
        say(f"{number} of {len(entries)}: {entry.name}, no face in {lost} of {len(meshes)} frames")
    teach(folder, say)


def teach(folder: Path, say: Callable[[str], None] = print) -> None:
    """Keypoints and Jacobians of all landmarks there are."""
    _, entries = read_index(folder)
    meshes = {entry.name: np.load(folder / f"{entry.name}.landmarks.npy") for entry in entries}
    sample = np.concatenate([mesh[::_SAMPLE_EVERY] for mesh in meshes.values()]).astype(np.float64)
    sample = sample[facemesh.usable(sample)]
    if not len(sample):
        raise Trouble(f"{folder}: MediaPipe found no face in it")
    sample = sample[np.random.default_rng(0).permutation(len(sample))[:_SAMPLE]]
    shape = facemesh.canonical(sample)
    write_atomically(folder / "canonical.npy", lambda aside: np.save(aside, shape))
    # One canonical unit as large as in the median picture: Jacobians are near the identity.
    right, left = (sample[:, index, :2] for index in facemesh.CHEEKS)
    unit = float(np.median(np.linalg.norm((left - right) * 2, axis=1)))
    teacher = facemesh.Teacher(shape * unit)
    total = found = 0
    for name, mesh in meshes.items():
        usable = facemesh.usable(mesh)
        value, jacobian = teacher(np.nan_to_num(mesh))
        arrays = {"value": value, "jacobian": jacobian, "usable": usable}
        write_atomically(folder / f"{name}.taught.npz", lambda aside: np.savez(aside, **arrays))
        total, found = total + len(mesh), found + int(usable.sum())
    say(f"{found} of {total} frames have a face; cheek to cheek it is {unit / 2:.2f} of the picture")


def face_square(frames: list[np.ndarray], landmarker: Callable[[np.ndarray], np.ndarray]) -> Box | None:
    """A square that holds a clip's face in all of these frames, about twice as large as the face; None without one."""
    height, width = frames[0].shape[:2]
    meshes = np.stack([landmarker(frame)[: facemesh.MESH, :2] for frame in frames]) * [width, height]
    meshes = meshes[~np.isnan(meshes[:, 0, 0])]
    if not len(meshes):
        return None
    low, high = meshes.min((0, 1)), meshes.max((0, 1))
    face = (meshes.max(1) - meshes.min(1)).max(1).mean()
    # The mesh ends at the hairline: hair and shoulders need room, above a little more than below.
    side = round(max(1.9 * face, *(high - low)))
    x, y = (low + high) / 2
    left, top = round(x - side / 2), round(y - side / 2 - 0.05 * side)
    return (left, top, left + side, top + side)
