"""What a mail says, who gets it, and that nothing of it reaches the request."""

from __future__ import annotations

import io
import os
import sys
import threading
import time

import pytest
from flask import Flask
from jinja2 import DictLoader
from jinja2 import UndefinedError

from stopper import Stopper
from stopper.accounts import Accounts
from stopper.catalogue.error import SettingError
from stopper.catalogue.error import StartError
from stopper.guard.accounts import queue as queues
from stopper.guard.accounts.mail.letter import FOLDER
from stopper.guard.accounts.mail.mailer import Mailer
from stopper.guard.accounts.moments import moment
from stopper.guard.accounts.queue import MOST
from stopper.testing import events
from stopper.testing import mails

ORIGIN = "https://club.example"
LINK = f"{ORIGIN}/account/verify/abc"


@pytest.fixture(autouse=True)
def nothing_left():
    """Leave nothing to be sent at the end of the whole run."""
    yield

    for queue in list(queues._ALL):
        queue._tasks.clear()


def made(mail=None, testing=True, **config):
    app = Flask("club")
    app.secret_key = "for these tests alone, and long"
    app.testing = testing
    app.config.update(STOPPER_ORIGIN=ORIGIN, STOPPER_STORE="memory:", **config)
    Stopper(app)
    Accounts(app, mail=mail)
    return app


def mailer(app):
    return app.extensions["stopper.accounts"].mailer


def test_a_mail_says_who_it_is_for_and_where_it_comes_from():
    app = made()

    with mails(app) as found:
        mailer(app).send("ann@example.org", "verify", link=LINK, hours=24)

    (mail,) = found
    assert mail["To"] == "ann@example.org"
    assert mail["From"] == "no-reply@club.example"
    assert mail["Subject"] == "Verify your address for club.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@club.example>")
    assert mail.get_content_type() == "text/plain"
    assert f"\n{LINK}\n" in mail.get_content()
    assert "Subject" not in mail.get_content()
    assert "Verify your address" not in mail.get_content()


CONTEXTS = {
    "verify": {"link": LINK, "hours": 24},
    "invited": {"link": LINK, "reset": LINK, "hours": 24},
    "taken": {"login": LINK, "reset": LINK},
    "reset": {"link": LINK, "minutes": 30},
    "password-changed": {"reset": LINK, "page": LINK, "keys": ("backup",)},
    "address": {"link": LINK, "hours": 24},
    "address-asked": {"link": LINK, "hours": 24},
    "address-changed": {},
    "new-device": {"browser": "Firefox on Linux", "place": "192.0.2.1", "reset": LINK},
    "closed": {},
    "factors-changed": {"what": "A passkey was added", "link": LINK},
    "second-failed": {"reset": LINK},
    "login-after-failures": {"wrong": 5, "reset": LINK},
    "key-made": {"label": "backup", "link": LINK},
    "device-copied": {"link": LINK, "reset": LINK},
}


def texts():
    folder = os.path.join(os.path.dirname(queues.__file__), "templates", FOLDER)
    return sorted(name.removesuffix(".txt") for name in os.listdir(folder))


def test_every_text_is_known_here():
    assert texts() == sorted(CONTEXTS)


@pytest.mark.parametrize("name", texts())
def test_a_text_has_a_subject_and_no_links_but_those_it_is_given(name):
    app = made()

    with mails(app) as found:
        mailer(app).send("ann@example.org", name, **CONTEXTS[name])

    text = found[0].get_content()
    bare = text.replace(LINK, "")
    assert "club.example" in found[0]["Subject"]
    assert "://" not in bare
    assert text.count(LINK) == sum(v == LINK for v in CONTEXTS[name].values())
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("name", sorted(set(CONTEXTS) - {"address-changed", "closed"}))
def test_a_text_without_its_link_is_an_error(name):
    app = made()

    with mails(app), pytest.raises(UndefinedError):
        mailer(app).send("ann@example.org", name)


def test_the_time_of_a_mail_is_the_clocks():
    app = made()
    app.extensions["stopper"].settle().house.clock = lambda: 1_800_000_000.0

    with mails(app) as found:
        mailer(app).send("ann@example.org", "closed")

    assert moment(1_800_000_000.0) == "15 January 2027, 08:00 UTC"
    assert "15 January 2027, 08:00 UTC" in found[0].get_content()


def test_a_text_of_the_apps_own_goes_before_ours():
    app = made()
    text = "Welcome & <hello>\nFollow {{ link }} & come."
    app.jinja_loader = DictLoader({"stopper/mail/verify.txt": text})

    with mails(app) as found:
        mailer(app).send("ann@example.org", "verify", link=LINK + "?a=1&b=2", hours=1)

    assert found[0]["Subject"] == "Welcome & <hello>"
    assert found[0].get_content() == f"Follow {LINK}?a=1&b=2 & come.\n"


