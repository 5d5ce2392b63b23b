"""What was measured, as markdown."""

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from costs import Peak

LABELS = {"puppet": "puppet", "pytorch": "PyTorch", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO"}
BEGIN = "<!-- Benchmarks/run.sh writes from here -->"
END = "<!-- to here -->"


def percentile(percent: int, values: Sequence[float]) -> float:
    """Nearest rank, as in puppet."""
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


@dataclass(frozen=True)
class Setting:
    model: str
    size: int
    threads: int

    def __str__(self) -> str:
        return f"{self.model} model, {self.size} x {self.size}, {counted(self.threads, 'thread')}"


@dataclass
class Turns:
    """All turns of one engine at one setting. A turn counts by its median and its 95th percentile, in milliseconds."""

    medians: list[float] = field(default_factory=list)
    p95s: list[float] = field(default_factory=list)
    memory_mb: float = 0.0
    precision: str = "float32"
    stages: dict[str, list[float]] = field(default_factory=dict)

    @property
    def median(self) -> float:
        return statistics.median(self.medians)

    @property
    def p95(self) -> float:
        return statistics.median(self.p95s)

    @property
    def fps(self) -> float:
        return 1000 / self.median


@dataclass(frozen=True)
class Difference:
    """Of an engine's pictures from PyTorch's, in 0...1."""

    most: float
    mean: float


Results = dict[Setting, dict[str, Turns]]


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, the others to the right."""
    lines = [header, [":--"] + ["--:"] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def compared(turns: dict[str, Turns]) -> str:
    """The engines at one setting."""
    puppet = turns.get("puppet")
    rows = [
        [
            f"{LABELS[engine]}, {of.precision}",
            f"{of.median:.1f}",
            f"{min(of.medians):.1f} to {max(of.medians):.1f}",
            f"{of.p95:.1f}",
            f"{of.fps:.1f}",
            f"{of.median / puppet.median:.2f}" if puppet else "",
            f"{of.memory_mb:.0f}",
        ]
        for engine, of in turns.items()
    ]
    header = ["engine", "median ms", "medians of the turns", "p95 ms", "frames a second", "time / puppet's", "peak MB"]
    return table(header, rows)


def scaled(results: Results) -> str:
    """Frames a second at every setting."""
    engines = list(dict.fromkeys(engine for turns in results.values() for engine in turns))
    rows = [
        [setting.model, str(setting.size), str(setting.threads)] + [f"{turns[engine].fps:.1f}" for engine in engines]
        for setting, turns in results.items()
    ]
    return table(["model", "size", "threads", *(LABELS[engine] for engine in engines)], rows)


def roofline(gflop: dict[str, float], turns: dict[str, Turns], peak: Peak) -> str:
    """puppet's stages, and the whole frame in every engine, against the peak."""

    def row(what: str, gflop: float, reached: float) -> list[str]:
        at_peak = 1000 * gflop / peak.gflops
        return [what, f"{gflop:.2f}", f"{at_peak:.1f}", f"{reached:.1f}", f"{100 * at_peak / reached:.0f} %"]

    rows = []
    if "puppet" in turns:
        rows = [
            row(f"puppet: {name}", gflop[name], statistics.median(of)) for name, of in turns["puppet"].stages.items()
        ]
    rows += [row(f"{LABELS[engine]}: frame", sum(gflop.values()), of.median) for engine, of in turns.items()]
    return table(["", "GFLOP", "ms at peak", "ms reached", "of peak"], rows)


def differences(found: dict[tuple[str, int], dict[str, Difference]]) -> str:
    """Largest and mean difference per engine, of every model and size."""
    engines = list(dict.fromkeys(engine for case in found.values() for engine in case))
    rows = [
        [model, str(size)] + [f"{case[engine].most:.1e} / {case[engine].mean:.1e}" for engine in engines]
        for (model, size), case in found.items()
    ]
    return table(["model", "size", *(LABELS[engine] for engine in engines)], rows)


def around_markers(path: Path) -> tuple[str, str]:
    """What a page has before and after the figures."""
    text = path.read_text()
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"{path}: expected one line '{BEGIN}' and, after it, one '{END}'")
    return text.split(BEGIN)[0], text.split(END)[1]


def rewrite(path: Path, text: str) -> None:
    """Replaces the figures of a page."""
    head, tail = around_markers(path)
    new = path.with_name(f".{path.name}.new")
    new.write_text(f"{head}{BEGIN}\n\n{text.strip()}\n\n{END}{tail}")
    os.replace(new, path)
