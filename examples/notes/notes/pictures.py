"""Pictures of people: what is taken, what is left of it, and where it is kept."""

import os
import secrets
import zlib
from pathlib import Path

from flask import current_app

#: Bytes of a picture.
LARGEST = 256 * 1024

#: Pixels of a side. A small file can hold a picture that fills the memory.
WIDEST = 2048

TYPES = {"png": "image/png", "jpg": "image/jpeg"}

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"

#: The parts of a PNG that are the picture. Text, places and times are left out.
_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB"})

#: Markers of a JPEG that say how large it is, and the segments that are no picture:
#: comments and what applications add, among it where the picture was taken.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ADDED = (frozenset(range(0xE0, 0xF0)) | {0xFE}) - {0xE0, 0xEE}


class PictureRefused(Exception):
    """A file is not taken as a picture. The message is for the person who sent it."""


def keep(upload):
    """Keep an upload, and return the name under which it is kept.

    :raises PictureRefused: If it is no picture, or too large.
    """
    if upload is None or not upload.filename:
        raise PictureRefused("Choose a picture first.")

    data = upload.stream.read(LARGEST + 1)

    if len(data) > LARGEST:
        raise PictureRefused(f"A picture has at most {LARGEST // 1024} KiB.")

    kind, data = cleaned(data)
    # Nothing of the client's name: it is what an attacker chooses.
    name = f"{secrets.token_hex(16)}.{kind}"
    path = Path(current_app.config["PICTURES"]) / name
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    with os.fdopen(handle, "wb") as f:
        f.write(data)

    return name


def forget(name):
    """Remove a picture that was kept."""
    (Path(current_app.config["PICTURES"]) / name).unlink(missing_ok=True)


def cleaned(data):
    """Return the kind of a picture, and the picture without what else is in the file.

    :raises PictureRefused: If it is neither a PNG nor a JPEG, or not whole.
    """
    try:
        if data.startswith(_PNG):
            return "png", _png(data)

        if data.startswith(_JPEG):
            return "jpg", _jpeg(data)
    except (IndexError, ValueError) as e:
        raise PictureRefused("This picture is damaged.") from e

    raise PictureRefused("A picture is a PNG or a JPEG file.")


def _sized(width, height):
    if not (0 < width <= WIDEST and 0 < height <= WIDEST):
        raise PictureRefused(f"A picture has at most {WIDEST} pixels a side.")


def _png(data):
    """Walk the chunks (PNG specification, 5.3) and keep those of the picture."""
    kept = [_PNG]
    kinds = []
    at = len(_PNG)

    while kinds[-1:] != [b"IEND"]:
        length = int.from_bytes(data[at : at + 4])
        kind = data[at + 4 : at + 8]
        end = at + 12 + length

        if end > len(data) or zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(
            data[end - 4 : end]
        ):
            raise ValueError("a chunk is cut off or damaged")

        if not kinds:
            if kind != b"IHDR" or length != 13:
                raise ValueError("the header is missing")

            _sized(*(int.from_bytes(data[i : i + 4]) for i in (at + 8, at + 12)))

        if kind in _CHUNKS:
            kept.append(data[at:end])

        kinds.append(kind)
        at = end

    if b"IDAT" not in kinds:
        raise ValueError("there is no picture in it")

    return b"".join(kept)


def _jpeg(data):
    """Walk the segments (ITU-T T.81, B.1) and keep those of the picture."""
    kept = [data[:2]]
    sized = False
    at = 2

    while True:
        if data[at] != 0xFF:
            raise ValueError("a segment is missing")

        marker = data[at + 1]
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])

        if end < at + 4 or end > len(data):
            raise ValueError("a segment is cut off")

        if marker in _FRAMES:
            height, width = (int.from_bytes(data[i : i + 2]) for i in (at + 5, at + 7))
            _sized(width, height)
            sized = True

        if marker == 0xDA:
            break

        if marker not in _ADDED:
            kept.append(data[at:end])

        at = end

    last = data.rfind(b"\xff\xd9", end)

    if not sized or last < 0:
        raise ValueError("there is no picture in it")

    # What follows the end of the picture is something else.
    return b"".join([*kept, data[at : last + 2]])


def init_app(app):
    """Make the folder: outside of what is served as it is."""
    # stopper: allow[path-traversal] the folder is said by who runs it
    os.makedirs(app.config["PICTURES"], mode=0o700, exist_ok=True)
