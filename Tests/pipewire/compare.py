"""Compares what a consumer saw with what puppet showed.

compare.py raw READ SHOWN.y4m      YUY2 pictures of 640 x 480 against the avatar's pictures: the nearest one for each
compare.py bright READ              the last picture is no card
compare.py seen SEEN SHOWN.y4m...  what a browser's canvas had, against all of them

The avatar is the middle square of the camera's picture. What is seen at a start and an end is a card, which is dark. Only the standard library: this runs where nothing is installed.
"""

import sys

SIDE = 16  # of the grids that are compared
CORRELATION, LEVELS = 0.95, 3.0
DARK = 60  # the mean green of a card is less, that of an avatar more


def y4m_grids(path: str) -> list[list[list[float]]]:
    """Of every picture, red, green and blue in SIDE x SIDE cells."""
    with open(path, "rb") as file:
        header = file.readline().split()
        width, height = (int(next(word[1:] for word in header if word[:1] == key)) for key in (b"W", b"H"))
        chroma = next((word[1:] for word in header if word[:1] == b"C"), b"420")
        halves = 1 if chroma.startswith(b"444") else 2
        planes = width * height, (width // halves) * (height // halves)
        found = []
        while file.readline().startswith(b"FRAME"):
            y, u, v = (file.read(size) for size in (planes[0], planes[1], planes[1]))
            if len(v) < planes[1]:
                break
            found.append((y, u, v))
    pick = found[:: max(1, len(found) // 150)]
    cell = width // SIDE

    def grid(picture):
        y, u, v = picture
        cells = [[], [], []]
        for row in range(SIDE):
            for column in range(SIDE):
                total = [0.0, 0.0, 0.0]
                places = [
                    (row * cell + dy, column * cell + dx) for dy in range(0, cell, 2) for dx in range(0, cell, 2)
                ]
                for py, px in places:
                    at = (py // halves) * (width // halves) + px // halves
                    for channel, value in enumerate(rgb(y[py * width + px], u[at], v[at])):
                        total[channel] += value
                for channel in range(3):
                    cells[channel].append(total[channel] / len(places))
        return cells

    return [grid(picture) for picture in pick]


def rgb(y: int, u: int, v: int) -> tuple[float, float, float]:
    """BT.601, limited range."""
    luma = 1.164383 * (y - 16)
    values = luma + 1.596027 * (v - 128), luma - 0.391762 * (u - 128) - 0.812968 * (v - 128), luma + 2.017232 * (u - 128)
    return tuple(min(255.0, max(0.0, value)) for value in values)


def raw_grids(path: str) -> list[list[list[float]]]:
    """Of the middle 480 x 480."""
    with open(path, "rb") as file:
        pictures = iter(lambda: file.read(640 * 480 * 2), b"")
        return [raw_grid(picture) for picture in pictures]


def raw_grid(picture: bytes) -> list[list[float]]:
    cells, cell = [[], [], []], 480 // SIDE
    for row in range(SIDE):
        for column in range(SIDE):
            total, count = [0.0, 0.0, 0.0], 0
            for py in range(row * cell, (row + 1) * cell, 4):
                for px in range(80 + column * cell, 80 + (column + 1) * cell, 4):
                    at = (py * 640 + px) * 2
                    for channel, value in enumerate(rgb(picture[at], picture[at + 1], picture[at + 3])):
                        total[channel] += value
                    count += 1
            for channel in range(3):
                cells[channel].append(total[channel] / count)
    return cells


def seen_grids(path: str) -> list[list[list[float]]]:
    """A canvas of 64 x 48: the middle 48 x 48, three pixels a cell each way."""
    found = []
    with open(path) as file:
        for line in file:
            if not line.startswith("picture "):
                continue
            values = list(map(int, line.split()[1:]))
            cells = [[], [], []]
            for row in range(SIDE):
                for column in range(SIDE):
                    places = [
                        ((3 * row + dy) * 64 + 8 + 3 * column + dx) * 3 for dy in range(3) for dx in range(3)
                    ]
                    for channel in range(3):
                        cells[channel].append(sum(values[at + channel] for at in places) / len(places))
            found.append(cells)
    return found


def correlation(a: list[float], b: list[float]) -> float:
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    covariance = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b))
    spread = sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)
    return covariance / spread**0.5 if spread else 0.0


def is_card(picture: list[list[float]]) -> bool:
    return sum(picture[1]) / len(picture[1]) < DARK


def main() -> int:
    kind, read, *shown = sys.argv[1:]
    if kind == "bright":
        return 1 if is_card(raw_grids(read)[-1]) else 0
    wanted = [grid for path in shown for grid in y4m_grids(path)]
    got = raw_grids(read) if kind == "raw" else seen_grids(read)
    if not wanted or not got:
        print(f"{len(wanted)} pictures shown, {len(got)} seen")
        return 1
    alike = off = cards = 0
    worst = 1.0
    for picture in got:
        if is_card(picture):
            cards += 1
            continue
        best = max(wanted, key=lambda one: correlation(one[1], picture[1]))
        how = correlation(best[1], picture[1])
        levels = max(abs(sum(x) - sum(y)) / len(x) for x, y in zip(best, picture))
        if how > CORRELATION and levels <= LEVELS:
            alike, worst = alike + 1, min(worst, how)
        else:
            off += 1
            print(f"a picture that was not shown: correlation {how:.3f}, colours off by {levels:.1f}")
    print(f"{alike} of {alike + off} pictures, and {cards} cards: what was shown, correlation at least {worst:.4f}")
    return 0 if alike > 3 and not off else 1


sys.exit(main())
