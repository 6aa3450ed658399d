"""What a form needs to be told from another site's."""

import pytest

from stopper.controls.csrf.forms import same_origin
from stopper.controls.csrf.forms import token_as_text
from stopper.controls.csrf.forms import tokened
from stopper.controls.csrf.forms import untokened
from stopper.controls.templates.reader import read


def form(inside, action=""):
    reading = read(f'<form method="post" action="{action}">{inside}</form>', "a.html")
    return reading.forms[0]


@pytest.mark.parametrize(
    "inside",
    [
        '<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">',
        '<input type="hidden" name="csrfmiddlewaretoken" value="{{ t }}">',
        "{{ form.hidden_tag() }}",
        "{{ form.csrf_token }}",
        "{{ form.csrf_token() }}",
        "{{ wtf.quick_form(form) }}",
        "{{ token_field() }}",
        "{{ macros.csrf_input() }}",
    ],
)
def test_a_token_s_field_is_known(inside):
    assert tokened(form(inside))


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "{{ csrf_token() }}",
        '<input name="title">',
        '<input name="other" value="{{ csrf_token_of }}">',
        "{# {{ form.hidden_tag() }} #}",
    ],
)
def test_a_form_without_one_is_known(inside):
    assert not tokened(form(inside))


@pytest.mark.parametrize("action", ["", "/a", "?x=1", "{{ url_for('a') }}", "a//b"])
def test_a_form_for_the_app_itself_is_known(action):
    assert same_origin(form("", action))


@pytest.mark.parametrize(
    "action", ["https://pay.example/", "//pay.example", " HTTP://pay.example"]
)
def test_a_form_for_another_site_is_known(action):
    assert not same_origin(form("", action))


def test_a_token_that_is_shown_is_found_and_one_in_a_value_is_not():
    text = "<p>{{ csrf_token() }}</p>\n<input value='{{ csrf_token() }}'>"

    assert [o.line for o in token_as_text(read(text, "a.html"))] == [1]


def test_a_token_after_two_start_tags_in_two_branches_serves_both():
    start = '{% if a %}<form method="post" action="{{ a }}">{% else %}'
    start += '<form method="post">{% endif %}'
    other = '\n<form method="post"></form>'

    served = read(start + "{{ form.hidden_tag() }}</form>" + other, "a.html")
    bare = read(start + "</form>", "a.html")

    assert [f.line for f in untokened(served)] == [2]
    assert [f.line for f in untokened(bare)] == [1, 1]
