"""What a view sets itself, what it is marked with, and what caches may keep."""

from __future__ import annotations

import pytest
from flask import Blueprint
from flask import Flask
from flask import make_response
from flask import request
from flask import send_file
from flask import session
from flask.views import MethodView

from alone import alone
from stopper import Stopper
from stopper.catalogue.error import SettingError
from stopper.guard.events import event


@pytest.fixture
def app(tmp_path):
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.css").write_text("p {}")
    app = Flask(
        "views", root_path=str(tmp_path), instance_path=str(tmp_path / "instance")
    )
    alone(app, "headers")
    app.secret_key = "for this test alone"
    return app


@pytest.fixture
def happened():
    found = []

    def receive(sender, event):
        found.append(event)

    event.connect(receive)
    yield found
    event.disconnect(receive)


def answering(app, body="<p>page</p>", **headers):
    """Serve a page with these headers at /."""

    def view():
        response = make_response(body)

        for name, value in headers.items():
            response.headers[name.replace("_", "-")] = value

        return response

    app.add_url_rule("/", "index", view)
    return app.test_client()


def test_methods_that_a_client_makes_up_crowd_nothing_out(app):
    Stopper(app)
    client = answering(app)
    client.open("/", method="ODD")
    watch = app.extensions["stopper"].settle()
    (guard,) = (g for g in watch.guards if g.control.name == "headers")
    kept = len(guard._ready)

    for n in range(20):
        assert client.open("/", method=f"ODD-{n}").status_code == 405

    assert len(guard._ready) == kept


def test_a_strict_policy_of_the_view_is_kept_in_silence(app, happened):
    theirs = "default-src 'none'; frame-ancestors 'none'"
    client = answering(app, Content_Security_Policy=theirs)
    Stopper(app)
    response = client.get("/")

    assert response.headers.getlist("Content-Security-Policy") == [theirs]
    assert happened == []


def test_a_weak_policy_of_the_view_is_kept_and_noted_once(app, happened):
    theirs = "script-src 'unsafe-inline'"
    client = answering(app, Content_Security_Policy=theirs)
    Stopper(app)
    client.get("/")
    response = client.get("/")

    assert response.headers.getlist("Content-Security-Policy") == [theirs]
    assert [(e.name, e.details["header"]) for e in happened] == [
        ("weak-header", "content-security-policy")
    ]


def test_a_view_that_allows_itself_in_a_frame_is_heard(app):
    client = answering(app, X_Frame_Options="SAMEORIGIN")
    Stopper(app)
    response = client.get("/")

    assert response.headers.getlist("X-Frame-Options") == ["SAMEORIGIN"]
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "value", "ours"),
    [
        ("X-Frame-Options", "ALLOW-FROM https://a.example", ["DENY"]),
        ("X-Content-Type-Options", "yes", ["nosniff"]),
        ("X-XSS-Protection", "1; mode=block", []),
    ],
)
def test_a_header_that_says_nothing_good_is_replaced(app, happened, name, value, ours):
    client = answering(app, **{name.replace("-", "_"): value})
    Stopper(app)
    response = client.get("/")

    assert response.headers.getlist(name) == ours
    assert [e.details["header"] for e in happened] == [name.lower()]


def test_the_filter_that_is_switched_off_is_left_alone(app):
    client = answering(app, X_XSS_Protection="0")
    Stopper(app)

    assert client.get("/").headers["X-XSS-Protection"] == "0"


def test_json_is_inert_and_has_no_page_s_headers(app):
    app.add_url_rule("/j", "j", lambda: {"a": 1})
    Stopper(app)
    headers = app.test_client().get("/j").headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Permissions-Policy" not in headers


def test_a_style_sheet_can_be_used_by_other_sites_as_before(app):
    Stopper(app)
    headers = app.test_client().get("/static/a.css", buffered=True).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Cross-Origin-Resource-Policy" not in headers


