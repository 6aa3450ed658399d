"""What the templates control finds beyond the examples of its page."""

from __future__ import annotations

import pytest

from projects import found
from projects import project
from stopper.audit.run import audit
from stopper.catalogue.rule import Confidence


def levels(files):
    return {
        (f.rule.name, f.confidence)
        for f in audit([project(files)]).findings
        if f.rule.name in RULES
    }


RULES = {
    "safe-filter", "autoescape-off", "unquoted-attribute", "value-in-script",
    "value-in-handler", "value-in-style", "value-as-url", "unescaped-template",
    "markup-from-value", "template-from-value", "unsandboxed-environment",
    "environment-without-autoescape", "html-from-value",
}  # fmt: skip


def html(text):
    return levels({"templates/page.html": text})


SILENT = [
    "<p>{{ x }}</p>",
    "{{ x|tojson|safe }}",
    "{{ x|e|safe }}",
    "{{ x|length|safe }}",
    "{{ caller()|safe }}",
    "{{ (a|e ~ b|e)|safe }}",
    "{{ 'a' if x else 'b' }}",
    "{# {{ x|safe }} #}",
    "{% raw %}{{ x|safe }}{% endraw %}",
    "<p class={{ 'a' if x else 'b' }}>",
    "<p id={{ loop.index }}>",
    "<a href={{ url_for('a') }}>",
    "<p onclick='f({{ x|tojson }})'>",
    "<img src='{{ x }}'>",
    "<a href='#{{ x }}'>",
    "<a href=\"{{ asset('a.js') }}\">",
    "<script src=\"{{ url_for('static', filename=x) }}\"></script>",
    "<script>a = {{ x|int }}; b = {{ url_for('a') }}</script>",
    "<script type=application/json>{{ x|tojson }}</script>",
    "<p style='width: {{ width }}px'>",
    '<p title="{% trans %}a{% endtrans %}">',
    "{% autoescape true %}{{ x }}{% endautoescape %}",
    "{{ a || b|safe }}",
]


@pytest.mark.parametrize("text", SILENT)
def test_what_is_escaped_for_its_place_is_not_found(text):
    assert html(text) == set()


FOUND = [
    ("{{ x|safe }}", "safe-filter", Confidence.MEDIUM),
    ("{{ config['A']|safe }}", "safe-filter", Confidence.MEDIUM),
    ("{{ x|upper|safe|lower }}", "safe-filter", Confidence.MEDIUM),
    ("{{ x|striptags|safe }}", "safe-filter", Confidence.LOW),
    ("{{ ('a' ~ x)|safe }}", "safe-filter", Confidence.MEDIUM),
    ("{{ x|tojson ~ y|safe }}", "safe-filter", Confidence.MEDIUM),
    ("{{ '<b>%s</b>'|format(x)|safe }}", "safe-filter", Confidence.MEDIUM),
    ("{{ macro(x|safe) }}", "safe-filter", Confidence.MEDIUM),
    ("{{ x|clean_html|safe }}", "safe-filter", Confidence.LOW),
    ("{{ form.name()|safe }}", "safe-filter", Confidence.LOW),
    ("{{ field.description|safe }}", "safe-filter", Confidence.LOW),
    ("{{ widgets.get('list')(a=b)|safe }}", "safe-filter", Confidence.LOW),
    ("<p {{ x|safe }}>", "safe-filter", Confidence.MEDIUM),
    ("<p title={{ x }}>", "unquoted-attribute", Confidence.MEDIUM),
    ("<p title=a{{ x }}>", "unquoted-attribute", Confidence.MEDIUM),
    ("<p title={{ note.id }}>", "unquoted-attribute", Confidence.LOW),
    ("<p onclick=\"f('{{ x }}')\">", "value-in-handler", Confidence.MEDIUM),
    ("<script>{{ x|safe }}</script>", "value-in-script", Confidence.MEDIUM),
    ("<script>`{{ x }}`</script>", "value-in-script", Confidence.MEDIUM),
    ("<script>`{{ x|tojson }}`</script>", "value-in-script", Confidence.MEDIUM),
    ("<script>`{{ note['id'] }}`</script>", "value-in-script", Confidence.LOW),
    ("<script>{{ x }}</script>", "value-in-script", Confidence.LOW),
    ("<style>{{ x }}</style>", "value-in-style", Confidence.LOW),
    ("<a href=' {{ x }}'>", "value-as-url", Confidence.LOW),
    ("<form action='{{ x }}'>", "value-as-url", Confidence.LOW),
    ("<script src='{{ x }}'></script>", "value-as-url", Confidence.LOW),
    (
        "{%- autoescape  False -%}{% endautoescape %}",
        "autoescape-off",
        Confidence.MEDIUM,
    ),
]


