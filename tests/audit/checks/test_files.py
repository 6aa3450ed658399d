"""What a function does with an archive, and what of a path is left."""

from __future__ import annotations

import pytest

from projects import found

HEAD = (
    "import tarfile\n\ndef unpack(path, folder):\n    with tarfile.open(path) as tar:\n"
)


def rules(body):
    lines = "".join(f"        {line}\n" for line in body.split("\n"))
    return {rule for rule, _, _ in found({"app.py": HEAD + lines})}


@pytest.mark.parametrize(
    "body",
    [
        "for m in tar.getmembers():\n    check(m)\ntar.extractall(folder)",
        "for m in tar:\n    if m.name.startswith('/'):\n        raise ValueError\ntar.extractall(folder)",
        "if any(m.islnk() for m in tar.getmembers()):\n    raise ValueError\ntar.extractall(folder)",
        "tar.extractall(folder, members=[m for m in tar if safe(m)])",
        "tar.extractall(folder, filter='data')",
        "tar.extractall(folder, filter=tarfile.data_filter)",
        "check_members(tar)\ntar.extractall(folder)",
    ],
)
def test_an_archive_that_is_looked_at_is_silent(body):
    assert "unchecked-archive" not in rules(body)


@pytest.mark.parametrize(
    "body",
    [
        "tar.extractall(folder)",
        "map(check, tar.getmembers())\ntar.extractall(folder)",
        "tar.extractall(folder, filter='fully_trusted')",
        "tar.extractall(folder, members=tar.getmembers())",
        "for m in tar.getmembers():\n    print(m)\ntar.extractall(folder)",
    ],
)
def test_an_archive_that_nothing_looks_at_is_found(body):
    assert "unchecked-archive" in rules(body)
