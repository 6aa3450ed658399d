"""Asks an app in process, with as little around it as there can be, and takes the time."""

from __future__ import annotations

import io
import re
import sys
import time
import typing as t
from urllib.parse import urlencode

from app import PASSWORD
from app import USER

#: The five routes, as four kinds of request: anonymous JSON, an anonymous page with a form,
#: a page of somebody who is logged in, and a form that they send.
SCENARIOS = ("json", "page", "me", "post")

Environ = dict[str, t.Any]

_TOKEN = re.compile(rb'name="(csrf_?\w*)"[^>]*value="([^"]+)"')


class Answer(t.NamedTuple):
    """What an app answered."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Caller:
    """A browser of one app: keeps cookies and reads tokens out of forms."""

    def __init__(self, name: str, app: t.Any) -> None:
        self.name = name
        self._app = app.wsgi_app
        self.jar: dict[str, str] = {}
        self._ready: dict[str, tuple[Environ, bytes]] = {}

    def environ(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        cookies: bool = True,
        **more: t.Any,
    ) -> Environ:
        """Return the environment of a request as a TLS server would have made it."""
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_USER_AGENT": "bench/1",
            "HTTP_ACCEPT": "*/*",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

        if method == "POST":
            environ |= {
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_ORIGIN": "https://127.0.0.1",
                "HTTP_REFERER": "https://127.0.0.1/page",
                "HTTP_SEC_FETCH_SITE": "same-origin",
            }

        if cookies and self.jar:
            environ["HTTP_COOKIE"] = "; ".join(f"{k}={v}" for k, v in self.jar.items())

        environ |= more
        return {key: value for key, value in environ.items() if value is not None}

    def ask(self, environ: Environ, body: bytes = b"") -> Answer:
        """Send one request and return the answer."""
        got: list[t.Any] = []

        def start(status: str, headers: t.Any, exc_info: t.Any = None) -> None:
            got[:] = [int(status[:3]), headers]

        result = self._app({**environ, "wsgi.input": io.BytesIO(body)}, start)

        try:
            data = b"".join(result)
        finally:
            if hasattr(result, "close"):
                result.close()

        return Answer(got[0], got[1], data)

    def post(self, path: str, fields: dict[str, str], **more: t.Any) -> Answer:
        """Send a form, and keep the cookies that come back."""
        body = urlencode(fields).encode()
        return self.keep(self.ask(self.environ("POST", path, body, **more), body))

    def keep(self, answer: Answer) -> Answer:
        """Keep the cookies of an answer, and return it."""
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.jar[key] = rest.partition(";")[0]

        return answer

    def token(self) -> dict[str, str]:
        """Load the page and return the field of its token, empty where there is none."""
        answer = self.keep(self.ask(self.environ("GET", "/page")))
        assert answer.status == 200, (self.name, answer.status, answer.body[:200])
        found = _TOKEN.search(answer.body)
        return {found[1].decode(): found[2].decode()} if found else {}

    def prepare(self) -> None:
        """Log in, and make the four requests ready."""
        login = {"username": USER, "password": PASSWORD, **self.token()}
        answer = self.post("/login", login)
        assert answer.status < 400, (self.name, answer.status, answer.body[:200])
        form = {"title": "A title", "body": "text " * 40, **self.token()}
        body = urlencode(form).encode()
        self._ready = {
            "json": (self.environ("GET", "/json", cookies=False), b""),
            "page": (self.environ("GET", "/page", cookies=False), b""),
            "me": (self.environ("GET", "/me"), b""),
            "post": (self.environ("POST", "/form", body), body),
        }

        for scenario, (environ, sent) in self._ready.items():
            answer = self.ask(environ, sent)
            assert answer.status == 200, (self.name, scenario, answer)

    def sample(self, scenario: str, count: int) -> list[int]:
        """Return the nanoseconds of as many requests."""
        environ, body = self._ready[scenario]
        app, clock, stream = self._app, time.perf_counter_ns, io.BytesIO
        status = [""]

        def start(said: str, headers: t.Any, exc_info: t.Any = None) -> None:
            status[0] = said

        found = []

        for _ in range(count):
            call = environ.copy()
            call["wsgi.input"] = stream(body)
            begin = clock()
            result = app(call, start)

            for _chunk in result:
                pass

            close = getattr(result, "close", None)

            if close:
                close()

            found.append(clock() - begin)

            if status[0][0] != "2":
                raise SystemExit(f"bench: {self.name} {scenario} answers {status[0]}")

        return found
