"""What a run says while it goes on: a line on standard error now and then, and the same as JSON in log.jsonl."""

import json
import sys
import time
from pathlib import Path

from torch import Tensor


class Progress:
    """Of one stage. Losses are means since the last line."""

    def __init__(self, name: str, first: int, steps: int, batch: int, log: Path, seconds: float = 20) -> None:
        self.name, self.first, self.steps, self.batch, self.log, self.seconds = name, first, steps, batch, log, seconds
        self._began = self._said = time.monotonic()
        # Where they were computed: whoever asks a GPU for a number waits for it.
        self._sums: dict[str, Tensor] = {}
        self._count = 0

    def step(self, done: int, losses: dict[str, Tensor]) -> None:
        """`done`: steps of the stage, with those of runs before this one."""
        for name, loss in losses.items():
            self._sums[name] = self._sums.get(name, 0.0) + loss
        self._count += 1
        now = time.monotonic()
        # The first steps once, so that a person sees that it runs, and how fast.
        if now - self._said < self.seconds and done not in (self.first + 3, self.steps):
            return
        speed = (done - self.first) / (now - self._began)
        means = {name: float(total) / self._count for name, total in self._sums.items()}
        left = (self.steps - done) / speed
        text = " ".join(f"{name} {mean:.4g}" for name, mean in means.items())
        share = f"{done} of {self.steps}"
        print(
            f"{self.name}: step {share}, {speed * self.batch:.1f} pairs a second, {duration(left)} left: {text}",
            file=sys.stderr,
            flush=True,
        )
        line = {"stage": self.name, "step": done, "pairs_per_second": speed * self.batch, "losses": means}
        with open(self.log, "a") as file:
            file.write(json.dumps(line) + "\n")
        self._said, self._sums, self._count = now, {}, 0


def duration(seconds: float) -> str:
    """As a person would say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
