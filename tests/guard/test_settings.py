"""Settings are checked at the start, and read at the first request."""

from __future__ import annotations

import pytest
from flask import Flask

from alone import alone
from stopper import Stopper
from stopper.catalogue.error import SettingError
from stopper.catalogue.error import StartError
from stopper.guard.events import event

NEW_YEAR = 1798761600.0  # 2027-01-01


@pytest.fixture
def app(tmp_path):
    app = Flask(__name__, instance_path=str(tmp_path / "instance"))
    alone(app, "headers")
    app.add_url_rule("/", "index", lambda: "<p>hello</p>")
    return app


@pytest.fixture
def happened():
    found = []

    def receive(sender, event):
        found.append(event)

    event.connect(receive)
    yield found
    event.disconnect(receive)


def test_an_unknown_setting_refuses_to_start_and_names_the_nearest(app):
    app.config["STOPPER_REPORT_PAHT"] = "/reports"

    with pytest.raises(SettingError, match=r"STOPPER_REPORT_PAHT.*STOPPER_REPORT_PATH"):
        Stopper(app)


def test_a_wrong_type_refuses_to_start_and_says_what_is_taken(app):
    app.config["STOPPER_CSP_STRICT"] = "yes"

    with pytest.raises(SettingError, match=r"'yes', but it takes bool"):
        Stopper(app)


def test_a_number_as_text_is_told_what_the_number_counts(app):
    app.config["STOPPER_HSTS_MAX_AGE"] = "300"

    with pytest.raises(SettingError, match=r"'300', but it takes int \(seconds\)"):
        Stopper(app)


def test_a_secret_value_is_not_shown(app):
    app.config["STOPPER_STORE"] = "mysql://shop:hunter2@db/shop"

    with pytest.raises(SettingError) as error:
        Stopper(app)

    assert "hunter2" not in str(error.value)
    assert "a value that is not shown, but it takes an address" in str(error.value)


def test_a_list_that_is_none_is_told_what_a_list_looks_like(app):
    app.config["STOPPER_PROXIES"] = "nginx"

    with pytest.raises(SettingError, match=r"'nginx', but it takes a list, as in \["):
        Stopper(app)


def test_an_app_that_does_not_start_asks_for_no_number_that_it_does_not_give(app):
    Stopper(app)
    app.config["STOPPER_CSP_STRICT"] = "yes"
    answer = app.test_client().get("/")

    assert answer.status_code == 500
    assert "Its log tells" in answer.text
    assert "number" not in answer.text


def test_a_wrong_range_refuses_to_start(app):
    app.config["STOPPER_REPORT_KEEP"] = 1

    with pytest.raises(SettingError, match="at least 10 different reports"):
        Stopper(app)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("STOPPER_CSP", {"img-src": ["a; script-src *"]}),
        ("STOPPER_CSP", {"image-src": ["'self'"]}),
        ("STOPPER_CSP", {"img-src": "'self'"}),
        ("STOPPER_CSP", {"img-src": ["self"]}),
        ("STOPPER_CSP", {"img-src": ["a\r\nX-Evil: 1"]}),
        ("STOPPER_FRAME_ANCESTORS", ["self"]),
        ("STOPPER_REPORT_PATH", "/a b"),
        ("STOPPER_REPORT_PATH", "https://elsewhere.example/"),
        ("STOPPER_REFERRER_POLICY", "no-referrer"),
        ("STOPPER_PERMISSIONS", {"camera": ["http://a.example"]}),
        ("STOPPER_PERMISSIONS", {"camera=*, usb": ["self"]}),
        ("STOPPER_MODE", "strict"),
        ("STOPPER_HEADERS_MODE", "on"),
    ],
)
def test_a_value_that_would_break_a_header_refuses_to_start(app, key, value):
    app.config[key] = value

    with pytest.raises(SettingError, match=key):
        Stopper(app)


