"""A training run as YAML (configs/): what the networks are, what is looked at, and the stages that train them.

Every key is a field below; a key that is none is one clear line. All fields have a default, which the files leave out.
"""

import copy
import dataclasses
import types
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fomm.errors import Trouble


@dataclass
class Widths:
    """An hourglass: channels of its first block, most channels of any, and halvings."""

    block_expansion: int = 32
    max_features: int = 1024
    num_blocks: int = 5


@dataclass
class Painter:
    """The generator: channels at full size, most of any, halvings, residual blocks."""

    block_expansion: int = 64
    max_features: int = 512
    num_down_blocks: int = 2
    num_bottleneck_blocks: int = 6


@dataclass
class Network:
    """What is trained. `first-order` is what the engine runs; `embedding-warp` is there to compare with (ablations)."""

    kind: str = "first-order"
    size: int = 256  # rows and columns of the frames it is for
    motion_size: int = 64  # of what detector and dense motion see
    num_kp: int = 10
    keypoints: str = "free"  # or `face`: the first 20 are those of data/facemesh.py, and taught
    estimate_jacobian: bool = True
    single_jacobian_map: bool = False
    estimate_occlusion_map: bool = True
    temperature: float = 0.1
    kp_variance: float = 0.01
    detector: Widths = field(default_factory=Widths)
    dense: Widths = field(default_factory=lambda: Widths(block_expansion=64))
    generator: Painter = field(default_factory=Painter)

    def engine(self, size: int | None = None) -> dict[str, Any]:
        """The configuration in the engine's words; `size`: for frames of so many rows instead."""
        scale = self.motion_size / (size or self.size)
        occlusion = {"estimate_occlusion_map": self.estimate_occlusion_map}
        config = {
            "num_kp": self.num_kp,
            "num_channels": 3,
            "estimate_jacobian": self.estimate_jacobian,
            "kp": {"temperature": self.temperature, **dataclasses.asdict(self.detector), "scale_factor": scale},
            "dense": {**dataclasses.asdict(self.dense), "scale_factor": scale, "kp_variance": self.kp_variance},
            "gen": {**dataclasses.asdict(self.generator), **occlusion},
        }
        if self.single_jacobian_map:
            config["kp"]["single_jacobian_map"] = True
        return config


@dataclass
class Data:
    """How clips are chosen."""

    by: str = "clip"  # or `identity`: first who, then which clip of theirs (the paper's id_sampling)
    weigh_length: bool = False  # longer clips more often: by the root of their length, up to 200 frames
    weights: dict[str, float] = field(default_factory=dict)  # part of a clip's name -> how much more often
    other_stills: float = 0.6  # of other faces (loss `cross`) taken from the stills, where there are some
    # Parts of names of clips that are shown in lessons alone: pictures that a model made, say
    lessons_only: list[str] = field(default_factory=list)


@dataclass
class Augmentation:
    """Random changes, the same for both frames of a pair; 0 is none. Factors are drawn from 1 - x ... 1 + x."""

    flip: bool = True  # left and right, every second pair
    time_flip: bool = False  # source and driving frame change places; the earlier frame is the source otherwise
    zoom: list[float] = field(default_factory=lambda: [1.0, 1.0])  # least and most
    shift: float = 0.0  # -1...1 units, beside what the zoom leaves room for
    rotation: float = 0.0  # radians, standard deviation
    stretch: float = 0.0  # logarithm of the ratio of sides, standard deviation
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0  # share of the circle, at most 0.5
    tint: float = 0.0  # of each channel by itself
    gamma: float = 0.0
    noise: float = 0.0  # most, standard deviation; most pictures get little
    cover: float = 0.0  # share of pictures of which a rectangle is hidden


@dataclass
class Perceptual:
    """The network that compares pictures. `vgg19` is the paper's and needs its weights, torchvision's file, by path."""

    network: str = "efficientnet-lite0"
    weights: str = ""


@dataclass
class ThinPlate:
    """The random deformations of the equivariance losses."""

    sigma_affine: float = 0.05
    sigma_tps: float = 0.005
    points: int = 5


@dataclass
class Critic:
    """`multiscale` is the paper's discriminator; `patch` is ours, small enough for a CPU."""

    kind: str = "multiscale"
    block_expansion: int = 32
    max_features: int = 512
    num_blocks: int = 4
    spectral_norm: bool = True
    keypoints: bool = False  # it sees them, too (vox-adv)
    rate: float = 2e-4


@dataclass
class Window:
    """Painting only a part: of the bottleneck's 64 rows `size`, of which `margin` on each side is not judged."""

    size: int = 0  # 0: the whole frame
    margin: int = 4
    anywhere: float = 0.25  # share of windows anywhere; the rest lies about the mouth and an eye


@dataclass
class Lesson:
    """What landmarks teach the detector beside a reconstruction, of pairs and views of its own: harder ones than a
    generator can learn from."""

    batch: int = 0  # pairs a step, of all ranks together; 0: none
    still_share: float = 0.0
    losses: dict[str, float] = field(default_factory=dict)
    augment: Augmentation = field(default_factory=Augmentation)


