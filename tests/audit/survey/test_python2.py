"""Python 2 is read: line for line, column for column, whatever the bytes are."""

import ast
import contextlib
import random
import time

import pytest

from projects import found
from projects import project
from stopper.audit.survey.build import build
from stopper.audit.survey.python2 import Python2Error
from stopper.audit.survey.python2 import Rewriter
from stopper.audit.survey.source import parse
from stopper.audit.survey.source import SourceError

# What Python 2 says, and the same said today.
SAME = {
    "print alone": ("print", "print()"),
    "print one": ("print x", "print(x)"),
    "print many": ('print "a" % b, c', 'print("a" % b, c)'),
    "print comma": ("print x,", "print(x)"),
    "print to": ("print >>f, x, y", "print(x, y, file=f)"),
    "print to, close": ("print>>f or g", "print(file=f or g)"),
    "print brackets, more": ('print("a"), b', 'print(("a"), b)'),
    "print brackets, sign": ('print ("%s") % b', 'print(("%s") % b)'),
    "print call": ("print(a, b)", "print(a, b)"),
    "print close": ('print"a"', 'print("a")'),
    "print minus": ("print -1", "print(-1)"),
    "print not": ("print not x", "print(not x)"),
    "print lambda": ("print lambda: x", "print(lambda: x)"),
    "print in one line": (
        "if x: print a; print b\nelse: print c",
        "if x:\n print(a)\n print(b)\nelse: print(c)",
    ),
    "print after a lambda": ("f = lambda: x; print x", "f = lambda: x; print(x)"),
    "print over lines": ("print (a,\n  b), [c,\n  d],", "print((a, b), [c, d])"),
    "print with a backslash": ('print \\\n  "a"', 'print("a")'),
    "print with a comment": ("print a # b, c", "print(a)"),
    "print as a function": (
        "from __future__ import (division,\n  print_function)\nprint\nx = 1L",
        "from __future__ import (division,\n  print_function)\nprint\nx = 1",
    ),
    "exec": ("exec code", "exec(code)"),
    "exec in": ("exec code in ns", "exec(code, ns)"),
    "exec in two": ("exec (code) in ns, locs", "exec((code), ns, locs)"),
    "exec close": ('exec"code"in{}', 'exec("code", {})'),
    "except": ("try: x\nexcept A, e: print e", "try: x\nexcept A as e: print(e)"),
    "except close": ("try: x\nexcept A,e: y", "try: x\nexcept A as e: y"),
    "except two": ("try: x\nexcept (A, B), e: y", "try: x\nexcept (A, B) as e: y"),
    "raise": ('raise E, "m"', 'raise E("m")'),
    "raise three": ('raise E, "m", tb', 'raise E("m").with_traceback(tb)'),
    "raise no value": ("raise E(), None, tb", "raise E().with_traceback(tb)"),
    "raise a choice": ("raise a or b, c", "raise (a or b)(c)"),
    "backticks": ("x = `y`", "x = repr(y)"),
    "backticks, two": ("x = `y, 1`", "x = repr((y, 1))"),
    "backticks nested": ("x = `a + `b` + (`c`)`", "x = repr(a + repr(b) + (repr(c)))"),
    "not equal": ("x <> y", "x != y"),
    "octal": ("x = 0777 + 0777L + 00", "x = 0o777 + 0o777 + 0"),
    "long": ("x = 10L + 0xFFl + 1L.real", "x = 10 + 0xFF + (1).real"),
    "raw": (r"""x = ur"\d" UR'\d' """, r'''x = r"\d" r"\d"'''),
    "raw document": ('ur"a"\nprint', '"a"\nprint()'),
    "no escape": (r'x = "C:\Users \N \\u" + `1`', r'x = "C:\\Users \\N \\u" + repr(1)'),
    "an escape": (r'x = u"\u00e9" + `1`', r'x = u"\u00e9" + repr(1)'),
    "an escape by the future": (
        'from __future__ import unicode_literals\nx = "\\u00e9" + `1`',
        'from __future__ import unicode_literals\nx = "\\u00e9" + repr(1)',
    ),
    "bytes": ('x = b"é", br"é"', 'x = "é", r"é"'),
    "lambda of a tuple": ("x = lambda (a, b), c: a", "x = lambda a, b, c: a"),
    "lambda of tuples": ("x = lambda ((a, b,), (c,)): a", "x = lambda a, b, c: a"),
    "a list over several": (
        "[x for x in 1, 2, 3 if x for y in x, f(1)]",
        "[x for x in (1, 2, 3) if x for y in (x, f(1))]",
    ),
    "tabs": (
        "if a:\n    if b:\n\tprint c\n    \tprint d\n    e",
        "if a:\n    if b:\n        print(c)\n        print(d)\n    e",
    ),
    "form feeds": ("\fprint a\n\f\nif b:\n\f print c", "print(a)\nif b:\n print(c)"),
}