@pytest.mark.parametrize(("text", "rule", "confidence"), FOUND)
def test_what_is_not_escaped_for_its_place_is_found(text, rule, confidence):
    assert html(text) == {(rule, confidence)}


def test_an_output_over_several_lines_is_found_where_it_begins():
    text = "<p>\n{{\n x\n |safe }}</p>\n"

    (finding,) = audit([project({"templates/a.html": text})]).findings

    assert (finding.place.line, finding.place.end_line) == (2, 4)
    assert finding.subject == "{{"


def test_a_template_that_flask_renders_without_escaping_is_surer_than_one_it_may():
    page = {"templates/a.jinja": "<p>{{ x }}</p>"}
    app = {
        "app.py": """
        from flask import render_template

        def page():
            return render_template("a.jinja", x=texts.first())
        """
    }

    assert levels(page) == {("unescaped-template", Confidence.LOW)}
    assert levels({**page, **app}) == {("unescaped-template", Confidence.MEDIUM)}


OWN_SAY = {
    "an option": 'app.jinja_options = {"autoescape": True}',
    "a method": """
        class App(Flask):
            def select_jinja_autoescape(self, name):
                return True
        """,
    "an attribute": "app.jinja_env.autoescape = True",
}


@pytest.mark.parametrize("text", OWN_SAY.values(), ids=OWN_SAY)
def test_an_app_with_its_own_say_on_escaping_is_not_doubted(text):
    assert levels({"templates/a.jinja": "<p>{{ x }}</p>", "app.py": text}) == set()


def test_a_configuration_file_that_is_a_template_is_none_of_ours():
    assert found({"deploy/nginx.conf.j2": "server { listen {{ port }}; }"}) == set()


def code(text):
    return levels({"app.py": text})


PYTHON_SILENT = {
    "a part of a constant": """
        from markupsafe import Markup
        A = "<b>"
        def f():
            return Markup(A + "</b>")
        """,
    "a URL of the app by a name": """
        from flask import url_for
        from markupsafe import Markup
        def f(note):
            url = url_for("note", id=note.id)
            return Markup(f'<a href="{url}">')
        """,
    "a template of a constant": """
        from flask import render_template_string
        PAGE = "{{ x }}"
        def f(x):
            return render_template_string(PAGE, x=x)
        """,
    "another from_string": """
        def f(parser, text):
            return parser.from_string(text)
        """,
    "an answer in JSON": """
        from flask import Flask
        app = Flask(__name__)
        @app.get("/<a>")
        def f(a):
            return '{"a": "%s"}' % a, 200, {"Content-Type": "application/json"}
        """,
    "a typed answer": """
        from flask import Flask, Response
        app = Flask(__name__)
        @app.get("/<a>")
        def f(a):
            return Response(f"a={a}", mimetype="text/plain")
        """,
    "a function that is no view": """
        def f(a):
            return f"<b>{a}</b>"
        """,
}


@pytest.mark.parametrize("text", PYTHON_SILENT.values(), ids=PYTHON_SILENT)
def test_constants_and_other_types_are_not_found(text):
    assert code(text) == set()


PYTHON_FOUND = {
    "flask's old Markup": (
        """
        from flask import Markup
        def f(a):
            return Markup("<b>%s</b>" % a)
        """,
        ("markup-from-value", Confidence.MEDIUM),
    ),
    "a template of a parameter": (
        """
        import jinja2
        def f(text):
            return jinja2.Template(text).render()
        """,
        ("template-from-value", Confidence.MEDIUM),
    ),
    "make_response": (
        """
        from flask import Flask, make_response
        app = Flask(__name__)
        @app.get("/<name>")
        def f(name):
            return make_response("Not found: %s" % name, 404)
        """,
        ("html-from-value", Confidence.HIGH),
    ),
    "an environment for stored templates": (
        """
        from jinja2 import BaseLoader, Environment
        class Stored(Environment):
            pass
        """,
        ("unsandboxed-environment", Confidence.MEDIUM),
    ),
    "an environment for a page": (
        """
        from jinja2 import Environment
        PAGE = Environment(autoescape=False).get_template("page.html")
        """,
        ("environment-without-autoescape", Confidence.MEDIUM),
    ),
}


