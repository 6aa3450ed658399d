"""Keys are made, replaced and revoked; what is not good any more opens nothing."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from guard.apikeys.conftest import keys_of
from guard.apikeys.conftest import program_of
from guard.apikeys.conftest import START
from stopper import Stopper
from stopper.accounts import Accounts
from stopper.controls.apikeys.policy import keys_in
from stopper.controls.apikeys.policy import parsed
from stopper.controls.apikeys.policy import Parts
from stopper.controls.apikeys.policy import written
from stopper.guard.apikeys.hashes import Hashes
from stopper.guard.apikeys.keys import NoSuchKey
from stopper.guard.apikeys.wishes import BadWish
from stopper.guard.apikeys.wishes import Wish
from stopper.guard.keys import Keys
from stopper.testing import client

DAY = 86_400


def other_secret(key):
    parts = parsed(key)
    return written(Parts(parts.prefix, parts.id, "x" * len(parts.secret)))


def other_id(key):
    parts = parsed(key)
    return written(Parts(parts.prefix, "x" * len(parts.id), parts.secret))


def test_the_table_holds_no_key(engine, key):
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM stopper_apikey").all()

    assert parsed(key).secret not in repr(rows)
    assert parsed(key).secret.encode() not in b"".join(
        bytes(value) for value in rows[0] if isinstance(value, bytes | memoryview)
    )


def spoil(kind, app, key, clock):
    """Make a key bad, and return what is sent in its place."""
    keys, id = keys_of(app), parsed(key).id

    if kind == "unknown":
        return other_id(key)

    if kind == "wrong-secret":
        return other_secret(key)

    if kind == "revoked":
        keys.revoke(id)

    if kind == "expired":
        clock.now += 90 * DAY

    if kind == "wrong-address":
        return keys.make("ann", Wish(networks="192.0.2.0/24")).key

    return key


KINDS = ("unknown", "wrong-secret", "revoked", "expired", "wrong-address")


@pytest.mark.parametrize("kind", KINDS)
def test_every_wrong_key_is_answered_alike(app, key, clock, happened, kind):
    program = program_of(app)
    wrong = spoil(kind, app, key, clock)
    happened.clear()
    answer = program(wrong)
    reference = program(other_id(key))
    vary = ("X-Request-ID", "Content-Length")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert {k: v for k, v in answer.headers if k not in vary} == {
        k: v for k, v in reference.headers if k not in vary
    }
    assert answer.json["detail"] == reference.json["detail"]
    assert happened[0].details["reason"] == kind


@pytest.mark.parametrize("kind", KINDS)
def test_every_wrong_key_costs_the_same(app, key, clock, statements, monkeypatch, kind):
    program = program_of(app)
    wrong = spoil(kind, app, key, clock)
    hashed = []
    honest = Hashes.of

    def counted(self, *given):
        hashed.append(1)
        return honest(self, *given)

    monkeypatch.setattr(Hashes, "of", counted)
    statements.clear()
    program(wrong)

    assert (len(statements), len(hashed)) == (1, 1)


def test_a_typing_error_is_not_looked_up(program, key, statements):
    assert program(key[:-1] + ("a" if key[-1] != "a" else "b")).status_code == 401
    assert statements == []


def test_a_key_of_another_prefix_is_none(program, key):
    parts = parsed(key)
    foreign = written(Parts("other", parts.id, parts.secret))

    assert program(foreign).status_code == 401


def test_a_key_ends_in_the_second_that_it_was_made_for(app, key, clock, program):
    clock.now = START + 90 * DAY - 1
    assert program(key).status_code == 200

    clock.now = START + 90 * DAY
    assert program(key).status_code == 401


@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        ("192.0.2.0/24", "192.0.2.7", 200),
        ("192.0.2.0/24", "::ffff:192.0.2.7", 200),
        ("192.0.2.0/24", "192.0.3.7", 401),
        ("::ffff:192.0.2.0/120", "192.0.2.7", 200),
        ("::ffff:192.0.2.0/120", "::ffff:192.0.3.7", 401),
        ("10.0.0.1 2001:db8::/32", "2001:db8::9", 200),
        ("2001:db8::/32", "192.0.2.7", 401),
    ],
)
def test_a_key_is_taken_from_its_networks_alone(
    app, keys, program, networks, address, status
):
    key = keys.make("ann", Wish(scopes=("notes:read",), networks=networks)).key
    answer = program(key, environ_overrides={"REMOTE_ADDR": address})

    assert answer.status_code == status


def test_an_address_that_the_client_says_itself_is_none(keys, program):
    key = keys.make("ann", Wish(scopes=("notes:read",), networks="192.0.2.0/24")).key
    said = {"X-Forwarded-For": "192.0.2.7"}

    assert program(key, headers=said).status_code == 401


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish(days=0), "days"),
        (Wish(days=91), "days"),
        (Wish(label="x" * 201), "label"),
        (Wish(label="a\x1b[2J"), "label"),
        (Wish(scopes=("admin",)), "scopes"),
        (Wish(networks="192.0.2.300"), "networks"),
        (Wish(networks="192.0.2.7/24"), "networks"),
        (Wish(networks=","), "networks"),
        (Wish(rate="often"), "rate"),
    ],
)
def test_a_wish_that_is_wrong_is_refused(keys, wish, field):
    with pytest.raises(BadWish) as refused:
        keys.make("ann", wish)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("rate", "fits"),
    [
        ("600/minute", True),
        ("1/day", True),
        ("10/second", True),
        ("11/second", False),
        ("601/minute", False),
        ("700/hour", False),
        ("1000000/second; 5/hour", True),
    ],
)
def test_a_user_gives_a_key_no_higher_rate_than_the_setting(keys, rate, fits):
    wish = Wish(rate=rate)

    if fits:
        assert keys.make("ann", wish, own=True).row.rate == rate
    else:
        with pytest.raises(BadWish, match="600/minute at most"):
            keys.make("ann", wish, own=True)

    assert keys.make("ann", wish).row.rate == rate


def test_an_owner_gives_what_they_may_themselves(keys, monkeypatch):
    monkeypatch.setattr(keys, "_grants", lambda user, scope: scope == "notes:read")

    assert list(keys.scopes("ann")) == ["notes:read"]

    with pytest.raises(BadWish):
        keys.make("ann", Wish(scopes=("notes:write",)))


def test_a_user_has_so_many_keys_and_no_more(keys, monkeypatch):
    monkeypatch.setattr("stopper.guard.apikeys.keys.MOST", 2)
    keys.make("ann", Wish())
    ended = keys.make("ann", Wish())
    keys.make("bob", Wish())

    with pytest.raises(BadWish, match="revoke"):
        keys.make("ann", Wish())

    keys.revoke(ended.row.id)
    keys.make("ann", Wish())


def test_a_replaced_key_works_on_for_a_while(keys, key, program, clock):
    new = keys.rotate(parsed(key).id, "ann", hours=2)

    assert program(key).status_code == program(new.key).status_code == 200

    clock.now += 2 * 3600

    assert program(key).status_code == 401
    assert program(new.key).status_code == 200


def test_a_new_key_is_what_the_old_one_was(keys, clock):
    wish = Wish("a job", ("notes:read",), 30, "192.0.2.0/24", "5/minute")
    old = keys.make("ann", wish)
    clock.now += 20 * DAY
    new = keys.rotate(old.row.id, "ann").row

    assert (new.user, new.label, new.scopes) == ("ann", "a job", "notes:read")
    assert (new.networks, new.rate) == ("192.0.2.0/24", "5/minute")
    assert new.expires_at == clock.now + 30 * DAY
    assert keys.listed("ann")[1].successor == new.id


def test_an_overlap_does_not_make_a_key_live_longer(keys, clock):
    old = keys.make("ann", Wish(days=1))
    clock.now += DAY - 60
    keys.rotate(old.row.id, "ann", hours=24)

    assert keys.listed("ann")[1].expires_at == old.row.expires_at


def test_a_successor_is_not_given_what_its_owner_lost(keys, key, monkeypatch):
    monkeypatch.setattr(keys, "_grants", lambda user, scope: False)

    assert keys.rotate(parsed(key).id).row.scopes == ""


@pytest.mark.parametrize("state", ["unknown", "foreign", "revoked", "expired", "done"])
def test_only_a_good_key_of_ones_own_is_replaced(keys, key, clock, state):
    id, user = parsed(key).id, "bob" if state == "foreign" else "ann"

    if state == "revoked":
        keys.revoke(id)
    elif state == "expired":
        clock.now += 90 * DAY
    elif state == "done":
        keys.rotate(id, "ann")

    before = len(keys.listed())

    with pytest.raises(NoSuchKey):
        keys.rotate("nothing" if state == "unknown" else id, user)

    assert len(keys.listed()) == before


def test_a_key_is_revoked_by_its_owner(keys, key, program):
    id = parsed(key).id

    assert not keys.revoke(id, "bob")
    assert program(key).status_code == 200
    assert keys.revoke(id, "ann")
    assert not keys.revoke(id, "ann")
    assert program(key).status_code == 401


def test_every_key_of_a_user_can_be_revoked(keys, key, program):
    other = keys.make("bob", Wish(scopes=("notes:read",))).key

    assert keys.revoke_all("ann") == 1
    assert program(key).status_code == 401
    assert program(other).status_code == 200


def together(count, function):
    """Run a function in several threads at once, and return what each returned."""
    barrier = threading.Barrier(count)
    found = []

    def run():
        barrier.wait()

        try:
            found.append(function())
        except Exception as e:
            found.append(e)

    threads = [threading.Thread(target=run) for _ in range(count)]

    for thread in threads:
        thread.start()

    for thread in threads:
        thread.join()

    return found


def test_of_two_who_replace_a_key_one_has_the_new_one(keys, key):
    found = together(4, lambda: keys.rotate(parsed(key).id, "ann"))

    assert sorted(type(one).__name__ for one in found) == [
        "Made",
        "NoSuchKey",
        "NoSuchKey",
        "NoSuchKey",
    ]
    assert len(keys.listed("ann")) == 2


def test_a_key_that_is_revoked_while_it_is_used_stays_revoked(app, keys, key):
    program = program_of(app)
    program(key)
    ended = threading.Event()
    late = []

    def use():
        while True:
            over = ended.is_set()
            status = program_of(app)(key).status_code

            if over:
                late.append(status)
                return

    threads = [threading.Thread(target=use) for _ in range(3)]

    for thread in threads:
        thread.start()

    keys.revoke(parsed(key).id)
    ended.set()

    for thread in threads:
        thread.join()

    keys.checks.uses.wait()

    assert late == [401, 401, 401]
    assert keys.listed("ann")[0].revoked_at is not None


def test_when_a_key_was_used_is_kept_once_a_minute(app, keys, key, clock, program):
    def used():
        keys.checks.uses.wait()
        row = keys.listed("ann")[0]
        return row.used_at, row.used_from

    assert used() == (None, "")

    program(key, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert used() == (START, "192.0.2.7")

    clock.now += 59
    program(key)
    assert used() == (START, "192.0.2.7")

    clock.now += 1
    program(key)
    assert used() == (START + 60, "127.0.0.1")


def test_a_wrong_key_is_no_use_of_the_right_one(keys, key, program):
    program(other_secret(key))
    keys.checks.uses.wait()

    assert keys.listed("ann")[0].used_at is None


def test_a_use_that_cannot_be_written_is_in_nobodys_way(
    engine, keys, key, program, happened
):
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "CREATE TRIGGER no BEFORE UPDATE ON stopper_apikey "
                "BEGIN SELECT RAISE(FAIL, 'full'); END"
            )
        else:
            connection.exec_driver_sql(
                "CREATE FUNCTION no() RETURNS trigger AS "
                "$$ BEGIN RAISE 'full' USING ERRCODE = '53100'; END $$ LANGUAGE plpgsql"
            )
            connection.exec_driver_sql(
                "CREATE TRIGGER no BEFORE UPDATE ON stopper_apikey "
                "FOR EACH ROW EXECUTE FUNCTION no()"
            )

    answer = program(key)
    keys.checks.uses.wait()

    assert answer.status_code == 200
    assert "uses-not-kept" in [e.name for e in happened]


def test_a_rotated_secret_key_ends_no_key_and_takes_it_over(make_app, engine):
    old = make_app(SECRET_KEY="the first key of these tests")
    key = keys_of(old).make("ann", Wish(scopes=("notes:read",))).key
    both = make_app(
        SECRET_KEY="the next key of these tests",
        SECRET_KEY_FALLBACKS=["the first key of these tests"],
    )
    first = program_of(both)(key).status_code
    keys_of(both).checks.uses.wait()
    new = make_app(SECRET_KEY="the next key of these tests")

    assert first == 200
    assert program_of(new)(key).status_code == 200
    assert program_of(old)(key).status_code == 401


def test_without_the_key_of_the_app_a_hash_is_worth_nothing(make_app):
    old = make_app(SECRET_KEY="the first key of these tests")
    key = keys_of(old).make("ann", Wish(scopes=("notes:read",))).key
    leaked = make_app(SECRET_KEY="another key of these tests")

    assert program_of(leaked)(key).status_code == 401


def test_a_hash_of_one_key_is_none_of_another():
    hashes = Hashes(Keys({"SECRET_KEY": "x" * 32}))

    assert not hashes.right("b", "s", hashes.of("a", "s"), hashes.newest)
    assert hashes.right("a", "s", hashes.of("a", "s"), hashes.newest)


def test_a_key_says_itself_nowhere(keys, key, happened):
    made = keys.make("ann", Wish())

    assert parsed(made.key).secret not in repr(made) + repr(parsed(made.key))
    assert all(not list(keys_in(repr(e.as_dict()))) for e in happened)


@pytest.mark.parametrize("path", ["/api", "/?key={}"])
def test_a_database_that_is_down_at_the_start_is_503(path):
    app = Flask("club")
    app.config.update(
        SECRET_KEY="a key for these tests alone",
        STOPPER_ORIGIN="https://notes.example",
        STOPPER_STORE="memory://",
        # Nobody listens at port 1.
        STOPPER_ACCOUNTS_URL="postgresql://notes:of-nobody@127.0.0.1:1/notes",
    )
    stopper = Stopper(app)
    app.get("/api")(stopper.apikey()(lambda: "secret"))
    Accounts(app, pages=False)
    text = written(Parts("stp", "a" * 12, "b" * 30))
    bearer = {"Authorization": f"Bearer {text}"}
    answer = client(app, browser=False).get(path.format(text), headers=bearer)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"


def test_a_database_that_is_down_is_503(app, key, program, happened, monkeypatch):
    from stopper.guard.tables.database import DatabaseDown

    def down(self, id):
        raise DatabaseDown("The database of STOPPER_ACCOUNTS_URL failed.")

    keys = keys_of(app)
    monkeypatch.setattr(keys.checks, "_database", _Down())
    answer = program(key)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert [e.name for e in happened] == ["keys-down", "keys-down"]


class _Down:
    def reading(self):
        from stopper.guard.tables.database import DatabaseDown

        raise DatabaseDown("The database of STOPPER_ACCOUNTS_URL failed.")


def test_an_owner_is_told_of_a_new_key_by_mail(app, keys):
    service = app.extensions["stopper.accounts"]

    with service.database.writing() as sql:
        ann = service.people.add(sql, "ann@example.org", None, "", START)

    with service.mailer.collecting() as mails:
        made = keys.make(ann.id, Wish("backup"))
        keys.make("17", Wish("of nobody who has an address"))

    text = mails[0].get_content()

    assert [mail["To"] for mail in mails] == ["ann@example.org"]
    assert '"backup"' in text
    assert "https://notes.example/account/keys" in text
    assert parsed(made.key).secret not in text


def test_a_mail_that_cannot_be_sent_keeps_no_key_back(keys, happened, monkeypatch):
    def fail(*given):
        raise OSError("no mail today")

    monkeypatch.setattr(keys, "_notice", fail)

    assert keys.make("ann", Wish()).key
    assert [e.name for e in happened] == ["key-made", "notice-failed"]
