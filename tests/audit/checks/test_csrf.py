"""Where the protection against other sites' requests is off."""

import pytest

from projects import found

HEAD = """
from flask import Flask
from flask_wtf import CSRFProtect
app = Flask(__name__)
csrf = CSRFProtect(app)
"""


def rules(source):
    return {rule for rule, _, _ in found({"app.py": HEAD + source})}


def test_the_check_before_every_view_may_be_made_by_hand():
    off = "app.config['WTF_CSRF_CHECK_DEFAULT'] = False\n"
    hand = "@app.before_request\ndef check():\n    csrf.protect()\n"

    assert "csrf-disabled" in rules(off)
    assert "csrf-disabled" not in rules(off + hand)


@pytest.mark.parametrize(
    "setting",
    [
        "app.config['WTF_CSRF_ENABLED'] = False",
        "app.config.update(WTF_CSRF_ENABLED=False)",
        "app.config.from_mapping({'WTF_CSRF_ENABLED': False})",
        "OFF = False\napp.config['WTF_CSRF_ENABLED'] = OFF",
    ],
)
def test_a_switch_is_seen_however_it_is_set(setting):
    assert "csrf-disabled" in rules(setting)


@pytest.mark.parametrize(
    "setting",
    [
        "import os\napp.config['WTF_CSRF_ENABLED'] = os.environ['X'] != 'off'",
        "on = True\nif x:\n    on = y\napp.config['WTF_CSRF_ENABLED'] = on",
        "class TestingConfig:\n    WTF_CSRF_ENABLED = False",
    ],
)
def test_what_is_not_surely_off_is_left_alone(setting):
    assert "csrf-disabled" not in rules(setting)
