"""What the reader says of where an output stands, and that it never fails."""

from __future__ import annotations

import pytest

from stopper.controls.templates.jinja import Syntax
from stopper.controls.templates.model import Context
from stopper.controls.templates.reader import read


def outputs(source, **how):
    reading = read(source, "page.html", **how)
    assert reading.error is None
    return reading.outputs


def contexts(source, **how):
    return {o.expression.text: o.context for o in outputs(source, **how)}


PLACES = [
    ("<p>{{ x }}</p>", Context.TEXT),
    ("<{{ x }}>", Context.TAG_NAME),
    ("<h{{ x }}>", Context.TAG_NAME),
    ("</{{ x }}>", Context.TAG_NAME),
    ("<p {{ x }}>", Context.ATTRIBUTE_NAME),
    ("<p a{{ x }}=1>", Context.ATTRIBUTE_NAME),
    ("<p a=1 {{ x }}>", Context.ATTRIBUTE_NAME),
    ("<p a='1'{{ x }}>", Context.ATTRIBUTE_NAME),
    ("<p title='{{ x }}'>", Context.ATTRIBUTE),
    ("<p title={{ x }}>", Context.ATTRIBUTE),
    ("<p title = {{ x }}>", Context.ATTRIBUTE),
    ('<p title="a > b {{ x }}">', Context.ATTRIBUTE),
    ('<a href="{{ x }}">', Context.URL),
    ('<A\nHREF="{{ x }}">', Context.URL),
    ('<svg><a xlink:href="{{ x }}">', Context.URL),
    ('<object data="{{ x }}">', Context.URL),
    ('<p data="{{ x }}">', Context.ATTRIBUTE),
    ('<p onclick="f({{ x }})">', Context.EVENT_HANDLER),
    ('<p ONCLICK="f({{ x }})">', Context.EVENT_HANDLER),
    ('<p once="{{ x }}">', Context.ATTRIBUTE),
    ('<p style="color: {{ x }}">', Context.STYLE_ATTRIBUTE),
    ('<iframe srcdoc="{{ x }}">', Context.SRCDOC),
    ("<script>{{ x }}</script>", Context.SCRIPT),
    ("<script type=module>{{ x }}</script>", Context.SCRIPT),
    ('<script type="{{ t }}">{{ x }}</script>', Context.SCRIPT),
    ("<script>a = '{{ x }}'</script>", Context.SCRIPT_STRING),
    ('<script>a = "\\"{{ x }}"</script>', Context.SCRIPT_STRING),
    ("<script>a = `{{ x }}`</script>", Context.SCRIPT_TEMPLATE),
    ("<script>a = `${ {b: 1} + {{ x }} }`</script>", Context.SCRIPT),
    ("<script>a = `${ {b: 1} } {{ x }}`</script>", Context.SCRIPT_TEMPLATE),
    ("<script>// it's {{ x }}\n</script>", Context.SCRIPT_COMMENT),
    ("<script>// it's\n{{ x }}</script>", Context.SCRIPT),
    ("<script>/* ' {{ x }} */</script>", Context.SCRIPT_COMMENT),
    ("<script>/* ' **/{{ x }}</script>", Context.SCRIPT),
    ("<script>a = /['\"/]/; {{ x }}</script>", Context.SCRIPT),
    ("<script>a = b / c; d = '{{ x }}'</script>", Context.SCRIPT_STRING),
    ("<script>a = {{ b }} / '{{ x }}'</script>", Context.SCRIPT_STRING),
    ("<script>a = 'no end\n{{ x }}</script>", Context.SCRIPT),
    ("<script><!--\n{{ x }}\n--></script>", Context.SCRIPT),
    ("<script><!--<script></script>\n'{{ x }}'--></script>", Context.SCRIPT_STRING),
    ("<script>'</scripty>{{ x }}'</script>", Context.SCRIPT_STRING),
    ("<script>'</SCRIPT >{{ x }}", Context.TEXT),
    ("<script><!--><script>1</script>{{ x }}", Context.TEXT),
    ("<script type='application/ld+json'>{{ x }}</script>", Context.JSON),
    ("<script type=importmap>{{ x }}</script>", Context.JSON),
    ("<script type='text/x-template'>{{ x }}</script>", Context.DATA_BLOCK),
    ("<style>a { color: {{ x }} }</style>", Context.STYLE),
    ("<title>{{ x }}</title>", Context.RCDATA),
    ("<textarea><script>{{ x }}</textarea>", Context.RCDATA),
    ("<iframe><p title='{{ x }}'>", Context.RAWTEXT),
    ("<noscript><p>{{ x }}</p></noscript>", Context.TEXT),
    ("<svg><title><p>{{ x }}</title></svg>", Context.TEXT),
    ("<!-- {{ x }} -->", Context.COMMENT),
    ("<!--> {{ x }}", Context.TEXT),
    ("<!---> {{ x }}", Context.TEXT),
    ("<!-- a --!> {{ x }}", Context.TEXT),
    ("<!-- a -- > {{ x }}", Context.COMMENT),
    ("<!-- a {# - #}--{# #}> {{ x }}", Context.TEXT),
    ("<!doctype html> {{ x }}", Context.TEXT),
    ("<!weird {{ x }}>", Context.COMMENT),
    ("<?php {{ x }} ?>", Context.COMMENT),
    ("</ {{ x }}>", Context.COMMENT),
    ("a < b {{ x }}", Context.TEXT),
    ("<svg><![CDATA[<p title=']]>{{ x }}", Context.TEXT),
    ("<![CDATA[>{{ x }}", Context.TEXT),
    ("<plaintext></plaintext><p title='{{ x }}'>", Context.TEXT),
    ("<p title='a'b='{{ x }}'>", Context.ATTRIBUTE),
    ("<p/title='{{ x }}'>", Context.ATTRIBUTE),
    ("<p =title='{{ x }}'>", Context.ATTRIBUTE),
    ("<p title>{{ x }}", Context.TEXT),
    ("<p title=>{{ x }}", Context.TEXT),
    ("<p title=a/>{{ x }}", Context.TEXT),
    ("{% raw %}<p title='{% endraw %}{{ x }}'>", Context.ATTRIBUTE),
    ("{# <p title=' #}{{ x }}", Context.TEXT),
    ("<p title='{{ y -}}  >{{- x }}", Context.ATTRIBUTE),
]


