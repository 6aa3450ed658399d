"""Mail handed to real servers: with TLS and without, with passwords, busy and dead."""

from __future__ import annotations

import ssl
import subprocess
import sys
import textwrap

import pytest
import trustme
from flask import Flask

from postbox import PASSWORD
from postbox import postbox
from postbox import USER
from servers import free_port
from stopper import Stopper
from stopper.accounts import Accounts
from stopper.guard.accounts import queue as queues
from stopper.guard.accounts.mail import server as servers
from stopper.testing import events

LOGIN = "rowing%40club:oars%20%26%20sails%2F1"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def context(authority):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "mail.example").configure_cert(made)
    return made


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


@pytest.fixture
def far(monkeypatch):
    """Take the loopback address for one across the net."""
    monkeypatch.setattr(servers, "local", lambda host: False)


@pytest.fixture(autouse=True)
def nothing_left():
    """Leave nothing to be sent at the end of the whole run."""
    yield

    for queue in list(queues._ALL):
        queue._tasks.clear()


def mailer(url):
    app = Flask("club")
    app.secret_key = "for these tests alone, and long"
    app.testing = True
    app.config["STOPPER_ORIGIN"] = "https://club.example"
    app.config["STOPPER_STORE"] = "memory:"
    app.config["STOPPER_MAIL_URL"] = url
    Stopper(app)
    Accounts(app)
    found = app.extensions["stopper.accounts"].mailer
    found.outbox.pause = 0.01
    return app, found


def send(url, to="ann@example.org", seconds=5.0):
    """Send one mail; return how many are left, and the events."""
    app, post = mailer(url)

    with events(app) as found:
        post.send(to, "closed")
        left = post.outbox.flush(seconds)

        # A machine that is busy takes longer to fail.
        while left and not found:
            left = post.outbox.flush(seconds)

    return left, [(e.name, e.details["why"]) for e in found]


def test_a_server_on_this_machine_needs_no_tls():
    with postbox() as box:
        assert send(f"smtp://127.0.0.1:{box.port}") == (0, [])

    assert [m["Subject"] for m in box.mails] == [
        "Your account at club.example was closed"
    ]
    assert box.envelopes[0].mail_from == "no-reply@club.example"
    assert box.envelopes[0].rcpt_tos == ["ann@example.org"]
    assert box.secure == [False]


def test_starttls_and_a_password(context, trusted, far):
    with postbox(context, auth=True) as box:
        assert send(f"smtp://{LOGIN}@127.0.0.1:{box.port}") == (0, [])

    assert [m["To"] for m in box.mails] == ["ann@example.org"]
    assert box.secure == [True]


# The server here does not know that it is behind TLS already.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_tls_from_the_start_and_a_password(context, trusted):
    with postbox(context, tls=True, auth=True) as box:
        assert send(f"smtps://{LOGIN}@127.0.0.1:{box.port}") == (0, [])

    assert [m["To"] for m in box.mails] == ["ann@example.org"]


def test_nothing_goes_in_clear_to_a_server_without_starttls(far):
    with postbox() as box:
        left, said = send(f"smtp://127.0.0.1:{box.port}", seconds=0.2)

    assert (left, box.mails) == (1, [])
    assert said == [("mail-delayed", "SMTPNotSupportedError")]


def test_a_relay_without_tls_has_to_be_asked_for(far):
    with postbox() as box:
        assert send(f"smtp://127.0.0.1:{box.port}?starttls=off") == (0, [])

    assert box.secure == [False]


@pytest.mark.parametrize("tls", [True, False])
def test_a_certificate_that_nobody_vouches_for_is_not_taken(context, far, tls):
    scheme = "smtps" if tls else "smtp"

    with postbox(context, tls=tls) as box:
        left, said = send(f"{scheme}://127.0.0.1:{box.port}", seconds=0.2)

    assert (left, box.mails) == (1, [])
    assert said == [("mail-delayed", "SSLCertVerificationError")]


def test_a_certificate_of_another_host_is_not_taken(authority, trusted, far):
    other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.example").configure_cert(other)

    with postbox(other) as box:
        left, _ = send(f"smtp://127.0.0.1:{box.port}", seconds=0.2)

    assert (left, box.mails) == (1, [])


