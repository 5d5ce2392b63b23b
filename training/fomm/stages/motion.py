"""The dense motion network alone learns to move as the face mesh does. Nothing is painted: a tenth of the cost."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor

from fomm.data import facemesh
from fomm.data.pairs import Batch
from fomm.losses import meshflow
from fomm.models import Models
from fomm.network import Keypoints, gaussian
from fomm.stages.base import StageLearner, parameters


class MotionLearner(StageLearner):
    """Background and occlusion stay as they were: `far` and `occlusion` hold them to what the stage began with."""

    def __init__(self, *arguments) -> None:
        super().__init__(*arguments)
        dense = self.models.dense
        self._freeze(self.models.generator, self.models.detector, self.models.before)
        self._train(dense)
        self._mesh_motion = meshflow.MeshMotion(self.setting.device)
        self._seen: tuple[Tensor, Tensor, Tensor] | None = None

    @staticmethod
    def remembered(models: Models) -> torch.nn.Module:
        return copy.deepcopy(models.dense)

    def parameter_groups(self) -> list[dict]:
        return [{"params": parameters(self.models.dense), "scale": 1.0}]

    def losses(self, batch: Batch, random: torch.Generator) -> dict[str, Tensor]:
        dense, before, weight = self.models.dense, self.models.before, self.stage.weight
        b = len(batch.frames)
        with torch.no_grad(), self.setting.convolutions():
            frames = self.setting.place(torch.cat([batch.source, batch.driving]))
            small = self.setting.place(dense.small(frames))
            found = self.models.detector.detect(small)
            reference, driving = self._keypoints(found, batch, random)
            sparse, seen = dense.sparse(small[:b], driving, reference)
            seen = self.setting.place(seen)
            earlier = before.combine(sparse, seen)
        with self.setting.convolutions():
            motion = dense.combine(sparse, seen)
        flow = motion["deformation"]
        source, to = batch.taught.mesh[:, 0], batch.taught.mesh[:, 1]
        losses = self._mesh_motion.losses(flow, source, to)
        warped = F.grid_sample(small[:b], flow, align_corners=True)
        losses["warp"] = (warped - small[b:]).abs().mean()
        face = gaussian(to[:, ::6], *flow.shape[1:3], 0.01).amax(1)
        far = (1 - face).clamp(min=0)
        losses["far"] = ((flow - earlier["deformation"]).abs().sum(-1) * far).mean()
        if "occlusion_map" in motion:
            losses["occlusion"] = (motion["occlusion_map"] - earlier["occlusion_map"]).abs().mean()
        self._seen = small[:b], small[b:], warped
        return {name: weight(name) * loss for name, loss in losses.items() if weight(name)}

    def _keypoints(self, found: Keypoints, batch: Batch, random: torch.Generator) -> tuple[Keypoints, Keypoints]:
        """Of source and driving frame. A share of pairs has the teacher's: this is not to mend the detector."""
        b, taught = len(batch.frames), batch.taught
        has_taught = torch.rand(b, generator=random).to(self.setting.device) < self.stage.taught_share
        sides = []
        for side in (0, 1):
            points = {name: found[name][side * b : (side + 1) * b].clone() for name in ("value", "jacobian")}
            points["value"][has_taught, : facemesh.TAUGHT] = taught.value[has_taught, side]
            points["jacobian"][has_taught, : facemesh.TAUGHT] = taught.jacobian[has_taught, side]
            sides.append(points)
        return sides[0], sides[1]

    def pictures(self) -> dict[str, Tensor]:
        source, driving, warped = self._seen
        return {"source": source, "driving": driving, "source, moved": warped}
