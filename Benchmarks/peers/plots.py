"""Charts as SVG: a panel per model, and in it a line or a bar per engine."""

from html import escape
from pathlib import Path

from report import LABELS

COLOURS = {
    "puppet": "#c2185b",
    "puppet_int8": "#212121",
    "pytorch": "#ef6c00",
    "pytorch_compiled": "#ffb74d",
    "onnxruntime": "#00838f",
    "onnxruntime_int8": "#80cbc4",
    "openvino": "#3949ab",
    "openvino_bf16": "#7986cb",
    "openvino_int8": "#c5cae9",
}
# Of a bar chart: a bar's height, and that of the row it is in; where bars begin, and the longest.
BAR, BAR_ROW, BAR_LEFT, LONGEST = 14, 22, 130, 260
WIDTH, HEIGHT, LEFT, GAP = 300, 200, 52, 70
# An entry's width, and the height of a row of them.
LEGEND, ROW = 160, 20
# Least distance between two numbers below the x axis.
APART = 24

# Points (x, frames a second) of every engine, of every panel.
Panels = dict[str, dict[str, list[tuple[int, float]]]]


def write(path: Path, axis: str, panels: Panels) -> None:
    """`axis`: what x is."""
    engines = list(dict.fromkeys(engine for lines in panels.values() for engine in lines))
    width = LEFT + len(panels) * (WIDTH + GAP) - GAP + 20
    columns = (width - LEFT) // LEGEND
    top = 38 + ROW * -(-len(engines) // columns)
    height = top + HEIGHT + 48
    parts = _opened(width, height)
    for index, engine in enumerate(engines):
        x, y = LEFT + LEGEND * (index % columns), 16 + ROW * (index // columns)
        parts.append(f'<path d="M{x} {y}h22" stroke="{COLOURS[engine]}" stroke-width="2.5"/>')
        parts.append(_text(x + 28, y + 4, LABELS[engine], "start"))
    for index, (model, lines) in enumerate(panels.items()):
        parts += _panel(LEFT + index * (WIDTH + GAP), top, f"{model} model", axis, lines)
    _save(path, parts)


def write_bars(path: Path, panels: dict[str, dict[str, float]]) -> None:
    """Frames a second of every engine, of every panel: a bar each."""
    rows = max(len(rates) for rates in panels.values())
    step = BAR_LEFT + LONGEST + 60
    width, height = step * len(panels), 40 + BAR_ROW * rows + 12
    parts = _opened(width, height)
    for index, (model, rates) in enumerate(panels.items()):
        left = step * index + BAR_LEFT
        highest = max(rates.values())
        parts.append(_text(left, 24, f"{model} model, frames a second", "start", "bold"))
        for row, (engine, rate) in enumerate(rates.items()):
            y, length = 40 + BAR_ROW * row, LONGEST * rate / highest
            parts.append(_text(left - 8, y + 12, LABELS[engine], "end"))
            parts.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{BAR}" fill="{COLOURS[engine]}"/>')
            parts.append(_text(left + length + 6, y + 12, f"{rate:.1f}", "start"))
    _save(path, parts)


def ticks(highest: float) -> list[float]:
    """From 0 to `highest` or just above, four or five steps of 1, 2 or 5 times a power of ten."""
    step = 10.0**-3
    factors = (2, 2.5, 2)
    for index in range(30):
        if highest <= 5 * step:
            break
        step *= factors[index % 3]
    count = 1
    while count * step < highest:
        count += 1
    return [round(step * index, 6) for index in range(count + 1)]


def _opened(width: int, height: int) -> list[str]:
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="12" fill="#333">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]


def _save(path: Path, parts: list[str]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([*parts, "</svg>"]) + "\n")


def _panel(left: int, top: int, title: str, axis: str, lines: dict[str, list[tuple[int, float]]]) -> list[str]:
    xs = sorted({x for points in lines.values() for x, _ in points})
    levels = ticks(max(y for points in lines.values() for _, y in points))
    bottom = top + HEIGHT

    def place(x: int, y: float) -> tuple[float, float]:
        share = (x - xs[0]) / (xs[-1] - xs[0]) if len(xs) > 1 else 0.5
        return left + 16 + share * (WIDTH - 32), bottom - y / levels[-1] * HEIGHT

    parts = [_text(left + WIDTH / 2, top - 12, title, "middle", "bold")]
    for level in levels:
        y = place(xs[0], level)[1]
        parts.append(f'<path d="M{left} {y:.1f}h{WIDTH}" stroke="#ddd"/>')
        parts.append(_text(left - 6, y + 4, f"{level:g}", "end"))
    free = float("inf")
    for x in reversed(xs):  # from the right, where powers of two are far enough apart
        if (centre := place(x, 0)[0]) <= free:
            parts.append(_text(centre, bottom + 18, str(x), "middle"))
            free = centre - APART
    parts.append(_text(left + WIDTH / 2, bottom + 36, f"{axis}; up: frames a second", "middle"))
    for engine, points in lines.items():
        placed = [place(x, y) for x, y in sorted(points)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
        parts.append(f'<path d="M{path}" fill="none" stroke="{COLOURS[engine]}" stroke-width="2.5"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{COLOURS[engine]}"/>' for x, y in placed]
    return parts


def _text(x: float, y: float, text: str, anchor: str, weight: str = "normal") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">{escape(text)}</text>'