def tree(text):
    return parse(text, "a.py").tree


@pytest.mark.parametrize("name", SAME)
def test_python_2_means_what_today_s_words_say(name):
    old, new = SAME[name]
    # The first line is what no Python 3 takes.
    old, new = f"x = 0777\n{old}", f"x = 0o777\n{new}"
    assert ast.unparse(tree(old)) == ast.unparse(ast.parse(new))


def test_a_file_of_python_2_has_a_note_that_says_it_was_read():
    [note] = parse('x = 1\nprint "x"\n', "a.py").notes

    assert (note.name, note.path, note.line) == ("python-2", "a.py", 2)
    assert "read" in note.message


@pytest.mark.parametrize(
    "text",
    [
        'print "x" (\n',
        'print "x\n',
        "print `x\n",
        "def f(a, (b + 1)): print a",
        "try: x\nexcept A, f(): print x",
        "print print x",
        "exec exec x",
        "lambda: print x",
    ],
)
def test_what_is_no_python_2_either_is_refused(text):
    with pytest.raises(SourceError) as caught:
        parse(text, "a.py")

    assert caught.value.note.name in {"python-2", "syntax-error"}


def test_a_tuple_among_the_parameters_is_taken_apart_in_the_body():
    function = tree('def f(a, (b, (c,))=(1, (2,)), *d):\n    "doc"\n    return b').body[
        0
    ]
    document, unpacked, returned = function.body

    assert [p.arg for p in function.args.args][:1] == ["a"]
    assert len(function.args.args) == 2
    assert function.args.vararg.arg == "d"
    assert ast.unparse(unpacked).startswith("b, (c,) = ")
    assert unpacked.value.id == function.args.args[1].arg
    assert (unpacked.lineno, document.lineno, returned.lineno) == (1, 2, 3)


def test_an_exception_is_taken_apart_in_the_body():
    handler = tree("try: x\nexcept E, (a, b):\n    print a").body[0].handlers[0]

    assert ast.unparse(handler.type) == "E"
    assert ast.unparse(handler.body[0]) == f"a, b = {handler.name}"


@pytest.mark.parametrize("word", ["async", "await", "nonlocal"])
def test_a_keyword_of_today_is_a_name(word):
    text = "{0} = f({0}=1).{0}\nimport a.{0} as {0}\nfrom {0} import {0}\ndef {0}({0}): pass"
    first, second, third, fourth = tree(text.format(word)).body

    assert (first.targets[0].id, first.value.attr) == (word, word)
    assert first.value.value.keywords[0].arg == word
    assert (second.names[0].name, second.names[0].asname) == (f"a.{word}", word)
    assert (third.module, third.names[0].name) == (word, word)
    assert (fourth.name, fourth.args.args[0].arg) == (word, word)


def test_a_constant_of_today_is_a_name_where_it_is_bound():
    bound, kept = tree("True, False = 1, 0\nx = f(None=True)").body

    assert [e.id for e in bound.targets[0].elts] == ["True", "False"]
    assert kept.value.keywords[0].arg == "None"
    assert kept.value.keywords[0].value.value is True


def test_an_except_of_two_kinds_is_that_of_a_later_python():
    parsed = parse("try: x\nexcept OSError, ValueError: y\n", "a.py")

    assert ast.unparse(parsed.tree.body[0].handlers[0].type) == "(OSError, ValueError)"
    assert parsed.notes == ()


WRITTEN = """\
def f(a, (b, c), d): print "é" % one(b), two(c) # why
if x <> 0777: three(x); raise E, four("m"), five(
    `six(x)`, "\\u" + seven(1L))
try: async.eight(x)
except (A, B), e: exec nine(e) in ten(e)
print >>eleven(f), [twelve(x) for x in thirteen(1), 2]; fourteen(x)
if x:
    if y:
\tfifteen(y)
"""
NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen "
    "fourteen fifteen"
)


