"""What a face mesh teaches: which of its points become keypoints, and their local affine frames (Jacobians).

The mesh is MediaPipe's: 478 points (x, y, z), 0...1 of the picture's width. numpy alone, no network.
"""

from dataclasses import dataclass

import numpy as np

MESH = 468  # points of the face; ten more are the irises


@dataclass(frozen=True)
class Point:
    """A keypoint: its place on the mesh, the radius of what its Jacobian follows (cheek to cheek is 1), its mirror."""

    name: str
    index: int
    radius: float
    mirror: str


POINTS = [
    Point("nose", 1, 0.22, "nose"),
    Point("bridge", 168, 0.22, "bridge"),
    Point("forehead", 151, 0.30, "forehead"),
    Point("chin", 152, 0.28, "chin"),
    Point("jaw_r", 172, 0.30, "jaw_l"),
    Point("jaw_l", 397, 0.30, "jaw_r"),
    Point("cheek_r", 234, 0.35, "cheek_l"),
    Point("cheek_l", 454, 0.35, "cheek_r"),
    Point("lid_up_r", 159, 0.085, "lid_up_l"),
    Point("lid_lo_r", 145, 0.085, "lid_lo_l"),
    Point("lid_up_l", 386, 0.085, "lid_up_r"),
    Point("lid_lo_l", 374, 0.085, "lid_lo_r"),
    Point("brow_r", 105, 0.13, "brow_l"),
    Point("brow_l", 334, 0.13, "brow_r"),
    Point("mouth_r", 61, 0.12, "mouth_l"),
    Point("mouth_l", 291, 0.12, "mouth_r"),
    Point("lip_up", 13, 0.12, "lip_up"),
    Point("lip_lo", 14, 0.12, "lip_lo"),
    Point("iris_r", 468, 0.16, "iris_l"),
    Point("iris_l", 473, 0.16, "iris_r"),
]
NAMES = [point.name for point in POINTS]
TAUGHT = len(POINTS)
MIRROR = np.array([NAMES.index(point.mirror) for point in POINTS])
_INDEX = np.array([point.index for point in POINTS])


def at(*names: str) -> list[int]:
    """Numbers of keypoints."""
    return [NAMES.index(name) for name in names]


# Keypoints whose distance matters more than where they are: what opens and closes, first the upper or right one.
LIDS = [("lid_up_r", "lid_lo_r"), ("lid_up_l", "lid_lo_l")]
OPENINGS = [*LIDS, ("lip_up", "lip_lo"), ("mouth_r", "mouth_l")]
# Where eyes look: an iris moves sideways on the middle of its lid.
GAZE = [("iris_r", "lid_lo_r"), ("iris_l", "lid_lo_l")]
PAIRS = [*OPENINGS, *GAZE, ("brow_r", "lid_up_r"), ("brow_l", "lid_up_l"), ("lip_lo", "chin"), ("nose", "lip_up")]
# The head's own points; those after it move on it.
HEAD = 8

# Corners of the mesh, for what opens: upper and lower, or right and left.
MESH_LIDS = [(159, 145), (158, 153), (160, 144), (386, 374), (385, 380), (387, 373)]
MESH_LIPS = [(13, 14), (82, 87), (312, 317), (81, 178), (311, 402)]
MESH_WIDE = [(61, 291), (78, 308)]
MESH_BROWS = [(105, 159), (334, 386)]
CHEEKS = (234, 454)
TOP, CHIN = 10, 152
EYE_CORNERS = (33, 263)

# What the mesh spans without following: the inside of the mouth, the eyes.
_INNER_LIPS = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95]
_EYES = [
    [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7],
    [263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249],
]
HOLES = np.zeros((3, MESH), bool)
for _row, _members in zip(HOLES, [_INNER_LIPS, *_EYES]):
    _row[_members] = True

# A lip's keypoint follows its own lip, not the other one beside it.
_UPPER_LIP = {
    0, 11, 12, 13, 37, 38, 39, 40, 41, 42, 72, 73, 74, 80, 81, 82, 183, 184, 185, 191, 61, 76, 62, 78, 267, 268, 269,
    270, 271, 272, 302, 303, 304, 310, 311, 312, 407, 408, 409, 415, 291, 306, 292, 308,
}  # fmt: skip
_LOWER_LIP = {
    14, 15, 16, 17, 84, 85, 86, 87, 88, 89, 90, 91, 77, 95, 96, 146, 178, 179, 180, 181, 61, 76, 62, 78, 314, 315, 316,
    317, 318, 319, 320, 321, 307, 324, 325, 375, 402, 403, 404, 405, 291, 306, 292, 308,
}  # fmt: skip


