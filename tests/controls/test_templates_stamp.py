"""Which scripts get a nonce, which do not, and that nothing else is touched."""

from __future__ import annotations

import dataclasses
import random

import jinja2
import pytest

from stopper.controls.templates.jinja import Syntax
from stopper.controls.templates.reader import read
from stopper.controls.templates.stamp import hash_of
from stopper.controls.templates.stamp import stamp

N = ' nonce="{{ csp_nonce() }}"'

STAMPED = [
    ("<script>1</script>", f"<script{N}>1</script>"),
    ("<STYLE>a{}</STYLE>", f"<STYLE{N}>a{{}}</STYLE>"),
    ("<script src=/a.js></script>", f"<script{N} src=/a.js></script>"),
    ("<script\n  async>", f"<script{N}\n  async>"),
    ("<script/defer>", f"<script{N}/defer>"),
    ("<script type=module>", f"<script{N} type=module>"),
    ("<script type=importmap>{}", f"<script{N} type=importmap>{{}}"),
    (
        "<script src=\"{{ url_for('static', filename='a.js') }}\">",
        f"<script{N} src=\"{{{{ url_for('static', filename='a.js') }}}}\">",
    ),
    (
        "<script src=\"{{ url_for('static', filename='a.js') }}?v=1\">",
        f"<script{N} src=\"{{{{ url_for('static', filename='a.js') }}}}?v=1\">",
    ),
    ("<script>a={{ x|tojson }}", f"<script{N}>a={{{{ x|tojson }}}}"),
    ("<script>a={{ x|tojson|safe }}", f"<script{N}>a={{{{ x|tojson|safe }}}}"),
    ("<script>a='{{ csrf_token() }}'", f"<script{N}>a='{{{{ csrf_token() }}}}'"),
    (
        "<script>a={{ csrf_token()|tojson }}",
        f"<script{N}>a={{{{ csrf_token()|tojson }}}}",
    ),
    ("<script>a={{ 'x' }}", f"<script{N}>a={{{{ 'x' }}}}"),
    (
        "<script>{% for a in b %}f({{ a|tojson }});{% endfor %}",
        f"<script{N}>{{% for a in b %}}f({{{{ a|tojson }}}});{{% endfor %}}",
    ),
    ("<script>a='<script>'</script>", f"<script{N}>a='<script>'</script>"),
    (
        "{% raw %}<script>{{ client }}</script>{% endraw %}",
        '{% raw %}<script {%endraw%}nonce="{{ csp_nonce() }}"{%raw%}>'
        "{{ client }}</script>{% endraw %}",
    ),
    (
        "{% if a %}<script>{% else %}<script async>{% endif %}1</script>",
        f"{{% if a %}}<script{N}>{{% else %}}<script{N} async>{{% endif %}}1</script>",
    ),
    ("<noscript><style>", f"<noscript><style{N}>"),
    (
        "<script data-a='{% block a %}{% endblock %}'>",
        f"<script{N} data-a='{{% block a %}}{{% endblock %}}'>",
    ),
    (
        "<script {% if a %}async{% endif %}>{% set b = c %}{% with %}1{% endwith %}",
        f"<script{N} {{% if a %}}async{{% endif %}}>"
        "{% set b = c %}{% with %}1{% endwith %}",
    ),
    ("<script {{ 'async' if a }}>", f"<script{N} {{{{ 'async' if a }}}}>"),
    ("<script id='{{ a }}'>", f"<script{N} id='{{{{ a }}}}'>"),
    ("<script id={{ 'a' }}>", f"<script{N} id={{{{ 'a' }}}}>"),
    ("<svg><style>", f"<svg><style{N}>"),
]


@pytest.mark.parametrize(("source", "expected"), STAMPED)
def test_a_script_of_the_app_gets_a_nonce(source, expected):
    stamped = stamp(source, "page.html")

    assert stamped.text == expected
    assert stamped.problems == ()


LEFT = [
    "{# <script></script> #}",
    "<!-- <script></script> -->",
    "<textarea><script></script></textarea>",
    "<title><style></title>",
    "<p title='<script>'>",
    "{{ '<script>' }}",
    "{% set a = '<script>' %}",
    "<script nonce='{{ csp_nonce() }}'></script>",
    "<script {% if a %}nonce='{{ csp_nonce() }}'{% endif %}></script>",
    "<script type='application/json'>{{ x }}</script>",
    "<script type='text/x-template'><script>{{ x }}</script>",
    "<scripty></scripty><style-guide>",
    "<link rel=stylesheet href=/a.css>",
    "&lt;script>",
]


@pytest.mark.parametrize("source", LEFT)
def test_what_is_no_script_or_needs_no_nonce_is_left_alone(source):
    stamped = stamp(source, "page.html")

    assert stamped.text == source
    assert stamped.problems == ()


