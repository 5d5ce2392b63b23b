"""What each part of the method is worth: the same small training without it, one after another, and one table.

64 px frames and a network of a twentieth of the published size (configs/ablation-64.yaml); every variant has the same
seed, pairs and steps. Beside the results stand those of the paper for Tai-Chi-HD (Tables 1 and 3), which has whole
bodies at 256 px: compare the order, not the numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fomm import export, measure, render
from fomm.config import Config, plain, with_changes
from fomm.data.clips import write_atomically
from fomm.errors import Trouble
from fomm.trainer import Trainer


@dataclass(frozen=True)
class Variant:
    """`changes`: of the configuration. `published`: L1, AKD, MKR, AED in the paper, and what it calls that."""

    name: str
    changes: tuple[str, ...]
    published: tuple[str, str, str, str] = ("", "", "", "")
    called: str = ""


VARIANTS = [
    Variant("full", (), ("0.063", "6.862", "0.036", "0.179"), "Full"),
    Variant("without pyramid", ("stages.0.scales=[1]",)),
    Variant("without occlusion map", ("network.estimate_occlusion_map=false",)),
    Variant(
        "without equivariance of Jacobians",
        ("stages.0.losses.equivariance_jacobian=0",),
        ("0.073", "9.887", "0.052", "0.220"),
        "Jac. w/o Eq. (12)",
    ),
    Variant(
        "without Jacobians",
        ("network.estimate_jacobian=false",),
        ("0.069", "8.773", "0.050", "0.205"),
        "Pyr. + O; Monkey-Net itself: 0.077, 10.798, 0.059, 0.228",
    ),
    Variant(
        "one dense warp",
        ("network.kind=embedding-warp",),
        ("0.080", "17.654", "0.109", "0.272"),
        "X2Face",
    ),
]


def run(
    config: Config,
    data: Path,
    out: Path,
    device: str,
    names: list[str],
    frames: int,
    most_clips: int,
    say: Callable[[str], None],
) -> str:
    """Trains, renders and measures all variants, or those of `names`; the table, which is also OUT/table.md.

    What is finished is not done again: a run that was killed goes on.
    """
    known = [variant.name for variant in VARIANTS]
    if unknown := set(names) - set(known):
        raise Trouble(f"--only {sorted(unknown)[0]!r}: is none of {', '.join(known)}")
    chosen = [variant for variant in VARIANTS if not names or variant.name in names]
    results: dict[str, measure.Measured] = {}
    for variant in chosen:
        folder = out / variant.name.replace(" ", "-")
        say(f"== {variant.name}")
        changed = with_changes(config, list(variant.changes))
        Trainer(changed, data, folder, device).run()
        loaded, network, _ = export.load(folder)
        pictures = folder / "pictures"
        render.render(loaded, network.size, data, pictures, frames, most_clips=most_clips, say=lambda _: None)
        kind = render.KINDS[0]
        results[variant.name] = measure.measure(measure.clip_folders(pictures / kind), kind, say)
        text = table(config, chosen, results)
        write_atomically(out / "table.md", lambda aside, text=text: aside.write_text(text + "\n"))
    return text


def table(config: Config, variants: list[Variant], results: dict[str, measure.Measured]) -> str:
    """Markdown; ours / the paper's."""
    stage = plain(config)["stages"][0]
    size = config.network.size
    lines = [
        f"Seed {config.seed}, {stage['steps']} steps of {stage['batch']} pairs, {size} px; ours, and in brackets the "
        "paper's for Tai-Chi-HD at 256 px.",
        "",
        "| variant | L1 | AKD, px of 256 | MKR | AED | mouth opening, lids: correlation | the paper's name |",
        "|---|---|---|---|---|---|---|",
    ]
    for variant in variants:
        if variant.name not in results:
            continue
        got = results[variant.name]
        ours = [
            "" if value is None else f"{value:.{digits}f}"
            for value, digits in ((got.l1, 4), (got.akd, 2), (got.mkr, 3), (got.aed, 3))
        ]
        cells = [f"{mine} ({theirs})" if theirs else mine for mine, theirs in zip(ours, variant.published)]
        follows = [got.following[name][0] for name in ("mouth opening", "lid opening") if name in got.following]
        cells.append(", ".join(f"{value:.2f}" for value in follows))
        lines.append(f"| {variant.name} | {' | '.join(cells)} | {variant.called} |")
    return "\n".join(lines)