def test_a_setting_that_comes_after_init_app_counts(app):
    Stopper(app)
    app.config["STOPPER_REFERRER_POLICY"] = "same-origin"

    assert app.test_client().get("/").headers["Referrer-Policy"] == "same-origin"


def test_a_setting_that_comes_after_the_first_request_does_not(app):
    Stopper(app)
    app.test_client().get("/")
    app.config["STOPPER_REFERRER_POLICY"] = "same-origin"
    found = app.test_client().get("/").headers["Referrer-Policy"]

    assert found == "strict-origin-when-cross-origin"


def test_a_wrong_setting_after_init_app_is_loud_in_tests(app):
    app.testing = True
    Stopper(app)
    app.config["STOPPER_CSP_STRIKT"] = True

    with pytest.raises(SettingError, match="STOPPER_CSP_STRICT"):
        app.test_client().get("/")


def test_a_wrong_setting_after_init_app_refuses_every_request_and_tells_the_log(
    app, caplog
):
    Stopper(app)
    app.config["STOPPER_CSP_STRIKT"] = True
    client = app.test_client()
    responses = [client.get("/"), client.get("/")]

    assert [r.status_code for r in responses] == [500, 500]
    assert not [r for r in responses if "STOPPER" in r.text]
    assert "STOPPER_CSP_STRIKT" in caplog.text


def test_off_leaves_the_answer_alone(app):
    app.config["STOPPER_HEADERS_MODE"] = "off"
    Stopper(app)
    names = set(app.test_client().get("/").headers.keys())

    assert names == {"Content-Type", "Content-Length"}


def test_the_control_s_own_mode_goes_before_the_general_one(app):
    app.config.update(STOPPER_MODE="off", STOPPER_HEADERS_MODE="enforce")
    Stopper(app)

    assert "Content-Security-Policy" in app.test_client().get("/").headers


def test_report_without_an_end_is_refused(app):
    app.testing = True
    app.config["STOPPER_HEADERS_MODE"] = "report"
    Stopper(app)

    with pytest.raises(SettingError, match="STOPPER_REPORT_UNTIL"):
        app.test_client().get("/")


@pytest.mark.parametrize("day", ["tomorrow", "20270101", "2027-13-01", "2027-01-01T00"])
def test_an_end_that_is_no_day_is_refused(app, day):
    app.testing = True
    app.config.update(STOPPER_MODE="report", STOPPER_REPORT_UNTIL=day)
    Stopper(app)

    with pytest.raises(SettingError, match="YYYY-MM-DD"):
        app.test_client().get("/")


def report(app, clock):
    app.config.update(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="2027-01-01")
    Stopper(app, clock=lambda: clock[0])
    return app.test_client()


def test_report_stops_nothing_and_keeps_nothing(app):
    headers = report(app, [NEW_YEAR - 1]).get("/").headers

    assert set(headers.keys()) == {
        "Content-Type",
        "Content-Length",
        "Referrer-Policy",
        "Reporting-Endpoints",
        "Content-Security-Policy-Report-Only",
        "Cross-Origin-Opener-Policy-Report-Only",
        "Permissions-Policy-Report-Only",
    }


def test_report_ends_on_its_day_and_says_so_once(app, happened):
    clock = [NEW_YEAR - 1]
    client = report(app, clock)
    client.get("/")
    clock[0] = NEW_YEAR
    answers = [client.get("/"), client.get("/")]

    assert all("Content-Security-Policy" in a.headers for a in answers)
    assert [e.name for e in happened] == ["report-mode-over"]


def test_in_report_a_wrong_setting_is_an_error_event(app, happened):
    app.config["STOPPER_CSP_STRIKT"] = True
    client = report(app, [NEW_YEAR - 1])

    assert client.get("/").status_code == 200
    assert [(e.name, str(e.action)) for e in happened] == [
        ("setting-refused", "failed")
    ]


