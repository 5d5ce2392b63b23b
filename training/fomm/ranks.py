"""Several processes that train together, each on its own core or GPU. They find one another by the variables that
torchrun sets; `--ranks N` sets them, too."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

import torch
import torch.distributed as distributed
from torch import Tensor, nn


@dataclass(frozen=True)
class Ranks:
    rank: int
    world: int

    @staticmethod
    def join(device: torch.device) -> "Ranks":
        """By the environment; alone without it."""
        rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        if world > 1 and not distributed.is_initialized():
            distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        return Ranks(rank, world)

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def average(self, tensors: Iterable[Tensor]) -> None:
        """In place, in one message: many small ones would wait for one another."""
        of = list(tensors)
        if self.world == 1 or not of:
            return
        flat = torch.cat([tensor.reshape(-1) for tensor in of])
        distributed.all_reduce(flat)
        flat /= self.world
        for tensor, part in zip(of, flat.split([tensor.numel() for tensor in of])):
            tensor.copy_(part.view_as(tensor))

    def average_gradients(self, parameters: list[nn.Parameter]) -> None:
        if self.world == 1:
            return
        for parameter in parameters:
            # What one rank's losses did not reach, another's may have.
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        self.average(parameter.grad for parameter in parameters)

    def leave(self) -> None:
        if self.world > 1 and distributed.is_initialized():
            distributed.destroy_process_group()


def end_with_launcher() -> None:
    """Of a process that `start` made: it ends when its launcher is gone. Two runs would write one file."""
    launcher = os.environ.get("FOMM_LAUNCHER")
    if launcher is None:
        return

    def watch() -> None:
        while os.getppid() == int(launcher):
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, name="launcher", daemon=True).start()


def start(count: int, arguments: list[str]) -> int:
    """Runs `python -m fomm ARGUMENTS` so many times at once, a thread each. The first failure ends all; its code."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    processes = []
    for rank in range(count):
        variables = {
            "FOMM_LAUNCHER": os.getpid(),
            "RANK": rank,
            "LOCAL_RANK": rank,
            "WORLD_SIZE": count,
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": port,
        }
        environment = {**os.environ, **{name: str(value) for name, value in variables.items()}}
        environment.setdefault("OMP_NUM_THREADS", "1")
        processes.append(subprocess.Popen([sys.executable, "-m", "fomm", *arguments], env=environment))
    try:
        while True:
            codes = [process.poll() for process in processes]
            if failed := [code for code in codes if code]:
                return failed[0]
            if all(code == 0 for code in codes):
                return 0
            time.sleep(0.1)
    finally:
        for process in processes:
            if process.poll() is None:
                process.terminate()
        for process in processes:
            process.wait()
