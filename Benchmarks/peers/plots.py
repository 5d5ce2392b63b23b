"""Line charts as SVG: a panel per model, a line per engine."""

from html import escape
from pathlib import Path

from report import LABELS

COLOURS = {"puppet": "#c2185b", "pytorch": "#ef6c00", "onnxruntime": "#00838f", "openvino": "#3949ab"}
WIDTH, HEIGHT, LEFT, TOP, GAP, LEGEND = 300, 200, 52, 58, 70, 130

# Points (x, frames a second) of every engine, of every panel.
Panels = dict[str, dict[str, list[tuple[int, float]]]]


def write(path: Path, axis: str, panels: Panels) -> None:
    """`axis`: what x is."""
    engines = list(dict.fromkeys(engine for lines in panels.values() for engine in lines))
    width = LEFT + max(len(panels) * (WIDTH + GAP) - GAP + 20, LEGEND * len(engines))
    height = TOP + HEIGHT + 48
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="12" fill="#333">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for index, engine in enumerate(engines):
        x = LEFT + LEGEND * index
        parts.append(f'<path d="M{x} 16h22" stroke="{COLOURS[engine]}" stroke-width="2.5"/>')
        parts.append(_text(x + 28, 20, LABELS[engine], "start"))
    for index, (model, lines) in enumerate(panels.items()):
        parts += _panel(LEFT + index * (WIDTH + GAP), f"{model} model", axis, lines)
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(parts + ["</svg>"]) + "\n")


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


def _panel(left: int, title: str, axis: str, lines: dict[str, list[tuple[int, float]]]) -> list[str]:
    xs = sorted({x for points in lines.values() for x, _ in points})
    levels = ticks(max(y for points in lines.values() for _, y in points))
    bottom = TOP + HEIGHT

    def place(x: int, y: float) -> tuple[float, float]:
        share = (x - xs[0]) / (xs[-1] - xs[0]) if len(xs) > 1 else 0.5
        return left + 16 + share * (WIDTH - 32), bottom - y / levels[-1] * HEIGHT

    parts = [_text(left + WIDTH / 2, TOP - 12, title, "middle", "bold")]
    for level in levels:
        y = place(xs[0], level)[1]
        parts.append(f'<path d="M{left} {y:.1f}h{WIDTH}" stroke="#ddd"/>')
        parts.append(_text(left - 6, y + 4, f"{level:g}", "end"))
    for x in xs:
        parts.append(_text(place(x, 0)[0], bottom + 18, str(x), "middle"))
    parts.append(_text(left + WIDTH / 2, bottom + 36, f"{axis}; up: frames a second", "middle"))
    for engine, points in lines.items():
        placed = [place(x, y) for x, y in sorted(points)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
        parts.append(f'<path d="M{path}" fill="none" stroke="{COLOURS[engine]}" stroke-width="2.5"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{COLOURS[engine]}"/>' for x, y in placed]
    return parts


def _text(x: float, y: float, text: str, anchor: str, weight: str = "normal") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">{escape(text)}</text>'
