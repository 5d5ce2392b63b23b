"""Checkpoints: one file that a run goes on from, written aside and renamed, so that it is there whole or not at all.

    generator, kp_detector      the networks, by the published checkpoints' names
    average                     their moving averages: {"generator": ..., "kp_detector": ...}
    judge, critic, before       where the stage has them
    step                        steps of all stages together
    training                    config, stage, stage_step, optimisers, scaler: what going on needs besides

A file without `training` is one to begin from: the published checkpoints, those of earlier trainers, and exported models
(.safetensors), whose float16 weights are nearly what they were.
"""

import os
import sys
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from fomm.data.clips import write_atomically
from fomm.errors import Trouble

State = dict[str, Any]


def write(path: Path, state: State) -> None:
    def save(aside: Path) -> None:
        with open(aside, "wb") as file:
            torch.save(_plain(state), file)
            file.flush()
            # A rename may reach the disk before the bytes do.
            os.fsync(file.fileno())

    write_atomically(path, save)


def _plain(node: Any) -> Any:
    """The same values, so that the same state is the same bytes: a pickle says which texts and lists are one."""
    if isinstance(node, dict):
        return {_plain(key): _plain(part) for key, part in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(part) for part in node]
    return sys.intern(str(node)) if isinstance(node, str) else node


def read(path: Path) -> State:
    """Tensors and plain values alone: nothing in the file is run."""
    if path.suffix == ".safetensors":
        return _read_exported(path)
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise Trouble(f"{path}: cannot be read: {error.strerror}") from error
    except Exception as error:  # torch has no common class for what is wrong with a file
        raise Trouble(f"{path}: no checkpoint: {str(error).splitlines()[0]}") from error
    if not isinstance(state, dict) or "generator" not in state:
        raise Trouble(f"{path}: no checkpoint: it has no generator")
    return state


def _read_exported(path: Path) -> State:
    state: State = {"generator": {}, "kp_detector": {}}
    try:
        with safe_open(path, "pt") as file:
            for name in file.keys():
                part, _, key = name.partition(".")
                if part in state:
                    state[part][key] = file.get_tensor(name)
            state["step"] = int((file.metadata() or {}).get("puppet.training_steps", 0))
    except (OSError, SafetensorError, ValueError) as error:
        raise Trouble(f"{path}: no exported model: {error}") from error
    if not all(state[part] for part in ("generator", "kp_detector")):
        raise Trouble(f"{path}: no exported model: it has no generator and detector")
    return state


def weights(state: State) -> dict[str, dict[str, torch.Tensor]]:
    """What to begin from and to show: the average where there is one."""
    names = ("generator", "kp_detector", "judge", "critic")
    found = {name: state[name] for name in names if name in state}
    return {**found, **state.get("average", {})}
