"""The detector alone learns keypoints and Jacobians that landmarks teach; twenty times as fast as painting."""

import copy

import torch
from torch import Tensor

from fomm.data.pairs import Batch
from fomm.losses import taught
from fomm.models import Models
from fomm.network import Keypoints
from fomm.sheet import marked
from fomm.stages.base import StageLearner, parameters


class DetectorLearner(StageLearner):
    def __init__(self, *arguments) -> None:
        super().__init__(*arguments)
        detector = self.models.detector
        self._freeze(self.models.generator)
        self._before = self.models.before if self.stage.weight("kept") else None
        self._freeze(self._before)
        self._train(detector)
        self._seen: tuple[Tensor, Keypoints] | None = None

    @staticmethod
    def remembered(models: Models) -> torch.nn.Module:
        """Free keypoints stay where they were when the stage began."""
        return copy.deepcopy(models.detector)

    def parameter_groups(self) -> list[dict]:
        return [{"params": parameters(self.models.detector), "scale": 1.0}]

    def losses(self, batch: Batch, random: torch.Generator) -> dict[str, Tensor]:
        frames = self.setting.place(batch.frames[:, 0])
        value, jacobian = batch.taught.value[:, 0], batch.taught.jacobian[:, 0]
        few = max(1, round(len(frames) * self.stage.jacobian_share))
        detector = self.models.detector
        with self.setting.convolutions():
            small = detector.small(frames)
            found = detector.detect(small, few)
            before = None
            if self._before is not None:
                with torch.no_grad():
                    before = self._before.detect(small[:few])
        self._seen = frames, found
        losses = taught.detector_losses(found, value, jacobian)
        if before is not None:
            losses["kept"] = taught.kept(found, before)
        return {name: self.stage.weight(name) * loss for name, loss in losses.items() if self.stage.weight(name)}

    def pictures(self) -> dict[str, Tensor]:
        frames, found = self._seen
        return {"frame and keypoints": marked(frames, found["value"])}
