"""What a stage has to say to the training loop."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from fomm.config import Network, Stage
from fomm.data.pairs import Batch
from fomm.models import Models


@dataclass
class Setting:
    """Where the numbers live. `precision`: of convolutions; products and sampling of coordinates are float32."""

    device: torch.device
    precision: torch.dtype = torch.float32

    def convolutions(self) -> AbstractContextManager:
        if self.precision == torch.float32:
            return nullcontext()
        return torch.autocast(self.device.type, self.precision)

    @property
    def memory_format(self) -> torch.memory_format:
        return torch.channels_last

    def place(self, tensor: Tensor) -> Tensor:
        return tensor.contiguous(memory_format=self.memory_format)


class StageLearner(ABC):
    """`models` are on the device already. What is not trained is frozen here, and put into eval mode."""

    def __init__(self, network: Network, stage: Stage, models: Models, setting: Setting) -> None:
        self.network, self.stage, self.models, self.setting = network, stage, models, setting

    @staticmethod
    def remembered(models: Models) -> nn.Module | None:
        """A copy of what a stage is held to, made as it begins and kept in its checkpoints as "before"."""
        return None

    @abstractmethod
    def parameter_groups(self) -> list[dict]:
        """For the optimiser; "scale" is relative to the stage's rate."""

    @abstractmethod
    def losses(self, batch: Batch, random: torch.Generator) -> dict[str, Tensor]:
        """Weighted; what is learnt from is their sum. `random`: the same for a step on every machine."""

    def critic_loss(self) -> Tensor | None:
        """Of the batch just seen; none without a critic."""
        return None

    def pictures(self) -> dict[str, Tensor]:
        """Columns of the sheet, of the batch just seen: [B, 3, H, W], 0...1."""
        return {}

    def _freeze(self, *parts: nn.Module | None) -> None:
        for part in parts:
            if part is not None:
                part.eval().requires_grad_(False)

    def _train(self, *parts: nn.Module | None) -> None:
        for part in parts:
            if part is not None:
                part.train().requires_grad_(True)


def parameters(*parts: nn.Module) -> list[nn.Parameter]:
    return [parameter for part in parts for parameter in part.parameters() if parameter.requires_grad]