@pytest.mark.parametrize(("source", "context"), PLACES)
def test_an_output_stands_where_a_browser_would_say(source, context):
    assert contexts(source)["x"] is context


def test_an_output_names_its_line_its_column_and_its_filters():
    (output,) = outputs("<p>\r\n\r\n  {{- a.b(c) |upper|safe }}</p>")

    assert (output.line, output.column) == (3, 3)
    assert output.filters == ("upper", "safe")
    assert output.expression.names == ("a", "c")
    assert output.expression.call == "a.b"


def test_offsets_are_those_of_the_source_whatever_ends_its_lines():
    source = (
        "<p>\r\n{{ a -}}\r\n \r<b title='{{ b }}'>\r\n\n{%- if c %}{{ d }}{% endif %}"
    )
    reading = read(source, "page.html")
    assert [source[o.start : o.end] for o in reading.outputs] == [
        "{{ a -}}\r\n \r",
        "{{ b }}",
        "{{ d }}",
    ]
    assert [source[s.start : s.end] for s in reading.statements] == [
        "{%- if c %}",
        "{% endif %}",
    ]


def test_the_static_text_before_a_value_is_known():
    found = outputs('<a href="/x/{{ a }}/{{ b }}"><a href=" {{ c }}">')

    assert [(o.prefix, o.first) for o in found] == [
        ("/x/", False),
        ("/x/", False),
        (" ", True),
    ]


def test_quotes_around_a_value_are_seen():
    found = outputs("<p a={{ a }} b='{{ b }}' c=\"{{ c }}\" {{ d }}>{{ e }}")

    assert [o.quoted for o in found] == [False, True, True, True, True]


