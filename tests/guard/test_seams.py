"""Every answer leaves with its headers, whatever goes wrong inside."""

from __future__ import annotations

import asyncio
import threading

import pytest
from flask import Flask
from flask import redirect
from flask import render_template
from flask import Response
from flask import session
from flask.sessions import SecureCookieSessionInterface

from alone import alone
from stopper import Stopper
from stopper.catalogue.error import StartError
from stopper.guard.events import event


@pytest.fixture
def app(tmp_path):
    app = Flask(__name__, instance_path=str(tmp_path / "instance"))
    alone(app, "headers")
    app.secret_key = "for this test alone"
    app.add_url_rule("/", "index", lambda: "<p>hello</p>")
    return app


def policy(response):
    return response.headers.get("Content-Security-Policy", "")


@pytest.fixture
def happened():
    found = []

    def receive(sender, event):
        found.append(event)

    event.connect(receive)
    yield found
    event.disconnect(receive)


def test_an_after_request_that_raises_does_not_lose_the_headers(app):
    @app.after_request
    def fail(response):
        raise ValueError

    Stopper(app)
    response = app.test_client().get("/")

    assert response.status_code == 500
    assert "frame-ancestors 'none'" in policy(response)


def test_a_broken_error_handler_is_answered_with_headers(app):
    @app.errorhandler(500)
    def broken(error):
        raise KeyError

    app.add_url_rule("/fail", "fail", lambda: 1 / 0)
    Stopper(app)
    response = app.test_client().get("/fail")

    assert response.status_code == 500
    assert response.text == "Internal Server Error\n"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in policy(response)
    assert response.headers["X-Request-ID"]


def test_under_tests_an_error_comes_out_as_flask_has_it(app):
    app.add_url_rule("/fail", "fail", lambda: 1 / 0)
    app.testing = True
    Stopper(app)

    with pytest.raises(ZeroDivisionError):
        app.test_client().get("/fail")


def test_a_session_that_cannot_be_opened_is_answered_with_headers(app):
    class Broken(SecureCookieSessionInterface):
        def open_session(self, app, request):
            raise OSError

    app.session_interface = Broken()
    Stopper(app)
    response = app.test_client().get("/")

    assert response.status_code == 500
    assert response.headers["X-Frame-Options"] == "DENY"


def test_a_teardown_that_raises_after_the_answer_was_made_leaves_one_answer(app):
    @app.teardown_request
    def fail(error):
        raise ValueError

    Stopper(app)
    started = []

    def start(status, headers, exc_info=None):
        started.append((status, dict(headers), exc_info))

    environ = app.test_request_context("/").request.environ
    body = app.wsgi_app(environ, start)
    # gunicorn keeps the lines of a first beginning, and would send two lengths.
    [(status, headers, error)] = started

    assert (list(body), status[:3]) == ([b"Internal Server Error\n"], "500")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert error is None


class Fault(BaseException):
    """As the timeouts of gevent are, and the cancelling of asyncio."""


@pytest.mark.parametrize("fault", [Fault, asyncio.CancelledError])
def test_an_error_that_is_no_exception_is_answered(app, happened, fault):
    def fail():
        raise fault

    app.add_url_rule("/fail", "fail", fail)
    Stopper(app)
    response = app.test_client().get("/fail")

    assert response.status_code == 500
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_task_that_is_cancelled_in_an_async_view_is_answered(app):
    pytest.importorskip("asgiref")

    async def view():
        task = asyncio.create_task(asyncio.sleep(60))
        task.cancel()
        await task

    app.add_url_rule("/async", "async", view)
    Stopper(app)

    assert policy(app.test_client().get("/async"))


# What kills a greenlet has no module that is always there: it goes by its name.
GreenletExit = type("GreenletExit", (BaseException,), {})


@pytest.mark.parametrize(
    "end", [SystemExit, KeyboardInterrupt, GeneratorExit, GreenletExit]
)
def test_what_ends_a_worker_is_nobody_s_error(app, happened, end):
    def leave():
        raise end

    app.add_url_rule("/leave", "leave", leave)
    Stopper(app)

    with pytest.raises(end):
        app.test_client().get("/leave")

    assert happened == []


class Taken(Response):
    """As Flask-Sock says under gunicorn that a WebSocket is over."""

    def __call__(self, environ, start_response):
        raise StopIteration


def test_a_connection_that_was_taken_away_is_left_alone(app, happened):
    app.add_url_rule("/socket", "socket", Taken)
    Stopper(app)
    client = app.test_client()

    with pytest.raises(StopIteration):
        client.get("/socket", headers={"Upgrade": "websocket"})

    assert client.get("/socket").status_code == 500
    assert [e.name for e in happened if e.control == "errors"] == []


