"""The servers that other tests stand on are real, and gone afterwards."""

from __future__ import annotations

import http.server
import os
import socket
import subprocess
import threading

import pytest

import servers


@pytest.fixture
def website():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b"<h1>Hello</h1><script>console.warn('seen')</script>"
            self.send_response(200 if self.path == "/" else 204)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if self.path == "/" else b"")

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer((servers.HOST, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{servers.HOST}:{server.server_address[1]}/"
        server.shutdown()


def listens(port):
    with socket.socket() as s:
        return s.connect_ex((servers.HOST, port)) == 0


def test_redis_answers(redis_server):
    assert servers.pings(redis_server.port)


def test_redis_is_gone_after_its_block():
    with servers.redis() as server:
        assert listens(server.port)

    assert not listens(server.port)


def query(server, sql, password):
    psql = f"{server.bin}/psql -XAtw -h {servers.HOST} -p {server.port}"
    psql += f" -U {server.user} -d {server.database} -c"
    return subprocess.run(
        [*psql.split(), sql],
        env={**os.environ, "PGPASSWORD": password},
        capture_output=True,
        text=True,
        check=False,
    )


def test_postgres_answers(postgres_server):
    result = query(postgres_server, "select 6 * 7", postgres_server.password)

    assert (result.stdout, result.stderr) == ("42\n", "")


def test_postgres_refuses_a_wrong_password(postgres_server):
    assert query(postgres_server, "select 1", "wrong").returncode != 0


def test_postgres_does_not_run_as_root(postgres_server):
    sql = "select pg_read_file('/proc/self/status')"
    status = query(postgres_server, sql, postgres_server.password).stdout
    uid = next(line for line in status.splitlines() if line.startswith("Uid:"))

    assert "0" not in uid.split()[1:]


def test_a_server_that_cannot_start_says_why():
    command = ["/bin/sh", "-c", "echo it refuses this; exit 1"]

    with servers.folder() as home:
        server = servers.running(command, home, lambda: False)

        with pytest.raises(RuntimeError, match="refuses this"):
            server.__enter__()


def test_chromium_renders_a_page_and_runs_its_script(page, console, website):
    page.goto(website)

    assert page.inner_text("h1") == "Hello"
    assert page.evaluate("6 * 7") == 42
    assert "warning: seen" in console


def test_a_missing_server_is_a_skip_with_its_reason(monkeypatch):
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="Redis is not installed"):
        servers.missing("Redis")


def test_a_missing_server_is_a_failure_under_ci(monkeypatch):
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="Redis is not installed"):
        servers.missing("Redis")