def test_each_branch_begins_where_the_if_stands():
    source = """<a {% if a %}href="{{ b }}"{% elif c %}title="{{ d }}"{% else %}
    onclick="{{ e }}"{% endif %}>{{ f }}"""

    assert contexts(source) == {
        "b": Context.URL,
        "d": Context.ATTRIBUTE,
        "e": Context.EVENT_HANDLER,
        "f": Context.TEXT,
    }


def test_an_element_opened_in_one_branch_goes_on_after_it():
    source = "{% if a %}<script>{% endif %}{{ b }}{% if a %}</script>{% endif %}{{ c }}"

    assert contexts(source) == {"b": Context.SCRIPT, "c": Context.TEXT}
    assert read(source, "page.html").elements[0].odd


def test_a_start_tag_that_both_branches_end_is_one_element():
    source = "<p {% if a %}class=a>{% else %}class=b>{% endif %}{{ c }}</p>"
    (element,) = read(source, "page.html").elements

    assert [a.text for a in element.attributes] == ["a", "b"]
    assert contexts(source) == {"c": Context.TEXT}


def test_macros_and_set_blocks_are_read_by_themselves():
    source = """<script>{% macro m(a) %}<p>{{ a }}</p>{% endmacro %}
    {% set s %}<b title="{{ b }}">{% endset %}{% set t = 1 %}{{ c }}</script>"""

    assert contexts(source) == {
        "a": Context.TEXT,
        "b": Context.ATTRIBUTE,
        "c": Context.SCRIPT,
    }


def test_a_childs_block_does_not_spoil_the_next():
    source = """{% extends "base.html" %}
    {% block a %}<p title="{% endblock %}{% block b %}{{ x }}{% endblock %}"""

    assert contexts(source) == {"x": Context.TEXT}


def test_autoescape_blocks_are_said_of_their_outputs():
    source = """{{ a }}{% autoescape false %}{{ b }}{% autoescape true %}{{ c }}
    {% endautoescape %}{{ d }}{% endautoescape %}{% autoescape e %}{{ f }}{% endautoescape %}"""

    assert {o.expression.text: o.autoescape for o in outputs(source)} == {
        "a": None,
        "b": False,
        "c": True,
        "d": False,
        "f": None,
    }


def test_unknown_tags_and_translations_are_read_over():
    source = """{% load x %}{% trans n=a %}<b>{{ n }}</b>{% pluralize %}<i>{{ m }}</i>
    {% endtrans %}{% cache 300, "x" %}{{ c }}{% endcache %}"""

    assert set(contexts(source)) == {"n", "m", "c"}


def test_statements_name_their_targets():
    source = """{% extends "base.html" %}{% include name %}{% from 'm.html' import f %}
    {% block content %}{% endblock %}{% set a = b|safe %}{%- include ["a", "b"] ignore missing %}"""
    found = [(s.name, s.target) for s in read(source, "page.html").statements]

    assert found == [
        ("extends", "base.html"),
        ("include", ""),
        ("from", "m.html"),
        ("block", "content"),
        ("endblock", ""),
        ("set", "a"),
        ("include", ""),
    ]


def test_a_form_knows_its_fields_its_calls_and_where_a_token_can_go():
    source = """<form action="{{ url }}" {% if a %}method="POST"{% endif %}>
    {{ form.hidden_tag() }}<input type=hidden name=csrf_token value="{{ csrf_token() }}">
    <button formaction=/x formmethod=post></form><form><p>{{ y }}</form>"""
    first, second = read(source, "page.html").forms

    assert first.posts
    assert first.calls == ("form.hidden_tag", "csrf_token")
    assert [e.name for e in first.elements] == ["input", "button"]
    assert [a.text for a in first.formactions] == ["/x"]
    assert source[: first.insertion].endswith("{% endif %}>")
    assert not second.posts
    assert [o.expression.text for o in second.outputs] == ["y"]


def test_a_method_that_a_value_chooses_may_be_post():
    (form,) = read("<form method={{ m }}>", "page.html").forms

    assert form.posts


