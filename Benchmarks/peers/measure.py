"""Turns of the engines, each in a process of its own, and whether they compute the same pictures."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

import costs
import report
from report import LABELS, Difference, Setting, Turns

HERE = Path(__file__).resolve().parent

# No engine's pictures may be further from PyTorch's than this, anywhere: five of 255 levels.
MOST_DIFFERENCE = 0.02


@dataclass(frozen=True)
class Measurement:
    """Takes turns. `puppet` is the program; `engines` is the order of turns."""

    puppet: Path
    engines: Sequence[str]
    rounds: int
    runs: int

    def turns(self, folder: Path, setting: Setting) -> dict[str, Turns]:
        """A B C D, A B C D, ..."""
        turns = {name: Turns() for name in self.engines}
        for number in range(1, self.rounds + 1):
            for name in self.engines:
                if name == "puppet":
                    self._take_puppets_turn(folder, setting, turns[name])
                else:
                    self._take_peers_turn(name, folder, setting, turns[name])
                median = turns[name].medians[-1]
                print(f"{setting}: round {number} of {self.rounds}, {LABELS[name]} {median:.1f} ms", file=sys.stderr)
        return turns

    def check(self, folder: Path, size: int) -> dict[str, Difference]:
        """How far pictures of all driving frames are from PyTorch's. Ends the program where that is too far."""
        reference = _peers_pictures("pytorch", folder)
        found = {}
        for name in self.engines:
            if name == "pytorch":
                continue
            pictures = self._puppets_pictures(folder, size) if name == "puppet" else _peers_pictures(name, folder)
            distance = np.abs(pictures - reference)
            found[name] = Difference(float(distance.max()), float(distance.mean()))
            if not found[name].most <= MOST_DIFFERENCE:
                sys.exit(f"error: {LABELS[name]} computes other pictures than PyTorch: {found[name]}, {folder.name}")
        return found

    def _take_puppets_turn(self, folder: Path, setting: Setting, turns: Turns) -> None:
        command = [self.puppet, "bench", "--json", "--model", folder / "model.safetensors"]
        command += ["--size", str(setting.size), "--threads", str(setting.threads), "--runs", str(self.runs)]
        measured = json.loads(_answer(command, setting.threads))["models"][0]
        turns.medians.append(measured["frame"]["median_ms"])
        turns.p95s.append(measured["frame"]["p95_ms"])
        turns.memory_mb = max(turns.memory_mb, measured["peak_memory_mb"])
        turns.precision = measured["precision"]
        for stage in costs.STAGES:
            turns.stages.setdefault(stage, []).append(measured["stages"][stage]["median_ms"])

    def _take_peers_turn(self, name: str, folder: Path, setting: Setting, turns: Turns) -> None:
        measured = json.loads(_peer(name, folder, setting.threads, self.runs))
        turns.medians.append(report.percentile(50, measured["times_ms"]))
        turns.p95s.append(report.percentile(95, measured["times_ms"]))
        turns.memory_mb = max(turns.memory_mb, measured["peak_memory_mb"])

    def _puppets_pictures(self, folder: Path, size: int) -> np.ndarray:
        """[frames, 3, size, size], 0...1, in steps of 1/255: what `puppet animate` makes of the same pictures."""
        output = folder / "output"
        command = [self.puppet, "animate", "--model", folder / "model.safetensors", "--size", str(size)]
        command += ["--avatar", folder / "avatar.png", "--driving", folder / "driving", "--output", output]
        _answer(command, os.cpu_count() or 1)
        pictures = [np.asarray(Image.open(path), np.float32) / 255 for path in sorted(output.glob("*.png"))]
        return np.stack(pictures).transpose(0, 3, 1, 2)


def _peers_pictures(name: str, folder: Path) -> np.ndarray:
    path = folder / f"{name}.npy"
    _peer(name, folder, os.cpu_count() or 1, 1, "--pictures", path)
    return np.load(path)


def _peer(name: str, folder: Path, threads: int, runs: int, *more: str | Path) -> str:
    command = [sys.executable, HERE / "engine.py", name, folder, "--threads", str(threads), "--runs", str(runs), *more]
    return _answer(command, threads)


def _answer(command: Sequence[str | Path], threads: int) -> str:
    """What a program prints. Ends this one, with what that says, where it fails."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{done.stderr.strip()}\nerror: {' '.join(map(str, command))} failed with code {done.returncode}")
    return done.stdout
