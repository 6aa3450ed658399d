from __future__ import annotations

import ast
import sys

import pytest

from stopper.audit.survey.depth import LIMIT
from stopper.audit.survey.source import parse
from stopper.audit.survey.source import SourceError

# Each is refused by Python 3.11; with what it says in older words.
NEWER = {
    "except A, B": ("try: x\nexcept A, B: y\n", "try: x\nexcept (A, B): y\n"),
    "except star": ("try: x\nexcept* A, B: y\n", "try: x\nexcept* (A, B): y\n"),
    "same quotes": ('f"{a["b"]}"', "f\"{a['b']}\""),
    "nested": ('f"{f"{f"{x}"}"}"', "f\"{f'''{f'{x}'}'''}\""),
    "backslash": ("f\"{'\\n'.join(x)}\"", "n = '\\n'\nf'{n.join(x)}'"),
    "neighbours": ('"c{d}" f"{a["b"]}" "e"', "f\"c{{d}}{a['b']}e\""),
    "conversion": ('f"{a["b"]!r:>{w}}"', "f\"{a['b']!r:>{w}}\""),
    "debug": ('f"{a["b"]=}"', "f'{a[\"b\"]=}'"),
    "specification": ('f"{a["b"]:%H:%M}"', "f\"{a['b']:%H:%M}\""),
    "walrus is none": ('f"{a["b"]:=5}"', "f\"{a['b']:=5}\""),
    "tuple": ('f"{*a["b"], c}"', "f\"{*a['b'], c}\""),
    "generic function": (
        "async def f[T: (int, str) = int](x: T) -> T: pass",
        "async def f(x: T) -> T: pass",
    ),
    "generic class": ("class A[T](B): pass", "class A(B): pass"),
    "lazy import": ("lazy import a; lazy_ = 1", "import a; lazy_ = 1"),
}

LINES = '''\
x = (
    "a"  # one
    f"{b["c"]
       }"
    "d"
)
y = f"""{
    b["c"]  # why
}

{d(
    1)}"""
class A[
    T,
](B): pass
def f[
    T
](a): return (
    f"{g(a["b"])}")
type X[
    T] = h(1)
end()
'''


@pytest.mark.parametrize("name", NEWER.keys() - {"backslash", "nested"})
def test_newer_syntax_means_what_older_words_say(name: str) -> None:
    newer, older = NEWER[name]
    if name == "generic function" or sys.version_info < (3, 12):
        found = parse(newer, "a.py").tree
        for node in ast.walk(found):
            if hasattr(node, "type_params"):
                node.type_params = []
        assert ast.dump(found) == ast.dump(ast.parse(older))


@pytest.mark.parametrize("text", ['f"{f"{f"{x}"}"}"', "f\"{'\\n'.join(x)}\""])
def test_expressions_inside_an_f_string_are_seen(text: str) -> None:
    names = [n.id for n in ast.walk(parse(text, "a.py").tree) if type(n) is ast.Name]
    assert names == ["x"]


def test_every_call_keeps_its_line() -> None:
    lines = {
        node.func.id: node.lineno
        for node in ast.walk(parse(LINES, "a.py").tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert lines == {"d": 11, "g": 19, "h": 21, "end": 22}


def test_every_subscript_keeps_its_line() -> None:
    tree = parse(LINES, "a.py").tree
    nodes = {n.lineno for n in ast.walk(tree) if isinstance(n, ast.Subscript)}
    assert nodes == {3, 8, 19}


def test_a_file_that_keeps_all_its_meaning_has_no_note() -> None:
    assert parse(LINES, "a.py").notes == ()


def test_unpacking_in_a_comprehension_says_what_is_lost() -> None:
    parsed = parse("x = 1\ny = [*a for a in b]\n", "a.py")
    assert [(n.name, n.line) for n in parsed.notes] == [("newer-syntax", 2)]


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="3.14 knows t-strings itself")
def test_a_t_string_is_no_text() -> None:
    node = parse('t"{x}"', "a.py").tree.body[0]
    assert isinstance(node, ast.Expr)
    assert isinstance(node.value, ast.Call)
    assert ast.unparse(node.value.func) == "string.templatelib.Template"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('x = 1\nprint "x"\n', 2),
        ("x\nraise A, 'b'\n", 2),
        ("if a <> b: pass\n", 1),
        ("x = 0777\n", 1),
        ('print >>f, "x"\nprint `x`', 2),
    ],
)
def test_python_2_is_known(text: str, line: int) -> None:
    [note] = parse(text, "a.py").notes
    assert (note.name, note.line) == ("python-2", line)

    with pytest.raises(SourceError) as caught:
        parse(f"{text}\nx = )", "a.py")
    assert caught.value.note.name in {"python-2", "syntax-error"}


def test_an_old_except_clause_is_read_and_noted() -> None:
    parsed = parse("try: x\nexcept ValueError, e: y\n", "a.py")
    assert [n.name for n in parsed.notes] == ["python-2"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("x = (\n", "syntax-error"),
        ("a\n\0", "null-bytes"),
        ("(" * 5000 + ")" * 5000, "syntax-error"),
        ("a" + "+a" * 50_000, "too-deep"),
        ("a" + "+a" * (LIMIT + 1), "too-deep"),
        ("-" * 50_000 + "1", "too-deep"),
        ("f" + "()" * 50_000, "too-deep"),
        ("if a:pass\n" + "elif a:pass\n" * 5_000, "too-deep"),
        ('f"{' * 5_000, "syntax-error"),
        ('f"{x:' * 5_000, "syntax-error"),
        ("class A[" * 5_000, "syntax-error"),
        ("\ud800", "syntax-error"),
    ],
)
def test_what_cannot_be_read_is_one_note(text: str, name: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(text, "a.py")
    assert caught.value.note.name == name


def test_a_sum_of_a_thousand_terms_is_read() -> None:
    assert len(parse("x = a" + "+a" * 1000, "a.py").tree.body) == 1


def test_a_syntax_error_does_not_quote_the_file() -> None:
    with pytest.raises(SourceError) as caught:
        parse("SECRET = 'hunter2' 'x' = (", "a.py")
    assert "hunter2" not in str(caught.value)


def test_the_warnings_of_an_audited_file_stay_silent() -> None:
    assert parse("x = '\\d'\nx is 1\n", "a.py").notes == ()


@pytest.mark.parametrize("name", ["_f", "_f0_", "_p0_"])
def test_names_like_our_own_cost_no_more_than_others(name: str) -> None:
    with pytest.raises(SourceError):
        parse(name * 500_000 + "\n(", "a.py")


@pytest.mark.parametrize("dot", [".", " . ", ".\\\n"])
@pytest.mark.parametrize("text", ["import {}", "from {} import x", "import a, {} as b"])
def test_an_import_of_an_endless_name_is_refused_before_python_sees_it(text, dot):
    hostile = "x = 1\n" + text.format(dot.join(["a"] * 2_000)) + "\n"

    with pytest.raises(SourceError) as refused:
        parse(hostile, "a.py")

    assert (refused.value.name, refused.value.line) == ("too-deep", 2)


def test_many_imports_are_no_endless_one():
    parse("import a.b.c, d.e\n" * 3_000 + "from . import (f,\n  g)\n", "a.py")
