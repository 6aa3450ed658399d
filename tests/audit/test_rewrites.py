"""What is found does not depend on how a program names and orders its parts."""

import re

import pytest

from projects import found

PROGRAMS = {
    "yaml": (
        "yaml.load",
        "import yaml\n",
        "def read(data):\n    text = data\n    return {call}(text)\n",
    ),
    "pickle": (
        "pickle.loads",
        "import pickle\n",
        "def read(data):\n    text = data\n    return {call}(text)\n",
    ),
    "eval": (
        "evaluate",
        "from builtins import eval as evaluate\nfrom flask import Flask, request\napp = Flask(__name__)\n",
        "@app.get('/x')\ndef read():\n    text = request.args['x']\n    return str({call}(text))\n",
    ),
    "shell": (
        "os.system",
        "import os\nfrom flask import Flask, request\napp = Flask(__name__)\n",
        "@app.get('/x')\ndef read():\n    text = request.args['x']\n    return str({call}('ls ' + text))\n",
    ),
}


def rewrites(call, imports, body):
    """Yield the files of programs that do the same."""
    plain = body.format(call=call)
    yield "as it is", {"app.py": imports + plain}
    yield (
        "an alias",
        {"app.py": f"{imports}other = {call}\n" + body.format(call="other")},
    )
    yield (
        "an alias of an alias",
        {"app.py": f"{imports}one = {call}\ntwo = one\n" + body.format(call="two")},
    )
    yield (
        "an attribute",
        {
            "app.py": f"{imports}class Tools:\n    use = {call}\n"
            + body.format(call="Tools.use")
        },
    )
    yield (
        "another function",
        {"app.py": f"{imports}def more():\n    return 1\n\n{plain}"},
    )
    yield "a renamed local", {"app.py": imports + re.sub(r"\btext\b", "t_1", plain)}
    yield (
        "an import inside",
        {
            "app.py": imports
            + plain.replace("    text =", f"    {imports.splitlines()[0]}\n    text =")
        },
    )
    yield (
        "an import from elsewhere",
        {
            "tools.py": f"{imports.splitlines()[0]}\nother = {call}\n",
            "app.py": f"{imports}from tools import other\n" + body.format(call="other"),
        },
    )
    yield (
        "a star",
        {
            "tools.py": f"{imports.splitlines()[0]}\nother = {call}\n",
            "app.py": f"{imports}from tools import *\n" + body.format(call="other"),
        },
    )
    yield (
        "a folder",
        {"a/__init__.py": "", "a/b/__init__.py": "", "a/b/app.py": imports + plain},
    )


CASES = [
    (kind, how, files)
    for kind, program in PROGRAMS.items()
    for how, files in rewrites(*program)
]


@pytest.mark.parametrize(
    ("kind", "files"),
    [(k, f) for k, _, f in CASES],
    ids=[f"{k}: {h}" for k, h, _ in CASES],
)
def test_a_rewrite_changes_no_finding(kind, files):
    call, imports, body = PROGRAMS[kind]
    plain = {rule for rule, _, _ in found({"app.py": imports + body.format(call=call)})}
    inside = {rule for rule, path, _ in found(files) if path.endswith("app.py")}

    assert len(plain) > 0
    assert inside == plain
