from __future__ import annotations

import os
import pathlib

import pytest

from stopper.audit.survey.files import collect
from stopper.audit.survey.files import Collected
from stopper.audit.survey.files import Kind
from stopper.catalogue.error import ReadError


def tree(root: pathlib.Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")


def names(found: Collected) -> list[str]:
    return [file.name for file in found.files]


def noted(found: Collected) -> list[tuple[str, str]]:
    return [(note.name, note.path) for note in found.notes]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.py", Kind.PYTHON),
        ("gunicorn.conf.py", Kind.PYTHON),
        ("app.wsgi", Kind.PYTHON),
        ("templates/a.txt", Kind.TEMPLATE),
        ("templates/a.yaml", Kind.TEMPLATE),
        ("static/a.html", Kind.TEMPLATE),
        ("nginx.conf.j2", Kind.TEMPLATE),
        (".env", Kind.ENV),
        (".env.production", Kind.ENV),
        (".flaskenv", Kind.ENV),
        ("config.json", Kind.CONFIG),
        ("pyproject.toml", Kind.CONFIG),
        ("setup.cfg", Kind.CONFIG),
        ("requirements-dev.txt", Kind.REQUIREMENTS),
        ("requirements/base.in", Kind.REQUIREMENTS),
        ("uv.lock", Kind.REQUIREMENTS),
        ("Dockerfile.prod", Kind.DEPLOY),
        ("docker-compose.yml", Kind.DEPLOY),
        ("Procfile", Kind.DEPLOY),
        ("uwsgi.ini", Kind.DEPLOY),
        ("server.key", Kind.KEY),
        ("id_rsa", Kind.KEY),
    ],
)
def test_a_file_is_known_by_its_name(
    tmp_path: pathlib.Path, name: str, kind: Kind
) -> None:
    tree(tmp_path, name)
    assert [(f.name, f.kind) for f in collect([tmp_path]).files] == [(name, kind)]


@pytest.mark.parametrize(
    "name", ["package.json", "static/app.js", "templates/a.min.js", "notes.md", "a.pyc"]
)
def test_other_files_are_counted_and_left(tmp_path: pathlib.Path, name: str) -> None:
    tree(tmp_path, name)
    found = collect([tmp_path])
    assert (found.files, dict(found.skipped)) == ((), {"other-kind": 1})


def test_folders_of_others_are_skipped_by_reason(tmp_path: pathlib.Path) -> None:
    tree(
        tmp_path,
        "a.py",
        ".git/x.py",
        "node_modules/x.py",
        "__pycache__/x.py",
        "mine/pyvenv.cfg",
        "venv/lib/python3.11/x.py",
        "setup.py",
        "build/lib/x.py",
        "a.egg-info/x.py",
    )
    found = collect([tmp_path])
    assert names(found) == ["a.py", "setup.py"]
    assert dict(found.skipped) == {
        "build-output": 1,
        "dependencies": 1,
        "tool-output": 2,
        "version-control": 1,
        "virtual-environment": 2,
    }
    assert noted(found) == [("build-output", "build")]


def test_a_package_called_build_is_read(tmp_path: pathlib.Path) -> None:
    tree(tmp_path, "setup.py", "build/__init__.py", "src/dist/a.py", "env/a.py")
    assert names(collect([tmp_path])) == [
        "build/__init__.py",
        "env/a.py",
        "setup.py",
        "src/dist/a.py",
    ]


def test_several_paths_make_one_project(tmp_path: pathlib.Path) -> None:
    tree(tmp_path, "a/x.py", "b/y.py", "c/z.py")
    found = collect([tmp_path / "a", tmp_path / "b" / "y.py", tmp_path / "a" / "x.py"])
    assert names(found) == ["a/x.py", "b/y.py"]


def test_a_file_given_by_name_is_read_whatever_it_is(tmp_path: pathlib.Path) -> None:
    tree(tmp_path, "node_modules/notes.md")
    found = collect([tmp_path / "node_modules" / "notes.md"], exclude=["*.md"])
    assert [(f.name, f.kind) for f in found.files] == [("notes.md", Kind.OTHER)]


def test_a_path_that_is_not_there_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ReadError, match="gone is not there"):
        collect([tmp_path / "gone"])


@pytest.mark.parametrize("pattern", ["tests", "*sts", "app/tests/", "./app/tests/*"])
def test_a_pattern_leaves_out(tmp_path: pathlib.Path, pattern: str) -> None:
    tree(tmp_path, "app/a.py", "app/tests/b.py")
    assert names(collect([tmp_path], exclude=[pattern])) == ["app/a.py"]