def test_what_somebody_typed_makes_up_no_line_and_no_header():
    app = made()
    app.jinja_loader = DictLoader({"stopper/mail/key-made.txt": "{{ label }}\nText."})
    label = "backup\r\nBcc: everybody@example.org\n\n\x1b[2JGo to evil.example"

    with mails(app) as found:
        mailer(app).send("ann@example.org", "key-made", label=label)

    text = "backup Bcc: everybody@example.org [2JGo to evil.example"
    assert found[0]["Subject"] == text
    assert found[0]["Bcc"] is None
    assert found[0].get_content() == "Text.\n"


@pytest.mark.parametrize(
    "address",
    [
        "ann@example.org\nBcc: bob@example.org",
        "ann@example.org, bob@example.org",
        "Ann <ann@example.org>",
        "ann@example.org\r",
        "ann",
        "",
        "a" * 65 + "@example.org",
        "undisclosed-recipients:;",
    ],
)
def test_what_is_no_address_gets_no_mail_and_no_mention(address):
    sent = []
    app = made(sent.append)

    with events(app) as found:
        mailer(app).send(address, "closed")
        assert mailer(app).outbox.flush(5) == 0

    assert sent == []
    assert [(e.name, e.details["why"]) for e in found] == [
        ("mail-failed", "the address is none")
    ]
    assert not address or address not in found[0].message


def test_an_address_in_another_script_is_taken():
    app = made()

    with mails(app) as found:
        mailer(app).send("änn@exämple.org", "closed")

    assert found[0]["To"] == "änn@exämple.org"


def test_a_function_of_the_app_sends_in_another_thread():
    sent, where = [], []

    def send(message):
        sent.append(message)
        where.append(threading.current_thread())

    app = made(send)
    mailer(app).send("ann@example.org", "closed")

    assert mailer(app).outbox.flush(5) == 0
    assert [m["To"] for m in sent] == ["ann@example.org"]
    assert where[0] is not threading.current_thread()
    assert where[0].daemon


def test_a_function_that_hangs_keeps_nobody_waiting():
    go, came = threading.Event(), threading.Event()

    def send(message):
        came.set()
        go.wait(10)

    app = made(send)
    before = time.perf_counter()
    mailer(app).send("ann@example.org", "closed")
    mailer(app).send("ann@example.org", "closed")
    took = time.perf_counter() - before

    assert came.wait(5)
    assert took < 1
    assert mailer(app).outbox.flush(0) == 2
    go.set()
    assert mailer(app).outbox.flush(5) == 0


def test_a_function_that_fails_is_an_event_without_the_address():
    def send(message):
        raise RuntimeError(f"cannot send to {message['To']}")

    app = made(send)

    with events(app) as found:
        mailer(app).send("ann@example.org", "closed")
        mailer(app).outbox.flush(5)

    (event,) = found
    assert (event.control, event.name) == ("accounts", "mail-failed")
    assert event.details == {"template": "closed", "why": "RuntimeError"}
    assert "ann@example" not in str(event.as_dict())


def test_a_failure_that_may_pass_is_tried_again_and_told_once():
    tries = []

    def send(message):
        tries.append(message)

        if len(tries) < 4:
            raise ConnectionError("down")

    app = made(send)
    mailer(app).outbox.pause = 0.001

    with events(app) as found:
        mailer(app).send("ann@example.org", "closed")
        assert mailer(app).outbox.flush(5) == 0

    assert len(tries) == 4
    # The same mail each time: who gets two of them sees that they are one.
    assert len({m["Message-ID"] for m in tries}) == 1
    assert [e.name for e in found] == ["mail-delayed"]


def test_a_mail_that_nobody_takes_is_given_up():
    def send(message):
        raise TimeoutError

    app = made(send)
    mailer(app).outbox.give_up = 0.0

    with events(app) as found:
        mailer(app).send("ann@example.org", "closed")
        assert mailer(app).outbox.flush(5) == 0

    assert [e.name for e in found] == ["mail-failed"]


def test_a_function_that_ends_its_thread_does_not_end_all_mail():
    sent = []

    def send(message):
        sent.append(message)

        if len(sent) == 1:
            raise SystemExit

    app = made(send)

    with events(app) as found:
        mailer(app).send("ann@example.org", "closed")
        mailer(app).send("ann@example.org", "closed")
        assert mailer(app).outbox.flush(5) == 0

    assert len(sent) == 2
    assert [e.details["why"] for e in found] == ["SystemExit"]


def test_a_thread_with_nothing_to_do_ends_and_another_one_follows(monkeypatch):
    monkeypatch.setattr(queues, "IDLE", 0.01)
    sent = []
    app = made(sent.append)

    for n in (1, 2):
        mailer(app).send("ann@example.org", "closed")
        thread = mailer(app).outbox._thread
        assert mailer(app).outbox.flush(5) == 0
        thread and thread.join(5)
        assert mailer(app).outbox._thread is None
        assert len(sent) == n


