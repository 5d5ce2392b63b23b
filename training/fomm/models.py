"""The networks of a run, their moving average, and how they are read from checkpoints."""

import copy
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from fomm.baselines import EmbeddingWarp
from fomm.config import Network
from fomm.errors import Trouble
from fomm.network import AntiAliasDown, Generator, KeypointDetector, build

State = dict[str, Tensor]


@dataclass
class Models:
    """`judge`: a detector that stays as it is; `critic`: there while a stage has one. `detector` is none of
    `embedding-warp`, whose generator finds the motion itself."""

    generator: nn.Module
    detector: KeypointDetector | None
    judge: KeypointDetector | None = None
    critic: nn.Module | None = None
    before: nn.Module | None = None  # what a stage began with, where it is held to that
    # Of generator and detector, by the names that checkpoints have.
    average: dict[str, State] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, nn.Module]:
        """What a checkpoint has, by its names there."""
        parts = {
            "generator": self.generator,
            "kp_detector": self.detector,
            "judge": self.judge,
            "critic": self.critic,
            "before": self.before,
        }
        return {name: part for name, part in parts.items() if part is not None}

    @property
    def dense(self) -> nn.Module:
        return self.generator.dense_motion_network

    def update_average(self, keep: float) -> None:
        """`keep` of what it was, the rest of what the networks are now."""
        for name, of in self.average.items():
            now = self.named[name].state_dict()
            real = [key for key, tensor in now.items() if tensor.is_floating_point()]
            torch._foreach_lerp_([of[key] for key in real], [now[key] for key in real], 1 - keep)
            for key in now.keys() - set(real):
                of[key].copy_(now[key])

    def begin_average(self) -> None:
        self.average = {
            name: copy.deepcopy(self.named[name].state_dict())
            for name in ("generator", "kp_detector")
            if name in self.named
        }

    def averaged(self) -> "Models":
        """Networks with the average's weights, to evaluate and to export."""
        parts = {name: copy.deepcopy(part) for name, part in self.named.items() if name in ("generator", "kp_detector")}
        for name, state in self.average.items():
            parts[name].load_state_dict(state)
        for part in parts.values():
            part.eval().requires_grad_(False)
        return Models(parts["generator"], parts.get("kp_detector"))


def make(network: Network, size: int, seed: int) -> Models:
    """Untrained networks for frames of `size` rows; the motion network always sees `motion_size` of them."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if network.kind == "embedding-warp":
            return Models(EmbeddingWarp(network.generator.block_expansion, size), None)
        made = Models(*build(network.engine(size)))
    for part in (made.detector, made.dense):
        if hasattr(part, "down"):
            part.down = AntiAliasDown(3, network.motion_size / size, _blur(network, size))
    return made


def _blur(network: Network, size: int) -> float:
    """Sigma of the blur that makes of frames of `size` rows, of which each pixel was averaged from larger frames, what
    the network's own blur makes of those: a detector that learns from sharper pictures than it will see is worse."""
    full, step = network.size / network.motion_size, size / network.motion_size
    averaged = full / step
    own, rest = (step - 1) / 2, ((full - 1) ** 2 / 4 - (averaged**2 - 1) / 12) / averaged**2
    return max(own, rest**0.5) if averaged > 1 else own


def first_order(models: Models, to: str) -> tuple[Generator, KeypointDetector]:
    """`to`: what cannot be done with anything else."""
    if models.detector is None:
        raise Trouble(f"a network of kind embedding-warp is there to compare with; it cannot be {to}")
    return models.generator, models.detector


def take(network: nn.Module, state: State, what: str) -> None:
    """Loads weights, in whatever precision they are stored. Blurs belong to the frame's size and stay."""
    own = network.state_dict()
    given = {name: tensor for name, tensor in state.items() if not is_derived(name)}
    wanted = {name for name in own if not is_derived(name)}
    optional = {name for name in wanted if name.endswith("num_batches_tracked")}
    if missing := wanted - given.keys() - optional:
        raise Trouble(f"{what}: other networks than the configuration's: {sorted(missing)[0]} is missing")
    if unknown := given.keys() - own.keys():
        raise Trouble(f"{what}: other networks than the configuration's: {sorted(unknown)[0]} is not known")
    for name, tensor in given.items():
        if own[name].shape != tensor.shape:
            shapes = f"{list(tensor.shape)}, expected {list(own[name].shape)}"
            raise Trouble(f"{what}: other networks than the configuration's: {name} is {shapes}")
    network.load_state_dict({name: tensor.to(own[name].dtype) for name, tensor in given.items()}, strict=False)


def to_size(models: Models, network: Network, size: int) -> Models:
    """The same weights for frames of another size: what changes is the blur before the motion networks."""
    other = make(network, size, 0)
    take(other.generator, models.generator.state_dict(), "the stage before")
    if models.detector is not None:
        take(other.detector, models.detector.state_dict(), "the stage before")
    if models.judge is not None:
        other.judge = copy.deepcopy(other.detector)
        take(other.judge, models.judge.state_dict(), "the stage before")
    other.critic = models.critic
    return other


def is_derived(name: str) -> bool:
    """Of a tensor that follows from the frame's size."""
    return name == "down.weight" or name.endswith(".down.weight")