def test_marks_work_before_init_app_and_in_any_order(app):
    stopper = Stopper()

    @stopper.headers.csp(img_src=["https://above.example"])
    @app.get("/above")
    def above():
        return "<p>"

    @app.get("/below")
    @stopper.headers.csp(img_src=["https://below.example"])
    def below():
        return "<p>"

    stopper.init_app(app)
    client = app.test_client()

    for name in ("above", "below"):
        policy = client.get(f"/{name}").headers["Content-Security-Policy"]
        assert f"img-src https://{name}.example;" in policy


def test_a_mark_changes_no_other_view(app):
    stopper = Stopper(app)

    @app.get("/a")
    @stopper.headers.frame("'self'")
    def a():
        return "<p>"

    @app.get("/b")
    def b():
        return "<p>"

    client = app.test_client()
    client.get("/a")

    assert client.get("/b").headers["X-Frame-Options"] == "DENY"
    assert client.get("/a").headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_marked_view_is_the_function_itself(app):
    def view():
        return "<p>"

    assert Stopper(app).headers.frame("'self'")(view) is view


def test_a_frame_for_a_partner_has_no_x_frame_options(app):
    stopper = Stopper(app)

    @app.get("/w")
    @stopper.headers.frame("https://partner.example")
    def widget():
        return "<p>"

    headers = app.test_client().get("/w").headers

    assert "X-Frame-Options" not in headers
    assert (
        "frame-ancestors https://partner.example" in headers["Content-Security-Policy"]
    )


def test_marks_of_a_class_hold_for_its_methods_and_theirs_go_over_them(app):
    stopper = Stopper(app)

    @stopper.headers.frame("'self'")
    class Note(MethodView):
        def get(self):
            return "<p>"

        @stopper.headers.frame("https://partner.example")
        def post(self):
            return "<p>"

    app.add_url_rule("/n", view_func=Note.as_view("note"))
    client = app.test_client()

    def ancestors(response):
        return response.headers["Content-Security-Policy"].partition("ancestors ")[2]

    assert ancestors(client.get("/n")).startswith("'self';")
    assert ancestors(client.head("/n")).startswith("'self';")
    assert ancestors(client.post("/n")).startswith("https://partner.example;")


def test_scripts_keep_their_nonce_beside_what_a_view_adds(app):
    stopper = Stopper(app)

    @app.get("/s")
    @stopper.headers.csp(script_src=["https://cdn.example"])
    def page():
        return "<p>"

    policy = app.test_client().get("/s").headers["Content-Security-Policy"]

    assert "script-src https://cdn.example 'nonce-" in policy


def test_off_leaves_out_what_it_names(app):
    stopper = Stopper(app)

    @app.get("/o")
    @stopper.headers.off("Content-Security-Policy", "Cross-Origin-Resource-Policy")
    def page():
        return "<p>"

    names = set(app.test_client().get("/o").headers.keys())

    assert "Content-Security-Policy" not in names
    assert "Cross-Origin-Resource-Policy" not in names
    assert "X-Content-Type-Options" in names


@pytest.mark.parametrize(
    "mark",
    [
        lambda h: h.csp(img_src=["a; script-src *"]),
        lambda h: h.csp(img_src="https://tiles.example"),
        lambda h: h.csp(imgsrc=["'self'"]),
        lambda h: h.frame("a b"),
        lambda h: h.off("Set-Cookie"),
        lambda h: h.off(),
    ],
)
def test_a_mark_that_would_break_a_header_is_refused(mark):
    with pytest.raises(SettingError):
        mark(Stopper().headers)


def test_a_cookie_beside_public_is_kept_out_of_caches(app):
    def view():
        response = make_response("<p>")
        response.set_cookie("a", "b")
        response.headers["Cache-Control"] = "public, max-age=60"
        return response

    app.add_url_rule("/", "index", view)
    Stopper(app)

    assert app.test_client().get("/").headers["Cache-Control"] == "no-store"


def test_a_static_file_stays_in_the_browser_s_cache_beside_a_refreshed_cookie(app):
    def login():
        session.permanent = True
        session["user"] = 1
        return "in"

    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 600
    app.add_url_rule("/login", "login", login)
    Stopper(app)
    client = app.test_client()
    client.get("/login")
    headers = client.get("/static/a.css", buffered=True).headers

    assert "Set-Cookie" in headers
    assert headers["Cache-Control"] == "private, max-age=600"


