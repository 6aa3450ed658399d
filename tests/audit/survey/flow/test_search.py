"""Where values come from, through functions, objects and modules."""

from __future__ import annotations

import pytest

from audit.survey.flow.told import HEAD
from audit.survey.flow.told import reaches
from audit.survey.flow.told import told
from projects import project
from stopper.audit.checks.files import path_traversal

DEFS = """
    import functools
    from dataclasses import dataclass

    def first(p, q="k"):
        return p

    def second(p, q="k"):
        return q

    def calls(f, p):
        return f(p)

    def make(p):
        def inner(q):
            return p + q
        return inner

    def fill(items, p):
        items.append(p)

    def fails(p):
        raise ValueError(p)

    def rest(*parts):
        return parts[1]

    def named(**names):
        return names["a"]

    def through(f):
        @functools.wraps(f)
        def wrapper(*args, **names):
            return f(*args, **names)
        return wrapper

    def instead(f):
        def wrapper(p):
            f(p)
            return "k"
        return wrapper

    @through
    def kept(p):
        return p

    @instead
    def lost(p):
        return p

    def drop(p):
        return "k"

    TABLE = {"a": first, "b": drop}

    @dataclass
    class Data:
        one: str
        two: str = "k"

        def both(self):
            return self.one + self.two

    class Box:
        def __init__(self, one, two="k"):
            self.one = one
            self.two = two

        def __call__(self, p):
            return p

        def __enter__(self):
            return self.one

        def __exit__(self, *args):
            return None

        @classmethod
        def made(cls, p):
            return cls(p)

    class Child(Box):
        def __init__(self, one):
            super().__init__(one + "c")
"""


@pytest.mark.parametrize(
    "value",
    [
        "first(x)",
        "second('k', x)",
        "second('k', q=x)",
        "second(*['k', x])",
        "second(**{'p': 'k', 'q': x})",
        "rest('k', x)",
        "named(a=x, b='k')",
        "calls(first, x)",
        "calls(lambda p: p, x)",
        "TABLE['a'](x)",
        "TABLE.get('a')(x)",
        "make(x)('k')",
        "make('k')(x)",
        "functools.partial(second, 'k')(x)",
        "functools.partial(second, 'k', x)()",
        "(lambda p, q: q)('k', x)",
        "''.join(map(first, [x]))",
        "kept(x)",
        "Data('k', x).two",
        "Data(x).both()",
        "Box(x).one",
        "Child(x).one",
        "Box.made(x).one",
        "Box('k')(x)",
        "getattr(Box(x), 'one')",
        "vars(Box(x))['one']",
    ],
)
def test_a_value_is_followed_through_a_call(value):
    assert reaches(f"os.system({value})", DEFS)


@pytest.mark.parametrize(
    "value",
    [
        "second(x)",
        "first('k', x)",
        "rest(x, 'k')",
        "named(a='k', b=x)",
        "calls(lambda p: 'k', x)",
        "TABLE['b'](x)",
        "(lambda p, q: p)('k', x)",
        "''.join(map(lambda p: 'k', [x]))",
        "lost(x)",
        "Data(x).two",
        "Box(x).two",
        "getattr(Box(x), 'two')",
    ],
)
def test_a_call_that_drops_the_value_is_silent(value):
    assert not reaches(f"os.system({value})", DEFS)


@pytest.mark.parametrize(
    "body",
    [
        "l = []\nfill(l, x)\nos.system(l[0])",
        "try:\n    fails(x)\nexcept ValueError as error:\n    os.system(str(error))",
        "with Box(x) as y:\n    os.system(y)",
        "read = Box\nos.system(read(x).one)",
        "a = 'k'\ndef set_it(p):\n    nonlocal a\n    a = p\nset_it(x)\nos.system(a)",
        "a = []\ndef put(p):\n    a.append(p)\nput(x)\nos.system(a[0])",
        "a = x\nshow = lambda: a\nos.system(show())",
        "g.box = {}\ng.box['a'] = x\nos.system(g.box['a'])",
        "app.config['a'] = x\nos.system(current_app.config.get('a'))",
        "current_app.config.update(a=x)\nos.system(app.config['a'])",
        "session.update(a=x)\nos.system(session['a'])",
        "b = Box('k')\nsetattr(b, 'one', x)\nos.system(b.one)",
    ],
)
def test_a_value_is_followed_through_what_holds_it(body):
    assert reaches(body, DEFS)


def test_an_object_of_the_same_class_has_its_own_attributes():
    body = "a = Box('k')\nb = Box('k')\na.one = x\nos.system(b.one)"
    assert not reaches(body, DEFS)


def test_the_request_may_be_handed_over():
    defs = "def read(req):\n    return req.args.get('y')"
    assert reaches("os.system(read(request))", defs)


