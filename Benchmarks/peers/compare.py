"""puppet, PyTorch, ONNX Runtime and OpenVINO, each in its precisions, on the same network, weights and machine, in turn.

What is timed is what one live frame costs once the avatar is encoded: keypoints of the driving frame, relative motion,
dense motion, warp, bottleneck, decoder; batch 1. Every turn is a process of its own. Prints markdown.

    python compare.py                       the default and the published architecture, 256 x 256, all cores
    python compare.py --held                also held to what older processors have: AVX2, AVX-VNNI
    python compare.py --scaling             also fewer threads, other frame sizes, other widths
"""

import argparse
import dataclasses
import datetime
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cases
import costs
import engine
import machine
import peak
import report
import weights
from measure import HOLDABLE, Measurement
from network import PUBLISHED, Config
from page import Page
from report import LABELS, PUPPETS, REDUCED, Setting

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODELS = ["default", "published"]
SCALING_SIZES = [128, 256, 384]
# The generator's block_expansion, and which others of it --scaling measures.
PUBLISHED_WIDTH = PUBLISHED["gen"]["block_expansion"]
SCALING_WIDTHS = [16, 32, 48]


def settings(options: argparse.Namespace, model: str) -> list[Setting]:
    """With --scaling: all numbers of threads at --size, all sizes and all widths at --threads. With --held: all classes."""
    sizes, threads = [options.size], [options.threads]
    if options.scaling:
        sizes = sorted({*SCALING_SIZES, options.size})
        powers = (2**power for power in range(options.threads.bit_length()))
        threads = sorted({*powers, options.threads})
    widths = SCALING_WIDTHS if options.scaling and model == "published" else []
    found = []
    for size in sizes:
        is_main = size == options.size
        found += [Setting(model, size, count) for count in (threads if is_main else [options.threads])]
        if options.held and is_main:
            found += [Setting(model, size, options.threads, held=name) for name in machine.classes()]
    return found + [Setting(model, options.size, options.threads, width) for width in widths]


def engines_at(options: argparse.Namespace, setting: Setting) -> list[str]:
    """All of them for what the page begins with; elsewhere puppet, and its peers in float32 as they come.

    Scales of int8 are those of pictures of one size: in the whole network at another one, which the program does not run, they
    are none.
    """
    if setting.held is not None:
        return [name for name in options.engines if name in HOLDABLE]
    if setting == Setting(setting.model, options.size, options.threads):
        return options.engines
    left_out = (REDUCED - PUPPETS.keys()) | {"pytorch_compiled"}
    if setting.size != options.size:
        left_out |= REDUCED
    return [name for name in options.engines if name not in left_out]