REFUSED = [
    ("<script src='{{ x }}'></script>", "script-src"),
    ("<script src='/{{ x }}.js'></script>", "script-src"),
    ("<script src={{ x }}></script>", "script-src"),
    ("<script src='{{ url_for(x) }}'></script>", "script-src"),
    ("<script src=\"{{ url_for('a', next=x) }}\"></script>", "script-src"),
    ("<script src=\"{{ url_for('a') ~ x }}\"></script>", "script-src"),
    ("<script src=\"{{ x or url_for('a') }}\"></script>", "script-src"),
    ("<script src=\"{{ url_for('a')|replace('a', x) }}\"></script>", "script-src"),
    ("<script src=\"{{ '%s'|format(x) }}\"></script>", "script-src"),
    ("<script src=\"{{ ''|default(x, true) }}\"></script>", "script-src"),
    ("<script src=\"{{ '/a'|replace('a', with=x) }}\"></script>", "script-src"),
    ("<script {% if a %}src={{ x }}{% endif %}></script>", "script-src"),
    ("<script {% if a %}src=/a{% endif %} src={{ x }}></script>", "script-src"),
    ("<svg><script href='{{ x }}'></script></svg>", "script-src"),
    ("<svg><script xlink:href='{{ x }}'></script></svg>", "script-src"),
    ("<script {{ attributes }}></script>", "script-attributes"),
    ("<script {{ name }}='/a.js'></script>", "script-attributes"),
    ("<script{{ x }}></script>", "script-attributes"),
    ("<script {% block a %}{% endblock %}></script>", "script-attributes"),
    ("<script {% include 'a.html' %}></script>", "script-attributes"),
    ("<script {% widget a %}></script>", "script-attributes"),
    ("<script class={% block a %}{% endblock %}></script>", "script-attributes"),
    ("<script id={{ x }}></script>", "script-attributes"),
    ("<script data-a=b{{ x|tojson }} src=/a.js></script>", "script-attributes"),
    ("<script {{ 'src' }}='/a.js'></script>", "script-attributes"),
    ("<script sr{{ 'c' }}='{{ x }}'></script>", "script-attributes"),
    ("<script src='{% block a %}/a{% endblock %}'></script>", "script-attributes"),
    ("<script src='{% filter f(x) %}a{% endfilter %}'></script>", "script-attributes"),
    ("<script>a={{ x }}</script>", "script-value"),
    ("<script>a={{ x|safe }}</script>", "script-value"),
    ("<script>a={{ x|tojson|replace('a', 'b') }}</script>", "script-value"),
    ("<script>a={{ x|tojson ~ y }}</script>", "script-value"),
    ("<script>a={{ '%s'|format(x) }}</script>", "script-value"),
    ("<script>a={{ ('a' if y else 'b')|replace('a', x) }}</script>", "script-value"),
    ("<script>a={{ 'a'|f(*x) ~ 1 }}</script>", "script-value"),
    ("<script>a={{ x|tojson if y else z }}</script>", "script-value"),
    ("<script>a='{{ x|tojson }}'</script>", "script-value"),
    ("<script>a=`{{ x|tojson }}`</script>", "script-value"),
    ("<script>// {{ x|tojson }}\n</script>", "script-value"),
    ("<script>a='{{ csrf_token }}'</script>", "script-value"),
    ("<script>a='{{ csrf_token(x) }}'</script>", "script-value"),
    ("<script>a='{{ csrf_token() ~ x }}'</script>", "script-value"),
    ("<script>a='{{ csrf_token()|replace('a', x) }}'</script>", "script-value"),
    ("<script>a='{{ csrf_token()|replace('a', 'b') }}'</script>", "script-value"),
    ("<script>a='{{ x.csrf_token() }}'</script>", "script-value"),
    ("<script>a='{{ url_for('a') }}'</script>", "script-value"),
    ("<script>{% block a %}{% endblock %}</script>", "script-part"),
    ("<script>{% include 'a.js' %}</script>", "script-part"),
    ("<script>{% call f() %}{% endcall %}</script>", "script-part"),
    ("<script>{% widget a %}</script>", "script-part"),
    ("<script>{% filter f(x) %}a{% endfilter %}</script>", "script-part"),
    ("{% trans %}<script>1</script>{% endtrans %}", "translated"),
    ("{% trans %}<style>a{}</style>{% endtrans %}", "translated"),
    ("<script nonce='abc'></script>", "other-nonce"),
    ("<p onclick='f()'>", "event-handler"),
    ("<p style='color: red'>", "style-attribute"),
    ("<a href='javascript:f()'>", "javascript-url"),
    ("<a href=' Java\tScript:f()'>", "javascript-url"),
    ("<a href='{% if a %}/b{% else %}javascript:f(){% endif %}'>", "javascript-url"),
    ("<form action='javascript:f()'>", "javascript-url"),
    ("{{ a || b }}", "unreadable"),
]


