"""Whether a guard is quietly asleep."""

from __future__ import annotations

import pytest

from projects import found


def rules(files):
    return {
        (file, line)
        for rule, file, line in found(files)
        if rule == "report-in-production"
    }


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        (".env", "STOPPER_MODE=report\n", 1),
        (".env", "FLASK_STOPPER_HEADERS_MODE=off\n", 1),
        ("Dockerfile", "FROM python\nENV STOPPER_MODE=off\n", 2),
        (
            "compose.yaml",
            "services:\n  web:\n    environment:\n      STOPPER_MODE: off\n",
            4,
        ),
        ("config.py", 'STOPPER_MODE = "report"\n', 1),
        ("config.py", 'class ProdConfig:\n    STOPPER_CSRF_MODE = "off"\n', 2),
    ],
)
def test_a_sleeping_guard_is_found(file, text, line):
    assert rules({file: text}) == {(file, line)}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".env", "STOPPER_MODE=enforce\n"),
        (".env", "OTHER_MODE=report\n"),
        ("config.py", 'class DevelopmentConfig:\n    STOPPER_MODE = "report"\n'),
    ],
)
def test_a_trial_elsewhere_is_left_alone(file, text):
    assert rules({file: text}) == set()
