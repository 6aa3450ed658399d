"""An app that cannot keep the promise does not start, and says which setting is wrong."""

from __future__ import annotations

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from stopper import Stopper
from stopper.catalogue.error import SettingError
from stopper.catalogue.error import StartError

TRIAL = {"STOPPER_MODE": "report", "STOPPER_REPORT_UNTIL": "9999-01-01"}
PRELOAD = {"STOPPER_HSTS_PRELOAD": True, "STOPPER_HSTS_MAX_AGE": 31536000}


class Around:
    """A middleware of somebody's."""

    def __init__(self, app):
        self.wsgi_app = app

    def __call__(self, environ, start_response):
        return self.wsgi_app(environ, start_response)


def test_without_an_origin_production_does_not_start(make, ask, caplog):
    assert ask(make(STOPPER_ORIGIN="")).status_code == 500
    assert "STOPPER_ORIGIN" in caplog.text


@pytest.mark.parametrize("mode", [{"TESTING": True}, {"DEBUG": True}])
def test_without_an_origin_a_developer_starts(make, ask, mode):
    assert (
        ask(make(STOPPER_ORIGIN="", **mode), url="https://localhost").status_code == 200
    )


def test_without_an_origin_a_trial_starts_and_says_so(bare, ask, happened):
    app = bare(STOPPER_ORIGIN="", **TRIAL)
    Stopper(app)

    assert ask(app, url="https://any.example").status_code == 200
    assert [(e.name, str(e.action)) for e in happened] == [("origin-missing", "failed")]


def test_an_origin_that_a_trial_refuses_is_not_called_missing_too(bare, ask, happened):
    app = bare(STOPPER_ORIGIN="https://shop.example/", **TRIAL)
    Stopper(app)

    assert ask(app, url="https://any.example").status_code == 200
    assert [e.name for e in happened] == ["setting-refused"]


@pytest.mark.parametrize(
    "config",
    [
        {"STOPPER_HSTS_PRELOAD": True},
        {**PRELOAD},
        {"STOPPER_HSTS_PRELOAD": True, "STOPPER_HSTS_SUBDOMAINS": True},
    ],
)
def test_preload_takes_a_year_and_subdomains(make, ask, config):
    with pytest.raises(StartError, match="STOPPER_HSTS_PRELOAD"):
        ask(make(PROPAGATE_EXCEPTIONS=True, **config))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("STOPPER_PROXIES", "127.0.0.1"),
        ("STOPPER_PROXIES", ["0.0.0.0/0"]),
        ("STOPPER_PROXIES", ["::/0"]),
        ("STOPPER_PROXIES", ["10.0.0.1/8"]),
        ("STOPPER_PROXIES", ["proxy.internal"]),
        ("STOPPER_PROXIES", [""]),
        ("STOPPER_PROXIES", [1]),
        ("STOPPER_PROXIES", 1),
        ("STOPPER_HSTS_MAX_AGE", -1),
        ("STOPPER_HSTS_MAX_AGE", True),
        ("STOPPER_HEALTH_PATHS", ["/"]),
        ("STOPPER_HEALTH_PATHS", ["healthz"]),
        ("STOPPER_HEALTH_PATHS", ["/a//b"]),
        ("STOPPER_HEALTH_PATHS", ["/a?b"]),
    ],
)
def test_a_wrong_setting_is_named(make, key, value):
    with pytest.raises(SettingError, match=key):
        make(**{key: value})


def inside(app):
    app.wsgi_app = ProxyFix(app.wsgi_app, x_host=1, x_prefix=1)
    Stopper(app)


def around(app):
    Stopper(app)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_host=1, x_prefix=1)


def deep(app):
    app.wsgi_app = Around(
        DispatcherMiddleware(ProxyFix(app.wsgi_app, x_host=1, x_prefix=1), {})
    )
    Stopper(app)


ways = pytest.mark.parametrize("wrap", [inside, around, deep])


@ways
def test_a_proxy_fix_without_proxies_does_not_start(bare, ask, wrap):
    app = bare(PROPAGATE_EXCEPTIONS=True)
    wrap(app)

    with pytest.raises(StartError, match="STOPPER_PROXIES"):
        ask(app)


@ways
def test_a_proxy_fix_on_trial_is_an_event_and_goes_on(bare, ask, happened, wrap):
    app = bare(**TRIAL)
    wrap(app)
    answer = ask(app, X_Forwarded_For="203.0.113.7", X_Forwarded_Proto="https")

    assert answer.json["client"] == "203.0.113.7"
    assert "proxy-fix-unjudged" in [e.name for e in happened]


@ways
def test_a_proxy_fix_beside_proxies_changes_nothing(bare, ask, happened, wrap):
    app = bare(STOPPER_PROXIES=["127.0.0.1"])
    wrap(app)
    headers = {
        "X-Forwarded-For": "203.0.113.66, 203.0.113.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "/evil",
    }
    seen = ask(app, "/", "http://shop.example", **headers).json

    assert (seen["client"], seen["url"]) == ("203.0.113.7", "https://shop.example/")
    assert [e.name for e in happened] == ["proxy-fix-idle"]


def test_a_proxy_fix_that_believes_nothing_is_none(bare, ask):
    app = bare(PROPAGATE_EXCEPTIONS=True)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=0, x_proto=0)
    Stopper(app)

    assert ask(app).status_code == 200
