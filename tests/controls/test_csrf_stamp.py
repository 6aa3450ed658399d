"""Which forms get a token, and which are left as they are."""

from __future__ import annotations

import jinja2
import pytest

from stopper.controls.csrf.policy import stays
from stopper.controls.templates.stamp import stamp


def stamped(source):
    return stamp(source, "page.html", nonce="", token="field")


def field(*actions):
    """Stands in for the guard's: says where the form would be sent."""
    found = [a for a in actions if not isinstance(a, jinja2.Undefined)]
    fits = all(
        isinstance(a, str) and stays(a, lambda origin: origin == "https://shop.example")
        for a in found
    )
    return "TOKEN" if fits else ""


def render(source, undefined=jinja2.StrictUndefined, **options):
    values = options.pop("values", {})
    parts = jinja2.DictLoader({"action": 'action="//evil.example"'})
    env = jinja2.Environment(
        autoescape=True, undefined=undefined, loader=parts, **options
    )
    env.globals["field"] = field
    env.globals["url_for"] = lambda endpoint, **v: (
        f"/{endpoint}" + "".join(f"/{x}" for x in v.values())
    )
    return env.from_string(stamped(source).text).render(**values)


@pytest.mark.parametrize(
    "start",
    [
        '<form method="post">',
        "<form method=post>",
        '<FORM METHOD="POST" ACTION="">',
        '<form action="/notes" method="post" class="{{ \'a\' }}">',
        '<form {% if 1 %}class="a"{% endif %} method="post">',
        '<form method="post" action="{{ url_for(\'save\', id=1) }}">',
        '<form method="post" action={{ "/save" }}>',
        '<form action={{ "/save" }} method="post">',
        '<form method="post" class="{% block a %}{% endblock %}">',
        '<form method="post" {% set a = 1 %}>',
        '<form method="post" {{ "novalidate" if 1 }}>',
        '<form method="post" id={{ "a" }}>',
        '<form method="post" action="/notes/{{ 1 }}/edit">',
        '<form method="post" action="{% if 1 %}/a{% else %}/b{% endif %}">',
        '<form method="post" {% if 0 %}action="/a"{% else %}action="{{ "/b" }}"{% endif %}>',
        '<form method="post" {% if 0 %}action="{{ "//evil" }}"{% endif %}>',
        '<form method="post" action="{{ "https://shop.example/a" }}">',
        '<form method="post"\n action="/a">',
        "{% raw %}<form method=post action=/a>{% endraw %}",
        '{% for i in (1, 2) %}<form method="post" action="/{{ i }}">{% endfor %}',
        '{% macro m() %}<form method="post">{% endmacro %}{{ m() }}',
        '{% block b %}<form method="post" action="{{ "/a" }}">{% endblock %}',
    ],
)
def test_a_form_that_posts_to_the_app_gets_a_token(start):
    assert "TOKEN" in render(f"{start}<button>Go</button></form>")


@pytest.mark.parametrize(
    "start",
    [
        "<form>",
        '<form method="get">',
        '<form method=" post " action="/notes">',
        "<form action={{ dict()|string }} method=post>",
        "<form method=post class={{ dict()|string }}>",
        '<form method=post action="{{ 1 }}{">',
        '<form method="post" action={{ "//evil.example"|tojson }}>',
        '<form method="post" {% block a %}{% endblock %}>',
        '<form {% block a %}{% endblock %} method="post">',
        '<form method="post" {% include "action" %}>',
        '<form method="post" class={% block a %}{% endblock %}>',
        '{% macro m() %}{{ caller() }}{% endmacro %}<form method="post" {% call m() %}{% endcall %}>',
        '<form method="dialog">',
        '<form method="{{ "post" }}">',
        '<form {% if 1 %}method="post"{% endif %}>',
        '<form method="{% if 1 %}post{% else %}get{% endif %}">',
        '<form method="post" action="//evil.example">',
        '<form method="post" action="https://pay.example/">',
        '<form method="post" action="&#47;/evil.example">',
        '<form method="post" action="{{ "//evil.example" }}">',
        '<form method="post" action="/{{ "/evil.example" }}">',
        '<form method="post" action="{{ "/" }}{{ "/evil.example" }}">',
        '<form method="post" action="{% if 1 %}//evil.example{% else %}/a{% endif %}">',
        '<form method="post" {% if 1 %}action="{{ "//evil" }}"{% else %}action="/b"{% endif %}>',
        '<form method="post" action="/a" action="{{ "//evil" }}">',
        "<form method=\"post\" {{ 'action=//evil'|safe }}>",
        '<form method="post" {{ \'action\' }}="//evil">',
        '<form method="post" {% for a in ("//evil",) %}action="{{ a }}"{% endfor %}>',
        '<form method="post" {% block a %}action="{{ "//evil" }}"{% endblock %}>',
        '<form method="post" action={% if 1 %}"//evil"{% else %}"/b"{% endif %}>',
        '<form method="post" action={% if 0 %}"/a"{% else %}"//evil"{% endif %}>',
        '<form method="post" action={% if 0 %}/a{% else %}//evil{% endif %}>',
    ],
)
def test_a_form_that_may_go_elsewhere_gets_none(start):
    assert "TOKEN" not in render(f"{start}<button>Go</button></form>")