def test_in_report_a_load_from_another_site_is_an_event(app, happened):
    client = report(app, [NEW_YEAR - 1])
    cross = {"Sec-Fetch-Site": "cross-site"}
    client.get("/", headers={**cross, "Sec-Fetch-Mode": "no-cors"})
    client.get("/", headers={**cross, "Sec-Fetch-Dest": "iframe"})
    client.get("/", headers={**cross, "Sec-Fetch-Dest": "iframe"})

    assert [e.name for e in happened] == ["cross-origin-load", "framed"]


def test_in_report_an_answer_that_caches_may_keep_is_an_event(app, happened):
    app.config.update(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="2027-01-01")
    Stopper(app, clock=lambda: NEW_YEAR - 1).identity(lambda: "anna")
    headers = app.test_client().get("/").headers

    assert "Cache-Control" not in headers
    assert [(e.name, str(e.action)) for e in happened] == [
        ("cacheable-answer", "reported")
    ]


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("dev", "tutorials show"),
        (b"dev", "tutorials show"),
        ("you-will-never-guess", "tutorials show"),
        ("7f9c2ba4e88f827", "fewer than 16 characters"),
    ],
)
def test_a_key_that_can_be_guessed_refuses_to_start(app, key, fault):
    app.config.update(SECRET_KEY=key, PROPAGATE_EXCEPTIONS=True)
    Stopper(app)

    with pytest.raises(StartError, match=fault):
        app.test_client().get("/")


def test_the_key_is_not_in_the_error(app):
    app.config.update(SECRET_KEY="7f9c2ba4e88f827", PROPAGATE_EXCEPTIONS=True)
    Stopper(app)

    with pytest.raises(StartError) as raised:
        app.test_client().get("/")

    assert "7f9c2ba4" not in str(raised.value)


@pytest.mark.parametrize("relaxed", ["TESTING", "DEBUG"])
def test_a_developers_key_may_be_anything(app, relaxed):
    app.config.update({"SECRET_KEY": "dev", relaxed: True})
    Stopper(app)

    assert app.test_client().get("/").status_code == 200


def test_in_report_mode_a_key_that_can_be_guessed_is_an_event(app, happened):
    app.config.update(SECRET_KEY="dev", STOPPER_MODE="report")
    app.config["STOPPER_REPORT_UNTIL"] = "9999-12-31"
    Stopper(app)

    assert app.test_client().get("/").status_code == 200
    assert ("weak-key", "failed") in [(e.name, e.action) for e in happened]


SERVERS = {
    "gunicorn": {"gunicorn.socket": object()},
    "uWSGI": {"uwsgi.version": b"2.0"},
    "mod_wsgi": {"mod_wsgi.version": (5, 0)},
    "waitress": {"SERVER_SOFTWARE": "waitress"},
}


@pytest.mark.parametrize("server", SERVERS)
def test_debug_mode_under_a_server_for_production_refuses_to_start(app, server):
    app.debug = True
    Stopper(app)

    with pytest.raises(StartError, match=f"debug mode, and {server}"):
        app.test_client().get("/", environ_overrides=SERVERS[server])


@pytest.mark.parametrize("environ", [{}, {"SERVER_SOFTWARE": "Werkzeug/3.1.9"}])
def test_debug_mode_on_a_developers_machine_starts(app, environ):
    app.debug = True
    Stopper(app)

    assert app.test_client().get("/", environ_overrides=environ).status_code == 200


def test_on_trial_debug_mode_under_such_a_server_is_an_event(app, happened):
    app.config.update(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="9999-12-31")
    app.debug = True
    Stopper(app)
    answer = app.test_client().get("/", environ_overrides=SERVERS["gunicorn"])

    assert answer.status_code == 200
    assert ("debug-mode", "failed") in [(e.name, e.action) for e in happened]


def test_without_debug_mode_such_a_server_is_fine(app):
    Stopper(app)
    answer = app.test_client().get("/", environ_overrides=SERVERS["gunicorn"])

    assert answer.status_code == 200