def test_a_wrong_password_is_told_and_shown_nowhere(context, trusted, far):
    app, post = mailer("")

    with postbox(context, auth=True) as box:
        app, post = mailer(f"smtp://rowing:secret-9@127.0.0.1:{box.port}")

        with events(app) as found:
            post.send("ann@example.org", "closed")
            post.outbox.flush(5)

    assert [(e.name, e.details["why"]) for e in found] == [
        ("mail-failed", "SMTPAuthenticationError 535")
    ]
    assert "secret-9" not in str([e.as_dict() for e in found])
    assert "secret-9" not in repr(vars(post._deliver))


def test_a_busy_server_gets_the_mail_later():
    with postbox() as box:
        box.says = ["451 Busy", "421 Busier"]
        left, said = send(f"smtp://127.0.0.1:{box.port}")

    assert (left, len(box.mails)) == (0, 1)
    assert said == [("mail-delayed", "SMTPDataError 451")]


def test_a_mail_that_is_refused_is_given_up_at_once():
    with postbox() as box:
        box.says = ["554 No"]
        left, said = send(f"smtp://127.0.0.1:{box.port}")

    assert (left, box.mails) == (0, [])
    assert said == [("mail-failed", "SMTPDataError 554")]


def test_an_address_that_is_refused_stands_in_no_event():
    with postbox() as box:
        app, post = mailer(f"smtp://127.0.0.1:{box.port}")

        with events(app) as found:
            post.send("nobody@example.org", "closed")
            post.outbox.flush(5)

    assert [(e.name, e.details["why"]) for e in found] == [
        ("mail-failed", "SMTPRecipientsRefused 550")
    ]
    assert "nobody@" not in str([e.as_dict() for e in found])


def test_a_dead_server_that_comes_back_gets_all_of_it():
    port = free_port()
    app, post = mailer(f"smtp://127.0.0.1:{port}")

    with events(app) as found:
        for n in range(3):
            post.send(f"ann{n}@example.org", "closed")

        assert post.outbox.flush(0.1) == 3

        import postbox as boxes

        original = boxes.free_port
        boxes.free_port = lambda: port

        try:
            with postbox() as box:
                assert post.outbox.flush(5) == 0
        finally:
            boxes.free_port = original

    assert sorted(m["To"] for m in box.mails) == [
        f"ann{n}@example.org" for n in range(3)
    ]
    assert [(e.name, e.details["why"]) for e in found] == [
        ("mail-delayed", "ConnectionRefusedError")
    ]


def test_an_address_in_another_script_arrives():
    with postbox() as box:
        assert send(f"smtp://127.0.0.1:{box.port}", to="änn@exämple.org") == (0, [])

    assert box.envelopes[0].rcpt_tos == ["änn@exämple.org"]


ENDING = """
    from flask import Flask
    from stopper import Stopper
    from stopper.accounts import Accounts

    app = Flask("club", instance_path={folder!r})
    app.secret_key = "for these tests alone, and long"
    app.testing = True
    app.config.update(STOPPER_STORE="memory:", STOPPER_MAIL_URL={url!r})
    Stopper(app)
    Accounts(app)
    app.extensions["stopper.accounts"].mailer.send("ann@example.org", "closed")
"""


def test_a_process_that_ends_sends_what_it_has(tmp_path):
    with postbox() as box:
        url = f"smtp://127.0.0.1:{box.port}"
        code = textwrap.dedent(ENDING).format(folder=str(tmp_path), url=url)
        subprocess.run([sys.executable, "-c", code], check=True, timeout=30)

    assert [m["To"] for m in box.mails] == ["ann@example.org"]


def test_a_process_that_ends_says_what_it_could_not_send(tmp_path):
    url = f"smtp://127.0.0.1:{free_port()}"
    code = textwrap.dedent(ENDING).format(folder=str(tmp_path), url=url)
    code = f"import logging\nlogging.basicConfig()\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        timeout=30,
        capture_output=True,
        text=True,
    )

    assert '"mail-failed"' in done.stderr
    assert "ann@example" not in done.stderr


def test_the_password_of_these_tests_is_worth_escaping():
    assert servers._read(f"smtp://{LOGIN}@mail.example").user == USER
    assert servers._read(f"smtp://{LOGIN}@mail.example").password == PASSWORD