@dataclass
class Stage:
    """A part of training. `kind` says what is learnt, `losses` by what; weights that are not named are 0."""

    name: str = ""
    kind: str = "reconstruction"  # or `detector`, `motion`
    steps: int = 100_000
    batch: int = 8  # pairs a step, of all ranks together
    size: int = 0  # rows and columns of the frames; 0: the network's
    train: list[str] = field(default_factory=lambda: ["detector", "motion", "generator"])
    rate: float = 2e-4
    detector_rate: float = 1.0  # the detector's rate, relative to `rate`
    schedule: str = "constant"  # `cosine`: down to `final_rate`; `steps`: a tenth after each of `milestones`
    milestones: list[float] = field(default_factory=list)  # shares of `steps`
    final_rate: float = 0.0
    warmup: int = 0  # steps
    betas: list[float] = field(default_factory=lambda: [0.5, 0.999])
    weight_decay: float = 0.0
    clip: float = 0.0  # most norm of the gradient; 0: any
    average: float = 0.999  # how much of the moving average of the weights a step keeps
    frozen_norm: bool = False  # statistics of batch norm stay
    still_share: float = 0.0  # of stills: single frames, or pairs made of one by two random affine maps
    extremes: float = 0.0  # how much more often frames are shown whose lids, lips or pose are unusual for the clip
    taught_share: float = 0.0  # kind `motion`: of pairs with the teacher's keypoints instead of the detector's
    jacobian_share: float = 1.0  # kind `detector`: of the batch whose Jacobians are looked at
    scales: list[float] = field(default_factory=lambda: [1, 0.5, 0.25, 0.125])  # the image pyramid
    importance: float = 0.0  # how much more a pixel at eyes and mouth counts
    others: float = 0.0  # other faces a step, as a share of the batch (loss `cross`)
    losses: dict[str, float] = field(default_factory=dict)
    augment: Augmentation = field(default_factory=Augmentation)
    perceptual: Perceptual = field(default_factory=Perceptual)
    thin_plate: ThinPlate = field(default_factory=ThinPlate)
    critic: Critic = field(default_factory=Critic)
    window: Window = field(default_factory=Window)
    lesson: Lesson = field(default_factory=Lesson)

    def weight(self, loss: str) -> float:
        return self.losses.get(loss, 0.0)

    @property
    def moves_others(self) -> bool:
        """Whether somebody else is moved as the driver moves."""
        return any(self.weight(name) for name in ("cross", "cross_points", "cross_gaps"))


@dataclass
class Config:
    animates: str = "faces"  # what the clips show; of anything else the engine looks for no face
    network: Network = field(default_factory=Network)
    data: Data = field(default_factory=Data)
    stages: list[Stage] = field(default_factory=lambda: [Stage(name="all")])
    seed: int = 1
    precision: str = "auto"  # or `float32`, `bfloat16`, `float16`
    checkpoint_seconds: int = 300
    sheet_steps: int = 500


# What each kind of stage knows, beside what is taught (`face`): the names of its losses.
LOSSES = {
    "reconstruction": {
        "pyramid", "perceptual", "equivariance_value", "equivariance_jacobian", "gan", "matching",
        "warp", "apart", "taught", "flow", "points", "gaps", "follow", "cross",
        "cross_points", "cross_gaps",
    },
    "detector": {"value", "pairs", "jacobian", "spread", "kept"},
    "motion": {"points", "gaps", "warp", "far", "occlusion"},
}  # fmt: skip
LESSON_LOSSES = {"value", "displaced", "pairs", "jacobian", "spread"}
NEEDS_LANDMARKS = {"taught", "flow", "points", "gaps", "follow", "cross", "cross_points", "cross_gaps"}
CHOICES = {
    "network.kind": {"first-order", "embedding-warp"},
    "network.keypoints": {"free", "face"},
    "data.by": {"clip", "identity"},
    "precision": {"auto", "float32", "bfloat16", "float16"},
}
STAGE_CHOICES = {
    "kind": set(LOSSES),
    "schedule": {"constant", "cosine", "steps"},
    "perceptual.network": {"efficientnet-lite0", "vgg19"},
    "critic.kind": {"multiscale", "patch"},
}


