from __future__ import annotations

import pathlib

import pytest

from stopper.audit.survey.files import collect
from stopper.audit.survey.note import Note
from stopper.audit.survey.requirements import Requirement
from stopper.audit.survey.requirements import requirements

Read = tuple[tuple[Requirement, ...], tuple[Note, ...]]


def read(root: pathlib.Path, **files: str | bytes) -> Read:
    for name, content in files.items():
        path = root / name.replace("__", "/").replace("_txt", ".txt")
        path = path.with_name(
            path.name.replace("_toml", ".toml").replace("_lock", ".lock")
        )
        path = path.with_name(path.name.replace("_cfg", ".cfg").replace("_py", ".py"))
        path.parent.mkdir(exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)
    found = collect([root])
    return requirements(found.root, found.files)


def brief(found: Read) -> list[tuple[str, str, int]]:
    return [(r.name, r.specifier, r.line) for r in found[0]]


def test_a_hashed_requirement_spans_lines(tmp_path: pathlib.Path) -> None:
    text = "# c\nFlask==2.0 \\\n  # why\n  --hash=sha256:aa \\\n  --hash=sha256:bb\nb>1 # c\n"
    [flask, other], notes = read(tmp_path, requirements_txt=text)
    assert flask == Requirement(
        "flask", "==2.0", True, True, None, "requirements.txt", 2
    )
    assert (other.name, other.pinned, other.hashed, other.line) == (
        "b",
        False,
        False,
        6,
    )
    assert notes == ()


def test_includes_end_and_stay_inside(tmp_path: pathlib.Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.txt").write_text("secret==1\n")
    found = read(
        root,
        requirements_txt="a\n-r more/x.list\n-r ../secret.txt\n-r gone.txt\n",
        more__x="",
    )
    (root / "more" / "x.list").write_text("b\n-r ../requirements.txt\n-c x.list\n")
    files = collect([root])
    found = requirements(files.root, files.files)
    assert brief(found) == [("a", "", 1), ("b", "", 1)]
    assert [(n.line, n.message) for n in found[1]] == [
        (3, "It includes a file outside the audited folder."),
        (4, "It includes a file that cannot be read."),
    ]


def test_utf_16_with_a_mark_is_read(tmp_path: pathlib.Path) -> None:
    found = read(tmp_path, requirements_txt="a==1\r\nb\r\n".encode("utf-16"))
    assert brief(found) == [("a", "==1", 1), ("b", "", 2)]


@pytest.mark.parametrize(
    ("line", "name", "url", "pinned"),
    [
        ("-e .", "", ".", False),
        ("./vendor/x", "", "./vendor/x", False),
        ("x @ https://h/x-1.0.whl", "x", "https://h/x-1.0.whl", False),
        (
            "git+https://u:p@h/x#egg=Foo_bar",
            "foo-bar",
            "git+https://h/x#egg=Foo_bar",
            False,
        ),
        (
            f"-e git+https://h/x@{'a' * 40}#egg=foo",
            "foo",
            f"git+https://h/x@{'a' * 40}#egg=foo",
            True,
        ),
    ],
)
def test_addresses_are_known(
    tmp_path: pathlib.Path, line: str, name: str, url: str, pinned: bool
) -> None:
    [only], _ = read(tmp_path, requirements_txt=line)
    assert (only.name, only.url, only.pinned) == (name, url, pinned)


def test_options_are_passed_over_and_nonsense_is_a_note(tmp_path: pathlib.Path) -> None:
    found = read(tmp_path, requirements_txt="--index-url https://h\n!!\na ; x == 'y'\n")
    assert (found[0], [n.line for n in found[1]]) == ((), [2, 3])


def test_pyproject_tables_are_read(tmp_path: pathlib.Path) -> None:
    text = """\
[project]
dependencies = [
  "a>=1",
  "b==2",
]
[project.optional-dependencies]
x = ["c"]
[dependency-groups]
dev = ["d==1.*", {include-group = "x"}]
[tool.poetry.dependencies]
python = "^3.11"
e = "^1"
f = {version = "1.2"}
"""
    found = read(tmp_path, pyproject_toml=text)
    assert brief(found) == [
        ("a", ">=1", 3),
        ("b", "==2", 4),
        ("c", "", 7),
        ("d", "==1.*", 9),
        ("e", "^1", 12),
        ("f", "1.2", 13),
    ]
    assert [r.name for r in found[0] if r.pinned] == ["b", "f"]


def test_setup_files_are_read_and_not_run(tmp_path: pathlib.Path) -> None:
    script = "raise SystemExit\nR = ['a>1']\nsetup(install_requires=R,\n extras_require={'x': ['b==1']})\n"
    found = read(
        tmp_path, setup_py=script, setup_cfg="[options]\ninstall_requires =\n  c\n  d\n"
    )
    assert brief(found) == [("c", "", 3), ("d", "", 4), ("a", ">1", 2), ("b", "==1", 4)]


def test_lock_files_are_locked(tmp_path: pathlib.Path) -> None:
    found = read(
        tmp_path,
        uv_lock='[[package]]\nname = "me"\nsource = {virtual = "."}\n[[package]]\nname = "a"\nversion = "1"\nwheels = [{hash = "x"}]\n',
        poetry_lock='[[package]]\nname = "b"\nversion = "2"\nfiles = []\n',
        Pipfile_lock='{"default": {\n"c": {"version": "==3", "hashes": ["x"]}}}',
    )
    rows = [(r.name, r.specifier, r.hashed, r.locked, r.line) for r in found[0]]
    assert rows == [
        ("c", "==3", True, True, 2),
        ("b", "==2", False, True, 2),
        ("a", "==1", True, True, 5),
    ]


def test_a_broken_lock_file_is_a_note(tmp_path: pathlib.Path) -> None:
    found = read(tmp_path, uv_lock="a = [", Pipfile_lock="[" * 100_000)
    assert [n.path for n in found[1]] == ["Pipfile.lock", "uv.lock"]
