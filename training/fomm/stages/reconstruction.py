"""A clip's frame is made of another of its frames: the paper's method (section 3), and what we add for faces."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fomm.data import facemesh
from fomm.data.augment import Taught
from fomm.data.pairs import Batch
from fomm.losses import adversarial, equivariance, following, meshflow, perceptual, pyramid, taught
from fomm.network import Keypoints, Motion
from fomm.sheet import marked
from fomm.stages.base import StageLearner, parameters
from fomm.stages.windows import Windows

_MOUTH = facemesh.at("mouth_r", "mouth_l", "lip_up", "lip_lo")
_EYES = facemesh.at("lid_up_r", "lid_up_l")


class ReconstructionLearner(StageLearner):
    def __init__(self, *arguments) -> None:
        super().__init__(*arguments)
        stage, models, network = self.stage, self.models, self.network
        self._is_first_order = models.detector is not None
        self._named = network.keypoints == "face"
        # The first of those that nobody teaches.
        self._free = facemesh.TAUGHT if self._named else 0
        self._choose_what_is_trained()
        device = self.setting.device
        self._pyramid = pyramid.Pyramid(stage.scales).to(device)
        self._perceptual = None
        if stage.weight("perceptual"):
            self._perceptual = perceptual.make(stage.perceptual).to(device, memory_format=self.setting.memory_format)
        self._windows = None
        if stage.window.size:
            self._windows = Windows(stage.window, self._size // 4)
        self._mesh_motion = meshflow.MeshMotion(device) if self._named else None
        self._seen: dict[str, Tensor] = {}

    @property
    def _size(self) -> int:
        return self.stage.size or self.network.size

    def _choose_what_is_trained(self) -> None:
        models, train = self.models, self.stage.train
        self._train(models.generator, models.detector, models.critic)
        self._freeze(models.judge)
        if self._is_first_order:
            if "detector" not in train:
                self._freeze(models.detector)
            if "generator" not in train:
                self._freeze(models.generator)
            if "motion" in train:
                self._train(models.dense)
            else:
                self._freeze(models.dense)
                if models.dense.occlusion is not None and "generator" in train:
                    # What has to be painted depends on the painter, too.
                    models.dense.occlusion.requires_grad_(True)
        if self.stage.frozen_norm:
            for part in (models.generator, models.detector):
                for layer in part.modules() if part is not None else ():
                    if isinstance(layer, nn.modules.batchnorm._BatchNorm):
                        layer.eval()

    def parameter_groups(self) -> list[dict]:
        groups = [{"params": parameters(self.models.generator), "scale": 1.0}]
        if self._is_first_order:
            groups.append({"params": parameters(self.models.detector), "scale": self.stage.detector_rate})
        return [group for group in groups if group["params"]]

    def losses(self, batch: Batch, random: torch.Generator) -> dict[str, Tensor]:
        source, driving = self.setting.place(batch.source), self.setting.place(batch.driving)
        if not self._is_first_order:
            with self.setting.convolutions():
                motion = self.models.generator(source, driving)
            self._seen = {"source": source, "driving": driving, "got": motion["prediction"], "target": driving}
            return self._compared(motion["prediction"], driving, None)
        b = len(source)
        shown = batch.lesson.frames.flatten(0, 1) if batch.lesson is not None else source[:0]
        with torch.no_grad():
            small = self.setting.place(self.models.dense.small(torch.cat([source, driving, shown])))
        with self.setting.convolutions():
            # All at once: batch norm has one set of statistics for them.
            found = self.models.detector.detect(small)
        small = small[: 2 * b]
        found, in_lesson = ({name: part[at] for name, part in found.items()} for at in (slice(2 * b), slice(2 * b, None)))
        with self.setting.convolutions():
            reference, moving = ({name: part[i * b : (i + 1) * b] for name, part in found.items()} for i in (0, 1))
            motion = self.models.dense(small[:b], moving, reference)
        value = batch.taught.value[:, 1] if batch.taught is not None else moving["value"].detach()
        corners = self._corners(value, random, self.stage.window.anywhere)
        got = self._painted(source, motion, corners)
        target = driving if corners is None else self._windows.cut(driving, corners)
        weight = None
        if self.stage.importance:
            weight = pyramid.importance(value, self._size, self.stage.importance)
            weight = weight if corners is None else self._windows.cut(weight, corners)
        self._seen = {
            "source": source, "driving": driving, "got": got, "target": target, "value": moving["value"].detach(),
            **{name: part.detach() for name, part in motion.items() if name == "occlusion_map"},
        }  # fmt: skip
        losses = self._compared(got, target, weight)
        losses |= self._of_motion(batch, small, found, moving, motion, random)
        if self.stage.weight("follow") or self.stage.moves_others:
            losses |= self._judged(batch, small, reference, moving, got, corners, random)
        if batch.lesson is not None:
            losses |= self._taught_in_lesson(in_lesson, batch.lesson.taught)
        return losses

    def _taught_in_lesson(self, found: Keypoints, taught_: Taught) -> dict[str, Tensor]:
        value = taught_.value
        losses = taught.detector_losses(found, value.flatten(0, 1), taught_.jacobian.flatten(0, 1))
        losses["displaced"] = taught.displaced(found["value"].unflatten(0, value.shape[:2]), value)
        weights = self.stage.lesson.losses
        return {f"lesson_{name}": weights[name] * loss for name, loss in losses.items() if weights.get(name)}

    def _corners(self, value: Tensor, random: torch.Generator, anywhere: float) -> Tensor | None:
        if self._windows is None:
            return None
        places = (_MOUTH, _EYES) if self._named else ()
        return self._windows.corners(value, places, anywhere, random)

    def _painted(self, source: Tensor, motion: Motion, corners: Tensor | None) -> Tensor:
        """The prediction, or the windows of it: [B, 3, H, H]."""
        generator = self.models.generator
        with self.setting.convolutions():
            warped = generator.warp(generator.encode(source), motion)
            if corners is not None:
                warped = self._windows.cut_features(warped, corners)
            painted = generator.paint(self.setting.place(warped))
        return painted if corners is None else self._windows.trim(painted)

    def _compared(self, got: Tensor, target: Tensor, weight: Tensor | None) -> dict[str, Tensor]:
        """Prediction against frame: pictures, what a network sees in them, and what the critic thinks of it."""
        stage, losses = self.stage, {}
        pairs = list(zip(self._pyramid(got), self._pyramid(target)))
        weights = [None if weight is None else F.interpolate(weight, size=x.shape[2:]) for x, _ in pairs]
        if stage.weight("pyramid"):
            errors = [pyramid.difference(x, y, w) for (x, y), w in zip(pairs, weights)]
            losses["pyramid"] = stage.weight("pyramid") * sum(errors)
        if self._perceptual is not None:
            with self.setting.convolutions():
                errors = [perceptual.loss(self._perceptual, x, y, w) for (x, y), w in zip(pairs, weights)]
            losses["perceptual"] = stage.weight("perceptual") * sum(errors)
        if self.models.critic is not None:
            value = self._seen.get("value")
            features, judgement = self.models.critic(got, value)
            with torch.no_grad():
                wanted, _ = self.models.critic(target, value)
            losses["gan"] = stage.weight("gan") * adversarial.generator_loss(judgement)
            losses["matching"] = stage.weight("matching") * adversarial.matching_loss(features, wanted)
        return losses

    def _of_motion(
        self, batch: Batch, small: Tensor, found: Keypoints, moving: Keypoints, motion: Motion, random: torch.Generator
    ) -> dict[str, Tensor]:
        """What keypoints and deformation are learnt by, beside what becomes of them."""
        stage, losses = self.stage, {}
        b = len(batch.frames)
        driving = small[b:]
        weight = None
        if stage.importance and batch.taught is not None:
            weight = pyramid.importance(batch.taught.value[:, 1], driving.shape[-1], stage.importance)
        if stage.weight("warp"):
            warped = F.grid_sample(small[:b], motion["deformation"], align_corners=True)
            losses["warp"] = stage.weight("warp") * pyramid.warp(warped, driving, weight)
        if stage.weight("flow"):
            value = batch.taught.value[:, 1]
            counts = torch.ones_like(driving[:, :1]) if weight is None else weight
            losses["flow"] = stage.weight("flow") * meshflow.loss(motion["deformation"], batch.flow, value, counts)
        if stage.weight("points") or stage.weight("gaps"):
            of_mesh = self._mesh_motion.losses(motion["deformation"], *batch.taught.mesh.unbind(1))
            losses |= {name: stage.weight(name) * loss for name, loss in of_mesh.items()}
        if stage.weight("taught"):
            value, jacobian = (
                torch.cat([part[:, 0], part[:, 1]]) for part in (batch.taught.value, batch.taught.jacobian)
            )
            losses["taught"] = stage.weight("taught") * taught.loss(found, value, jacobian)
        wants_jacobian = stage.weight("equivariance_jacobian") and "jacobian" in moving
        if stage.weight("equivariance_value") or wants_jacobian:
            options = vars(stage.thin_plate)
            transform = equivariance.ThinPlate(b, **options, random=random, device=self.setting.device)
            # The frame is turned at full size and made small then, as any frame is.
            turned = self.models.detector.small(transform.frames(batch.driving))
            with self.setting.convolutions():
                again = self.models.detector.detect(self.setting.place(turned))
            free = {
                name: (moving[name][:, self._free :], again[name][:, self._free :])
                for name in ("value", "jacobian")
                if name in moving
            }
            error = equivariance.value_loss(free["value"][0], transform, free["value"][1])
            losses["equivariance_value"] = stage.weight("equivariance_value") * error
            if wants_jacobian:
                ours, theirs = free["jacobian"]
                error = equivariance.jacobian_loss(ours, transform, free["value"][1], theirs)
                losses["equivariance_jacobian"] = stage.weight("equivariance_jacobian") * error
        if stage.weight("apart"):
            fixed = moving["value"][:, : facemesh.HEAD] if self._named else None
            losses["apart"] = stage.weight("apart") * equivariance.apart_loss(moving["value"][:, self._free :], fixed)
        return losses

    def _judged(
        self,
        batch: Batch,
        small: Tensor,
        reference: Keypoints,
        moving: Keypoints,
        got: Tensor,
        corners: Tensor | None,
        random: torch.Generator,
    ) -> dict[str, Tensor]:
        """Does the prediction's face do what the driver's does, on its own face and on another's?"""
        stage, judge, losses = self.stage, self.models.judge, {}
        b = len(batch.frames)
        with torch.no_grad(), self.setting.convolutions():
            judged = judge.detect(small, jacobians=0)
        initial, wanted = ({name: part[i * b : (i + 1) * b] for name, part in judged.items()} for i in (0, 1))
        if stage.weight("follow"):
            # A window is judged in its place in the driving frame.
            whole = got if corners is None else self._windows.paste(batch.driving, got, corners)
            with self.setting.convolutions():
                seen = judge.detect(self.setting.place(self.models.dense.small(whole)), jacobians=0)
            # Most of a pasted frame is right by itself.
            share = 1 if corners is None else 2
            losses["follow"] = stage.weight("follow") * share * following.loss(seen, wanted)
        if stage.moves_others:
            losses |= self._judged_across(batch, reference, moving, initial["value"], wanted["value"], random)
        return losses

    def _judged_across(
        self,
        batch: Batch,
        reference: Keypoints,
        moving: Keypoints,
        initial: Tensor,
        wanted: Tensor,
        random: torch.Generator,
    ) -> dict[str, Tensor]:
        """Somebody else, moved by relative motion as in use; `initial`, `wanted`: the judge's keypoints of the pair."""
        models, stage = self.models, self.stage
        others = self.setting.place(batch.others)
        who = torch.randperm(len(batch.frames), generator=random)[: len(others)].to(self.setting.device)
        with torch.no_grad(), self.setting.convolutions():
            small = self.setting.place(models.dense.small(others))
            base = models.detector.detect(small)
            judged = models.judge.detect(small, jacobians=0)["value"]
        with torch.set_grad_enabled("detector" in stage.train):
            picked = [{name: part[who] for name, part in points.items() if name in ("value", "jacobian")}
                      for points in (moving, reference)]  # fmt: skip
            moved = following.moved(base, *picked)
        target = following.wanted_across(judged, wanted[who], initial[who])
        with self.setting.convolutions():
            motion = models.dense(small, moved, base)
        corners = self._corners(target, random, 0.0)
        got = self._painted(others, motion, corners)
        if corners is None:
            seen_in = models.dense.small(got)
        else:
            # The window in its place in a small frame that is only warped.
            with torch.no_grad():
                warped = F.grid_sample(small, motion["deformation"], align_corners=True)
            seen_in = self._windows.paste_small(warped, got, corners, models.dense.small)
        with self.setting.convolutions():
            seen = models.judge.detect(self.setting.place(seen_in), jacobians=0)["value"]
        losses = {"cross": stage.weight("cross") * following.unlike(seen, target)}
        if stage.weight("cross_points") or stage.weight("cross_gaps"):
            source, to = (Taught(*(part[who, side] for part in vars(batch.taught).values())) for side in (0, 1))
            base_mesh, to_mesh = batch.others_taught.mesh, following.mesh_across(batch.others_taught, to, source)
            of_mesh = self._mesh_motion.losses(motion["deformation"], base_mesh, to_mesh)
            losses |= {f"cross_{name}": stage.weight(f"cross_{name}") * loss for name, loss in of_mesh.items()}
        self._seen["across"] = got
        if models.critic is not None and stage.weight("gan"):
            judgement = models.critic(got, moved["value"].detach())[1]
            losses["gan_across"] = stage.weight("gan") * adversarial.generator_loss(judgement)
            self._seen["across_value"] = moved["value"].detach()
        return losses

    def critic_loss(self) -> Tensor | None:
        critic, seen = self.models.critic, self._seen
        if critic is None:
            return None
        value = seen.get("value")
        of_prediction = critic(seen["got"].detach(), value)[1]
        loss = adversarial.critic_loss(critic(seen["target"], value)[1], of_prediction)
        if "across_value" in seen:
            loss = loss + 0.3 * (critic(seen["across"].detach(), seen["across_value"])[1] ** 2).mean()
        return loss

    def pictures(self) -> dict[str, Tensor]:
        seen = self._seen
        driving = marked(seen["driving"], seen["value"]) if "value" in seen else seen["driving"]
        columns = {"source": seen["source"], "driving": driving, "target": seen["target"], "prediction": seen["got"]}
        if "occlusion_map" in seen:
            columns["occlusion"] = seen["occlusion_map"].expand(-1, 3, -1, -1)
        return columns