@pytest.mark.parametrize(
    "button",
    [
        '<button formaction="//evil.example">Pay</button>',
        '<button formaction="{{ "/a" }}">Go</button>',
        '<input type="image" formaction="https://evil.example">',
        '<button formaction="{% if 0 %}/a{% else %}//evil.example{% endif %}">Go</button>',
        '<button formaction="{% block a %}/a{% endblock %}">Go</button>',
        "<button {% block a %}{% endblock %}>Go</button>",
        "<button {{ dict(a=1)|xmlattr }}>Go</button>",
        "<input type=submit {{ dict(a=1)|xmlattr }}>",
        '<button formmethod="get">Find</button>',
        '<button formmethod=" post ">Find</button>',
        '<button formaction="{{ url_for("a", _external=True) }}">Go</button>',
        '<button formaction="//evil.example" form="f">Pay</button>',
        '</form><button formaction="//evil.example" form="f">Pay</button>',
    ],
)
def test_a_button_that_sends_a_form_elsewhere_keeps_the_token_out(button):
    text = f'<form id="f" method="post">{button}</form>'

    assert "TOKEN" not in render(text)
    assert [p.kind for p in stamped(text).untokened] == ["form-without-token"]


@pytest.mark.parametrize(
    "button",
    [
        "<button>Go</button>",
        '<button formaction="/b">Go</button>',
        '<button formaction="{{ url_for("a") }}">Go</button>',
        '<button formmethod="post">Go</button>',
        "<button {{ 'disabled' if 0 }}>Go</button>",
        "<button {% if 0 %}disabled{% endif %}>Go</button>",
        "<button>{% block a %}Go{% endblock %}</button>",
        "<input name=a {{ dict(a=1)|xmlattr }}>",
        "<input type=text {% block a %}{% endblock %}>",
    ],
)
def test_a_button_that_stays_keeps_the_token_in(button):
    assert "TOKEN" in render(f'<form method="post">{button}</form>')


@pytest.mark.parametrize(
    "field",
    [
        '<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">',
        "{{ form.hidden_tag() }}",
        "{{ form.csrf_token }}",
        "{{ render_form(form) }}",
    ],
)
def test_a_form_with_a_token_of_its_own_is_left_alone(field):
    text = f'<form method="post">{field}</form>'

    assert stamped(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "<script>let a = '<form method=\"post\">'</script>",
        '<!-- <form method="post"> -->',
        "<p title='<form method=\"post\">'>",
        '<textarea><form method="post"></textarea>',
        '{# <form method="post"> #}',
        '{% trans %}<form method="post"></form>{% endtrans %}',
    ],
)
def test_what_is_no_form_of_the_page_is_left_alone(text):
    assert stamped(text).text == text


def test_an_action_is_asked_once():
    asked = []

    def ask():
        asked.append(1)
        return "/a?x=1&y=2"

    page = render(
        '<form method="post" action="{{ ask() }}"></form>', values={"ask": ask}
    )

    assert asked == [1]
    assert page == '<form method="post" action="/a?x=1&amp;y=2">TOKEN</form>'


def test_an_undefined_action_is_printed_as_before():
    text = '<form method="post" action="{{ nothing }}"></form>'

    assert 'action=""' in render(text, undefined=jinja2.Undefined)

    with pytest.raises(jinja2.UndefinedError):
        render(text)


@pytest.mark.parametrize("autoescape", ["true", "false"])
def test_escaping_is_as_before(autoescape):
    text = (
        f"{{% autoescape {autoescape} %}}"
        '<form method="post" action="/{{ v }}">{% endautoescape %}'
    )
    page = render(text, values={"v": 'a"&b'})

    assert ('"/a&#34;&amp;b"' in page) is (autoescape == "true")


@pytest.mark.parametrize("options", [{}, {"trim_blocks": True, "lstrip_blocks": True}])
def test_every_line_stays_where_it_was(options):
    text = (
        '<form method="post"\n  action="\n  {{ "/a" }}\n"\n>\n{{ boom }}\n</form>\n'
        '{% if 1 %}\n  <form method=post action="/b">\n{% endif %}</form>\n'
    )

    assert stamped(text).text.count("\n") == text.count("\n")
    assert render(text, undefined=jinja2.Undefined, **options).count("TOKEN") == 2


def test_stamping_twice_is_stamping_once():
    once = stamp('<form method="post">', "a.html", nonce="n", token="_token_field")

    assert stamp(once.text, "a.html", nonce="n", token="_token_field").text == once.text


def test_other_delimiters_are_kept():
    from stopper.controls.templates.jinja import Syntax

    text = '<form method="post" action="[[ a ]]">'
    syntax = Syntax("<%", "%>", "[[", "]]", "<#", "#>")
    found = stamp(text, "a.html", nonce="", token="field", syntax=syntax).text

    assert found == (
        '<form method="post" action="<% set _stopper_action_1 %>[[ a ]]<% endset %>'
        '[[ _stopper_action_1 ]]">[[ field(_stopper_action_1) ]]'
    )