def test_a_full_queue_drops_a_mail_and_says_so():
    go = threading.Event()
    app = made(lambda message: go.wait(10))

    with events(app) as found:
        for _ in range(MOST + 2):
            mailer(app).send("ann@example.org", "closed")

    assert {e.name for e in found} == {"mail-dropped"}
    assert 1 <= len(found) <= 2
    go.set()
    assert mailer(app).outbox.flush(10) == 0


def test_what_is_written_for_nothing_leaves_room_for_what_is_sent():
    go, came = threading.Event(), threading.Event()
    app = made(lambda message: (came.set(), go.wait(10)))
    mailer(app).send("ann@example.org", "closed")
    assert came.wait(5)

    with events(app) as found:
        for _ in range(MOST):
            mailer(app).nothing("bob@example.org", "closed")

        mailer(app).send("ann@example.org", "closed")

    assert list(found) == []
    assert mailer(app).outbox.flush(0) == MOST // 2 + 2
    go.set()
    assert mailer(app).outbox.flush(10) == 0


def test_nothing_is_written_as_a_mail_is_and_not_sent():
    sent, written = [], []
    app = made(sent.append)
    letters = mailer(app)._letters
    write = letters.write
    letters.write = lambda *given: written.append(given[:2]) or write(*given)
    mailer(app).nothing("bob@example.org", "closed")
    mailer(app).send("ann@example.org", "closed")

    assert mailer(app).outbox.flush(5) == 0
    assert written == [("bob@example.org", "closed"), ("ann@example.org", "closed")]
    assert [m["To"] for m in sent] == ["ann@example.org"]


def test_a_test_collects_nothing_of_what_is_not_sent():
    app = made()

    with mails(app) as found:
        mailer(app).nothing("bob@example.org", "closed")
        mailer(app).send("ann@example.org", "closed")

    assert [m["To"] for m in found] == ["ann@example.org"]


def test_a_developer_sees_the_mail_on_the_terminal(monkeypatch):
    screen = io.StringIO()
    app = made()
    monkeypatch.setattr(sys, "stderr", screen)
    mailer(app).send("ann@example.org", "verify", link=LINK, hours=24)

    assert mailer(app).outbox.flush(5) == 0
    assert "To: ann@example.org\nSubject: Verify" in screen.getvalue()
    assert f"\n{LINK}\n" in screen.getvalue()


@pytest.mark.parametrize("config", [{}, {"STOPPER_MAIL_URL": "console:"}])
def test_in_production_there_has_to_be_a_server(config):
    app = made(testing=False, **config)

    with pytest.raises(StartError, match="STOPPER_MAIL_URL"):
        mailer(app)


def test_the_app_does_not_start_without_a_server():
    answer = made(testing=False).test_client().get("/", base_url=ORIGIN)

    assert answer.status_code == 500
    assert "not set up" in answer.text


def test_a_function_stands_in_for_the_server():
    assert isinstance(mailer(made(print, testing=False)), Mailer)


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example",
        "smtp://",
        "smtp://mail.example:port",
        "smtp://mail.example/path",
        "smtp://mail.example?starttls=perhaps",
    ],
)
def test_an_address_of_no_server_is_refused_and_not_shown(url):
    with pytest.raises(SettingError, match="STOPPER_MAIL_URL is a value that is not"):
        made(STOPPER_MAIL_URL=url)


def test_a_password_does_not_go_over_the_net_in_clear():
    url = "smtp://name:pa55@mail.example?starttls=off"
    app = made(testing=False, STOPPER_MAIL_URL=url)

    with pytest.raises(StartError, match="in clear") as error:
        mailer(app)

    assert "pa55" not in str(error.value)


@pytest.mark.parametrize("value", ["Club", "Club <a@b>\nBcc: x@y", "a@b, c@d"])
def test_a_sender_that_is_none_is_refused(value):
    with pytest.raises(SettingError, match="STOPPER_MAIL_FROM"):
        made(STOPPER_MAIL_FROM=value)


def test_the_sender_of_the_settings_is_taken():
    app = made(STOPPER_MAIL_FROM="Rowing Club <accounts@club.example>")

    with mails(app) as found:
        mailer(app).send("ann@example.org", "closed")

    assert found[0]["From"] == "Rowing Club <accounts@club.example>"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_process_that_was_forked_sends_by_itself_and_nothing_twice(tmp_path):
    go = threading.Event()
    path = tmp_path / "sent"

    def send(message):
        if os.getpid() == parent:
            go.wait(10)

        with path.open("a") as f:
            f.write(f"{message['To']}\n")

    parent = os.getpid()
    app = made(send)
    mailer(app).send("parent@example.org", "closed")
    child = os.fork()

    if not child:
        status = 1

        try:
            mailer(app).send("child@example.org", "closed")
            status = mailer(app).outbox.flush(5)
            queues._end()
        finally:
            os._exit(status)

    assert os.waitpid(child, 0)[1] == 0
    assert path.read_text() == "child@example.org\n"
    go.set()
    assert mailer(app).outbox.flush(5) == 0
    assert path.read_text() == "child@example.org\nparent@example.org\n"