@pytest.mark.parametrize(("text", "expected"), PYTHON_FOUND.values(), ids=PYTHON_FOUND)
def test_values_that_become_html_or_templates_are_found(text, expected):
    assert code(text) == {expected}


@pytest.mark.parametrize(
    ("template", "level"),
    [
        ("{{ _('{who} left').format(who=name)|safe }}", Confidence.MEDIUM),
        ("{{ _('{who} left').format(who=link(user))|safe }}", Confidence.LOW),
        ("{{ '{a} {b}'.format(a=link(user), b=name)|safe }}", Confidence.MEDIUM),
        ("{{ text.format(who=link(user))|safe }}", Confidence.MEDIUM),
        ("{% macro m(begin='') %}{{ begin|safe }}{% endmacro %}", Confidence.LOW),
        (
            "{% macro m(begin) %}{{ begin ~ other|safe }}{% endmacro %}",
            Confidence.MEDIUM,
        ),
    ],
)
def test_what_is_put_into_a_text_of_html_decides(template, level):
    made = audit([project({"templates/a.html": template})])

    assert [(f.rule.name, f.confidence) for f in made.findings] == [
        ("safe-filter", level)
    ]


@pytest.mark.parametrize(
    "source",
    [
        "Markup('<br>'.join([escape(p) for p in parts]))",
        "Markup('<br>'.join(escape(p) for p in parts))",
        "Markup('<br>'.join(escape(text).split()))",
        "Markup('<br>'.join(['<p>', escape(text)]))",
        "Markup(escape(text).replace('a', 'b'))",
    ],
)
def test_what_is_escaped_piece_by_piece_may_be_markup(source):
    head = "from markupsafe import escape, Markup\ndef f(text, parts):\n    return "

    assert found({"app.py": head + source}) == set()


@pytest.mark.parametrize(
    "source",
    [
        "Markup('<br>'.join([p for p in parts]))",
        "Markup(text.join([escape(p) for p in parts]))",
        "Markup('<br>'.join([text, escape(text)]))",
    ],
)
def test_one_piece_that_is_not_escaped_is_found(source):
    head = "from markupsafe import escape, Markup\ndef f(text, parts):\n    return "

    assert found({"app.py": head + source}) == {("markup-from-value", "app.py", 3)}


ANSWERS = """\
from flask import Flask, jsonify, make_response, render_template, request
app = Flask(__name__)

def both(data):
    if request.is_json:
        return jsonify(data), data["code"]
    return render_template("x.html", **data)

def listed(x):
    found = []
    found.append(x)
    return found, 200

def page(x):
    return "<b>" + x, 200

def stated(x) -> dict[str, str]:
    return load(x)

@app.get("/")
def view():
    x = request.args["x"]
"""


def answers_html(line):
    rules = {rule for rule, _, _ in found({"app.py": ANSWERS + line})}
    return "html-from-value" in rules


@pytest.mark.parametrize(
    "line",
    [
        "    return both(dict(next=x))",
        "    return listed(x)",
        "    return [x], 200",
        "    return stated(x), 200",
        "    return {'a': x}, 200",
        "    return make_response((x, 200, {'Content-Type': 'text/plain'}))",
        "    h = {}\n    h['Content-Type'] = 'text/plain'\n    return make_response((x, 200, h))",
        "    h = {}\n    h['content-type'] = 'text/plain'\n    return x, 200, h",
    ],
)
def test_json_and_text_are_no_html(line):
    assert not answers_html(line)


@pytest.mark.parametrize(
    "line",
    [
        "    return page(x)",
        "    return '<b>%s %s' % (x, 1), 200",
        "    return make_response((x, 200))",
        "    h = {}\n    h['X-A'] = 'b'\n    return make_response((x, 200, h))",
    ],
)
def test_a_text_with_a_status_is_html(line):
    assert answers_html(line)
