"""What a name holds where it is read."""

from __future__ import annotations

import pytest

from audit.survey.flow.told import reaches


@pytest.mark.parametrize(
    "body",
    [
        "y = x\nos.system(y)",
        "a, b = 'k', x\nos.system(b)",
        "a, *b = ['k', x]\nos.system(b[0])",
        "*a, b = ['k', x]\nos.system(b)",
        "y = 'a'\ny += x\nos.system(y)",
        "if (y := x):\n    os.system(y)",
        "for y in ['k', x]:\n    os.system(y)",
        "b = 'k'\nfor _ in range(3):\n    os.system(b)\n    b = x",
        "y = 'k'\nwhile y:\n    os.system(y)\n    y = x",
        "match [x, 'k']:\n    case [y, _]:\n        os.system(y)",
        "match {'a': x}:\n    case {'a': y}:\n        os.system(y)",
        "for y in 'ab':\n    if y:\n        break\nelse:\n    os.system(x)",
    ],
)
def test_a_value_is_in_the_name_that_got_it(body):
    assert reaches(body)


@pytest.mark.parametrize(
    "body",
    [
        "x = 'k'\nos.system(x)",
        "a, b = 'k', x\nos.system(a)",
        "a, *b = [x, 'k']\nos.system(b[0])",
        "*a, b = [x, 'k']\nos.system(b)",
        "y = x\ndel y\ny = 'k'\nos.system(y)",
        "match [x, 'k']:\n    case [_, y]:\n        os.system(y)",
        "for a, b in [(x, 'k')]:\n    os.system(b)",
    ],
)
def test_a_name_that_got_another_value_has_it_no_more(body):
    assert not reaches(body)


@pytest.mark.parametrize(
    "test",
    ["False", "not 1", "2 * 3 > 7", "k == 'b'", "'x' in 'abc'", "DEBUG", "None or 0"],
)
def test_a_branch_that_constants_rule_out_is_not_taken(test):
    body = f"k = 'a'\ny = 'k'\nif {test}:\n    y = x\nos.system(y)"
    assert not reaches(body, "DEBUG = False")


def test_a_constant_that_a_function_sets_anew_decides_nothing():
    defs = "DEBUG = False\ndef on():\n    global DEBUG\n    DEBUG = True"
    assert reaches("if DEBUG:\n    os.system(x)", defs)


def test_what_is_never_reached_is_silent():
    assert not reaches("return ''\nos.system(x)")


def test_after_a_handler_a_name_may_hold_what_it_held_before():
    assert reaches(
        "y = x\ntry:\n    y = str(int(y))\nexcept ValueError:\n    pass\nos.system(y)"
    )


def test_what_cannot_fail_has_happened_before_the_handler():
    body = (
        "y = x\ntry:\n    y = 'k'\n    int('1')\nexcept ValueError:\n    os.system(y)"
    )
    assert not reaches(body)


def test_what_a_context_manager_suppresses_leaves_the_value_before():
    body = (
        "from contextlib import suppress\n"
        "y = x\nwith suppress(ValueError):\n    int(y)\n    y = 'k'\nos.system(y)"
    )
    assert reaches(body)


@pytest.mark.parametrize(
    "body",
    [
        "d = {'a': x, 'b': 'k'}\nos.system(d['a'])",
        "d = {}\nd['a'] = x\nos.system(d['a'])",
        "d = {}\nd.update(a=x)\nos.system(d['a'])",
        "d = {}\nd.setdefault('a', []).append(x)\nos.system(d['a'][0])",
        "k = 'a'\nd = {'a': x}\nos.system(d[k])",
        "l = []\nl.append(x)\nos.system(l[0])",
        "l = ['k']\nl.append(x)\nos.system(l.pop())",
        "l = ['k', x]\nl.reverse()\nos.system(l[0])",
        "l = ['k', 'k', x]\nos.system(l[1:][1])",
        "l = []\nput = l.append\nput(x)\nos.system(l[0])",
        "l = ['k']\nl += [x]\nos.system(l[1])",
        "l = []\nm = l\nm.append(x)\nos.system(l[0])",
        "l = []\nd = {'a': l}\nl.append(x)\nos.system(d['a'][0])",
        "d = {'a': []}\nl = d['a']\nl.append(x)\nos.system(d['a'][0])",
        "for k in {x: 'k'}:\n    os.system(k)",
        "d = {}\nd[x] = 'k'\nos.system(''.join(d))",
    ],
)
def test_a_part_of_a_container_is_found(body):
    assert reaches(body)


@pytest.mark.parametrize(
    "body",
    [
        "d = {'a': x, 'b': 'k'}\nos.system(d['b'])",
        "d = {'a': x}\nd['a'] = 'k'\nos.system(d['a'])",
        "d = {'a': x}\ndel d['a']\nos.system(d.get('a', 'k'))",
        "d = {'a': x, **{'a': 'k'}}\nos.system(d['a'])",
        "k = 'b'\nd = {'a': x, 'b': 'k'}\nos.system(d[k])",
        "l = [x]\nl.clear()\nl.append('k')\nos.system(l[0])",
        "l = [x]\nl.append('k')\nos.system(l[-1])",
        "l = [x]\nl[:] = ['k']\nos.system(l[0])",
        "l = [x, 'k']\nos.system(l[1:][0])",
        "for k in {'k': x}:\n    os.system(k)",
        "for a, b in zip([x], ['k']):\n    os.system(b)",
        "for i, _ in enumerate(x):\n    os.system(str(i))",
    ],
)
def test_another_part_of_a_container_is_silent(body):
    assert not reaches(body)
