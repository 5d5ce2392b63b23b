"""The loop: stages one after another, each from the average of the one before, going on from the last checkpoint."""

import math
import os
import sys
import time
from pathlib import Path

import torch
import yaml
from torch import nn

from fomm import checkpoint, models, sheet
from fomm.config import Config, Stage, plain
from fomm.data.clips import write_atomically
from fomm.data.pairs import Clips, Sampler
from fomm.errors import Trouble
from fomm.losses import adversarial
from fomm.progress import Progress
from fomm.ranks import Ranks
from fomm.stages import KINDS
from fomm.stages.base import Setting, StageLearner

# The average begins short, or it would keep what the networks were before they learnt anything.
_AVERAGE_WARMUP = 20
# Adam's betas of critics, as the paper has them.
_CRITIC_BETAS = (0.5, 0.999)


def choose_device(name: str) -> torch.device:
    """`auto`: the GPU of this rank, where there is one."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda":
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
        torch.cuda.set_device(device)
        # Shapes are the same at every step.
        torch.backends.cudnn.benchmark = True
        return device
    return torch.device(name)


def choose_precision(name: str, device: torch.device) -> torch.dtype:
    """Of convolutions. `auto`: bfloat16 where the hardware computes it, float16 on older GPUs, float32 elsewhere."""
    if name != "auto":
        return getattr(torch, name)
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    return torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32


def rate(stage: Stage, step: int) -> float:
    """The learning rate of a step, counted from 0."""
    share = step / stage.steps
    value = stage.rate
    if stage.schedule == "cosine":
        value = stage.final_rate + (stage.rate - stage.final_rate) * 0.5 * (1 + math.cos(math.pi * share))
    elif stage.schedule == "steps":
        value = stage.rate * 0.1 ** sum(share >= milestone for milestone in stage.milestones)
    return value * min(1.0, (step + 1) / max(1, stage.warmup))


class Trainer:
    """`out`: a folder for checkpoint.pt, sheet.png, log.jsonl and the configuration. `begin`: a checkpoint whose
    networks the first stage starts with. `until`: end after so many steps of this process, as a kill would (tests)."""

    def __init__(
        self,
        config: Config,
        data: Path,
        out: Path,
        device: str = "auto",
        begin: Path | None = None,
        first_stage: str | None = None,
        until: int | None = None,
    ) -> None:
        self.config, self.out, self.until = config, out, until
        self.device = choose_device(device)
        self.ranks = Ranks.join(self.device)
        self.setting = Setting(self.device, choose_precision(config.precision, self.device))
        # Numbers below 1e-38 are noise, and slow.
        torch.set_flush_denormal(True)
        out.mkdir(parents=True, exist_ok=True)
        self.clips = Clips(data, config.data, config.network.keypoints == "face", self.device)
        self.step = 0
        self.models = models.make(config.network, config.network.size, config.seed)
        self._index, self._resumed = self._stage_named(first_stage), None
        path = out / "checkpoint.pt"
        if path.exists():
            self._resumed = self._read_own(path)
            self._index = self._resumed["training"]["stage"]
        else:
            if begin is not None:
                self._begin_from(begin)
            if self.ranks.leads:
                text = yaml.safe_dump(plain(config), sort_keys=False)
                write_atomically(out / "config.yaml", lambda aside: aside.write_text(text))

    def run(self) -> None:
        """All stages that are left."""
        try:
            for index in range(self._index, len(self.config.stages)):
                self._run_stage(index)
                if self.until is not None and self.until <= 0:
                    return
        finally:
            self.ranks.leave()

    def _stage_named(self, name: str | None) -> int:
        names = [stage.name for stage in self.config.stages]
        if name is None:
            return 0
        if name not in names:
            raise Trouble(f"--stage {name}: is none of {', '.join(names)}")
        return names.index(name)

    def _read_own(self, path: Path) -> checkpoint.State:
        state = checkpoint.read(path)
        if "training" not in state:
            raise Trouble(f"{path}: has networks but no run to go on with; give it as --from, and another --out")
        ours, theirs = plain(self.config), state["training"]["config"]
        if ours != theirs:
            difference = _first_difference(theirs, ours)
            raise Trouble(f"{path}: was begun with another configuration ({difference}); choose another --out")
        return state

    def _begin_from(self, path: Path) -> None:
        state = checkpoint.read(path)
        weights = checkpoint.weights(state)
        models.take(self.models.generator, weights["generator"], str(path))
        if self.models.detector is not None:
            models.take(self.models.detector, weights["kp_detector"], str(path))
        if "judge" in weights:
            self.models.judge = models.make(self.config.network, self.config.network.size, 0).detector
            models.take(self.models.judge, weights["judge"], str(path))
        self._given_critic = weights.get("critic")
        self.step = int(state.get("step", 0))

    _given_critic: dict | None = None

    def _prepare(self, index: int) -> StageLearner:
        """Networks of a stage on the device, as it begins or as its checkpoint has them."""
        stage, network = self.config.stages[index], self.config.network
        state, self._resumed = self._resumed, None
        size = stage.size or network.size
        self.models = models.to_size(self.models, network, size)
        judged = stage.weight("follow") or stage.moves_others or "judge" in (state or {})
        if judged and self.models.judge is None:
            # The best there is: what the stage begins with.
            self.models.judge = models.to_size(self.models, network, size).detector
        if stage.weight("gan") or stage.weight("matching"):
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(self.config.seed + 1)
                fresh = adversarial.make(stage.critic, network.num_kp)
            same = self.models.critic is not None and _shapes(self.models.critic) == _shapes(fresh)
            self.models.critic = self.models.critic if same else fresh
            if self._given_critic is not None:
                models.take(self.models.critic, self._given_critic, "the critic of --from")
                self._given_critic = None
        else:
            self.models.critic = None
        self.models.before = KINDS[stage.kind].remembered(self.models)
        if state is not None:
            for name, part in self.models.named.items():
                part.load_state_dict(state[name])
        for part in self.models.named.values():
            part.to(self.device, memory_format=self.setting.memory_format)
        if self.device.type == "cuda" and self.ranks.world > 1 and not stage.frozen_norm:
            self.models.generator = nn.SyncBatchNorm.convert_sync_batchnorm(self.models.generator)
            if self.models.detector is not None:
                self.models.detector = nn.SyncBatchNorm.convert_sync_batchnorm(self.models.detector)
        learner = KINDS[stage.kind](network, stage, self.models, self.setting)
        self.models.begin_average()
        self._optimiser = _optimiser(stage, learner.parameter_groups())
        self._critic_optimiser = None
        if self.models.critic is not None:
            parameters = self.models.critic.parameters()
            self._critic_optimiser = torch.optim.Adam(parameters, stage.critic.rate, betas=_CRITIC_BETAS)
        self._scaler = torch.amp.GradScaler(self.device.type, enabled=self.setting.precision == torch.float16)
        self._done = 0
        if state is not None:
            training = state["training"]
            for name, of in state["average"].items():
                for key, tensor in of.items():
                    self.models.average[name][key].copy_(tensor)
            self._optimiser.load_state_dict(training["optimisers"]["networks"])
            if self._critic_optimiser is not None:
                self._critic_optimiser.load_state_dict(training["optimisers"]["critic"])
            self._scaler.load_state_dict(training["scaler"])
            self._done, self.step = training["stage_step"], state["step"]
        return learner

    def _run_stage(self, index: int) -> None:
        stage = self.config.stages[index]
        learner = self._prepare(index)
        config, size = self.config, stage.size or self.config.network.size
        sampler = Sampler(self.clips, stage, index, config.data, size, config.network.motion_size, config.seed)
        if stage.batch < self.ranks.world:
            raise Trouble(f"stage {stage.name}: a batch of {stage.batch} is too small for {self.ranks.world} ranks")
        progress = Progress(stage.name, self._done, stage.steps, stage.batch, self.out / "log.jsonl")
        saved = time.monotonic()
        for batch in sampler.batches(self._done, stage.steps, self.ranks.rank, self.ranks.world):
            losses = self._step(learner, stage, batch.to(self.device), index)
            if self.ranks.leads:
                progress.step(self._done, losses)
                if self._done % config.sheet_steps == 0 or self._done == stage.steps:
                    sheet.write(self.out / "sheet.png", learner.pictures())
                if time.monotonic() - saved > config.checkpoint_seconds and self._done < stage.steps:
                    self._save(index)
                    saved = time.monotonic()
            if self.until is not None:
                self.until -= 1
                if self.until <= 0 and self._done < stage.steps:
                    return
        # The next stage begins from the average, and so does whoever exports.
        self._save(index)
        averaged = self.models.averaged()
        self.models.generator, self.models.detector = averaged.generator.cpu(), averaged.detector
        if self.models.detector is not None:
            self.models.detector.cpu()
            if stage.kind == "detector":
                # What it has learnt is what later stages are judged by.
                self.models.judge = models.to_size(self.models, config.network, size).detector
        for part in (self.models.judge, self.models.critic):
            if part is not None:
                part.cpu()

    def _step(self, learner: StageLearner, stage: Stage, batch, index: int) -> dict[str, torch.Tensor]:
        now = rate(stage, self._done)
        for group in self._optimiser.param_groups:
            group["lr"] = now * group["scale"]
        seed = hash((self.config.seed, index, self._done, self.ranks.rank)) % 2**63
        random = torch.Generator().manual_seed(seed)
        before = [buffer.clone() for buffer in self._statistics()]
        losses = learner.losses(batch, random)
        parameters = [parameter for group in self._optimiser.param_groups for parameter in group["params"]]
        self._optimiser.zero_grad(set_to_none=True)
        self._scaler.scale(sum(losses.values())).backward()
        self.ranks.average_gradients(parameters)
        self._scaler.unscale_(self._optimiser)
        norm = nn.utils.clip_grad_norm_(parameters, stage.clip or math.inf)
        # All ranks see the same norm. A step that is not a number would end the run for good.
        if torch.isfinite(norm):
            self._scaler.step(self._optimiser)
        else:
            for buffer, sound in zip(self._statistics(), before):
                buffer.copy_(sound)
        self._scaler.update()
        if self._critic_optimiser is not None:
            loss = learner.critic_loss()
            own = list(self.models.critic.parameters())
            self._critic_optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self.ranks.average_gradients(own)
            if all(torch.isfinite(parameter.grad).all() for parameter in own):
                self._critic_optimiser.step()
            losses = {**losses, "critic": loss}
        self.ranks.average(self._statistics())
        self._done += 1
        self.step += 1
        self.models.update_average(min(stage.average, self._done / (self._done + _AVERAGE_WARMUP)))
        return {name: loss.detach() for name, loss in losses.items()}

    def _statistics(self) -> list[torch.Tensor]:
        """Of batch norm. Ranks share them, so that all are the same, and a checkpoint of one is a checkpoint of all."""
        parts = [part for part in (self.models.generator, self.models.detector) if part is not None]
        return [buffer for part in parts for name, buffer in part.named_buffers() if "running_" in name]

    def _save(self, index: int) -> None:
        if not self.ranks.leads:
            return
        optimisers = {"networks": self._optimiser.state_dict()}
        if self._critic_optimiser is not None:
            optimisers["critic"] = self._critic_optimiser.state_dict()
        state = {name: part.state_dict() for name, part in self.models.named.items()}
        state |= {
            "average": self.models.average,
            "step": self.step,
            "training": {
                "config": plain(self.config),
                "stage": index,
                "stage_step": self._done,
                "optimisers": optimisers,
                "scaler": self._scaler.state_dict(),
            },
        }
        checkpoint.write(self.out / "checkpoint.pt", state)
        print(f"{self.out / 'checkpoint.pt'}: step {self.step} is kept", file=sys.stderr, flush=True)


def _optimiser(stage: Stage, groups: list[dict]) -> torch.optim.Optimizer:
    kind = torch.optim.AdamW if stage.weight_decay else torch.optim.Adam
    fused = all(parameter.is_cuda for group in groups for parameter in group["params"])
    return kind(groups, stage.rate, betas=tuple(stage.betas), weight_decay=stage.weight_decay, fused=fused)


def _shapes(part: nn.Module) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in part.state_dict().items()}


def _first_difference(theirs: object, ours: object, key: str = "") -> str:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in [*theirs, *(name for name in ours if name not in theirs)]:
            if theirs.get(name) != ours.get(name):
                return _first_difference(theirs.get(name), ours.get(name), f"{key}.{name}".lstrip("."))
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for index, both in enumerate(zip(theirs, ours)):
            if both[0] != both[1]:
                return _first_difference(*both, f"{key}.{index}")
    return f"{key} {theirs}, now {ours}"