def test_an_answer_that_the_server_does_not_take_is_closed(app):
    closed = []

    def page():
        response = Response("page")
        response.call_on_close(lambda: closed.append("page"))
        return response

    app.add_url_rule("/page", "page", page)
    Stopper(app)
    started = []

    def start(status, headers, exc_info=None):
        started.append(status[:3])

        # As gevent does where a header is no latin-1.
        if status.startswith("200"):
            raise UnicodeError

    body = app.wsgi_app(app.test_request_context("/page").request.environ, start)

    assert (started, closed) == (["200", "500"], ["page"])
    assert list(body) == [b"Internal Server Error\n"]


def test_what_is_written_by_hand_is_sent_in_order(app):
    def by_hand(environ, start):
        write = start("200 OK", [("Content-Type", "text/plain")])
        write(b"one ")
        write(b"two ")
        return [b"three"]

    app.wsgi_app = by_hand
    Stopper(app)
    response = app.test_client().get("/")

    assert (response.status_code, response.data) == (200, b"one two three")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_an_app_that_is_a_generator_is_answered(app):
    inner = app.wsgi_app

    def lazy(environ, start):
        yield from inner(environ, start)

    app.wsgi_app = lazy
    Stopper(app)
    response = app.test_client().get("/")

    assert (response.status_code, response.text) == (200, "<p>hello</p>")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_an_error_after_something_was_written_by_hand_is_said_to_the_server(app):
    def by_hand(environ, start):
        start("200 OK", [("Content-Type", "text/plain")])(b"one ")
        raise ValueError

    app.wsgi_app = by_hand
    Stopper(app)
    started = []

    def start(status, headers, exc_info=None):
        started.append((status[:3], exc_info))
        return lambda data: None

    app.wsgi_app(app.test_request_context("/").request.environ, start)

    assert [status for status, _ in started] == ["200", "500"]
    assert started[1][1][0] is ValueError


def test_a_stream_that_fails_midway_has_its_headers(app):
    def broken():
        yield "first"
        raise ValueError

    app.add_url_rule("/stream", "stream", lambda: Response(broken()))
    Stopper(app)
    started = []
    environ = app.test_request_context("/stream").request.environ
    body = app.wsgi_app(environ, lambda status, headers: started.append(dict(headers)))
    parts = iter(body)

    assert next(parts) == b"first"
    with pytest.raises(ValueError):  # noqa: PT011
        next(parts)
    assert "frame-ancestors" in started[0]["Content-Security-Policy"]


def test_a_streamed_page_has_the_nonce_that_its_header_names(app):
    from flask import stream_template_string

    text = '<script nonce="{{ csp_nonce() }}">1</script>'
    app.add_url_rule("/s", "s", lambda: Response(stream_template_string(text)))
    Stopper(app)
    response = app.test_client().get("/s")
    nonce = response.text.split('"')[1]

    assert f"'nonce-{nonce}'" in policy(response)


@pytest.mark.parametrize("path", ["/missing", "/", "/to"])
def test_head_has_the_headers_of_get(app, path):
    app.add_url_rule("/to", "to", lambda: redirect("/"))
    Stopper(app)
    client = app.test_client()
    names = [sorted(set(ask(path).headers.keys())) for ask in (client.get, client.head)]

    assert names[0] == names[1]


def test_options_and_a_wrong_method_have_headers(app):
    Stopper(app)
    client = app.test_client()

    assert client.options("/").headers["X-Content-Type-Options"] == "nosniff"
    assert client.delete("/").headers["X-Content-Type-Options"] == "nosniff"


def test_a_304_has_no_policy_and_no_nonce(app):
    def page():
        response = Response("<p>page</p>", mimetype="text/html")
        response.set_etag("one")
        from flask import request

        return response.make_conditional(request)

    app.add_url_rule("/page", "page", page)
    Stopper(app)
    client = app.test_client()
    response = client.get("/page", headers={"If-None-Match": '"one"'})

    assert response.status_code == 304
    assert not policy(response)
    assert "Content-Security-Policy-Report-Only" not in response.headers


def test_the_session_cookie_is_seen_that_flask_saves_last(app):
    def login():
        session["user"] = 1
        return "in"

    app.add_url_rule("/login", "login", login)
    Stopper(app)
    response = app.test_client().get("/login")

    assert "session=" in response.headers["Set-Cookie"]
    assert response.headers["Cache-Control"] == "no-store"


def test_an_async_view_has_headers(app):
    pytest.importorskip("asgiref")

    async def view():
        return "async"

    app.add_url_rule("/async", "async", view)
    Stopper(app)

    assert policy(app.test_client().get("/async"))


def test_a_request_around_the_seam_is_refused(app, happened):
    Stopper(app)

    with app.test_request_context("/"):
        response = app.full_dispatch_request()

    assert response.status_code == 500
    assert [(e.name, str(e.action)) for e in happened] == [("seam-missing", "refused")]