def to_picture(mesh: np.ndarray) -> np.ndarray:
    """x and y of mesh points, 0...1 -> -1...1."""
    return mesh[..., :2] * 2 - 1


def _similarity(moved: np.ndarray, to: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Scale, rotation, shift that take points [N, 3] to others (Umeyama, 1991)."""
    middle, target = moved.mean(0), to.mean(0)
    u, singular, vt = np.linalg.svd((to - target).T @ (moved - middle))
    handed = np.array([1, 1, np.sign(np.linalg.det(u @ vt))])
    rotation = u @ np.diag(handed) @ vt
    scale = (singular * handed).sum() / ((moved - middle) ** 2).sum()
    return scale, rotation, target - scale * rotation @ middle


def canonical(meshes: np.ndarray, rounds: int = 4) -> np.ndarray:
    """The mean of [N, 478, 3]: frontal and mirror-symmetric, x to the right, y down, cheek to cheek 1."""
    shape = meshes[0] - meshes[0].mean(0)
    for _ in range(rounds):
        total = np.zeros_like(shape)
        for mesh in meshes:
            scale, rotation, shift = _similarity(mesh, shape)
            total += scale * mesh @ rotation.T + shift
        shape = total / len(meshes)
        across = shape[CHEEKS[1]] - shape[CHEEKS[0]]
        across /= np.linalg.norm(across)
        down = shape[CHIN] - shape[TOP]
        down -= across * (down @ across)
        down /= np.linalg.norm(down)
        shape = (shape - shape.mean(0)) @ np.stack([across, down, np.cross(across, down)]).T
        mirrored = shape * [-1, 1, 1]
        partner = ((mirrored[:, None] - shape[None]) ** 2).sum(-1).argmin(1)
        shape = (shape + mirrored[partner]) / 2
        shape /= shape[CHEEKS[1], 0] - shape[CHEEKS[0], 0]
    return shape


class Teacher:
    """Keypoints and Jacobians of meshes. A Jacobian takes the canonical face's plane to the picture's: least squares
    over the keypoint's neighbourhood. `shape`: canonical face, scaled so that Jacobians are near the identity."""

    def __init__(self, shape: np.ndarray) -> None:
        plane = shape[:, :2].astype(np.float64)
        unit = plane[CHEEKS[1], 0] - plane[CHEEKS[0], 0]
        self._fits: list[tuple[np.ndarray, np.ndarray]] = []
        for point in POINTS:
            offset = plane - plane[point.index]
            radius = point.radius * unit
            near = set(np.nonzero(np.linalg.norm(offset, axis=1) < radius)[0].tolist())
            if point.name == "lip_up":
                near = (near & _UPPER_LIP) | {point.index}
            if point.name == "lip_lo":
                near = (near & _LOWER_LIP) | {point.index}
            if not point.name.startswith("iris"):
                near = {index for index in near if index < MESH}
            members = np.array(sorted(near))
            x = offset[members]
            weight = np.exp(-(x**2).sum(1) / (2 * (radius / 1.5) ** 2))
            design = np.concatenate([x, np.ones((len(members), 1))], 1)
            weighted = (design * weight[:, None]).T
            # A little regularised: a closed lid's points lie on a line.
            solve = np.linalg.solve(weighted @ design + np.diag([1e-5, 1e-5, 0]), weighted)[:2]
            self._fits.append((members, solve))

    def __call__(self, meshes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """[N, 478, 3], 0...1 -> value [N, 20, 2], -1...1, and jacobian [N, 20, 2, 2]."""
        points = to_picture(meshes)
        fits = [np.einsum("in,fnc->fci", solve, points[:, near]) for near, solve in self._fits]
        return points[:, _INDEX].astype(np.float32), np.stack(fits, 1).astype(np.float32)


def usable(meshes: np.ndarray) -> np.ndarray:
    """[N]: whether a face was found that is larger than a fifth of the picture."""
    size = np.linalg.norm(meshes[:, CHIN, :2] - meshes[:, TOP, :2], axis=1)
    return ~np.isnan(meshes[:, 0, 0]) & (np.nan_to_num(size) > 0.2)
