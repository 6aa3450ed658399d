"""What views hand to templates, followed to where the templates print it."""

from __future__ import annotations

import textwrap

import pytest

from projects import project
from stopper.audit.run import audit
from stopper.catalogue.rule import Confidence

HIGH, MEDIUM, LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW

HEAD = """\
import json
from flask import *
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)


class Note(db.Model):
    id = db.Column(db.Integer)
    text = db.Column(db.String)


@app.get("/<name>/<int:number>")
def view(name, number):
"""


def printed(view, page, **more):
    """Return what is found in the template that a view renders, and how surely."""
    body = "".join(f"    {line}\n" for line in view.split("\n"))
    others = {f"{n}.py": text for n, text in more.items()}
    files = {"app.py": HEAD + body, "templates/a.html": page, **others}
    result = audit([project(files)])
    assert result.failures == ()
    return [
        (f.rule.name, f.confidence)
        for f in result.findings
        if f.place.path.startswith("templates/")
    ]


def given(value, page, **more):
    return printed(f"return render_template('a.html', x={value})", page, **more)


SAFE = [("safe-filter", HIGH)]


@pytest.mark.parametrize(
    ("view", "page"),
    [
        ("return render_template('a.html', x=name)", "{{ x|safe }}"),
        ("return stream_template('a.html', x=name)", "{{ x|safe }}"),
        ("return render_template('a.html', **{'x': name})", "{{ x|safe }}"),
        ("x = name\nreturn render_template('a.html', **locals())", "{{ x|safe }}"),
        (
            "c = {}\nc['x'] = name\nreturn render_template('a.html', **c)",
            "{{ x|safe }}",
        ),
        ("return render_template('a.html', x={'y': name})", "{{ x.y|safe }}"),
        (
            "return render_template('a.html', x=[{'y': name}])",
            "{% for z in x %}{{ z.y|safe }}{% endfor %}",
        ),
        (
            "return current_app.jinja_env.get_template('a.html').render(x=name)",
            "{{ x|safe }}",
        ),
        (
            "t = current_app.jinja_env.get_template('a.html')\nreturn t.render({'x': name})",
            "{{ x|safe }}",
        ),
        ("g.x = name\nreturn render_template('a.html')", "{{ g.x|safe }}"),
        (
            "session['x'] = name\nreturn render_template('a.html')",
            "{{ session.x|safe }}",
        ),
        ("return render_template('a.html')", "{{ request.args['q']|safe }}"),
        (
            "flash(name)\nreturn render_template('a.html')",
            "{% for m in get_flashed_messages() %}{{ m|safe }}{% endfor %}",
        ),
        (
            "flash(name)\nreturn render_template('a.html')",
            "{% for c, m in get_flashed_messages(with_categories=true) %}"
            "{{ m|safe }}{% endfor %}",
        ),
    ],
)
def test_what_a_request_brings_is_followed_into_the_template(view, page):
    assert printed(view, page) == SAFE


@pytest.mark.parametrize(
    "page",
    [
        "{% set y = x %}{{ y|safe }}",
        "{% with y = x %}{{ y|safe }}{% endwith %}",
        "{% for y in [x, 'b'] %}{{ y|safe }}{% endfor %}",
        "{% macro m(y) %}{{ y|safe }}{% endmacro %}{{ m(x) }}",
        "{% macro m(y) %}{{ y|safe }}{% endmacro %}{{ m(y=x) }}",
        "{% macro m() %}{{ x|safe }}{% endmacro %}{{ m() }}",
        "{{ ('<b>' ~ x ~ '</b>')|safe }}",
        "{{ x|default('-')|upper|safe }}",
        "{{ [x]|join(', ')|safe }}",
        "{{ (x if x else '-')|safe }}",
        "{% if x %}{% elif y %}{% else %}{% endif %}{{ x|safe }}",
    ],
)
def test_a_value_is_followed_through_what_a_template_does_with_it(page):
    assert given("name", page) == SAFE


@pytest.mark.parametrize(
    ("page", "rule", "confidence"),
    [
        ("<script>var q = '{{ x }}';</script>", "value-in-script", LOW),
        ("<script>var q = '{{ x|safe }}';</script>", "value-in-script", HIGH),
        ("<script>var q = `{{ x }}`;</script>", "value-in-script", HIGH),
        ("<script>var q = {{ x }};</script>", "value-in-script", HIGH),
        ("<p onclick=\"f('{{ x }}')\">", "value-in-handler", HIGH),
        ("<a href='{{ x }}'>", "value-as-url", MEDIUM),
        ("<p style='{{ x }}'>", "value-in-style", MEDIUM),
        ("<p class={{ x }}>", "unquoted-attribute", HIGH),
        ("{% autoescape false %}{{ x }}{% endautoescape %}", "autoescape-off", HIGH),
    ],
)
def test_each_place_has_its_rule(page, rule, confidence):
    assert given("name", page) == [(rule, confidence)]


