"""As much of TensorFlow's record files as BAIR's robot needs: frames of a trajectory, without TensorFlow.

A file is records: length (8 bytes, little endian), its checksum (4), the bytes, their checksum (4). A record is a
protocol buffer, tf.train.Example: a map from names to lists of bytes or numbers.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fomm.errors import Trouble

# The camera in front of the robot; "image_aux1" would be the other one.
CAMERA = "image_main"


def count(path: Path) -> int:
    """How many records, without reading them."""
    return sum(1 for _ in _spans(path))


def frames(path: Path, record: int) -> list[np.ndarray]:
    """The pictures of one trajectory, [64, 64, 3] each, 0...255."""
    for index, (start, length) in enumerate(_spans(path)):
        if index == record:
            with open(path, "rb") as file:
                file.seek(start)
                return _pictures(file.read(length), path)
    raise Trouble(f"{path}: has no record {record}")


def _spans(path: Path) -> Iterator[tuple[int, int]]:
    """Where records begin, and their lengths, bytes."""
    size = path.stat().st_size
    at = 0
    with open(path, "rb") as file:
        while at < size:
            file.seek(at)
            head = file.read(12)
            length = struct.unpack("<Q", head[:8])[0] if len(head) == 12 else size
            if at + 16 + length > size:
                raise Trouble(f"{path}: broken at byte {at}: a record of {length} bytes does not fit")
            yield at + 12, length
            at += 16 + length


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Fields of a message that are themselves bytes: number and value. Numbers are passed over."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 2:
            length = varint()
            yield key >> 3, data[at : at + length]
            at += length
        elif key & 7 == 0:
            varint()
        else:
            at += {1: 8, 5: 4}[key & 7]


def _pictures(record: bytes, path: Path) -> list[np.ndarray]:
    found: dict[int, np.ndarray] = {}
    # Example.features (1) -> Features.feature (1), a map's entries: key (1), value (2) -> Feature.bytes_list (1).value
    for _, features in _fields(record):
        for _, entry in _fields(features):
            parts = dict(_fields(entry))
            name = re.fullmatch(rf"(\d+)/{CAMERA}/encoded", parts.get(1, b"").decode(errors="replace"))
            if name:
                raw = next(value for _, values in _fields(parts[2]) for _, value in _fields(values))
                side = round((len(raw) / 3) ** 0.5)
                if side * side * 3 != len(raw):
                    raise Trouble(f"{path}: {name[0]} has {len(raw)} bytes, which is no square picture")
                found[int(name[1])] = np.frombuffer(raw, np.uint8).reshape(side, side, 3)
    if not found:
        raise Trouble(f"{path}: a record without pictures called N/{CAMERA}/encoded")
    return [found[index] for index in sorted(found)]
