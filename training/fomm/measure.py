"""How good pictures are. No torch: this also runs where only MediaPipe is.

L1     mean difference to the driving frame, of 0...1
AKD    average keypoint distance: points of MediaPipe's face mesh in the result and in the driving frame, px of 256
MKR    missing keypoint rate: share of frames whose driving face is found and whose result's is not
AED    average Euclidean distance of dlib's face embedding: to the driving frame in reconstructions, to the source
       across identities. Below 0.6 it is the same person to dlib.
following   openings of the result against the driver's: correlation, and slope (1 is perfect, 0 does nothing)

The first four are the paper's (section 4), which took other landmark and embedding networks.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from fomm.data import facemesh
from fomm.data.landmarks import Landmarker
from fomm.data.layouts import PICTURES
from fomm.errors import Trouble

LIPS = [0, 13, 14, 17, 61, 291, 37, 267, 84, 314]
OPENINGS = ("mouth opening", "mouth width", "lid opening", "brow height")
# A clip with fewer frames says nothing about whether one thing follows another.
_FEWEST = 4


def openings(mesh: np.ndarray) -> np.ndarray:
    """[4], by OPENINGS, in units of the face: of its height, or of the distance of the eyes. `mesh`: [478, 2], px."""

    def distance(a: int, b: int) -> float:
        return float(np.linalg.norm(mesh[a] - mesh[b]))

    height, width = distance(facemesh.TOP, facemesh.CHIN), distance(*facemesh.EYE_CORNERS)
    lids = distance(159, 145) + distance(386, 374)
    brows = sum(distance(*pair) for pair in facemesh.MESH_BROWS)
    return np.array([distance(13, 14) / height, distance(61, 291) / width, lids / (2 * width), brows / (2 * width)])


@dataclass
class Seen:
    """A pair of pictures as it was measured. `mesh`: [478, 2], px of 256, or none where no face was found."""

    clip: str
    l1: float
    driver: np.ndarray | None
    result: np.ndarray | None
    embedding_distance: float | None


@dataclass
class Measured:
    """Figures of one kind of pictures; none where there is nothing to say."""

    frames: int = 0
    l1: float | None = None
    l1_unmoved: float | None = None
    akd: float | None = None
    akd_lips: float | None = None
    mkr: float | None = None
    aed: float | None = None
    following: dict[str, tuple[float, float]] = field(default_factory=dict)


def follow(driver: np.ndarray, result: np.ndarray, clips: list[str]) -> tuple[float, float] | None:
    """Correlation and slope of two series [N], each about its own mean in its clip."""
    a, b = [], []
    for clip in dict.fromkeys(clips):
        of = [index for index, name in enumerate(clips) if name == clip]
        if len(of) >= _FEWEST:
            a.append(driver[of] - driver[of].mean())
            b.append(result[of] - result[of].mean())
    if not a:
        return None
    x, y = np.concatenate(a), np.concatenate(b)
    if not x.any() or not y.any():
        return 0.0, 0.0
    return float(np.corrcoef(x, y)[0, 1]), float((x * y).sum() / (x * x).sum())


def summarise(seen: list[Seen], unmoved: list[float], reconstruction: bool) -> Measured:
    figures = Measured(frames=len(seen))
    if reconstruction:
        figures.l1 = float(np.mean([one.l1 for one in seen]))
        figures.l1_unmoved = float(np.mean(unmoved))
    faces = [one for one in seen if one.driver is not None]
    both = [one for one in faces if one.result is not None]
    if faces:
        figures.mkr = 1 - len(both) / len(faces)
    if both:
        distance = np.stack([np.linalg.norm(one.driver - one.result, axis=1) for one in both])
        if reconstruction:
            figures.akd, figures.akd_lips = float(distance.mean()), float(distance[:, LIPS].mean())
        drivers, results = (np.stack([openings(getattr(one, name)) for one in both]) for name in ("driver", "result"))
        for number, name in enumerate(OPENINGS):
            found = follow(drivers[:, number], results[:, number], [one.clip for one in both])
            if found is not None:
                figures.following[name] = found
    distances = [one.embedding_distance for one in seen if one.embedding_distance is not None]
    if distances:
        figures.aed = float(np.mean(distances))
    return figures


class Embedder:
    """dlib's face embedding, [128], by the weights that the package face_recognition_models carries."""

    def __init__(self) -> None:
        import dlib

        folder = _package_folder("face_recognition_models") / "models"
        self._dlib = dlib
        self._shape = dlib.shape_predictor(str(folder / "shape_predictor_5_face_landmarks.dat"))
        self._network = dlib.face_recognition_model_v1(str(folder / "dlib_face_recognition_resnet_model_v1.dat"))

    def __call__(self, frame: np.ndarray, mesh: np.ndarray) -> np.ndarray:
        """`mesh`: MediaPipe's, [478, 2], px of this frame: it says where the face is."""
        low, high = mesh.min(0), mesh.max(0)
        box = self._dlib.rectangle(*(int(round(x)) for x in (*low, *high)))
        frame = np.ascontiguousarray(frame)
        return np.array(self._network.compute_face_descriptor(frame, self._shape(frame, box)))


