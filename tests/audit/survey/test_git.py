from __future__ import annotations

import pathlib
import struct

import pytest
from dulwich.objects import Blob
from dulwich.repo import Repo

from stopper.audit.survey.git import history
from stopper.audit.survey.git import Limits
from stopper.audit.survey.git import tracked
from stopper.audit.survey.note import Note


@pytest.fixture
def root(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "work"
    path.mkdir()
    Repo.init(path).close()
    commit(path, {"a.env": "old", "app/b.py": "b"}, 1)
    commit(path, {"a.env": "new", "app/b.py": "b"}, 2)
    return path


def commit(root: pathlib.Path, files: dict[str, str], when: int) -> bytes:
    with Repo(root) as repo:
        for name, text in files.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text)
        repo.get_worktree().stage(list(files))
        return repo.get_worktree().commit(
            b"change",
            author=b"A <a@b>",
            committer=b"A <a@b>",
            commit_timestamp=when,
            author_timestamp=when,
            commit_timezone=0,
            author_timezone=0,
        )


def blobs(
    root: pathlib.Path, limits: Limits | None = None
) -> tuple[list[tuple[str, bytes]], list[str]]:
    notes: list[Note] = []
    found = sorted((b.path, b.data) for b in history(root, limits, notes.append))
    return found, [note.message for note in notes]


def test_the_index_names_what_is_tracked(root: pathlib.Path) -> None:
    (root / "other").write_text("x")
    assert tracked(root) == ({"a.env", "app/b.py"}, ())
    assert tracked(root / "app") == ({"b.py"}, ())


def test_no_repository_is_none(tmp_path: pathlib.Path) -> None:
    assert tracked(tmp_path) == (None, ())


@pytest.mark.parametrize("version", [2, 3, 4])
def test_every_version_of_the_index_is_read(root: pathlib.Path, version: int) -> None:
    with Repo(root) as repo:
        index = repo.open_index()
        index._version = version
        index.write()
    data = (root / ".git" / "index").read_bytes()
    assert struct.unpack(">L", data[4:8]) == (version,)
    assert tracked(root) == ({"a.env", "app/b.py"}, ())


@pytest.mark.parametrize("cut", [4, 11, 50, -1])
def test_a_damaged_index_is_a_note(root: pathlib.Path, cut: int) -> None:
    path = root / ".git" / "index"
    path.write_bytes(path.read_bytes()[:cut])
    names, notes = tracked(root)
    assert (names, [n.name for n in notes]) == (None, ["git-index"])


def test_a_file_in_place_of_a_repository_leads_nowhere(
    root: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / ".git").write_text(f"gitdir: {root / '.git'}\n")
    assert tracked(other) == (None, ())


def test_a_submodule_is_read_from_its_parent(root: pathlib.Path) -> None:
    inner = root / "sub"
    inner.mkdir()
    modules = root / ".git" / "modules" / "sub"
    modules.parent.mkdir()
    Repo.init(inner).close()
    commit(inner, {"c.py": "c"}, 3)
    (inner / ".git").rename(modules)
    (inner / ".git").write_text("gitdir: ../.git/modules/sub\n")
    assert tracked(inner) == ({"c.py"}, ())


def test_each_version_of_a_file_is_seen_once(root: pathlib.Path) -> None:
    expected = [("a.env", b"new"), ("a.env", b"old"), ("app/b.py", b"b")]
    assert blobs(root) == (expected, [])


def test_a_blob_names_the_newest_commit_that_holds_it(root: pathlib.Path) -> None:
    with Repo(root) as repo:
        newest = repo.head().decode()
        first = repo[repo.head()].parents[0].decode()
    commits = {(b.path, b.data): b.commit for b in history(root)}
    assert commits == {
        ("a.env", b"new"): newest,
        ("app/b.py", b"b"): newest,
        ("a.env", b"old"): first,
    }


def test_packed_history_is_read_too(root: pathlib.Path) -> None:
    with Repo(root) as repo:
        repo.object_store.pack_loose_objects()
        repo.refs.pack_refs(all=True)
    assert blobs(root)[0] == [("a.env", b"new"), ("a.env", b"old"), ("app/b.py", b"b")]


def test_limits_are_told(root: pathlib.Path) -> None:
    assert blobs(root, Limits(commits=1)) == (
        [("a.env", b"new"), ("app/b.py", b"b")],
        ["A limit was reached after 1 commits."],
    )
    assert blobs(root, Limits(size=2))[1] == ["2 files have more than 2 bytes."]


def test_a_missing_object_is_told(root: pathlib.Path) -> None:
    sha = Blob.from_string(b"old").id.decode()
    (root / ".git" / "objects" / sha[:2] / sha[2:]).unlink()
    found, notes = blobs(root)
    assert found == [("a.env", b"new"), ("app/b.py", b"b")]
    assert notes == ["1 objects are missing or damaged."]


def test_objects_outside_the_repository_are_not_read(
    root: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    (root / ".git" / "objects" / "info").mkdir(exist_ok=True)
    (root / ".git" / "objects" / "info" / "alternates").write_text(str(tmp_path))
    assert blobs(root) == ([], ["The repository keeps objects outside its own folder."])


def test_a_link_in_the_repository_is_not_followed(root: pathlib.Path) -> None:
    (root / ".git" / "refs" / "heads" / "x").symlink_to("/etc/hostname")
    assert blobs(root) == ([], ["The repository has links or special files in it."])
