"""python -m fomm prepare | landmarks | train | sheet | evaluate | export | ablate

docs/training.md walks through them. What each needs is loaded when it is run: `landmarks` and `evaluate --pictures` do
without torch.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from fomm.errors import Trouble

CONFIGS = Path(__file__).resolve().parent.parent / "configs"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def config_path(name: str) -> Path:
    """A file, or the name of one in configs/."""
    path = Path(name)
    return path if path.suffix else CONFIGS / f"{name}.yaml"


def prepare(options: argparse.Namespace) -> None:
    from fomm.data import clips, layouts

    held = set()
    for given in options.held:
        path = Path(given)
        held |= set(path.read_text().split()) if path.is_file() else {given}
    found = layouts.find(options.layout, options.clips, held, options.metadata)
    if not any(clip.held for clip in found):
        say("no clip is held out, so that there is nothing to evaluate with; --held NAME or --held LIST.txt names some")
    find_box = None
    if options.crop == "face":
        from fomm.data.landmarks import Landmarker, face_square

        landmarker = Landmarker(still=True)
        find_box = lambda frames: face_square(frames, landmarker)  # noqa: E731
    clips.prepare(found, options.out, options.size, options.most_frames, options.every, options.stills, find_box, say)


def landmarks(options: argparse.Namespace) -> None:
    from fomm.data.landmarks import extract, teach

    (teach if options.teach_only else extract)(options.data, say)


def train(options: argparse.Namespace, arguments: list[str]) -> None:
    if options.ranks > 1 and "RANK" not in os.environ:
        from fomm import ranks

        sys.exit(ranks.start(options.ranks, arguments))
    from fomm import config
    from fomm.trainer import Trainer

    if "RANK" in os.environ:
        from fomm.ranks import end_with_launcher

        end_with_launcher()
    if "RANK" in os.environ and options.device != "cuda":
        import torch

        # A thread a rank, whatever PyTorch would choose.
        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 1)))
    read = config.read(config_path(options.config), options.set)
    try:
        Trainer(read, options.data, options.out, options.device, options.begin, options.stage).run()
    except KeyboardInterrupt:
        say(f"stopped; the same command goes on from {options.out / 'checkpoint.pt'}")
        sys.exit(130)


def _given_config(name: str | None):
    from fomm import config

    return config.read(config_path(name)) if name else None


def draw_sheet(options: argparse.Namespace) -> None:
    import torch

    from fomm import export, render, sheet
    from fomm.data.clips import frames_of, read_index

    loaded, network, _ = export.load(options.checkpoint, _given_config(options.config))
    _, entries = read_index(options.data)
    held = [entry for entry in entries if entry.held and entry.frames > 1] or entries
    columns: dict[str, list[torch.Tensor]] = {}
    with torch.inference_mode():
        for entry in held[:: max(1, len(held) // 5)][:5]:
            clip = frames_of(options.data, [entry])[entry.name]
            source, driving = (render.tensor(clip[index], network.size) for index in (0, len(clip) * 2 // 3))
            animator = render.Animator(loaded, source)
            shown = driving if loaded.detector is None else sheet.marked(driving, loaded.detector(driving)["value"])
            row = {"source": source, "driving": shown, "prediction": animator.reconstruct(driving)}
            for name, picture in row.items():
                columns.setdefault(name, []).append(picture)
    sheet.write(options.out, {name: torch.cat(rows) for name, rows in columns.items()})


def evaluate(options: argparse.Namespace) -> None:
    from fomm import measure

    if options.driving or options.result:
        if not (options.driving and options.result):
            raise Trouble("--driving and --result go together: a folder of frames, and one of what became of them")
        kind = "cross" if options.cross else "reconstruction"
        folders = {kind: [("clip", options.driving, options.result, options.source)]}
    else:
        root = options.pictures
        if root is None:
            root = _rendered(options)
        folders = {kind: measure.clip_folders(root / kind) for kind in ("reconstruction", "cross")}
    figures = {kind: measure.measure(of, kind, say) for kind, of in folders.items() if of}
    if not figures:
        raise Trouble("there are no pictures to measure")
    print(measure.as_json(figures) if options.json else measure.table(figures))


def _rendered(options: argparse.Namespace) -> Path:
    from fomm import export, render

    if not (options.checkpoint and options.data and options.out):
        raise Trouble("give a checkpoint with --data and --out, or --pictures, or --driving and --result")
    loaded, network, _ = export.load(options.checkpoint, _given_config(options.config))
    render.render(
        loaded, network.size, options.data, options.out, options.frames, options.avatars, options.most_clips, say
    )
    return options.out


def write_model(options: argparse.Namespace) -> None:
    from fomm import export

    config = _given_config(options.config)
    export.write(options.checkpoint, options.out, config, not options.float32, options.animates)
    if options.puppet:
        if options.driving:
            print(export.quantize(options.out, options.puppet, options.driving, options.avatar, options.frames))
        print(export.info(options.out, options.puppet))
    elif options.driving:
        raise Trouble("--driving is for the int8 scales, which the program finds: name it with --puppet")


def ablate(options: argparse.Namespace) -> None:
    from fomm import ablations, config

    read = config.read(config_path(options.config), options.set)
    print(
        ablations.run(
            read, options.data, options.out, options.device, options.only, options.frames, options.most_clips, say
        )
    )


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m fomm", description="Trains models for puppet; see docs/training.md."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run, help: str) -> argparse.ArgumentParser:
        of = commands.add_parser(name, help=help, description=help)
        of.set_defaults(run=run)
        return of

    def path(of: argparse.ArgumentParser, name: str, help: str, **more) -> None:
        of.add_argument(name, type=Path, help=help, **more)

    of = command("prepare", prepare, "cuts clips square and keeps their frames")
    path(of, "clips", "folder of clips")
    path(of, "out", "where to keep the frames")
    of.add_argument("--layout", default="clips", help="how the folder is laid out (%(default)s)")
    path(of, "--metadata", "table that says where in the videos the clips are (layouts vox-table, taichi)")
    of.add_argument("--size", type=int, default=256, help="rows and columns (%(default)s)")
    of.add_argument("--crop", choices=["center", "face"], default="center", help="what is looked at (%(default)s)")
    of.add_argument("--held", action="append", default=[], help="clip or person kept for evaluation, or a list of them")
    path(of, "--stills", "folder of single pictures, which are moved by random maps")
    of.add_argument("--every", type=int, default=1, help="take every n-th frame (%(default)s)")
    of.add_argument("--most-frames", type=int, default=1000, help="of a clip (%(default)s)")

    of = command("landmarks", landmarks, "finds the face's landmarks in every frame, and what they teach")
    path(of, "data", "prepared folder")
    of.add_argument("--teach-only", action="store_true", help="the landmarks are there; find what they teach")

    of = command("train", train, "trains, or goes on training, all stages of a configuration")
    of.add_argument("config", help="a YAML file, or the name of one of configs/")
    path(of, "--data", "prepared folder", required=True)
    path(of, "--out", "folder of the run; one that is there already is gone on with", required=True)
    path(of, "--from", "checkpoint to begin from", dest="begin", metavar="CHECKPOINT")
    of.add_argument("--stage", help="begin with this one (the first)")
    of.add_argument("--ranks", type=int, default=1, help="processes on this machine (%(default)s)")
    of.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto", help="(%(default)s)")
    of.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="change the configuration")

    of = command("sheet", draw_sheet, "draws a sheet of held-out clips")
    path(of, "checkpoint", "checkpoint, or a run's folder")
    path(of, "--data", "prepared folder", required=True)
    path(of, "--out", "picture to write", required=True)
    of.add_argument("--config", help="where the checkpoint does not say what networks it has")

    of = command("evaluate", evaluate, "measures a checkpoint, or pictures; prints a table")
    path(of, "checkpoint", "checkpoint, or a run's folder", nargs="?")
    path(of, "--data", "prepared folder, of which the held-out clips are taken")
    path(of, "--out", "where to write the pictures")
    of.add_argument("--config", help="where the checkpoint does not say what networks it has")
    of.add_argument("--frames", type=int, default=9, help="of each clip (%(default)s)")
    of.add_argument("--most-clips", type=int, default=0, help="0: all (%(default)s)")
    path(of, "--avatars", "folder of other faces to move, instead of the held-out clips' own")
    path(of, "--pictures", "what an earlier evaluation wrote with --out, measured again")
    path(of, "--driving", "folder of driving frames")
    path(of, "--result", "folder of what became of them, as `puppet animate --output FOLDER` writes it")
    path(of, "--source", "the avatar of --result; its first driving frame otherwise")
    of.add_argument("--cross", action="store_true", help="--result shows another face than --driving")
    of.add_argument("--json", action="store_true", help="print JSON")

    of = command("export", write_model, "writes the file that `puppet --model` runs")
    path(of, "checkpoint", "checkpoint, or a run's folder")
    path(of, "out", "the .safetensors file")
    of.add_argument("--config", help="where the checkpoint does not say what networks it has")
    of.add_argument("--float32", action="store_true", help="keep weights as they are; twice as large")
    of.add_argument(
        "--animates", default="", help="what the model moves, where that is not what its configuration says"
    )
    path(of, "--puppet", "the program: it looks at the model, and finds int8 scales where --driving is given")
    of.add_argument("--driving", help="clip in which much happens, or `test`: for the int8 scales")
    path(of, "--avatar", "portrait, or a folder of them, for the int8 scales")
    of.add_argument("--frames", type=int, default=100, help="pictures for the int8 scales (%(default)s)")

    of = command("ablate", ablate, "trains without one part of the method after another; prints a table")
    of.add_argument("--config", default="ablation-64", help="(%(default)s)")
    path(of, "--data", "prepared folder", required=True)
    path(of, "--out", "folder of the runs", required=True)
    of.add_argument("--only", action="append", default=[], help="a variant by its name; again for more")
    of.add_argument("--device", choices=["auto", "cpu", "cuda"], default="cpu", help="(%(default)s)")
    of.add_argument("--frames", type=int, default=9, help="of each held-out clip to measure (%(default)s)")
    of.add_argument("--most-clips", type=int, default=0, help="0: all (%(default)s)")
    of.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="change the configuration")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = parse(given)
    try:
        if options.run is train:
            train(options, given)
        else:
            options.run(options)
    except Trouble as trouble:
        sys.exit(f"error: {trouble}")


if __name__ == "__main__":
    main()