@pytest.mark.parametrize(
    "page",
    [
        "{{ x|safe }}",
        "<script>var q = '{{ x }}';</script>",
        "<p onclick=\"f('{{ x }}')\">",
        "<a href='{{ x }}'>",
        "<p style='{{ x }}'>",
        "<p class={{ x }}>",
        "{% autoescape false %}{{ x }}{% endautoescape %}",
    ],
)
@pytest.mark.parametrize(
    "value", ["1", "number", "len(name)", "'a' if name else 'b'", "url_for('view')"]
)
def test_what_is_known_to_do_no_harm_is_silent(page, value):
    assert given(value, page) == []


@pytest.mark.parametrize("value", ["Note.query.get(number).text", "load(name)", "TEXT"])
def test_what_nobody_can_tell_is_of_low_confidence(value):
    assert given(value, "{{ x|safe }}") == [("safe-filter", LOW)]


def test_a_row_that_is_looked_up_is_not_what_it_was_looked_up_by():
    view = "x = Note.query.filter_by(id=name).first()\n"
    view += "return render_template('a.html', x=x)"

    assert printed(view, "{{ x.text|safe }}") == [("safe-filter", LOW)]


STORES = """
from app import app, db, Note
from flask import request

@app.post("/notes")
def save():
    db.session.add(Note(text=request.form["text"]))
    db.session.commit()
"""


def test_what_was_stored_in_a_row_is_surer_where_it_is_seen_who_stored_it():
    value = "Note.query.get(number)"

    assert given(value, "{{ x.text|safe }}", stores=STORES) == [("safe-filter", MEDIUM)]
    assert given(value, "{{ x.text|safe }}") == [("safe-filter", LOW)]


@pytest.mark.parametrize(
    "page",
    [
        "{{ x|e|safe }}",
        "{{ x|tojson|safe }}",
        "{% set y %}<b>{{ x }}</b>{% endset %}{{ y|safe }}",
        "<script>var q = {{ x|tojson }};</script>",
        "<a href='/notes/{{ x }}'>",
        "<a href=\"{{ url_for('view', name=x) }}\">",
        "<a href=\"{{ h.url_for('view', name=x) }}\">",
        "<script>t = '{{ form.csrf_token._value() }}'</script>",
        "<script>n = {{ x - 1 }}</script>",
    ],
)
def test_what_a_template_makes_harmless_is_silent(page):
    assert given("name", page) == []


@pytest.mark.parametrize("test", ["'http'", "'/'", "('http://', 'https://')"])
def test_how_an_address_begins_may_be_tested(test):
    view = f"if not name.startswith({test}):\n    abort(400)\n"

    assert (
        printed(f"{view}return render_template('a.html', x=name)", "<a href='{{ x }}'>")
        == []
    )


FILTER = """
from app import app
from markupsafe import escape

@app.template_filter("loud")
def louder(text):
    return "<b>" + {} + "</b>"
"""


def test_a_filter_of_the_project_is_read():
    page = "{{ x|loud|safe }}"

    assert given("name", page, filters=FILTER.format("text")) == SAFE
    assert given("name", page, filters=FILTER.format("str(escape(text))")) == []


PROCESSOR = """
from app import app
from flask import request

@app.context_processor
def more():
    return {"who": request.args["who"], "what": 1}
"""


def test_a_context_processor_is_read():
    assert given("1", "{{ who|safe }}", filters=PROCESSOR) == SAFE
    assert given("1", "{{ what|safe }}", filters=PROCESSOR) == []


def audited(files):
    result = audit([project(files)])
    assert result.failures == ()
    return [
        (f.place.path, f.confidence)
        for f in result.findings
        if f.place.path.startswith("templates/")
    ]


APP = """
from flask import Flask, render_template, request
app = Flask(__name__)

def show(name, **values):
    return render_template(name, **values)

@app.get("/a")
def a():
    return show("a.html", x=request.args["x"])

@app.get("/b")
def b():
    return show("b.html", x="constant")
"""


def test_a_function_that_renders_what_it_is_told_to_mixes_nothing_up():
    pages = {f"templates/{n}.html": "{{ x|safe }}" for n in "ab"}

    assert audited({"app.py": APP, **pages}) == [("templates/a.html", HIGH)]