def engines(options: argparse.Namespace) -> str:
    git = ["git", "-C", ROOT, "describe", "--always", "--dirty"]
    commit = subprocess.run(git, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
    peers = dict.fromkeys(engine.version(name) for name in options.engines if name not in PUPPETS)
    return f"Engines: {', '.join([f'puppet {commit}', *peers])}; Python {sys.version.split()[0]}"


def method(options: argparse.Namespace) -> str:
    rounds, frames = report.counted(options.rounds, "round"), report.counted(options.runs, "frame")
    return (
        f"Runs: {rounds} of {frames} per engine and setting, after {engine.WARM_UP} that are not timed. A turn counts by "
        "its median and its 95th percentile; the tables have the medians of the turns"
    )


def run(options: argparse.Namespace, work: Path) -> Page:
    """`work`: an empty folder, for models and pictures."""
    about = [f"Date: {datetime.date.today()}", *machine.describe(), engines(options), method(options)]
    counts = sorted({setting.threads for setting in settings(options, "")})
    peaks = {count: measure_peak(work, count) for count in counts}
    page = Page(options.size, options.threads, about, peaks)
    measurement = Measurement(options.puppet, options.rounds, options.runs)
    for model in options.models:
        for (size, width), of in itertools.groupby(settings(options, model), lambda at: (at.size, at.width)):
            folder = work / f"{model}-{size}-{width}"
            folder.mkdir()
            file = folder / "model.safetensors"
            if model == "published":
                weights.write_random(file, scaled_to(width or PUBLISHED_WIDTH))
            else:
                weights.write_unnamed(file, ROOT / "Models/face.safetensors")
            config = weights.config_of(file)
            cases.write(folder, file, ROOT / "Assets/portrait.png", size)
            settings_of_case = list(of)
            wanted = {name for setting in settings_of_case for name in engines_at(options, setting)}
            measurement.quantize(folder, wanted)
            for setting in settings_of_case:
                taking_turns = engines_at(options, setting)
                if setting.threads == options.threads:
                    page.differences[setting] = measurement.check(folder, setting, taking_turns)
                page.gflop[setting] = costs.stage_gflop(config, size)
                page.results[setting] = measurement.turns(folder, setting, taking_turns)
            shutil.rmtree(folder)
    if options.scaling and "published" in options.models:
        # Not measured twice.
        main = Setting("published", options.size, options.threads)
        again = dataclasses.replace(main, width=PUBLISHED_WIDTH)
        page.gflop[again], page.results[again] = page.gflop[main], page.results[main]
    # Again: what else runs can only lower it.
    for count, before in peaks.items():
        peaks[count] = max(before, measure_peak(work, count), key=lambda found: found.gflops)
    return page


def measure_peak(work: Path, threads: int) -> peak.Peak:
    return peak.measure(HERE.parent / "peak/peak.c", work / "peak", threads)


def scaled_to(width: int) -> Config:
    """The published architecture with the generator `width` wide, and all else in proportion."""

    def scaled(key: str, value: Config | int) -> Config | int:
        if isinstance(value, dict):
            return {inner: scaled(inner, of) for inner, of in value.items()}
        return value * width // PUBLISHED_WIDTH if key in ("block_expansion", "max_features") else value

    return scaled("", PUBLISHED)


def knows_precisions(puppet: Path) -> bool:
    """By its help. --precision came after the other options, and with it how a model gets its scales."""
    commands = [["bench"], ["animate"], ["model", "quantize"]]
    helps = [subprocess.run([puppet, *command, "--help"], capture_output=True, text=True) for command in commands]
    return all(help.returncode == 0 and "--precision" in help.stdout for help in helps)


def positive(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value!r}: expected 1 or more")
    return int(value)


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument(
        "--engines", nargs="+", choices=LABELS, default=list(LABELS), help="which, in the order of turns"
    )
    parser.add_argument("--size", type=positive, default=256, help="rows and columns of a frame (%(default)s)")
    parser.add_argument("--threads", type=positive, default=len(os.sched_getaffinity(0)), help="(%(default)s)")
    parser.add_argument("--held", action="store_true", help="also held to AVX2 and to AVX-VNNI")
    parser.add_argument("--scaling", action="store_true", help="also fewer threads, other frame sizes, other widths")
    parser.add_argument("--rounds", type=positive, default=3, help="turns of every engine (%(default)s)")
    parser.add_argument("--runs", type=positive, default=20, help="frames that are timed in a turn (%(default)s)")
    parser.add_argument("--puppet", type=Path, default=ROOT / ".build/release/puppet", help="the program (%(default)s)")
    parser.add_argument(
        "--write", type=Path, metavar="PAGE", help="put the figures between the markers of this page, too"
    )
    options = parser.parse_args(arguments)
    if PUPPETS.keys() & set(options.engines):
        if not os.access(options.puppet, os.X_OK):
            parser.error(f"{options.puppet}: no such program; 'make build' makes it, --puppet names another")
        if not knows_precisions(options.puppet):
            hint = "'make build' makes a new one"
            parser.exit(2, f"error: {options.puppet}: too old, it does not know --precision; {hint}\n")
    if options.write:
        try:
            report.around_markers(options.write)
        except (OSError, ValueError) as error:
            parser.error(str(error))
    return options


def main() -> None:
    options = parse()
    with tempfile.TemporaryDirectory(prefix=".work-", dir=HERE) as work:
        page = run(options, Path(work))
    text = page.text(charts=options.write.with_suffix("") if options.write else None)
    print(text)
    if options.write:
        report.rewrite(options.write, text)


if __name__ == "__main__":
    main()