def test_a_visitor_who_is_logged_in_leaves_nothing_in_caches(app):
    stopper = Stopper(app)
    stopper.identity(lambda: request.args.get("as"))
    app.add_url_rule("/", "index", lambda: "<p>")
    client = app.test_client()

    assert client.get("/?as=anna").headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in client.get("/").headers


def test_a_download_of_a_visitor_who_is_logged_in_is_kept_out_of_caches(app):
    stopper = Stopper(app)
    stopper.identity(lambda: "anna")
    path = app.root_path + "/static/a.css"
    app.add_url_rule("/d", "static_download", lambda: send_file(path))

    assert (
        app.test_client().get("/d", buffered=True).headers["Cache-Control"]
        == "no-store"
    )


def test_static_files_of_app_and_blueprint_can_be_revalidated_when_logged_in(app):
    stopper = Stopper(app)
    stopper.identity(lambda: "anna")
    shop = Blueprint(
        "shop",
        "shop",
        root_path=app.root_path,
        static_folder="static",
        url_prefix="/shop",
    )
    app.register_blueprint(shop)
    client = app.test_client()

    for path in ("/static/a.css", "/shop/static/a.css"):
        first = client.get(path, buffered=True)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        again.close()
        found = (first.headers["Cache-Control"], again.status_code)
        assert found == ("no-cache", 304)


def test_a_view_that_only_calls_itself_static_is_no_static_file(app):
    stopper = Stopper(app)
    stopper.identity(lambda: "anna")
    fake = Blueprint("fake", __name__)
    fake.add_url_rule("/mine", "static", lambda: "<p>mine</p>")
    app.register_blueprint(fake)

    assert app.test_client().get("/mine").headers["Cache-Control"] == "no-store"


def test_a_view_that_says_how_long_is_believed_and_noted(app, happened):
    stopper = Stopper(app)
    stopper.identity(lambda: "anna")
    client = answering(app, Cache_Control="private, max-age=60")

    assert client.get("/").headers["Cache-Control"] == "private, max-age=60"
    assert [e.name for e in happened] == ["cacheable-answer"]


def test_an_identity_that_fails_counts_as_somebody(app, caplog):
    stopper = Stopper(app)
    stopper.identity(lambda: 1 / 0)
    app.add_url_rule("/", "index", lambda: "<p>")

    assert app.test_client().get("/").headers["Cache-Control"] == "no-store"
    assert "stopper.identity raised" in caplog.text


def test_the_user_of_flask_login_counts(app):
    flask_login = pytest.importorskip("flask_login")
    manager = flask_login.LoginManager(app)

    class User(flask_login.UserMixin):
        id = "anna"

    manager.user_loader(lambda key: User())

    def login():
        flask_login.login_user(User())
        return "in"

    app.add_url_rule("/login", "login", login)
    app.add_url_rule("/", "index", lambda: "<p>")
    Stopper(app)
    client = app.test_client()

    assert "Cache-Control" not in client.get("/").headers
    client.get("/login")
    assert client.get("/").headers["Cache-Control"] == "no-store"


def test_what_another_extension_of_headers_sets_is_kept(app, happened):
    talisman = pytest.importorskip("flask_talisman")
    talisman.Talisman(app, force_https=False, content_security_policy="img-src *")
    app.add_url_rule("/", "index", lambda: "<p>")
    Stopper(app)
    headers = app.test_client().get("/").headers

    assert headers.getlist("Content-Security-Policy") == ["img-src *"]
    assert headers["Origin-Agent-Cluster"] == "?1"
    assert "other-extension" in [e.name for e in happened]


def test_a_mount_point_cannot_add_to_the_policy(app):
    app.add_url_rule("/", "index", lambda: "<p>")
    Stopper(app)
    response = app.test_client().get(
        "/", environ_overrides={"SCRIPT_NAME": "/a; script-src *, b"}
    )
    policy = response.headers["Content-Security-Policy"]

    assert "script-src *" not in policy
    assert "report-uri /a%3B%20script-src%20%2A%2C%20b/.stopper/reports" in policy
