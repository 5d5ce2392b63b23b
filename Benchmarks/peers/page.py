"""The page of figures that compare.py prints."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import plots
import report
from peak import Peak
from report import Difference, Results, Setting, counted


@dataclass
class Page:
    """`size` and `threads`: of the main comparison, which the others vary."""

    size: int
    threads: int
    about: Sequence[str]
    peaks: dict[int, Peak]
    results: Results = field(default_factory=dict)
    gflop: dict[Setting, dict[str, float]] = field(default_factory=dict)
    differences: dict[Setting, dict[str, Difference]] = field(default_factory=dict)

    def text(self, charts: Path | None) -> str:
        """`charts`: the folder to draw charts into, where there is something to draw."""
        own = {at: turns for at, turns in self.results.items() if at.width is None and at.held is None}
        main = {at: turns for at, turns in own.items() if (at.size, at.threads) == (self.size, self.threads)}
        held = {at: turns for at, turns in self.results.items() if at.held is not None}
        widths = {at: turns for at, turns in self.results.items() if at.width is not None}
        parts = ["\n".join(f"- {line}" for line in self.about)]
        for kind in dict.fromkeys(at.held for at in [*main, *held]):
            alike = {at: turns for at, turns in {**main, **held}.items() if at.held == kind}
            for setting, turns in alike.items():
                found = self.differences.get(setting, {})
                parts += [f"### {_title(setting)}", report.compared(turns, found)]
                parts += filter(None, [report.times_as_fast(turns)])
            if charts is not None:
                name = f"{kind or 'own'}.svg"
                rates = {at.model: {engine: of.fps for engine, of in turns.items()} for at, turns in alike.items()}
                plots.write_bars(charts / name, rates)
                what = f"held to {report.CLASSES[kind]}" if kind else "with all that the processor has"
                parts += [f"![Frames a second, {what}]({charts.name}/{name})"]
        if len(own) > len(main):
            parts += ["### Frames a second, by threads and frame size", report.scaled(own)]
            parts += self._drawn(charts, "threads", own, lambda at: at.threads if at.size == self.size else None)
            parts += self._drawn(charts, "size", own, lambda at: at.size if at.threads == self.threads else None)
        if widths:
            of = next(iter(widths))
            total = {at: sum(self.gflop[at].values()) for at in widths}
            parts += [
                f"### Frames a second, by width, {of.size} x {of.size}, {counted(of.threads, 'thread')}",
                "Random weights in the published architecture. Width is the generator's block_expansion, 64 in the "
                "published model; every other width and limit is in proportion.",
                report.widened(widths, total),
            ]
            parts += self._drawn(charts, "width", widths, lambda at: at.width)
        parts += ["### Against the peak", self._about_the_peak()]
        for setting, turns in main.items():
            gflop, peak = self.gflop[setting], self.peaks[self.threads]
            parts += [f"{_title(setting)}:", report.roofline(gflop, turns, peak)]
        parts += [
            "### The same pictures",
            "Largest and mean absolute difference from PyTorch, colours from 0 to 1, over all driving frames, and the "
            "lowest PSNR of a frame in dB. Networks in less than float32 compute other ones. puppet's pictures are PNG "
            "files, whose rounding alone is up to 2.0e-03, and 1.0e-03 in the mean: 58.9 dB. int8's scales are from "
            "these very pictures.",
            report.differences(self.differences),
        ]
        return "\n\n".join(parts) + "\n"

    def _about_the_peak(self) -> str:
        rates = ", ".join(f"{peak.gflops:.0f} GFLOP/s on {counted(at, 'thread')}" for at, peak in self.peaks.items())
        instructions = self.peaks[self.threads].instructions
        return (
            f"Float32 multiply-adds in registers ({instructions}): {rates}. GFLOP are those of the convolutions as the "
            "network defines them; an engine that needs fewer, by Winograd's algorithm, may pass 100 %, and so may int8, "
            "which is set against the same peak although a register holds four times as many factors."
        )

    def _drawn(
        self, folder: Path | None, axis: str, results: Results, x: Callable[[Setting], int | None]
    ) -> list[str]:
        """Draws the settings that have an `x`. Returns the line that shows the chart; none without a folder."""
        if folder is None:
            return []
        panels: plots.Panels = {}
        drawn = {setting: turns for setting, turns in results.items() if x(setting) is not None}
        for setting, turns in drawn.items():
            for name in (engine for engine in turns if all(engine in of for of in drawn.values())):
                panels.setdefault(setting.model, {}).setdefault(name, []).append((x(setting), turns[name].fps))
        plots.write(folder / f"{axis}.svg", axis, panels)
        return [f"![Frames a second by {axis}]({folder.name}/{axis}.svg)"]


def _title(setting: Setting) -> str:
    text = str(setting)
    return text[0].upper() + text[1:]
