"""``stopper transport``: real servers, with everything wrong that one can be asked about."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import pty
import socket
import ssl
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner
from flask import Flask

from sites import GOOD
from sites import reply
from sites import served_with
from sites import site
from sites import to
from stopper.cli import main
from stopper.cli.flask import group
from stopper.cli.wire import hsts
from stopper.cli.wire.chain import MOST_HOPS

NAME = "shop.test"
STOPPER = str(Path(sys.executable).with_name("stopper"))


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def cafile(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture(scope="module")
def good(authority):
    return served_with(authority.issue_cert(NAME, "localhost"))


@pytest.fixture
def look(cafile):
    """Look at two ports under a name that leads nowhere without ``--address``."""

    def look(http, https, *words, name=NAME, trust=True):
        words = [*words, *(["--cafile", str(cafile)] if trust else [])]
        ports = ["--http-port", str(http), "--https-port", str(https)]
        address = ["--address", "127.0.0.1", "--no-preload-list"]
        return CliRunner().invoke(
            main, ["transport", f"https://{name}/", *ports, *address, *words]
        )

    return look


@pytest.fixture
def found(look):
    """Return the names of what is found, with all that was seen."""

    def found(http, https, *words, **options):
        done = look(http, https, "--json", *words, **options)
        assert done.exit_code in (0, 1), done.output
        data = json.loads(done.stdout)
        names = {f["name"] for f in data["findings"]}
        assert done.exit_code == (1 if names else 0)
        return names, data

    return found


@contextlib.contextmanager
def both(context, answer=lambda target: reply(200, *GOOD), plain=None):
    """Serve over TLS, and lead there from plain HTTP."""
    with site(answer, context) as https:
        lead = plain or (lambda target: to(f"https://{NAME}:{https}{target}"))

        with site(lead) as http:
            yield http, https


def test_a_site_in_order_has_no_finding(good, look):
    with both(good) as ports:
        done = look(*ports)

    assert done.exit_code == 0, done.output
    assert f"301 http://{NAME}:{ports[0]}/" in done.stdout
    assert f"200 https://{NAME}:{ports[1]}/" in done.stdout
    assert f"certificate for {NAME}, localhost" in done.stdout
    assert "chain: trusted" in done.stdout
    assert "TLS 1.2 yes, TLS 1.3 yes" in done.stdout
    assert "preloading: nothing is missing" in done.stdout
    assert "preload list: could not look, shop.test is no name of the public net" in (
        done.stdout
    )
    assert done.stdout.endswith("\n0 findings.\n")


def test_a_private_authority_has_to_be_named(good, found):
    with both(good) as ports:
        names, data = found(*ports, trust=False)

    assert names == {"certificate-untrusted"}
    assert data["preload"]["lacks"] == ["the certificate is not valid"]
    assert "local issuer" in data["servers"][0]["untrusted"]


def test_a_self_signed_certificate_is_not_trusted(found, tmp_path):
    from stopper.cli import certificate

    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    pair = certificate.make([NAME])
    key.write_bytes(pair.key_pem)
    cert.write_bytes(pair.cert_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    with both(context) as ports:
        names, _ = found(*ports)

    assert names == {"certificate-untrusted"}


def valid(authority, *names, start, end):
    now = datetime.datetime.now(datetime.UTC)
    return served_with(
        authority.issue_cert(
            *names,
            not_before=now + datetime.timedelta(days=start),
            not_after=now + datetime.timedelta(days=end),
        )
    )


@pytest.mark.parametrize(
    ("start", "end", "name", "left"),
    [
        (-30, -1, "certificate-expired", -2),
        (1, 90, "certificate-early", 89),
        (-30, 5, "certificate-ends", 4),
    ],
)
def test_a_certificate_that_is_not_valid_long_enough(
    authority, found, start, end, name, left
):
    with both(valid(authority, NAME, start=start, end=end)) as ports:
        names, data = found(*ports)

    assert names == {name}
    assert data["servers"][0]["days_left"] == pytest.approx(left, abs=1)


def test_how_long_is_long_enough_can_be_said(authority, found):
    with both(valid(authority, NAME, start=-30, end=5)) as ports:
        assert found(*ports, "--days", "3")[0] == set()


def test_a_certificate_for_another_name(authority, found):
    with both(served_with(authority.issue_cert("other.test"))) as ports:
        names, data = found(*ports)

    assert names == {"certificate-name"}
    assert "other.test" in data["findings"][0]["says"]


def test_one_flaw_of_a_certificate_hides_no_other(authority, found):
    with both(valid(authority, "other.test", start=-30, end=-1)) as ports:
        names, _ = found(*ports, trust=False)

    assert names == {
        "certificate-name",
        "certificate-expired",
        "certificate-untrusted",
    }


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3"])
def test_the_versions_that_are_offered(authority, found, version):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = served_with(authority.issue_cert(NAME), ssl.TLSVersion[version])

    with both(context) as ports:
        names, data = found(*ports)

    offered = data["servers"][0]["versions"]
    name = version.replace("TLSv", "TLS ").replace("_", ".")
    name = "TLS 1.0" if version == "TLSv1" else name

    if offered[name] is None:
        pytest.skip("this OpenSSL does not speak that version")

    assert [n for n, o in offered.items() if o] == [name]
    old = {"old-tls", "no-tls"} if version in ("TLSv1", "TLSv1_1") else set()
    assert names - {"certificate-untrusted", "no-https"} == old


def test_a_site_in_clear_text(good, found):
    with both(good, plain=lambda target: reply(200)) as ports:
        assert found(*ports)[0] == {"no-redirect"}


def test_a_plain_port_that_is_closed_is_fine(good, found):
    with site(lambda target: reply(200)) as closed:
        pass

    with site(lambda target: reply(200, *GOOD), good) as https:
        assert found(closed, https)[0] == set()


def test_a_step_down_to_http(good, found):
    with site(lambda target: reply(200)) as low:
        down = f"http://{NAME}:{low}/end?token=s3cret"

        with both(good, lambda target: to(down, *GOOD)) as ports:
            names, data = found(*ports)

    assert names == {"step-down"}
    assert "s3cret" not in json.dumps(data)


def test_a_loop_ends(good, found):
    def answer(target):
        return to("/b" if target == "/a" else "/a", *GOOD)

    with both(good, answer) as ports:
        names, data = found(*ports)

    assert names == {"redirect-loop"}
    assert len(data["https"]["hops"]) == 3


def test_a_proxy_that_hides_https_is_a_loop(good, found):
    with site(lambda target: to(f"https://{NAME}:{own[0]}/", *GOOD), good) as https:
        own = [https]
        names, _ = found(1, https)

    assert names == {"redirect-loop"}


def test_a_chain_without_end_is_cut(good, found):
    with both(good, lambda target: to(f"{target}x", *GOOD)) as ports:
        names, data = found(*ports)

    assert names == {"many-redirects"}
    assert data["https"]["cut"]
    assert len(data["https"]["hops"]) == MOST_HOPS


def test_plain_http_that_leads_away_at_once(good, found):
    with site(lambda target: reply(200, *GOOD), good) as https:
        away = f"https://localhost:{https}/"

        with site(lambda target: to(away)) as http:
            names, data = found(http, https)

    assert names == {"redirect-away", "two-ends"}
    assert data["preload"]["lacks"] == [
        "plain HTTP does not lead to HTTPS on the same host"
    ]
    assert [s["host"] for s in data["servers"]] == [NAME, "localhost"]


def test_plain_http_that_stays_plain_for_a_step(good, found):
    with site(lambda target: reply(200, *GOOD), good) as https:

        def lead(target):
            there = "/b" if target == "/" else f"https://{NAME}:{https}/"
            return to(there)

        with site(lead) as http:
            assert found(http, https)[0] == {"late-upgrade"}


GONE = "Set-Cookie: d=; Max-Age=0; Path=/"


def test_cookies_on_the_way(good, found):
    def answer(target):
        return reply(
            200, *GOOD, "Set-Cookie: a=s3cret", "Set-Cookie: b=1; SECURE", GONE
        )

    with site(answer, good) as https:

        def lead(target):
            return to(f"https://{NAME}:{https}/", "Set-Cookie: c=s3cret; Secure")

        with site(lead) as http:
            names, data = found(http, https)

    assert names == {"cookie-without-secure", "cookie-in-clear"}
    assert "s3cret" not in json.dumps(data)
    assert sorted(f["says"].split()[4] for f in data["findings"]) == ["a", "c"]


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ((), {"no-hsts"}),
        (("Strict-Transport-Security: max-age=300",), {"short-hsts"}),
        (("Strict-Transport-Security: includeSubDomains",), {"bad-hsts"}),
        (("Strict-Transport-Security: max-age=1; max-age=99999999",), {"bad-hsts"}),
        (
            ("Strict-Transport-Security: max-age=63072000; preload",),
            {"preload-refused"},
        ),
        (('strict-transport-security: MAX-AGE="63072000"',), set()),
        # Of two a browser takes the first.
        (("Strict-Transport-Security: max-age=0", *GOOD), {"short-hsts"}),
    ],
)
def test_strict_transport_security(good, found, header, names):
    with both(good, lambda target: reply(200, *header)) as ports:
        assert found(*ports)[0] == names


HOSTILE = (
    "HTTP/1.1 302 \x1b[2J\r\nLocation: https://shop.test/\x1b]0;owned\x07?\u00e9\r\n"
    "Set-Cookie: \x1b[31mred\x9b=1\r\nStrict-Transport-Security: \x1b[2J\x7f\r\n\r\n"
).encode("latin-1")


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_hostile_server_cannot_drive_the_terminal(good, look, words):
    with both(good, lambda target: HOSTILE, plain=lambda target: HOSTILE) as ports:
        done = look(*ports, *words)

    assert done.exit_code == 1
    assert not {"\x1b", "\x07", "\x9b", "\x7f"} & set(done.output)


def test_a_hostile_certificate_cannot_drive_the_terminal(authority, look):
    leaf = authority.issue_cert(NAME)
    evil = trustme.CA(organization_name="\x1b[2Jevil\u202e")
    context = served_with(evil.issue_cert(NAME))
    assert leaf

    with both(context) as ports:
        assert not {"\x1b", "\u202e"} & set(look(*ports).output)


@pytest.mark.parametrize(
    ("bytes_", "said"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "its answer is no HTTP"),
        (b"HTTP/1.1 abc\r\n\r\n", "its answer is no HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: y\r\n", "it hangs up in the middle"),
        (b"", "it hangs up without an answer"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000, "more than 65536 bytes"),
        (b"HTTP/1.1 103 Early\r\n\r\n" * 9, "its answers announce others"),
        (to("gopher://x/"), None),
        (to("http://[::1"), None),
        (to("https://a b/"), None),
        (to("//"), None),
    ],
)
def test_garbage_is_told_and_ends(good, found, bytes_, said):
    with both(good, lambda target: bytes_) as ports:
        names, data = found(*ports)

    (hop,) = data["https"]["hops"]

    if said:
        assert "no-https" in names
        assert said in hop["error"]
    else:
        assert "its Location" in hop["error"]


def test_an_interim_answer_is_passed_over(good, found):
    early = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + reply(200, *GOOD)

    with both(good, lambda target: early) as ports:
        assert found(*ports)[0] == set()


def test_an_address_of_version_6(authority, cafile):
    context = served_with(authority.issue_cert("::1"))

    with site(lambda target: reply(200, *GOOD), context, host="::1") as https:
        done = CliRunner().invoke(
            main,
            [
                "transport",
                f"https://[::1]:{https}/",
                "--http-port=1",
                "--cafile",
                str(cafile),
            ],
        )

    assert done.exit_code == 0, done.output
    assert f"200 https://[::1]:{https}/" in done.stdout


def test_a_port_that_speaks_no_tls(found):
    with both(None) as ports:
        names, data = found(*ports)

    assert names == {"no-https"}
    assert "no TLS" in data["https"]["hops"][0]["error"]


def test_a_slow_server_is_given_up(good, look):
    over = threading.Event()

    def drip(target):
        over.wait(20)
        return b""

    with both(good, drip) as ports:
        begun = time.monotonic()
        done = look(*ports, "--timeout", "0.3")
        took = time.monotonic() - begun
        over.set()

    assert done.exit_code == 1
    assert took < 8
    assert "no answer in time" in done.output


def test_a_server_that_never_shakes_hands_is_given_up(look):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        done = look(port, port, "--timeout", "0.3")

    assert done.exit_code == 2
    assert f"{NAME} cannot be reached: no answer in time" in done.stderr


def test_nothing_there_could_not_be_looked_at(look):
    with site(lambda target: b"") as closed:
        pass

    done = look(closed, closed)

    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{NAME} cannot be reached: Connection refused" in done.stderr


def test_a_name_that_leads_nowhere():
    done = CliRunner().invoke(main, ["transport", "https://nowhere.invalid"])

    assert done.exit_code == 2
    assert "nowhere.invalid cannot be reached" in done.stderr


@pytest.mark.parametrize(
    "url",
    ["", "ftp://x", "https://", "https://a b/", "https://[::1", "https://x:99999"],
)
def test_what_is_no_address_is_told(url):
    done = CliRunner().invoke(main, ["transport", url])

    assert done.exit_code == 2
    assert "is no address" in done.stderr or "host that is none" in done.stderr


def test_a_file_without_an_authority_is_told(tmp_path):
    (tmp_path / "x").write_text("nothing")
    words = ["transport", "https://shop.test", "--cafile", str(tmp_path / "x")]
    done = CliRunner().invoke(main, words)

    assert done.exit_code == 2
    assert "holds no certificate" in done.stderr


def test_nothing_secret_is_sent_on_the_way(good, found):
    with both(good) as ports:
        done = CliRunner().invoke(
            main,
            [
                "transport",
                f"https://anna:s3cret@{NAME}/?token=s3cret",
                "--address",
                "127.0.0.1",
                "--http-port",
                str(ports[0]),
                "--https-port",
                str(ports[1]),
            ],
        )

    assert "s3cret" not in done.output


def test_flask_stopper_transport_looks_at_the_origin(good, cafile):
    app = Flask("looked")
    app.cli.add_command(group, "stopper")

    with both(good) as (http, https):
        app.config["STOPPER_ORIGIN"] = f"https://{NAME}:{https}"
        words = ["--address", "127.0.0.1", "--http-port", str(http)]
        done = app.test_cli_runner().invoke(
            args=["stopper", "transport", *words, "--cafile", str(cafile)]
        )

    assert done.exit_code == 0, done.output
    assert done.stdout.endswith("0 findings.\n")


def test_flask_stopper_transport_without_an_origin_asks_for_one():
    app = Flask("looked")
    app.cli.add_command(group, "stopper")
    done = app.test_cli_runner().invoke(args=["stopper", "transport"])

    assert done.exit_code == 2
    assert "STOPPER_ORIGIN is not set" in done.stderr


def test_progress_is_for_a_terminal_alone(good, cafile):
    with both(good) as (http, https):
        words = [
            STOPPER,
            "transport",
            f"https://{NAME}:{https}",
            f"--http-port={http}",
            "--address=127.0.0.1",
            f"--cafile={cafile}",
        ]
        piped = subprocess.run(words, capture_output=True, text=True)
        master, slave = pty.openpty()
        subprocess.run(words, stdout=subprocess.PIPE, stderr=slave, check=True)
        os.close(slave)
        shown = os.read(master, 65536).decode()
        os.close(master)

    assert (piped.returncode, piped.stderr) == (0, "")
    assert f"http://{NAME}:{http}/" in shown
    assert shown.endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("shop.example.com", True),
        ("shop.test", False),
        ("localhost", False),
        ("192.0.2.1", False),
        ("::1", False),
        ("db.internal", False),
    ],
)
def test_only_public_names_are_asked_about(host, public):
    assert hsts.public(host) is public


def test_the_status_of_the_preload_list(good, authority):
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    answers = {
        "/?domain=a": b'{"name": "a", "status": "preloaded"}',
        "/?domain=b": b"<html>",
        "/?domain=c": b"[]",
    }

    def answer(target):
        body = answers[target]
        return reply(200).replace(b"Length: 0", b"Length: %d" % len(body)) + body

    with site(answer, good) as port:
        service = f"https://localhost:{port}/?domain="
        found = [hsts.listed(h, 5.0, service, trust) for h in "abc"]

    assert found == ["preloaded", None, None]
    assert hsts.listed("a", 0.5, service, trust) is None