def test_a_request_around_the_seam_is_let_through_by_tests_that_say_so(app):
    app.testing = True
    Stopper(app)

    with app.test_request_context("/"):
        assert app.full_dispatch_request().status_code == 200


def test_what_replaced_the_seam_is_noticed(app):
    Stopper(app)
    app.wsgi_app = Flask.wsgi_app.__get__(app)

    assert app.test_client().get("/").status_code == 500


def test_a_middleware_around_the_seam_is_fine(app):
    from werkzeug.middleware.proxy_fix import ProxyFix

    Stopper(app)
    app.wsgi_app = ProxyFix(app.wsgi_app)

    assert app.test_client().get("/").status_code == 200


def test_an_app_mounted_in_another_has_a_passage_of_its_own(app, tmp_path):
    from werkzeug.middleware.dispatcher import DispatcherMiddleware

    inner = Flask("inner", instance_path=str(tmp_path))
    alone(inner, "headers")
    inner.add_url_rule("/", "index", lambda: "<p>inner</p>")
    Stopper(app)
    Stopper(inner)
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/inner": inner})
    response = app.test_client().get("/inner/")

    assert response.text == "<p>inner</p>"
    assert "report-uri /inner/.stopper/reports" in policy(response)


@pytest.mark.parametrize("values", [(), ("values",)])
def test_the_guards_go_before_what_was_registered_after_them(app, values):
    order = []

    for name in values:
        app.url_value_preprocessor(lambda endpoint, given, n=name: order.append(n))

    Stopper(app)
    app.before_request_funcs[None].insert(0, lambda: order.append("mine"))
    client = app.test_client()
    client.get("/")
    assert order == [*values, "mine"]

    # The guard of the headers takes a report in, so the app's function is not asked.
    order.clear()
    assert client.post("/.stopper/reports").status_code != 404
    assert order == [*values]


def test_two_stoppers_on_one_app_are_refused(app):
    Stopper(app)

    with pytest.raises(StartError, match="already"):
        Stopper(app)


def test_init_app_after_the_first_request_is_refused(app):
    app.test_client().get("/")

    with pytest.raises(StartError, match="serves requests already"):
        Stopper(app)


def test_one_stopper_serves_two_apps(tmp_path):
    stopper = Stopper()
    found = []

    for name in ("one", "two"):
        app = Flask(name, instance_path=str(tmp_path / name))
        alone(app, "headers")
        app.config["STOPPER_FRAME_ANCESTORS"] = [f"https://{name}.example"]
        app.add_url_rule("/", "index", lambda: "<p>")
        stopper.init_app(app)
        found.append(policy(app.test_client().get("/")))

    assert "frame-ancestors https://one.example" in found[0]
    assert "frame-ancestors https://two.example" in found[1]


def test_threads_never_mix_their_nonces(app):
    def page():
        return render_template("page.html")

    import jinja2

    app.jinja_loader = jinja2.DictLoader({"page.html": "{{ csp_nonce() }}"})
    app.add_url_rule("/nonce", "nonce", page)
    Stopper(app)
    mixed = []
    seen = set()
    start = threading.Barrier(4)

    def ask():
        client = app.test_client()
        start.wait()

        for _ in range(50):
            response = client.get("/nonce")
            seen.add(response.text)

            if f"'nonce-{response.text}'" not in policy(response):
                mixed.append(response.text)

    threads = [threading.Thread(target=ask) for _ in range(4)]

    for thread in threads:
        thread.start()

    for thread in threads:
        thread.join()

    assert mixed == []
    assert len(seen) == 200


def test_a_guard_that_fails_leaves_no_answer_without_headers(app, monkeypatch):
    from stopper.guard.headers.guard import HeadersGuard

    Stopper(app)
    monkeypatch.setattr(HeadersGuard, "headers", lambda *args: 1 / 0)
    response = app.test_client().get("/")

    assert response.status_code == 500
    assert "default-src 'none'" in policy(response)


def test_a_start_that_was_refused_is_refused_with_the_same_words_and_not_tried_again(
    app, caplog
):
    app.config.update(STOPPER_CSRF_MODE="enforce", STOPPER_ERRORS_MODE="enforce")
    app.secret_key = None
    kind, finalize = app.request_class, app.finalize_request
    Stopper(app)
    client = app.test_client()
    statuses = {client.get("/").status_code}
    once = app.finalize_request
    statuses |= {client.get("/").status_code for _ in range(3)}
    said = {r.getMessage() for r in caplog.records if r.levelname == "CRITICAL"}

    assert statuses == {500}
    assert app.finalize_request == once != finalize
    assert app.request_class is kind
    assert len(said) == 1