def test_of_two_attributes_the_first_counts():
    (element,) = read("<a HREF=1 href=2>", "page.html").elements
    href = element.attribute("href")

    assert href is not None
    assert href.text == "1"


def test_a_template_that_is_no_html_has_no_html_in_it():
    for name in ("mail.txt", "app.js", "query.sql.j2", "feed.xml"):
        (output,) = read("<script>{{ x }}</script>", name).outputs
        assert output.context is Context.NOT_HTML


def test_html_is_known_by_its_name_or_by_its_text():
    assert read("{{ x }}", "page.html.j2").html
    assert read("<p>{{ x }}</p>", "page.j2").html
    assert not read("server { listen {{ x }}; }", "nginx.j2").html


def test_other_delimiters_are_read():
    syntax = Syntax("<%", "%>", "[[", "]]", "<#", "#>", line_statement_prefix="%")
    source = "% if a\n<p title='[[ x ]]'>{{ y }}<# {{ #>\n% endif\n"

    assert contexts(source, syntax=syntax) == {"x": Context.ATTRIBUTE}


OTHERS = {
    "django": "{{ x|date:'Y' }}",
    "angular": "{{ a || b }}",
    "vue": "{{ a ? b : c }}",
    "handlebars": "{{#each xs}}{{/each}}",
    "mako": "<%def name='x()'> ${ {{ } </%def>",
    "open comment": "a\n{# b",
    "open output": "{{ a",
    "open raw": "{% raw %} {{ a",
    "brackets": "{{ a(b] }}",
    "empty": "{{ }}",
    "number": "{{" + "1" * 5000 + "}}",
}


@pytest.mark.parametrize("source", OTHERS.values(), ids=OTHERS)
def test_another_language_is_an_error_and_no_exception(source):
    reading = read(source, "page.html")

    assert reading.error is not None
    assert reading.error.line >= 1
    assert reading.error.message
    assert reading.outputs == ()


ODD = [
    "{% endif %}{% else %}{{ x }}{% endfor %}",
    "{% if a %}{% for b in c %}{% endif %}{{ x }}",
    "{% autoescape false %}{% endblock %}{{ x }}",
    "{% endautoescape %}{{ x }}",
    "{% %}{% -1 %}{%- - %}{{ x }}",
    "{% set %}{% block %}{% include %}{{ x }}",
    "{% pluralize %}{% elif %}{{ x }}",
    "<p {% if a %}x='{% endif %}' y=\"{{ x }}",
]


@pytest.mark.parametrize("source", ODD)
def test_odd_nesting_is_read_all_the_same(source):
    assert "x" in contexts(source)


HOSTILE = {
    "braces": "{" * 200_000,
    "tags": "<" * 200_000,
    "open quote": '<a b="' + "x" * 500_000,
    "comments": "<!-- - " * 50_000,
    "declarations": "<!-" * 100_000,
    "script": "<script>" + "`${" * 60_000,
    "escapes": "<script><!--" * 20_000,
    "ends": "<script>" + "</script" * 40_000,
    "patterns": "<script>/" + "[a" * 100_000,
    "ifs": "{% if x %}" * 10_000,
    "branches": "{% if x %}<a{% else %}'{% endif %}" * 5_000,
    "names": "<a" + "{% if x %}a{% endif %}" * 5_000,
    "values": "<a b='" + "{% if x %}a{% endif %}" * 5_000,
    "forms": "<form>{{ x }}" * 3_000,
    "spaces": "{%" + " " * 500_000,
    "raw": "{% raw %}" + "{%  endra" * 50_000,
    "calls": "{{ x" + "(" * 5_000,
    "nots": "{{ " + "not " * 5_000 + "x }}",
    "attributes": "{{ a" + ".b" * 5_000 + " }}",
    "nul": "\0" * 100_000 + "{{ x }}",
    "surrogate": "<p title='\ud800{{ x }}'>",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_read_in_time(source):
    assert read(source, "page.html").name == "page.html"
