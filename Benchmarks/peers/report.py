"""What was measured, as markdown."""

import math
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from peak import Peak

LABELS = {
    "puppet": "puppet, float32",
    "puppet_int8": "puppet, int8",
    "pytorch": "PyTorch",
    "pytorch_compiled": "PyTorch, compiled",
    "onnxruntime": "ONNX Runtime",
    "onnxruntime_int8": "ONNX Runtime, int8",
    "openvino": "OpenVINO",
    "openvino_bf16": "OpenVINO, bfloat16",
    "openvino_int8": "OpenVINO, int8",
}
# The engines that are puppet, and what --precision they are asked for.
PUPPETS = {"puppet": "float32", "puppet_int8": "int8"}
# Those that compute in less than float32, and so other pictures.
REDUCED = {"puppet_int8", "onnxruntime_int8", "openvino_bf16", "openvino_int8"}
# Processors that are played by leaving instructions out: what puppet's --isa calls them, and people.
CLASSES = {"avxvnni": "AVX-VNNI", "avx2": "AVX2"}
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
    # The generator's block_expansion, where the comparison is of widths; otherwise the model has its own.
    width: int | None = None
    # Which of CLASSES the engines are held to; otherwise they use what there is.
    held: str | None = None

    @property
    def network(self) -> str:
        width = "" if self.width is None else f", width {self.width}"
        return f"{self.model}{width}" + ("" if self.held is None else f", {CLASSES[self.held]}")

    def __str__(self) -> str:
        width = "" if self.width is None else f" of width {self.width}"
        held = "" if self.held is None else f", held to {CLASSES[self.held]}"
        return f"{self.model} model{width}, {self.size} x {self.size}, {counted(self.threads, 'thread')}{held}"


@dataclass
class Turns:
    """All turns of one engine at one setting. A turn counts by its median and its 95th percentile, in milliseconds."""

    medians: list[float] = field(default_factory=list)
    p95s: list[float] = field(default_factory=list)
    # Of all processors together, of a frame, in the mean of a turn.
    processor_ms: list[float] = field(default_factory=list)
    memory_mb: float = 0.0
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
    """Of an engine's pictures from PyTorch's, in 0...1; `psnr` in dB, of the picture where it is lowest."""

    most: float
    mean: float
    psnr: float

    @staticmethod
    def between(pictures: np.ndarray, reference: np.ndarray) -> "Difference":
        """Of [frames, 3, size, size]."""
        distance = np.abs(pictures - reference)
        worst = float((distance.astype(np.float64) ** 2).mean((1, 2, 3)).max())
        psnr = -10 * math.log10(worst) if worst > 0 else math.inf
        return Difference(float(distance.max()), float(distance.mean()), psnr)

    def __str__(self) -> str:
        return f"{self.most:.1e} / {self.mean:.1e} / {self.psnr:.1f}"


Results = dict[Setting, dict[str, Turns]]


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, the others to the right."""
    lines = [header, [":--"] + ["--:"] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def compared(turns: dict[str, Turns], found: dict[str, Difference]) -> str:
    """The engines at one setting; `found`: how far their pictures are from PyTorch's."""
    rows = [
        [
            LABELS[engine],
            f"{of.median:.1f}",
            f"{min(of.medians):.1f} to {max(of.medians):.1f}",
            f"{of.p95:.1f}",
            f"{of.fps:.1f}",
            f"{statistics.median(of.processor_ms):.0f}",
            f"{found[engine].psnr:.1f}" if engine in found else "",
            f"{of.memory_mb:.0f}",
        ]
        for engine, of in turns.items()
    ]
    header = ["engine", "median ms", "medians of the turns", "p95 ms", "frames a second", "CPU ms", "PSNR dB", "peak MB"]
    return table(header, rows)


def fastest_peer(turns: dict[str, Turns]) -> str | None:
    """Of those that compute in float32."""
    peers = (name for name in turns if name not in PUPPETS and name not in REDUCED)
    return min(peers, key=lambda name: turns[name].median, default=None)


def ahead(turns: dict[str, Turns]) -> dict[str, float]:
    """How many times as fast as the fastest peer each of puppet's engines is. Empty where there is no peer."""
    peer = fastest_peer(turns)
    return {name: turns[peer].median / turns[name].median for name in PUPPETS if name in turns} if peer else {}


def times_as_fast(turns: dict[str, Turns]) -> str | None:
    """puppet's engines against each peer; nothing where there are not both."""
    peers, own = ([name for name in turns if (name in PUPPETS) == is_own] for is_own in (False, True))
    rows = [[LABELS[name]] + [f"{turns[peer].median / turns[name].median:.2f}" for peer in peers] for name in own]
    return table(["times as fast as", *(LABELS[peer] for peer in peers)], rows) if rows and peers else None


def scaled(results: Results) -> str:
    """Frames a second at every setting."""
    rows = {(at.model, str(at.size), str(at.threads)): turns for at, turns in results.items()}
    return _rates(["model", "size", "threads"], rows)


def widened(results: Results, gflop: dict[Setting, float]) -> str:
    """Frames a second by width; `gflop` of a frame."""
    rows = {(str(at.width), f"{gflop[at]:.1f}"): turns for at, turns in results.items()}
    return _rates(["width", "GFLOP"], rows)


def _rates(header: Sequence[str], results: dict[tuple[str, ...], dict[str, Turns]]) -> str:
    """Frames a second in every engine that took turns in more than one setting, and how many times those of the fastest peer
    puppet's are."""
    least = min(2, len(results))
    engines = [engine for engine in LABELS if sum(engine in turns for turns in results.values()) >= least]
    against = [name for name in PUPPETS if any(name in ahead(turns) for turns in results.values())]
    rows = [
        [*at]
        + [f"{turns[engine].fps:.1f}" if engine in turns else "" for engine in engines]
        + [f"{ahead(turns)[name]:.2f}" if name in turns else "" for name in against]
        for at, turns in results.items()
    ]
    labels = [LABELS[engine] for engine in engines] + [f"{PUPPETS[name]} / fastest peer" for name in against]
    return table([*header, *labels], rows)


def roofline(gflop: dict[str, float], turns: dict[str, Turns], peak: Peak) -> str:
    """puppet's stages, and the whole frame in every engine, against the peak."""

    def row(what: str, gflop: float, reached: float) -> list[str]:
        at_peak = 1000 * gflop / peak.gflops
        return [what, f"{gflop:.2f}", f"{at_peak:.1f}", f"{reached:.1f}", f"{100 * at_peak / reached:.0f} %"]

    rows = [
        row(f"{LABELS[engine]}: {stage}", gflop[stage], statistics.median(of))
        for engine in PUPPETS
        if engine in turns
        for stage, of in turns[engine].stages.items()
    ]
    rows += [row(f"{LABELS[engine]}: frame", sum(gflop.values()), of.median) for engine, of in turns.items()]
    return table(["", "GFLOP", "ms at peak", "ms reached", "of peak"], rows)


def differences(found: dict[Setting, dict[str, Difference]]) -> str:
    """Per engine, of every case, whatever number of threads it is kept under; not every engine takes part in each."""
    engines = list(dict.fromkeys(engine for case in found.values() for engine in case))
    rows = [[at.network, str(at.size)] + [str(case.get(engine, "")) for engine in engines] for at, case in found.items()]
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