@pytest.mark.parametrize(("source", "kind"), REFUSED)
def test_what_a_value_could_have_written_gets_none_and_is_reported(source, kind):
    stamped = stamp("\n" + source, "page.html")

    assert stamped.text == "\n" + source
    assert [(p.kind, p.line) for p in stamped.problems] == [(kind, 2)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_string_that_goes_on_behind_a_line_s_end_is_one(end):
    source = f'<script>a = "b\\{end}{{{{ x|tojson }}}}"</script>'

    assert [p.kind for p in stamp(source, "a.html").problems] == ["script-value"]


def test_the_nonces_global_and_the_delimiters_are_parameters():
    syntax = Syntax("<%", "%>", "[[", "]]")
    stamped = stamp("<script>1</script>", "a.html", nonce="mine", syntax=syntax)

    assert stamped.text == '<script nonce="[[ mine() ]]">1</script>'


def test_a_constant_script_has_the_hash_that_a_browser_computes():
    source = "<script>alert(1)\r\n</script><script>{{ x|tojson }}</script><script>{# c #}</script>"

    assert stamp(source, "page.html").hashes == (hash_of("alert(1)\n"),)
    # The example of the CSP specification's section on hash-source.
    assert (
        hash_of("alert('Hello, world.');")
        == "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="
    )


CHANGING = [
    "{% filter upper %}<script>a</script>{% endfilter %}",
    "{% trans %}<script>a</script>{% endtrans %}",
    "{% set b %}<script>a</script>{% endset %}",
    "<script>a{% if b %}{% endif %}</script>",
    "<script>a{% raw %}b{% endraw %}</script>",
    "<script src=/a.js>a</script>",
    "<script type=application/json>{}</script>",
    "<script>a",
    "<svg><script>a</script></svg>",
]


@pytest.mark.parametrize("source", CHANGING)
def test_a_script_that_may_be_printed_otherwise_has_no_hash(source):
    assert stamp(source, "page.html").hashes == ()


PARTS = [
    "<script>", "</script>", "<style>", "</style>", "<script src='a'>", "<p ", ">", "'",
    '"', "<!--", "-->", "{# <script> #}", "{{ a }}", "{{ a|tojson }}", "{% if a %}",
    "{% else %}", "{% endif %}", "{% raw %}<script>{{ b }}{% endraw %}", "<svg>",
    "</svg>", "<textarea>", "</textarea>", "\n", "\r\n", " ", "title=", "/", "`${", "}",
    "<form method=post>", "</form>", "x", "<script nonce='{{ csp_nonce() }}'>",
    "{% for a in b -%}", "{%- endfor %}", "<![CDATA[", "]]>", "<script ", "</title>",
]  # fmt: skip


def shape(reading):
    """What a reading says, offsets, lines and nonces aside."""

    def plain(output):
        return dataclasses.replace(output, start=0, end=0, column=0)

    return (
        [plain(o) for o in reading.outputs if "csp_nonce" not in o.expression.names],
        [
            (
                e.name,
                e.line,
                [(a.name, a.parts) for a in e.attributes if a.name != "nonce"],
            )
            for e in reading.elements
        ],
        [s.name for s in reading.statements],
        [
            (f.line, f.methods, [c for c in f.calls if c != "csp_nonce"])
            for f in reading.forms
        ],
    )


@pytest.mark.parametrize("seed", range(300))
def test_stamping_changes_nothing_but_nonces_and_twice_is_once(seed):
    chance = random.Random(seed)
    source = "".join(chance.choice(PARTS) for _ in range(chance.randrange(60)))
    before = read(source, "page.html")
    stamped = stamp(source, "page.html")

    if "{% raw %}" not in source:
        # A nonce in a raw block ends it and begins another, which are no statements,
        # but a client's braces are.
        assert shape(read(stamped.text, "page.html")) == shape(before)

    again = stamp(stamped.text, "page.html")
    assert again.text == stamped.text
    assert again.stamped == 0
    assert stamped.text.count("\n") == source.count("\n")


def test_a_stamped_template_prints_what_it_printed_with_nonces():
    source = """{%- raw %}<script>{{ client }}</script>{% endraw %}
    {% for a in [1, 2] -%} <script>f({{ a|tojson }})</script>{% endfor %}"""

    for options in ({}, {"trim_blocks": True, "lstrip_blocks": True}):
        env = jinja2.Environment(autoescape=True, **options)
        syntax = Syntax.of(env)
        text = stamp(source, "page.html", syntax=syntax).text
        printed = env.from_string(text).render(csp_nonce=lambda: "N")

        assert printed.replace(' nonce="N"', "") == env.from_string(source).render()
        assert printed.count(' nonce="N"') == 3
