"""Opening and decoding one file that nobody vouches for."""

from __future__ import annotations

import codecs
import errno
import io
import os
import re
import stat
import tokenize

from ...catalogue.error import ReadError

# A device or a pipe must not block us, and a link that was swapped in after the walk
# must not lead us out of the folder.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Python honours these in a coding line, so they can hide code from a reader who does
# not; nobody has an honest reason for them.
_ODD = frozenset(
    {"utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "utf-16"}
)

# idna and punycode take time that grows with the square of the text.
_ODD_LIMIT = 64 * 1024  # bytes

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class FileError(ReadError):
    """A file cannot be read. ``name`` is the kind of note that it becomes."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def shown(path: str) -> str:
    """Return ``path`` as it can be printed anywhere: no bytes that are not UTF-8, and
    no control characters, which a hostile file name could steer a terminal with.
    """
    text = path.replace(os.sep, "/")
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return _UNSAFE.sub(lambda m: m[0].encode("unicode_escape").decode(), text)


def read_bytes(path: str, limit: int) -> bytes:
    """Return what the regular file at ``path`` holds.

    :param path: Its last part is not followed if it is a link.
    :param limit: In bytes. More is refused, not cut.
    :raises FileError: If it is no regular file, is larger, or cannot be opened.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise _error(error) from None

    with open(descriptor, "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FileError("unreadable", "It is no regular file.")
        try:
            data = _bounded(file, limit)
        except OSError as error:
            raise _error(error) from None

    if len(data) > limit:
        raise FileError("too-large", f"It has more than {limit:,} bytes.")
    return data


def _bounded(file: io.FileIO, limit: int) -> bytes:
    chunks = bytearray()
    while len(chunks) <= limit:
        chunk = file.read(limit + 1 - len(chunks))
        if not chunk:
            break
        chunks += chunk
    return bytes(chunks)


def _error(error: OSError | ValueError) -> FileError:
    code = getattr(error, "errno", None)
    if code == errno.ELOOP:
        return FileError("symlink-loop", "It is a link that leads nowhere.")
    reason = os.strerror(code) if code else "not a name that can be opened"
    return FileError("unreadable", f"It cannot be opened: {reason}.")


def decode(data: bytes) -> tuple[str, FileError | None]:
    """Return the text of a file that is not Python, and what was wrong with it.

    UTF-8, or what a byte order mark says. Anything else is taken as Latin-1, which
    refuses nothing and keeps every line where it is.
    """
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "utf-8")
    return _text(data, encoding)


def decode_python(data: bytes) -> tuple[str, FileError | None]:
    """Return the text of a Python file by Python's own rules, and what was wrong."""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        name = codecs.lookup(encoding).name.replace("_", "-")
    except (SyntaxError, LookupError):
        return decode(data)

    if name not in _ODD:
        return _text(data, encoding)
    if len(data) > _ODD_LIMIT:
        return _latin(data, f"It is in {name}, and too large to be read so.")
    text, error = _text(data, encoding)
    message = f"It is in {name}, which can hide code from a reader."
    return text, error or FileError("odd-encoding", message)


def _text(data: bytes, encoding: str) -> tuple[str, FileError | None]:
    try:
        text = data.decode(encoding)
    # A codec may be no text codec, or one of the project's own that is not here.
    except (ValueError, LookupError, AssertionError):
        return _latin(data, f"It is not {encoding}. It was read as Latin-1.")
    return newlines(text.removeprefix("\ufeff")), None


def _latin(data: bytes, message: str) -> tuple[str, FileError]:
    return newlines(data.decode("latin-1")), FileError("not-utf-8", message)


def newlines(text: str) -> str:
    """Return ``text`` with each line end as one newline, as Python and Jinja count."""
    if "\r" in text:
        return text.replace("\r\n", "\n").replace("\r", "\n")
    return text
