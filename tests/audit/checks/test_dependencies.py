"""What the app is built on."""

from __future__ import annotations

import pytest

from projects import found
from projects import project
from stopper.audit.run import audit
from stopper.controls.dependencies.policy import dead
from stopper.controls.dependencies.policy import holes
from stopper.controls.dependencies.policy import holes_of

HASH = "--hash=sha256:" + "0" * 64


def rules(files, name):
    return {(file, line) for rule, file, line in found(files) if rule == name}


def ids(name, specifier):
    return {hole.id for hole in holes_of(name, specifier)}


def test_one_note_a_file():
    files = {
        "requirements.txt": "Flask\nJinja2>=3\nWerkzeug==3.1.9\n",
        "requirements/web.txt": "gunicorn\n",
    }

    assert rules(files, "unpinned-requirements") == {
        ("requirements.txt", 1),
        ("requirements/web.txt", 1),
    }


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.in": "Flask\n"},
        {"requirements-dev.txt": "pytest\n"},
        {"requirements.txt": f"Flask==3.1.3 {HASH}\n"},
        {
            "requirements.txt": "Flask\n",
            "uv.lock": '[[package]]\nname = "flask"\nversion = "3.1.3"\n',
        },
    ],
)
def test_what_a_lock_pins_and_what_it_is_made_from_are_left_alone(files):
    assert rules(files, "unpinned-requirements") == set()
    assert rules(files, "unhashed-requirements") == set()


def test_exact_versions_without_hashes_are_noted():
    files = {"requirements.txt": f"Flask==3.1.3 {HASH}\nclick==8.4.1\n"}

    assert rules(files, "unhashed-requirements") == {("requirements.txt", 2)}


@pytest.mark.parametrize("written", ["Flask-Script", "flask_script", "FLASK.SCRIPT"])
def test_a_dead_package_is_found_however_it_is_written(written):
    files = {"requirements.in": f"Flask>=3.1.3\n{written}>=2\n"}
    [finding] = audit([project(files)]).findings

    assert (finding.rule.name, finding.place.line) == ("dead-dependency", 2)
    assert finding.subject == written
    assert "2017-09" in finding.message


def test_a_dead_package_is_said_once():
    files = {
        "requirements.in": "passlib\n",
        "requirements.txt": f"passlib==1.7.4 {HASH}\n",
    }

    assert rules(files, "dead-dependency") == {("requirements.in", 1)}


@pytest.mark.parametrize(
    ("name", "specifier", "expected"),
    [
        ("flask", "==2.2.4", {"CVE-2023-30861", "CVE-2026-27205"}),
        ("flask", "==2.2.5", {"CVE-2026-27205"}),
        ("flask", "==2.3.1", {"CVE-2023-30861", "CVE-2026-27205"}),
        ("flask", "==3.1.0", {"CVE-2025-47278", "CVE-2026-27205"}),
        ("flask", "==3.1.3", set()),
        ("flask", ">=1.0", set()),
        ("flask", "", set()),
        ("flask", "<3", {"CVE-2026-27205"}),
        ("flask", ">=2,<=2.3.1", {"CVE-2023-30861", "CVE-2026-27205"}),
        ("flask", "<3.2", set()),
        ("flask", "^2.1", set()),
        ("jinja2", "==3.1.5", {"CVE-2025-27516"}),
        ("jinja2", "==3.1.6", set()),
        ("werkzeug", "==3.1.5", {"CVE-2026-27199"}),
        ("unknown", "==1", set()),
    ],
)
def test_a_version_has_the_holes_below_their_mend(name, specifier, expected):
    assert ids(name, specifier) == expected


def test_the_message_names_the_first_version_without_holes():
    [finding] = audit([project({"requirements.in": "gunicorn==21.2.0\n"})]).findings

    assert finding.rule.name == "vulnerable-version"
    assert "CVE-2024-1135" in finding.message
    assert "23.0.0 has none" in finding.message


def test_a_locked_package_is_found_at_its_name():
    lock = 'version = 1\n\n[[package]]\nname = "werkzeug"\nversion = "2.2.1"\n'

    assert rules({"uv.lock": lock}, "vulnerable-version") == {("uv.lock", 4)}


def test_names_in_the_table_are_canonical():
    names = [*dead(), *(hole.name for hole in holes())]

    assert [n for n in names if n != n.lower() or "_" in n] == []
