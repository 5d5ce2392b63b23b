"""The page of figures that compare.py prints."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import plots
import report
from costs import Peak
from report import Difference, Results, Setting, counted


@dataclass
class Page:
    """`size` and `threads`: of the main comparison, which the others vary."""

    size: int
    threads: int
    about: Sequence[str]
    peaks: dict[int, Peak]
    results: Results = field(default_factory=dict)
    gflop: dict[str, dict[str, float]] = field(default_factory=dict)
    differences: dict[tuple[str, int], dict[str, Difference]] = field(default_factory=dict)

    def text(self, charts: Path | None) -> str:
        """`charts`: the folder to draw charts into, where there is something to draw."""
        main = {at: turns for at, turns in self.results.items() if (at.size, at.threads) == (self.size, self.threads)}
        parts = ["\n".join(f"- {line}" for line in self.about)]
        for setting, turns in main.items():
            parts += [f"### {str(setting).capitalize()}", report.compared(turns)]
        if len(self.results) > len(main):
            parts += ["### Frames a second, by threads and frame size", report.scaled(self.results)]
            if charts:
                parts += [f"![Frames a second by {name}]({charts.name}/{name}.svg)" for name in self._draw(charts)]
        parts += ["### Against the peak", self._about_the_peak()]
        for setting, turns in main.items():
            gflop, peak = self.gflop[setting.model], self.peaks[self.threads]
            parts += [f"{str(setting).capitalize()}:", report.roofline(gflop, turns, peak)]
        parts += [
            "### The same pictures",
            "Largest and mean absolute difference from PyTorch, colours from 0 to 1, over all driving frames. puppet's "
            "pictures are PNG files, whose rounding alone is up to 2.0e-03, and 1.0e-03 in the mean.",
            report.differences(self.differences),
        ]
        return "\n\n".join(parts) + "\n"

    def _about_the_peak(self) -> str:
        rates = ", ".join(f"{peak.gflops:.0f} GFLOP/s on {counted(at, 'thread')}" for at, peak in self.peaks.items())
        instructions = self.peaks[self.threads].instructions
        return (
            f"Float32 multiply-adds in registers ({instructions}): {rates}. GFLOP are those of the convolutions as the "
            "network defines them; an engine that needs fewer, by Winograd's algorithm, may pass 100 %."
        )

    def _draw(self, folder: Path) -> list[str]:
        """Charts of what varies. Returns their names."""

        def threads(at: Setting) -> int | None:
            return at.threads if at.size == self.size else None

        def size(at: Setting) -> int | None:
            return at.size if at.threads == self.threads else None

        for axis in (threads, size):
            panels: plots.Panels = {}
            for setting, turns in self.results.items():
                if (x := axis(setting)) is not None:
                    for name, of in turns.items():
                        panels.setdefault(setting.model, {}).setdefault(name, []).append((x, of.fps))
            plots.write(folder / f"{axis.__name__}.svg", axis.__name__, panels)
        return [axis.__name__ for axis in (threads, size)]