def test_a_sink_in_a_decorator_is_reached_by_calls_of_what_it_decorates():
    view = """
        def runs(f):
            def wrapper(p):
                os.system(p)  # wrapper
                return f("k")
            return wrapper

        @runs
        def shown(p):
            os.system(p)  # shown

        @app.get("/")
        def view():
            shown(request.args["x"])
    """
    assert told({"app.py": HEAD + _flat(view)}) == {"wrapper"}


def test_what_one_function_gets_through_a_decorator_another_does_not():
    view = """
        def wraps(f):
            def wrapper(*args):
                return f(*args)
            return wrapper

        @wraps
        def mail(p):
            os.system("k" + p)  # mail

        @wraps
        def run(p):
            os.system("k" + p)  # run

        @wraps
        def start(p):
            os.system("k" + p)  # start

        @app.get("/")
        def view():
            mail(request.args["x"])
            run("k")
            start(request.args["x"])
    """
    assert told({"app.py": HEAD + _flat(view)}) == {"mail", "start"}


def test_what_another_module_keeps_is_read_by_any_of_its_names():
    keeps = "BOX = {}\n\ndef put(p):\n    BOX['a'] = p\n"
    view = """
        import keeps
        from keeps import BOX as kept

        @app.get("/")
        def view():
            keeps.put(request.args["x"])
            os.system(keeps.BOX["a"])  # module
            os.system(kept["a"])  # name
            os.system(kept["b"])  # other
    """
    assert told({"app.py": HEAD + _flat(view), "keeps.py": keeps}) == {"module", "name"}


def _flat(text):
    lines = text.strip("\n").split("\n")
    return "\n".join(line.removeprefix("        ") for line in lines) + "\n"


@pytest.mark.parametrize(
    "body",
    [
        "d = {'k': x}\nfor key, value in d.items():\n    os.system(key)",
        "d = {}\nfor key, value in {'k': x}.items():\n    d[key] = value\nfor key in d:\n    os.system(key)",
        "d = dict()\nd['k'] = x\nfor key in d.keys():\n    os.system(key)",
    ],
)
def test_the_keys_of_a_mapping_are_not_its_values(body):
    assert not reaches(body)


@pytest.mark.parametrize(
    "body",
    [
        "d = {}\nd[x] = 'k'\nfor key in d:\n    os.system(key)",
        "d = {}\nd['k'] = x\nfor value in d.values():\n    os.system(value)",
        "d = ['k']\nd[0] = x\nfor item in d:\n    os.system(item)",
    ],
)
def test_what_goes_over_a_container_gets_what_was_put_there(body):
    assert reaches(body)


def test_a_class_takes_a_name_of_its_module_for_one_of_its_own():
    defs = "NAME = request.args['y']\nclass Box:\n    NAME = NAME\n    other = 'k'"
    assert reaches("os.system(Box.NAME)", defs)
    assert not reaches("os.system(Box.other)", defs)


def test_what_the_app_puts_on_the_request_is_what_it_put_there():
    before = """
        @app.before_request
        def load():
            request.all = dict(request.form)
            request.number = int(request.args["n"])
            request.user = find(1)
    """
    assert reaches("os.system(request.all['y'])", before)
    assert not reaches("os.system(request.number)", before)
    assert not reaches("os.system(request.user.name)", before)


SCHEMA = """
    from marshmallow import Schema, fields

    class Note(Schema):
        title = fields.Str()
"""


def test_the_names_that_a_schema_gives_are_its_own():
    body = "for k in Note().load(request.json):\n    os.system(k)"
    assert not reaches(body, SCHEMA)
    assert reaches(f"{body}  # {'INCLUDE'}", SCHEMA)
    kept = f"{SCHEMA}\n        class Meta:\n            unknown = 'include'\n"
    assert reaches(body, kept)
    values = "for k, v in Note().load(request.json).items():\n    os.system(v)"
    assert reaches(values, SCHEMA)


@pytest.mark.parametrize(
    ("rule", "sure"),
    [("<path:name>", "HIGH"), ("<name>", "LOW"), ("<int:name>", None)],
)
def test_what_a_url_gives_is_what_its_converter_lets_through(rule, sure):
    code = f"""
        import os
        from flask import Flask, request
        app = Flask(__name__)

        def show(**given):
            os.remove("files/" + request.view_args["name"])

        for start in ("/a/", "/b/"):
            app.add_url_rule(start + "{rule}", view_func=show)
    """
    found = path_traversal.run(project({"app.py": code}))
    assert [f.confidence.name for f in found] == ([sure] if sure else [])


def test_a_text_of_a_request_has_no_attributes():
    defs = "def sql(p):\n    return p.value if p else 'k'"
    assert not reaches("os.system(sql(x))", defs)
    assert reaches("os.system(sql(Box(x)))", f"{defs}\n{BOX}")