def test_every_call_stands_where_it_was_written():
    module = project({"a.py": WRITTEN}).modules[0]
    names = NUMBERS.split()
    called = {}

    for node in module.index.nodes(ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        called[name] = module.source(node)
        if name in names and name != "eight":
            line = WRITTEN.split("\n")[node.lineno - 1]
            assert module.place(node).column - 1 == line.index(f"{name}(")

    assert set(names) <= set(called)
    assert all(called[n].partition(".")[2] in {"", "eight(x)"} for n in names)
    assert (called["one"], called["six"]) == ("one(b)", "six(x)")
    assert called["five"] == 'five( `six(x)`, "\\u" + seven(1L))'


def test_line_ends_marks_and_coding_lines_change_nothing(tmp_path):
    text = '\ufeff# coding: utf-8\r\nprint "é"\r\nprint eval(x)\r\n'
    (tmp_path / "app.py").write_bytes(text.encode("utf-8"))
    [module] = build([tmp_path]).modules

    assert [n.lineno for n in module.index.nodes(ast.Call)] == [2, 3, 3]


class TestImports:
    def name(self, files):
        made = project(files)
        module = next(m for m in made.modules if m.path == "app/views.py")
        return made.names.name_of(module, module.index.nodes(ast.Call)[-1].func)

    FILES = {"app/__init__.py": "", "app/tools.py": "def run(): pass\n"}

    def test_an_import_means_the_file_beside_it(self):
        views = "import tools\nprint tools.run()\ntools.run()\n"
        assert self.name({**self.FILES, "app/views.py": views}) == "app.tools.run"

    def test_an_absolute_import_does_not(self):
        views = "from __future__ import absolute_import\nimport tools\nprint 1\ntools.run()\n"
        assert self.name({**self.FILES, "app/views.py": views}) == "tools.run"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("import urllib2\n    return urllib2.urlopen(value).read()", "request-forgery"),
        (
            "from urllib import urlopen\n    return urlopen(value).read()",
            "request-forgery",
        ),
        ("import os\n    return os.popen3(value)[1].read()", "shell-command"),
        ("import commands\n    return commands.getoutput(value)", "shell-command"),
        (
            "import cPickle\n    return cPickle.loads(value.decode('hex'))",
            "unsafe-pickle",
        ),
        (
            "import os\n    for _, v in request.args.iteritems():\n"
            "        os.popen2('ls ' + v)\n    return ''",
            "shell-command",
        ),
        ("return file(unicode(value)).read()", "path-traversal"),
        ("exec value in {}\n    return ''", "code-evaluation"),
    ],
)
def test_a_flaw_in_python_2_is_found(line, rule):
    app = f"""\
from flask import Flask, request
app = Flask(__name__)
@app.route("/")
def index():
    value = request.args["v"]
    print "got", value
    {line}
"""
    assert rule in {name for name, _, _ in found({"app.py": app})}


WORDS = (
    "print exec raise except try: lambda def f class in for if not None True async "
    "nonlocal , ; : ( ) [ ] { } ` >> <> = == . x 0777 10L ur'a' '\\u' b'é' \"\"\" ' \" "
    "\\\n # u'' f'{x}' -> := 1e _p0_ _p0_to _p0_1 $ \x01 \u2028"
)


def soup(seed):
    words = [*WORDS.split(" "), "\n", "\n\t", "\n    "]
    chance = random.Random(seed)
    few = chance.choices(words, k=chance.randint(1, 60))
    return chance.choice(["", " "]).join(few * chance.choice([1, 1, 1, 40]))


@pytest.mark.parametrize("seed", range(300))
def test_no_soup_of_words_breaks_the_reader(seed):
    text = soup(seed)

    with contextlib.suppress(Python2Error):
        assert Rewriter(text).edits.text().count("\n") == text.count("\n")

    with contextlib.suppress(SourceError):
        for node in ast.walk(tree(text)):
            assert getattr(node, "lineno", 1) <= text.count("\n") + 1


LONG = 200_000


@pytest.mark.parametrize(
    "text",
    [
        "`" * LONG,
        "`1` + " * (LONG // 6),
        "(" * LONG,
        "print " * (LONG // 6),
        "print 1;" * (LONG // 8),
        "print x" + ",x" * (LONG // 2),
        "lambda " * (LONG // 7),
        "lambda (" * (LONG // 8),
        "def f(" + "(a,b)," * (LONG // 6) + "c): print 1",
        "[x for x in " * (LONG // 12),
        "print '" + "\\u" * (LONG // 2) + "'",
        "print '" + "x" * LONG,
        "print é," + "10L," * (LONG // 4),
        "if x:\n y\nif x:\n" + "\t" * LONG + "print x",
        "True," * (LONG // 5) + "=1",
        "from __future__ import (" * (LONG // 24),
        "_p1_" * (LONG // 4) + "\nprint 1",
        "_f" * (LONG // 2) + "\nprint 1",
        "raise " + "a or " * (LONG // 5) + "a, b",
        "print" + " " * LONG + "x",
    ],
    ids=lambda text: text[:12].replace("\n", " "),
)
def test_what_was_made_to_be_slow_is_not(text):
    begun = time.process_time()

    with contextlib.suppress(SourceError):
        parse(text, "a.py")

    assert time.process_time() - begun < 10


def test_an_old_except_that_a_later_python_takes_is_read_as_the_old_one():
    [statement] = tree("try: x\nexcept ValueError, e: y\n").body

    assert statement.handlers[0].name == "e"