def test_links_are_read_only_inside_the_root(tmp_path: pathlib.Path) -> None:
    root = tmp_path / "root"
    tree(root, "a.txt.d/real.data", "b.py")
    tree(tmp_path, "outside.py")
    (root / "inside.py").symlink_to(root / "a.txt.d" / "real.data")
    (root / "twice.py").symlink_to(root / "b.py")
    (root / "leaves.py").symlink_to(tmp_path / "outside.py")
    (root / "parent").symlink_to(root)
    (root / "self.py").symlink_to(root / "self.py")
    (root / "broken.py").symlink_to(root / "nothing")
    found = collect([root])
    assert names(found) == ["b.py", "inside.py"]
    assert noted(found) == [
        ("symlink-outside", "leaves.py"),
        ("symlink-loop", "parent"),
        ("symlink-loop", "self.py"),
    ]
    assert found.skipped["seen-already"] == 1


def test_a_pipe_is_never_opened(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    found = collect([tmp_path])
    assert (found.files, dict(found.skipped)) == ((), {"special-file": 1})


def test_a_large_file_is_a_note(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.html").write_bytes(b" " * (5 * 1024 * 1024 + 1))
    (tmp_path / "a.py").write_bytes(b" " * (5 * 1024 * 1024 + 1))
    found = collect([tmp_path])
    assert (names(found), noted(found)) == (["a.py"], [("too-large", "a.html")])


def test_beyond_a_limit_python_is_not_read_and_that_of_others_last(tmp_path):
    for name in ("app/a", "app/b", "libs/c", "libs/d", "views/e", "views/f"):
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"#" * (9 * 1024 * 1024))

    (tmp_path / "libs" / "page.html").touch()
    found = collect([tmp_path])
    (note,) = found.notes
    assert names(found) == [
        *("app/a.py", "app/b.py", "libs/page.html", "views/e.py", "views/f.py")
    ]
    assert (note.name, note.path) == ("too-large", "libs/c.py")
    assert "2 files, this one first, were not read" in note.message
    assert found.skipped == {"too-large": 2}


@pytest.mark.parametrize(
    ("name", "data", "text", "notes"),
    [
        ("a.html", b"\xef\xbb\xbfx\r\ny\rz", "x\ny\nz", []),
        ("requirements.txt", "é".encode("utf-16"), "é", []),
        ("a.html", b"caf\xe9", "café", ["not-utf-8"]),
        ("a.py", b"# coding: latin-1\n'\xe9'", "# coding: latin-1\n'é'", []),
        ("a.py", b"# coding: nonsense\nx", "# coding: nonsense\nx", []),
        ("a.py", b"# coding: utf-7\n+AGE-", "# coding: utf-7\na", ["odd-encoding"]),
        ("a.py", b"'\xe9'", "'é'", ["not-utf-8"]),
    ],
)
def test_text_is_decoded(
    tmp_path: pathlib.Path, name: str, data: bytes, text: str, notes: list[str]
) -> None:
    (tmp_path / name).write_bytes(data)
    found = collect([tmp_path])
    assert [file.text for file in found.files] == [text]
    assert [note.name for note in found.notes] == notes


def test_a_hostile_name_can_be_printed(tmp_path: pathlib.Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\x1b[31m\n.py"
    with open(path, "wb") as file:
        file.write(b"x")
    [only] = collect([tmp_path]).files
    assert only.name.encode() == b"\\xff\\x1b[31m\\n.py"


def test_lines_are_counted_as_python_counts_them(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.py").write_bytes("a\x0cb\r\nc\u2028d\re".encode())
    [only] = collect([tmp_path]).files
    assert only.lines == ("a\x0cb", "c\u2028d", "e")
    assert (only.line(3), only.line(4), only.line(0)) == ("e", "", "")


def test_a_script_without_a_suffix_is_python(tmp_path: pathlib.Path) -> None:
    (tmp_path / "manage").write_text("#!/usr/bin/env python3\nx\n")
    (tmp_path / "manage").chmod(0o755)
    assert [f.kind for f in collect([tmp_path]).files] == [Kind.PYTHON]


def test_progress_is_told(tmp_path: pathlib.Path) -> None:
    tree(tmp_path, "a.py", "b.py")
    told: list[tuple[int, int, str]] = []
    collect([tmp_path], progress=lambda *now: told.append(now))
    assert told == [(0, 2, "a.py"), (1, 2, "b.py")]
