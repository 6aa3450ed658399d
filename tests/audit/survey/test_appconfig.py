"""What the source sets in ``app.config`` is found, however it is set."""

import pytest

from projects import project


@pytest.mark.parametrize(
    "source",
    [
        "app.config['SECRET_KEY'] = 'x'",
        "app.secret_key = 'x'",
        "app.config.update(SECRET_KEY='x')",
        "app.config.update({'SECRET_KEY': 'x'})",
        "app.config.update(dict(SECRET_KEY='x'))",
        "app.config.from_mapping(SECRET_KEY='x')",
        "app.config.setdefault('SECRET_KEY', 'x')",
        "settings = dict(SECRET_KEY='x')\napp.config.from_mapping(settings)",
        "class Config:\n    SECRET_KEY = 'x'",
        "class Prod(BaseConfig):\n    SECRET_KEY: str = 'x'",
        "from flask import current_app as c\nc.config['SECRET_KEY'] = 'x'",
        "class My(Flask): ...\nother = My('x')\nother.secret_key = 'x'",
        "def f(flask_thing: Flask):\n    flask_thing.config['SECRET_KEY'] = 'x'",
    ],
)
def test_a_setting_is_found(source):
    made = project({"main.py": f"from flask import Flask\napp = Flask('a')\n{source}"})

    assert [s.constant.value for s in made.settings("SECRET_KEY")] == ["x"]


@pytest.mark.parametrize(
    "source",
    ["thing.secret_key = 'x'", "values['SECRET_KEY'] = 'x'", "SECRET_KEY = 'x'"],
)
def test_what_is_no_setting_of_an_app_is_none(source):
    made = project({"main.py": source})

    assert list(made.settings("SECRET_KEY")) == []


def test_a_module_of_settings_is_read():
    made = project({"app/config.py": "SECRET_KEY = 'x'", "app/__init__.py": ""})

    assert [s.target.place.line for s in made.settings("SECRET_KEY")] == [1]


def test_configuration_files_are_asked_under_flask_s_prefix_too():
    made = project({".env": "FLASK_SECRET_KEY=x\nOTHER=1\n"})

    assert [(e.path, e.line) for e in made.configured("SECRET_KEY")] == [(".env", 1)]