def test_parents_parts_and_macros_get_what_the_page_gets():
    files = {
        "app.py": APP,
        "templates/base.html": "{{ title|safe }}{% block body %}{% endblock %}",
        "templates/part.html": "{{ y|safe }}",
        "templates/macros.html": "{% macro m(z) %}{{ z|safe }}{% endmacro %}",
        "templates/a.html": """
            {% extends "base.html" %}
            {% import "macros.html" as macros %}
            {% set title = x %}
            {% block body %}
            {% for y in [x] %}{% include "part.html" %}{% endfor %}
            {{ macros.m(x) }}
            {% endblock %}
            """,
    }

    assert audited(files) == [
        ("templates/base.html", HIGH),
        ("templates/macros.html", HIGH),
        ("templates/part.html", HIGH),
    ]


def test_a_template_that_an_attribute_names_is_that_of_the_class():
    app = """
        from flask import Flask, render_template, request
        from flask.views import MethodView
        app = Flask(__name__)

        class Page(MethodView):
            def get(self):
                return render_template(self.template, x=request.args["x"])

        class A(Page):
            template = "a.html"

        class B:
            template = "b.html"
        """

    pages = {f"templates/{n}.html": "{{ x|safe }}" for n in "ab"}

    assert audited({"app.py": app, **pages}) == [
        ("templates/a.html", HIGH),
        ("templates/b.html", LOW),
    ]


def test_the_steps_lead_from_the_view_to_the_tag():
    files = {"app.py": APP, "templates/a.html": "{% set y = x %}\n{{ y|safe }}"}
    (finding,) = audit([project({**files})]).findings

    assert [(s.place.path, s.place.line) for s in finding.steps] == [
        ("app.py", 10),
        ("app.py", 10),
        ("app.py", 6),
        ("templates/a.html", 1),
    ]
    # The line has neither the template's name nor that of the value.
    assert finding.steps[2].message == "The template a.html is given it, as x."


def test_a_step_stands_on_the_line_of_the_name_that_it_speaks_of():
    app = """
    from flask import Flask, render_template, request
    app = Flask(__name__)

    @app.get("/")
    def home():
        return render_template(
            "a.html",
            title="Home",
            shown=request.args["x"],
        )
    """

    files = {"app.py": app, "templates/a.html": "{{ shown|safe }}"}
    (finding,) = audit([project(files)]).findings
    (step,) = (s for s in finding.steps if "template" in s.message)

    assert step.message == "`shown` is given to the template a.html."
    assert app_line(app, step.place.line).strip().startswith("shown=")


def test_a_step_marks_no_name_that_its_line_does_not_have():
    app = """
    from flask import Flask, render_template, request
    app = Flask(__name__)

    def made_bold(text):
        return "<b>" + text + "</b>"

    app.jinja_env.filters["bold"] = made_bold

    @app.get("/")
    def home():
        return render_template("a.html", x=request.args["x"])
    """

    files = {"app.py": app, "templates/a.html": "{{ x|bold|safe }}"}
    (finding,) = audit([project(files)]).findings
    told = [s.message for s in finding.steps if "made_bold" in s.message]

    assert told
    assert [message for message in told if "`" in message] == []


def app_line(app: str, line: int) -> str:
    """Return a line of a text as the audit counts them."""
    return textwrap.dedent(app).splitlines()[line - 1]


def test_a_file_that_is_served_as_it_is_is_no_template():
    page = "<a href='{{ item.url }}'>"
    files = {"app.py": APP, "templates/a.html": "", "templates/b.html": ""}

    assert audit([project({**files, "static/item.html": page})]).findings == ()
    (found,) = audit([project({**files, "templates/item.html": page})]).findings
    assert found.rule.name == "value-as-url"


@pytest.mark.parametrize(
    "page",
    [
        "{% for %}{{ x|safe }}",
        "{% if x %}" * 200 + "{{ x|safe }}" + "{% endif %}" * 200,
        "{% elif x %}{% else %}{% endif %}{{ x|safe }}",
        "{% if x %}{{ x|safe }}{% endfor %}",
        "{% set %}{% macro %}{% include %}{% extends x %}{% import %}{{ x|safe }}",
        "{% include 'a.html' %}{% extends 'a.html' %}{{ x|safe }}",
        "{% macro m(a, a) %}{% endmacro %}{{ m(*x, **x)|safe }}",
        "{% unknown 'a.html', x=x %}{{ x|safe }}",
        "{% set a.b = x %}{% set a, (b, c) = x %}{{ a.b|nothing(x)|safe }}",
    ],
)
def test_no_template_is_too_odd_to_be_read(page):
    given("name", page)


def test_of_two_values_on_a_line_of_a_script_the_second_is_code():
    page = "<script>f('{{ x }}', '{{ x }}');\nvar q = '{{ x }}';</script>"
    sure = {("value-in-script", MEDIUM), ("value-in-script", LOW)}
    assert set(given("name", page)) == sure