BOX = "class Box:\n    def __init__(self, p):\n        self.value = p\n"


PARSER = """
    import configparser

    def made(value):
        parser = configparser.ConfigParser()
        parser.set("one", "a", "k")
        parser.set("one", "b", value)
        return parser
"""


@pytest.mark.parametrize(
    ("taken", "comes"),
    [
        ("made(x).get('one', 'b')", True),
        ("made(x)['one']['b']", True),
        ("made(x).get('one', 'a')", False),
        ("made(x).get('two', 'b')", False),
    ],
)
def test_an_option_is_told_from_the_others_of_its_section(taken, comes):
    assert reaches(f"parsed = {taken}\nos.system(parsed)", PARSER) is comes


@pytest.mark.parametrize(
    "call",
    [
        "threading.Thread(target=last, args=('k', x)).start()",
        "threading.Thread(None, last, kwargs={'q': x}).start()",
        "threading.Timer(1, last, args=['k', x]).start()",
        "jobs.add(id='a', func=last, args=('k', x))",
        "jobs.add(last, args=('k', x), minutes=5)",
        "early('k', x)",
    ],
)
def test_a_function_that_is_handed_on_gets_what_is_handed_with_it(call):
    view = f"""
        import functools
        import threading
        from shop.jobs import jobs

        def last(p, q):
            os.system(q)  # last

        early = functools.partial(last)

        @app.get("/")
        def view():
            x = request.args["x"]
            {call}
    """
    assert told({"app.py": HEAD + _flat(view)}) == {"last"}


def test_an_argument_that_was_given_before_is_not_the_next_one():
    view = """
        import functools

        def last(p, q):
            os.system(p)  # p
            os.system(q)  # q

        early = functools.partial(last, "k")

        @app.get("/")
        def view():
            early(request.args["x"])
    """
    assert told({"app.py": HEAD + _flat(view)}) == {"q"}


def test_a_handler_of_an_object_called_socketio_gets_what_a_browser_sends():
    view = """
        def handlers(socketio, events):
            @socketio.on("run")
            def run(data):
                os.system(data["x"])  # run

            @events.on("other")
            def other(data):
                os.system(data["x"])  # other
    """
    assert told({"app.py": HEAD + _flat(view)}) == {"run"}


def test_what_a_class_itself_holds_is_set_by_its_name():
    view = """
        class Now:
            name = None
            items = {}
            other = None

        class Then:
            name = None

        @app.post("/")
        def put():
            Now.name = Now.items["a"] = request.args["x"]

        @app.get("/")
        def view():
            os.system(Now.name)  # name
            os.system(Now.items["b"])
            os.system(Now.items["a"])  # item
            os.system(Now.other)
            os.system(Then.name)
    """
    assert told({"app.py": HEAD + _flat(view)}) == {"name", "item"}


LOAD = """
    def load(p, raw=True, *, kind="a"):
        if kind == "number":
            return "k"
        if raw:
            return p
        elif kind == "b":
            return p + "b"
        else:
            return "k"
"""


@pytest.mark.parametrize(
    "call",
    [
        "load(x)",
        "load(x, raw=False, kind='b')",
        "load(x, *g.rest)",
        "load(x, **g.rest)",
        "load(x, raw=g.raw)",
        "load(x, g.raw, kind='c')",
    ],
)
def test_a_way_that_a_call_may_take_is_followed(call):
    assert reaches(f"os.system({call})", LOAD)


@pytest.mark.parametrize(
    "call",
    ["load(x, False)", "load(x, kind='number')", "load(x, not True, kind='c')"],
)
def test_a_way_that_the_constants_of_a_call_rule_out_is_not(call):
    assert not reaches(f"os.system({call})", LOAD)


def test_a_call_whose_constants_rule_out_the_sink_does_not_reach_it():
    view = """
        def save(p, track=True, *, deep=False):
            if not track:
                os.system("k" + p)  # never
            if deep:
                os.system("k" + p)  # deep
            os.system("k" + p)  # always

        @app.get("/")
        def view():
            save(request.args["x"])
            save(request.args["x"], deep=request.args["y"])
    """
    assert told({"app.py": HEAD + _flat(view)}) == {"deep", "always"}


def test_what_a_function_of_the_project_runs_its_own_body_says():
    view = """
        def execute(f, req):
            return f(make(), req.args["x"])

        def start(f, x):
            pool.submit(f, x)

        def shown(first, second):
            os.system("k" + first)  # first
            os.system("k" + second)  # second

        def job(p):
            os.system("k" + p)  # job

        @app.get("/")
        def view():
            execute(shown, request)
            start(job, request.args["x"])
    """
    assert told({"app.py": HEAD + _flat(view)}) == {"second", "job"}
