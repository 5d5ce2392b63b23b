"""Turns of the engines, each in a process of its own, and whether they compute the same pictures."""

import json
import os
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image

import costs
import report
from quantise import TOOLS
from report import LABELS, PUPPETS, REDUCED, Difference, Setting, Turns

HERE = Path(__file__).resolve().parent

# No picture in float32 may be further from PyTorch's than this, anywhere: five of 255 levels.
MOST_DIFFERENCE = 0.02

# The least PSNR of a picture in int8 against PyTorch's, in dB. The default model has to pass what --precision auto asks
# for. Random weights carry rounding on where trained ones damp it: the lowest were 30.3 in the published architecture and
# 28.3 at half its width; the pictures of neighbouring frames, which is what a wrong motion would show, are 15 to 20 apart.
LEAST_PSNR = {"default": 38.0, "published": 25.0}

# What oneDNN calls the classes, with which OpenVINO generates code, too.
ONEDNN_CLASSES = {"avx2": "AVX2", "avxvnni": "AVX2_VNNI"}
# Engines that can be held to less than there is. PyTorch could be, and is never the fastest.
HOLDABLE = ["puppet", "puppet_int8", "openvino", "openvino_int8"]

# Of a case, the models that puppet reads.
MODEL_FILES = {"float32": "model.safetensors", "int8": "int8.safetensors"}


@dataclass(frozen=True)
class Measurement:
    """Takes turns, in the order of engines that a method is given. `puppet` is the program."""

    puppet: Path
    rounds: int
    runs: int

    def turns(self, folder: Path, setting: Setting, engines: Sequence[str]) -> dict[str, Turns]:
        """A B C D, A B C D, ..."""
        turns = {name: Turns() for name in engines}
        for number in range(1, self.rounds + 1):
            for name in engines:
                if name in PUPPETS:
                    self._take_puppets_turn(PUPPETS[name], folder, setting, turns[name])
                else:
                    self._take_peers_turn(name, folder, setting, turns[name])
                median = turns[name].medians[-1]
                print(f"{setting}: round {number} of {self.rounds}, {LABELS[name]} {median:.1f} ms", file=sys.stderr)
        return turns

    def quantize(self, folder: Path, engines: Collection[str]) -> None:
        """Finds the int8 scales of a case's model on its own pictures, whatever scales it has already, and makes the peers'."""
        for name in engines:
            if name in TOOLS:
                _answer([sys.executable, HERE / "quantise.py", name, folder], os.cpu_count() or 1)
        if "puppet_int8" not in engines:
            return
        command = [self.puppet, "model", "quantize", "--model", folder / MODEL_FILES["float32"]]
        command += ["--avatar", folder / "avatar.png", "--driving", folder / "driving"]
        _answer([*command, "--output", folder / MODEL_FILES["int8"]], os.cpu_count() or 1)

    def check(self, folder: Path, setting: Setting, engines: Sequence[str]) -> dict[str, Difference]:
        """How far pictures of all driving frames are from PyTorch's. Ends the program where that is too far."""
        reference = _peers_pictures("pytorch", folder, None)
        found = {}
        for name in engines:
            if name == "pytorch":
                continue
            if name in PUPPETS:
                pictures = self._puppets_pictures(PUPPETS[name], folder, setting)
            else:
                pictures = _peers_pictures(name, folder, setting.held)
            found[name] = Difference.between(pictures, reference)
            if (why := objection(name, setting.model, found[name])) is not None:
                sys.exit(f"error: {setting}: {LABELS[name]} computes other pictures than PyTorch: {why}")
        return found

    def _take_puppets_turn(self, precision: str, folder: Path, setting: Setting, turns: Turns) -> None:
        command = [self.puppet, "bench", "--json", "--model", folder / MODEL_FILES[precision]]
        command += ["--precision", precision, "--isa", setting.held or "auto"]
        command += ["--size", str(setting.size), "--threads", str(setting.threads), "--runs", str(self.runs)]
        measured = json.loads(_answer(command, setting.threads))["models"][0]
        if measured["precision"] != precision:
            sys.exit(f"error: {setting}: puppet was asked for {precision} and ran in {measured['precision']}")
        turns.medians.append(measured["frame"]["median_ms"])
        turns.p95s.append(measured["frame"]["p95_ms"])
        turns.processor_ms.append(measured["frame"]["processor_ms"])
        turns.memory_mb = max(turns.memory_mb, measured["peak_memory_mb"])
        for stage in costs.STAGES:
            turns.stages.setdefault(stage, []).append(measured["stages"][stage]["median_ms"])

    def _take_peers_turn(self, name: str, folder: Path, setting: Setting, turns: Turns) -> None:
        measured = json.loads(_peer(name, folder, setting.threads, self.runs, setting.held))
        turns.medians.append(report.percentile(50, measured["times_ms"]))
        turns.p95s.append(report.percentile(95, measured["times_ms"]))
        turns.processor_ms.append(measured["processor_ms"])
        turns.memory_mb = max(turns.memory_mb, measured["peak_memory_mb"])

    def _puppets_pictures(self, precision: str, folder: Path, setting: Setting) -> np.ndarray:
        """[frames, 3, size, size], 0...1, in steps of 1/255: what `puppet animate` makes of the same pictures."""
        output = folder / f"output-{precision}-{setting.held}"
        command = [self.puppet, "animate", "--model", folder / MODEL_FILES[precision], "--size", str(setting.size)]
        command += ["--precision", precision, "--isa", setting.held or "auto"]
        # To a network of random numbers nothing is a face.
        command += ["--on-lost", "follow"]
        command += ["--avatar", folder / "avatar.png", "--driving", folder / "driving", "--output", output]
        _answer(command, os.cpu_count() or 1)
        pictures = [np.asarray(Image.open(path), np.float32) / 255 for path in sorted(output.glob("*.png"))]
        return np.stack(pictures).transpose(0, 3, 1, 2)


def objection(engine: str, model: str, found: Difference) -> str | None:
    """What is wrong with an engine's pictures, or nothing. Not a number is wrong, too."""
    if PUPPETS.get(engine) == "int8":
        least = LEAST_PSNR[model]
        return None if found.psnr >= least else f"PSNR {found.psnr:.1f} dB, expected {least:.0f} or more"
    if engine in REDUCED:
        return None
    most = found.most
    return None if most <= MOST_DIFFERENCE else f"largest difference {most:.1e}, expected {MOST_DIFFERENCE} or less"


def _peers_pictures(name: str, folder: Path, held: str | None) -> np.ndarray:
    path = folder / f"{name}-{held}.npy"
    _peer(name, folder, os.cpu_count() or 1, 1, held, "--pictures", path)
    return np.load(path)


def _peer(name: str, folder: Path, threads: int, runs: int, held: str | None, *more: str | Path) -> str:
    command = [sys.executable, HERE / "engine.py", name, folder, "--threads", str(threads), "--runs", str(runs), *more]
    # Compiled once a case.
    environment = {"TORCHINDUCTOR_CACHE_DIR": str(folder / "compiled")}
    if held is not None:
        environment["ONEDNN_MAX_CPU_ISA"] = ONEDNN_CLASSES[held]
    return _answer(command, threads, environment)


def _answer(command: Sequence[str | Path], threads: int, more: Mapping[str, str] = MappingProxyType({})) -> str:
    """What a program prints. Ends this one, with what that says, where it fails."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), **more}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{done.stderr.strip()}\nerror: {' '.join(map(str, command))} failed with code {done.returncode}")
    return done.stdout