def _package_folder(name: str) -> Path:
    """Without importing it: this one needs a part of setuptools that is gone."""
    import importlib.util

    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise ImportError(name)
    return Path(found.submodule_search_locations[0])


def measure(folders: Iterable[tuple[str, Path, Path, Path | None]], kind: str, say: Callable[[str], None]) -> Measured:
    """`folders`: of every clip its name, driving frames, results, and the source's picture, where it is there."""
    landmarker = embedder = None
    try:
        landmarker = Landmarker(still=True)
    except Trouble as trouble:
        say(f"AKD, MKR, AED and following are left out: {trouble}")
    if landmarker is not None:
        try:
            embedder = Embedder()
        except (ImportError, RuntimeError) as error:
            say(f"AED is left out: {error}; pip install -r training/requirements-faces.txt")
    seen: list[Seen] = []
    unmoved: list[float] = []
    for clip, driving, result, source in folders:
        of_driving, of_result = _pictures(driving), _pictures(result)
        if len(of_driving) != len(of_result):
            raise Trouble(f"{result}: {len(of_result)} pictures, and {driving} has {len(of_driving)}")
        still = _read(source) if source is not None else _read(of_driving[0])
        reference = None
        for one, other in zip(map(_read, of_driving), map(_read, of_result)):
            if other.shape != one.shape:
                one = np.asarray(Image.fromarray(one).resize(other.shape[1::-1], Image.Resampling.LANCZOS))
            meshes, distance = [None, None], None
            if landmarker is not None:
                meshes = [_mesh(landmarker, frame) for frame in (one, other)]
            if embedder is not None and meshes[1] is not None:
                base, at = (one, meshes[0]) if kind == "reconstruction" else (still, None)
                if at is None and reference is None:
                    reference = _embedding(embedder, base, _mesh(landmarker, base))
                mine = reference if kind != "reconstruction" else _embedding(embedder, base, at)
                theirs = _embedding(embedder, other, meshes[1])
                if mine is not None and theirs is not None:
                    distance = float(np.linalg.norm(mine - theirs))
            seen.append(Seen(clip, _l1(one, other), *meshes, distance))
            if still.shape == one.shape:
                unmoved.append(_l1(still, one))
    if not seen:
        raise Trouble("nothing to measure")
    return summarise(seen, unmoved or [float("nan")], kind == "reconstruction")


def table(figures: dict[str, Measured]) -> str:
    """Markdown: a row for each measure, a column for each kind."""

    def cell(value: float | None, digits: int = 4) -> str:
        return "" if value is None else f"{value:.{digits}f}"

    kinds = list(figures)
    rows = [["", *kinds], ["---"] * (len(kinds) + 1)]
    rows.append(["frames", *(str(figures[kind].frames) for kind in kinds)])
    for name, label, digits in (
        ("l1_unmoved", "L1 of the source unmoved", 4),
        ("l1", "L1", 4),
        ("akd", "AKD, px of 256", 2),
        ("akd_lips", "AKD of the lips", 2),
        ("mkr", "MKR", 4),
        ("aed", "AED", 3),
    ):
        rows.append([label, *(cell(getattr(figures[kind], name), digits) for kind in kinds)])
    for opening in OPENINGS:
        found = [figures[kind].following.get(opening) for kind in kinds]
        rows.append(
            [f"{opening}, correlation / slope", *("" if x is None else f"{x[0]:.2f} / {x[1]:.2f}" for x in found)]
        )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def as_json(figures: dict[str, Measured]) -> str:
    return json.dumps({kind: vars(of) for kind, of in figures.items()}, indent=1)


def clip_folders(root: Path) -> list[tuple[str, Path, Path, Path | None]]:
    """What render.py writes of one kind."""
    found = []
    for folder in sorted(root.iterdir()) if root.is_dir() else []:
        if (folder / "result").is_dir():
            source = folder / "source.png"
            found.append((folder.name, folder / "driving", folder / "result", source if source.exists() else None))
    return found


def _pictures(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES) if folder.is_dir() else []
    if not found:
        raise Trouble(f"{folder}: no pictures there")
    return found


def _read(path: Path) -> np.ndarray:
    return np.array(Image.open(path).convert("RGB"))


def _l1(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(np.float32) - b.astype(np.float32)).mean() / 255)


def _mesh(landmarker: Landmarker, frame: np.ndarray) -> np.ndarray | None:
    """[478, 2], px of 256."""
    mesh = landmarker(frame)[:, :2]
    return None if np.isnan(mesh[0, 0]) else mesh * 256


def _embedding(embedder: Embedder, frame: np.ndarray, mesh: np.ndarray | None) -> np.ndarray | None:
    return None if mesh is None else embedder(frame, mesh / 256 * [frame.shape[1], frame.shape[0]])
