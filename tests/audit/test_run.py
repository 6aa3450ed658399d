"""Every check is handed what it asks for, and none can end the others."""

from __future__ import annotations

from projects import project
from stopper.audit.check import Check
from stopper.audit.finding import finding
from stopper.audit.finding import Place
from stopper.audit.run import audit
from stopper.audit.run import rules_of
from stopper.audit.survey.project import Project
from stopper.catalogue.rule import Confidence
from stopper.catalogue.rule import Rule
from stopper.catalogue.rule import Severity


def rule(name):
    return Rule(
        name, Severity.HIGH, Confidence.HIGH, "{subject}.", "Why.", "How.", (79,), ()
    )


def at(name, *places):
    def run(evidence):
        for path, line in places:
            yield finding(rule(name), Place(path, line, 1, line), name)

    return Check(rule(name), Project, run)


def failing(name, error):
    def run(evidence):
        yield finding(rule(name), Place("app.py", 1, 1, 1), name)
        raise error

    return Check(rule(name), Project, run)


def names(result):
    return [(f.place.path, f.place.line, f.rule.name) for f in result.findings]


def test_findings_are_in_order_of_place():
    checks = [at("b", ("b.py", 1), ("a.py", 20)), at("a", ("a.py", 3))]
    assert names(audit([project({})], checks)) == [
        ("a.py", 3, "a"),
        ("a.py", 20, "b"),
        ("b.py", 1, "b"),
    ]


def test_what_is_found_twice_is_one_finding():
    assert names(audit([project({})], [at("a", ("a.py", 3), ("a.py", 3))])) == [
        ("a.py", 3, "a")
    ]


def test_a_check_that_fails_is_named_and_the_others_run():
    checks = [failing("a", RecursionError("deep")), at("b", ("b.py", 1))]
    result = audit([project({})], checks)

    assert names(result) == [("app.py", 1, "a"), ("b.py", 1, "b")]
    [failure] = result.failures
    assert "check of a failed with RecursionError" in failure.message


def test_the_words_of_an_error_are_not_repeated():
    result = audit([project({})], [failing("a", ValueError("hunter2"))])
    assert "hunter2" not in result.failures[0].message


def test_a_check_that_asks_for_something_else_is_not_run():
    other = Check(rule("a"), int, lambda evidence: 1 / 0)
    assert audit([project({})], [other]).failures == ()


def test_progress_is_told_in_steps():
    steps = []
    checks = [at("a"), at("b")]
    audit([project({})], checks, lambda done, of: steps.append((done, of)))
    assert steps == [(0, 2), (1, 2)]


def test_the_rules_that_are_answered_for_are_known():
    assert "unsafe-yaml-load" in rules_of()
