"""Which loaders and parsers read a stranger's text safely."""

from __future__ import annotations

import pytest

from projects import project
from stopper.audit.run import audit

PARSERS = """
import yaml
from lxml import etree

try:
    from yaml import CSafeLoader as Fast
except ImportError:
    from yaml import SafeLoader as Fast

SAFE = etree.XMLParser(resolve_entities=False)
PLAIN = etree.XMLParser()

class Own(yaml.SafeLoader):
    pass

def safe_parser():
    return etree.XMLParser(resolve_entities=False)
"""

VIEW = """
import yaml
from flask import Flask, request
from lxml import etree
from .parsers import Fast, Own, PLAIN, SAFE, safe_parser

app = Flask(__name__)

@app.post("/")
def view():
    {line}
    return ""
"""


def rules(line):
    files = {"app/__init__.py": "", "app/parsers.py": PARSERS}
    result = audit([project({**files, "app/views.py": VIEW.format(line=line)})])
    assert result.failures == ()
    return {
        f.rule.name: f.confidence.name.lower()
        for f in result.findings
        if f.rule.name in {"unsafe-yaml-load", "xml-entities", "path-traversal"}
    }


@pytest.mark.parametrize(
    "line",
    [
        "yaml.load(request.data, Loader=Fast)",
        "yaml.load(request.data, Own)",
        "yaml.load(request.data, getattr(yaml, 'CSafeLoader', yaml.SafeLoader))",
        "yaml.load(request.data, yaml.CSafeLoader if FAST else yaml.SafeLoader)",
        "etree.fromstring(request.data, parser=safe_parser())",
        "etree.fromstring(request.data, SAFE)",
        # What is open has no path that somebody could choose.
        "etree.parse(request.stream, parser=SAFE)",
    ],
)
def test_a_safe_twin_is_told_apart(line):
    assert rules(line) == {}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("yaml.load(request.data, yaml.Loader)", {"unsafe-yaml-load": "high"}),
        (
            "yaml.load(request.data, getattr(yaml, 'CLoader', yaml.Loader))",
            {"unsafe-yaml-load": "high"},
        ),
        (
            "yaml.load(request.data, yaml.SafeLoader if SAFE else yaml.Loader)",
            {"unsafe-yaml-load": "high"},
        ),
        # Of what nobody knows it cannot be said.
        ("yaml.load(request.data, Loader=choose())", {"unsafe-yaml-load": "low"}),
        ("etree.fromstring(request.data, PLAIN)", {"xml-entities": "low"}),
        ("etree.fromstring(request.data, None)", {"xml-entities": "low"}),
    ],
)
def test_what_is_no_safe_twin_is_found(line, found):
    assert rules(line) == found