def read(path: Path | str, overrides: list[str] | None = None) -> Config:
    """A YAML file, with `KEY=VALUE` of the command line laid over it: `seed=2`, `stages.0.steps=100`."""
    try:
        tree = yaml.safe_load(Path(path).read_text()) or {}
    except OSError as error:
        raise Trouble(f"{path}: cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise Trouble(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    for override in overrides or []:
        _lay_over(tree, override)
    return parse(tree, str(path))


def parse(tree: dict[str, Any], where: str) -> Config:
    config = _make(Config, tree, "", where)
    _check(config, where)
    return config


def plain(config: Config) -> dict[str, Any]:
    """As it is kept in a checkpoint."""
    return dataclasses.asdict(config)


def _lay_over(tree: Any, override: str) -> None:
    key, separator, value = override.partition("=")
    if not separator:
        raise Trouble(f"--set {override}: expected KEY=VALUE, such as stages.0.steps=100")
    *path, last = key.split(".")
    node = tree
    try:
        for part in path:
            node = node[int(part)] if isinstance(node, list) else node.setdefault(part, {})
        node[int(last) if isinstance(node, list) else last] = yaml.safe_load(value)
    except (ValueError, IndexError, TypeError, AttributeError) as error:
        raise Trouble(f"--set {override}: there is no {key}") from error


def _make(kind: Any, value: Any, key: str, where: str) -> Any:
    """`value` as a dataclass, list, dictionary or number, whatever the field's type says."""
    label = f"{where}: {key or 'the file'}"
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, dict):
            raise Trouble(f"{label}: expected keys and values, not {value!r}")
        known = typing.get_type_hints(kind)
        for name in value:
            if name not in known:
                raise Trouble(f"{label}: unknown key {name!r}; known are {', '.join(known)}")
        prefix = f"{key}." if key else ""
        return kind(**{name: _make(known[name], part, prefix + str(name), where) for name, part in value.items()})
    origin = typing.get_origin(kind)
    if origin in (list, dict):
        if not isinstance(value, origin):
            raise Trouble(f"{label}: expected a {origin.__name__}, not {value!r}")
        inner = typing.get_args(kind)[-1]
        if origin is list:
            return [_make(inner, part, f"{key}.{index}", where) for index, part in enumerate(value)]
        return {str(name): _make(inner, part, f"{key}.{name}", where) for name, part in value.items()}
    # YAML reads 1e-4 as a text, and True would pass for a number.
    if kind is float and isinstance(value, str | int) and not isinstance(value, bool):
        try:
            return float(value)
        except ValueError:
            pass
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        name = kind.__name__ if not isinstance(kind, types.UnionType) else str(kind)
        raise Trouble(f"{label}: expected {name}, not {value!r}")
    return value


def _check(config: Config, where: str) -> None:
    def fail(what: str) -> typing.NoReturn:
        raise Trouble(f"{where}: {what}")

    def look_up(of: Any, key: str) -> Any:
        for part in key.split("."):
            of = getattr(of, part)
        return of

    def choose(of: Any, table: dict[str, set[str]], prefix: str) -> None:
        for key, choices in table.items():
            if look_up(of, key) not in choices:
                fail(f"{prefix}{key}: {look_up(of, key)!r} is none of {', '.join(sorted(choices))}")

    choose(config, CHOICES, "")
    network = config.network
    if network.size % network.motion_size:
        fail(f"network.size {network.size} is no multiple of network.motion_size {network.motion_size}")
    if network.keypoints == "face" and network.num_kp < 20:
        fail(f"network.num_kp {network.num_kp}: keypoints `face` are 20, and there may be free ones beside them")
    if not config.stages:
        fail("stages: there is none")
    names = [stage.name for stage in config.stages]
    for index, stage in enumerate(config.stages):
        at = f"stages.{index}."
        choose(stage, STAGE_CHOICES, at)
        if not stage.name or names.count(stage.name) > 1:
            fail(f"{at}name: {stage.name!r} is missing or given twice")
        if unknown := stage.losses.keys() - LOSSES[stage.kind]:
            known = ", ".join(sorted(LOSSES[stage.kind]))
            fail(f"{at}losses: kind {stage.kind} has no {sorted(unknown)[0]!r}; known are {known}")
        if unknown := stage.lesson.losses.keys() - LESSON_LOSSES:
            fail(f"{at}lesson.losses: there is no {sorted(unknown)[0]!r}; known are {', '.join(sorted(LESSON_LOSSES))}")
        if stage.lesson.batch and (stage.kind != "reconstruction" or "detector" not in stage.train):
            fail(f"{at}lesson: needs a stage of kind reconstruction that trains the detector")
        needs = {name for name, weight in stage.losses.items() if weight and name in NEEDS_LANDMARKS}
        if stage.lesson.batch:
            needs.add("lesson")
        if (needs or stage.kind != "reconstruction") and network.keypoints != "face":
            what = _named(sorted(needs)[0]) if needs else f"kind {stage.kind}"
            fail(f"{at}{what} is about faces: it needs network.keypoints: face")
        if stage.steps < 1 or stage.batch < 1:
            fail(f"{at}steps and {at}batch have to be 1 or more")
        if (stage.size or network.size) % network.motion_size:
            fail(f"{at}size {stage.size} is no multiple of network.motion_size {network.motion_size}")
        if unknown_parts := set(stage.train) - {"detector", "motion", "generator"}:
            fail(f"{at}train: {sorted(unknown_parts)[0]!r} is none of detector, motion, generator")
        if stage.perceptual.network == "vgg19" and stage.weight("perceptual") and not stage.perceptual.weights:
            fail(f"{at}perceptual.weights: vgg19 needs the path of its weights (docs/training.md says which)")


def _named(need: str) -> str:
    return need if need == "lesson" else f"losses.{need}"


def with_changes(config: Config, overrides: list[str]) -> Config:
    """A copy with `KEY=VALUE` laid over it."""
    tree = copy.deepcopy(plain(config))
    for override in overrides:
        _lay_over(tree, override)
    return parse(tree, "the configuration")
