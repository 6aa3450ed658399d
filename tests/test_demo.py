"""The demo: what a newcomer sees first, with a network and without, in a terminal and not."""

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Seconds until a demo that says nothing has failed.
PATIENCE = 60


def environment(**more):
    """Return an environment in which pip reaches no index at all."""
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith("PIP_")}
    return kept | {"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", **more}


@pytest.fixture
def closed():
    """The address of a package index at which nobody listens."""
    with socket.socket() as s:
        # Bound, so that nothing else takes the port; without listening.
        s.bind(("127.0.0.1", 0))
        yield f"https://127.0.0.1:{s.getsockname()[1]}/simple"


def command(build):
    return [sys.executable, "tools/demo.py", "--build", str(build)]


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the demo says without a terminal and without a network."""
    build = tmp_path_factory.mktemp("build")

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        index = f"https://127.0.0.1:{s.getsockname()[1]}/simple"
        done = subprocess.run(
            command(build),
            cwd=ROOT,
            env=environment(PIP_INDEX_URL=index),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    assert done.stderr == ""
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_it_shows_the_report_on_the_leaky_app(said):
    assert "hardcoded-secret-key" in said
    assert "leaky/config.py" in said
    assert "exit code 1, as it should" in said


def test_it_names_the_advisory_and_goes_on_without_a_network(said):
    assert "CVE-2022-25303" in said
    assert "cannot be fetched" in said
    assert "goes on without it" in said
    assert said.index("cannot be fetched") < said.index("3 of 3")


def test_it_fetches_its_own_page_over_verified_tls(said):
    assert re.search(r"https://localhost:\d+/", said)
    assert "GET /  200 OK" in said
    assert "TLS verified" in said
    assert "Content-Security-Policy: default-src 'none'; script-src 'nonce-" in said
    assert "X-Content-Type-Options: nosniff" in said
    assert "not for production" in said


def test_it_says_how_long_each_step_took(said):
    assert len(re.findall(r"That took \d+\.\d s\.", said)) == 3


def until(handle, wanted, said):
    """Read from a terminal until it shows ``wanted``; return what it showed."""
    end = time.monotonic() + PATIENCE

    while wanted not in said:
        ready, _, _ = select.select([handle], [], [], end - time.monotonic())
        assert ready, said

        try:
            said += os.read(handle, 65536).decode("utf-8", "replace")
        except OSError:
            pytest.fail(f"It ended: {said}")

    return said


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_on_a_terminal_it_serves_until_it_is_stopped(tmp_path, closed, sent):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(tmp_path),
        cwd=ROOT,
        env=environment(PIP_INDEX_URL=closed, TERM="xterm", COLUMNS="100"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)

    try:
        said = until(ours, "Ctrl-C ends it.", "")
        assert "curl --cacert" in said
        process.send_signal(sent)
        said = until(ours, "Stopped.", said)
        assert "Traceback" not in said
        # The terminal is read to its end, or the demo could not write to it.
        until(ours, "That took", said.rpartition("Stopped.")[2])
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_the_certificate_is_kept_so_that_it_is_trusted_once(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    from demo.notes import keep_certificate

    keep_certificate(tmp_path / "pair")
    before = (tmp_path / "pair/ca.pem").read_bytes()
    keep_certificate(tmp_path / "pair")
    assert (tmp_path / "pair/ca.pem").read_bytes() == before


# What comes from outside


@pytest.fixture
def release(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    from demo import release

    return release


@pytest.fixture
def unpacked(release, tmp_path):
    """Return what unpacks an archive of these members, and says where."""

    def unpack(*members):
        with zipfile.ZipFile(tmp_path / "a.whl", "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, data in members:
                zipped.writestr(name, data)

        release.unpack(tmp_path / "a.whl", tmp_path / "in" / "app")
        return tmp_path / "in" / "app"

    return unpack


def test_a_plain_archive_is_unpacked(unpacked):
    app = unpacked(("app/__init__.py", b"x = 1"), ("app/t/a.html", b"<p>"))
    assert (app / "app/__init__.py").read_bytes() == b"x = 1"
    assert (app / "app/t/a.html").read_bytes() == b"<p>"


@pytest.mark.parametrize(
    "name", ["../evil.py", "a/../../evil.py", "/evil.py", "..\\evil.py", "C:evil.py"]
)
def test_an_archive_that_leads_out_is_refused(unpacked, release, tmp_path, name):
    with pytest.raises(release.RefusedError, match="would be put at"):
        unpacked((name, b"evil"))

    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["a.whl"]


def test_a_link_in_an_archive_is_refused(unpacked, release):
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16

    with pytest.raises(release.RefusedError, match="no plain file"):
        unpacked((link, "/etc"))


def test_a_bomb_is_refused(unpacked, release):
    with pytest.raises(release.RefusedError, match="more than"):
        unpacked(("bomb", bytes(release.MOST_BYTES + 1)))


def test_many_small_files_that_are_too_much_together_are_refused(unpacked, release):
    part = bytes(release.MOST_BYTES // 4)

    with pytest.raises(release.RefusedError, match="more than"):
        unpacked(*((f"part{n}", part) for n in range(5)))


def test_too_many_files_are_refused(unpacked, release):
    with pytest.raises(release.RefusedError, match="2001 files"):
        unpacked(*((f"file{n}", b"") for n in range(2001)))


def test_a_wheel_with_another_hash_is_refused(release, tmp_path, monkeypatch):
    for name in [k for k in os.environ if k.upper().startswith("PIP_")]:
        monkeypatch.delenv(name)

    index = tmp_path / "index"
    index.mkdir()
    about = "whoogle_search-0.7.1.dist-info"

    with zipfile.ZipFile(
        index / "whoogle_search-0.7.1-py3-none-any.whl", "w"
    ) as zipped:
        zipped.writestr("app/__init__.py", "evil = 1")
        zipped.writestr(
            f"{about}/METADATA",
            "Metadata-Version: 2.1\nName: whoogle-search\nVersion: 0.7.1\n",
        )
        zipped.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        zipped.writestr(f"{about}/RECORD", "")

    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    (tmp_path / "to").mkdir()

    with pytest.raises(release.RefusedError, match="not the pinned one"):
        release.fetch(release.WHOOGLE, tmp_path / "to")
