"""Reports are taken from anyone, and nothing is believed."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

import pytest
from flask import Flask
from flask import request

from alone import alone
from stopper import Stopper
from stopper.controls.headers.archive import Archive
from stopper.controls.headers.archive import FILE
from stopper.controls.headers.report import Report
from stopper.guard.events import event
from stopper.guard.headers.allowance import Allowance

PATH = "/.stopper/reports"
OLD = "application/csp-report"
NEW = "application/reports+json"


@pytest.fixture
def app(tmp_path):
    app = Flask("reports", instance_path=str(tmp_path / "instance"))
    alone(app, "headers")
    app.add_url_rule("/reset/<token>", "reset", lambda token: "<p>")
    return app


@pytest.fixture
def clock():
    return [1000.0]


@pytest.fixture
def client(app, clock):
    stopper = Stopper(app, clock=lambda: clock[0])
    stopper.identity(lambda: request.headers.get("X-As"))
    return app.test_client()


@pytest.fixture
def happened():
    found = []

    def receive(sender, event):
        found.append(event)

    event.connect(receive)
    yield found
    event.disconnect(receive)


def old(**fields):
    inside = {
        "document-uri": "https://app.example/reset/s3cret?token=s3cret#s3cret",
        "effective-directive": "script-src-elem",
        "blocked-uri": "https://u:s3cret@evil.example/x.js?s3cret#s3cret",
        "disposition": "enforce",
        "line-number": 3,
        "source-file": "https://app.example/reset/a?s3cret",
        "script-sample": "s3cret",
        **fields,
    }
    return json.dumps({"csp-report": inside})


def new(**fields):
    body = {"effectiveDirective": "img-src", "blockedURL": "inline", **fields}
    return [{"type": "csp-violation", "url": "https://app.example/", "body": body}]


def kept(app):
    return Archive(Path(app.instance_path, FILE), 1000).read()


def test_a_report_is_an_event_without_what_may_be_secret(client, happened):
    answer = client.post(PATH, data=old(), content_type=OLD)
    (found,) = happened

    assert answer.status_code == 204
    assert (found.name, str(found.action)) == ("csp-violation", "refused")
    assert dict(found.details) == {
        "directive": "script-src-elem",
        "blocked": "https://evil.example/x.js",
        "page": "/reset/<token>",
        "source": "https://app.example/reset/a",
        "line": 3,
        "trusted": False,
    }
    assert "s3cret" not in json.dumps(found.as_dict())


def test_a_report_of_the_reporting_api_is_taken(client, app):
    client.post(PATH, data=json.dumps(new(disposition="report")), content_type=NEW)
    (found,) = kept(app)

    assert found.report == Report(
        "csp-violation", "img-src", "inline", "(no route)", "", 0, enforced=False
    )


def test_the_same_report_is_kept_once_and_told_once(client, app, happened):
    for _ in range(4):
        client.post(PATH, data=old(), content_type=OLD)

    (found,) = kept(app)

    assert [e.name for e in happened] == ["csp-violation"]
    assert found.times > 1


def test_what_a_visitor_sends_who_is_logged_in_is_marked(client, app):
    client.post(PATH, data=old(), content_type=OLD, headers={"X-As": "anna"})

    assert [k.trusted for k in kept(app)] == [True]


DEEP = "[" * 60_000
WIDE = json.dumps(new() * 5000)[: 64 * 1024 - 1]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("x" * 70_000, OLD),
        (DEEP, OLD),
        (DEEP, NEW),
        (WIDE, NEW),
        ("", OLD),
        ("{", OLD),
        ("null", NEW),
        ("[1, null, [], {}]", NEW),
        ('{"csp-report": 1}', OLD),
        ('{"csp-report": []}', OLD),
        ("9" * 10_000, NEW),
        (b"\xff\xfe", NEW),
        (old(), "text/plain"),
        (old(), "application/json"),
        (old(), ""),
        (json.dumps([{"type": "crash", "body": {}}]), NEW),
        (json.dumps(new(blockedURL="moz-extension://1/x.js")), NEW),
    ],
)
def test_garbage_is_answered_alike_and_forgotten(client, app, happened, body, kind):
    answer = client.post(PATH, data=body, content_type=kind)

    assert (answer.status_code, answer.data) == (204, b"")
    assert (kept(app), happened) == ((), [])


@pytest.mark.parametrize(
    "fields",
    [
        {"blockedURL": {"a": 1}, "lineNumber": "3", "documentURL": ["x"]},
        {"blockedURL": "http://[::1", "sourceFile": "https://a:b:c"},
        {"lineNumber": -1, "effectiveDirective": 7},
        {"lineNumber": True},
        {"lineNumber": 10**30},
        {"blockedURL": "\ud800"},
    ],
)
def test_fields_of_other_shapes_break_nothing(client, app, fields):
    answer = client.post(PATH, data=json.dumps(new(**fields)), content_type=NEW)

    assert answer.status_code == 204
    assert [k.report.line for k in kept(app)] == [0]


def test_what_is_kept_is_short_and_drives_no_terminal(client, app):
    evil = "\x1b[2J\x9b\u202e\r\n" + "x" * 5000
    fields = {"effectiveDirective": evil, "blockedURL": f"https://a.example/{evil}"}
    client.post(PATH, data=json.dumps(new(**fields)), content_type=NEW)
    (found,) = kept(app)
    texts = (found.report.directive, found.report.blocked)

    assert [t.isprintable() and len(t) <= 200 for t in texts] == [True, True]


def test_an_answer_without_content_has_no_type(client):
    assert "Content-Type" not in client.post(PATH, content_type=OLD).headers


def test_a_get_is_not_a_report(client):
    assert client.get(PATH).status_code == 404


def test_a_protected_app_takes_reports_all_the_same(app):
    app.before_request(lambda: ("log in", 401))
    Stopper(app)

    assert app.test_client().post(PATH, content_type=OLD).status_code == 204


def test_reports_can_be_switched_off(app):
    app.config["STOPPER_REPORT_PATH"] = ""
    Stopper(app)
    client = app.test_client()

    assert client.post(PATH, content_type=OLD).status_code == 404
    assert "report-uri" not in client.get("/reset/1").headers["Content-Security-Policy"]


def post_different(client, first, count, **options):
    for n in range(first, first + count):
        body = json.dumps(new(blockedURL=f"https://x{n}.example"))
        client.post(PATH, data=body, content_type=NEW, **options)


def test_a_body_of_many_reports_is_written_at_once(client, app):
    client.post(PATH, data=old(), content_type=OLD)
    many = [new(blockedURL=f"https://{n}.example/")[0] for n in range(10)]

    with sqlite3.connect(Path(app.instance_path, FILE)) as other:
        other.execute("begin immediate")
        began = time.monotonic()
        client.post(PATH, json=many, content_type=NEW)
        # Another process writes: ours waits half a second for it, and not ten times.
        assert time.monotonic() - began < 3


def test_a_flood_is_cut_off_and_noted_once(client, app, happened, clock):
    post_different(client, 0, 80)

    assert len(kept(app)) == 60
    assert [e.name for e in happened].count("report-flood") == 1

    clock[0] += 60
    post_different(client, 100, 1)

    assert "https://x100.example" in {k.report.blocked for k in kept(app)}


def test_a_flood_drives_out_no_report_of_a_visitor_who_is_logged_in(app, client, clock):
    app.config["STOPPER_REPORT_KEEP"] = 10
    post_different(client, 0, 1, headers={"X-As": "anna"})
    clock[0] += 1
    post_different(client, 100, 50)
    found = kept(app)

    assert len(found) == 10
    assert [k.report.blocked for k in found if k.trusted] == ["https://x0.example"]


def test_a_folder_that_cannot_be_written_is_an_event_and_no_error(
    app, client, happened
):
    app.config["STOPPER_TALLY"] = False
    Path(app.instance_path).write_text("a file is in the way")
    answer = client.post(PATH, data=old(), content_type=OLD)

    assert answer.status_code == 204
    assert [e.name for e in happened] == ["reports-not-kept", "csp-violation"]


def test_a_sender_is_limited_alone():
    allowance = Allowance(lambda: 0.0, per_minute=2, in_all=100)
    taken = [
        allowance.take(a) for a in ("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2")
    ]

    assert taken == [True, True, False, True]


def test_one_ipv6_host_is_one_sender():
    allowance = Allowance(lambda: 0.0, per_minute=1, in_all=100)
    taken = [
        allowance.take(a) for a in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")
    ]

    assert taken == [True, False, True]


def test_all_senders_together_are_limited():
    allowance = Allowance(lambda: 0.0, per_minute=5, in_all=3)
    taken = [allowance.take(f"192.0.2.{n}") for n in range(5)]

    assert taken == [True, True, True, False, False]


def test_an_allowance_fills_up_again_and_not_further():
    now = [0.0]
    allowance = Allowance(lambda: now[0], per_minute=2, in_all=100)
    assert [allowance.take(None) for _ in range(3)] == [True, True, False]

    now[0] = 30.0
    assert [allowance.take(None) for _ in range(2)] == [True, False]

    now[0] = 9999.0
    assert [allowance.take(None) for _ in range(3)] == [True, True, False]
