"""Measures how much later than a microphone a delayed one is, and than a driver its picture.

sound.py clicks FILE.wav     ten minutes of a microphone that clicks, never twice after the same time
sound.py late FILE.wav       of a recording with the microphone left and the delayed one right: the median of its last five
                             seconds, in milliseconds
sound.py loud FILE.wav       whether the delayed one is heard in such a recording
sound.py flashes             a driver on standard output, as Y4M: white for a fifth of every second; when, on standard error
sound.py lights FLASHES      YUY2 pictures of 640 x 480 from standard input: how much later than FLASHES, the times of a driver,
                             they turn white: the median, in milliseconds, once there are five

Only the standard library: this runs where nothing is installed.
"""

import array
import random
import statistics
import struct
import sys
import time
import wave

RATE = 48000


def clicks(path: str) -> None:
    random_ = random.Random(1)
    click = struct.pack("<h", 20000) * 240
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for _ in range(1200):
            file.writeframes(click + bytes(2 * random_.randrange(RATE // 4, 3 * RATE // 4)))


def recorded(path: str) -> array.array:
    with open(path, "rb") as file:
        data = file.read()
    data = data[data.index(b"data") + 8 :]
    samples = array.array("f")
    samples.frombytes(data[: len(data) // 8 * 8])
    return samples


def late(path: str) -> str:
    samples = recorded(path)
    # Before that the delay was still on its way.
    samples = samples[-2 * 5 * RATE :]

    def starts(channel: int) -> list[int]:
        found, last = [], -RATE
        for index, value in enumerate(samples[channel::2]):
            if abs(value) > 0.2:
                if index - last > RATE // 10:
                    found.append(index)
                last = index
        return found

    left, right = starts(0), starts(1)
    # Of all the pairs, those that agree.
    ways = [delayed - here for delayed in right for here in left if -48 <= delayed - here <= 2 * RATE]
    agreeing = max(([way for way in ways if abs(way - middle) < 240] for middle in ways), key=len, default=[])
    if len(agreeing) < 4:
        sys.exit(f"{len(left)} clicks of the microphone, {len(right)} of the delayed one")
    return f"{1000 * statistics.median(agreeing) / RATE:.1f}"


def flashes() -> None:
    width, height, rate = 320, 240, 25
    out = sys.stdout.buffer
    out.write(f"YUV4MPEG2 W{width} H{height} F{rate}:1 C420jpeg\n".encode())
    grey = b"\x80" * (width * height // 2)
    begin = time.monotonic()
    for frame in range(60 * rate):
        time.sleep(max(0, begin + frame / rate - time.monotonic()))
        is_white = frame % rate >= rate - 5
        out.write(b"FRAME\n" + (b"\xeb" if is_white else b"\x20") * (width * height) + grey)
        out.flush()
        if frame % rate == rate - 5:
            print(time.monotonic(), file=sys.stderr, flush=True)


def lights(flashes_path: str) -> str:
    bytes_of_picture, seen, was_white = 640 * 480 * 2, [], True
    while len(seen) < 5:
        picture = sys.stdin.buffer.read(bytes_of_picture)
        if len(picture) < bytes_of_picture:
            sys.exit(f"{len(seen)} flashes were seen")
        is_white = picture[bytes_of_picture // 2 + 640] > 128
        if is_white and not was_white:
            seen.append(time.monotonic())
        was_white = is_white
    with open(flashes_path) as file:
        sent = [float(line) for line in file]
    return f"{1000 * statistics.median(at - max(begin for begin in sent if begin < at) for at in seen):.1f}"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["clicks", path]:
            clicks(path)
        case ["late", path]:
            print(late(path))
        case ["loud", path]:
            sys.exit(max(map(abs, recorded(path)[1::2]), default=0) < 0.1)
        case ["flashes"]:
            flashes()
        case ["lights", path]:
            print(lights(path))
        case _:
            sys.exit(__doc__)
