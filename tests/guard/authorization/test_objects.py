"""Rules for objects: plain functions, and what no rule speaks of is refused."""

from __future__ import annotations

import dataclasses

import pytest
from flask import abort
from flask import Blueprint
from flask import render_template_string
from flask import session
from sqlalchemy import create_engine
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import Session

from stopper import Stopper
from stopper.catalogue.error import SettingError
from stopper.testing import events


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    shared: Mapped[bool]


@dataclasses.dataclass
class Picture:
    owner: str


class Portrait(Picture):
    pass


@pytest.fixture
def ruled(shop):
    """A shop with notes of two people, rules for them and views that ask."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)

    with Session(engine) as db:
        db.add_all(
            Note(id=n, owner=owner, shared=shared)
            for n, owner, shared in [(1, "1", False), (2, "3", False), (3, "3", True)]
        )
        db.commit()

    stopper = shop.stopper

    @stopper.rule("edit", Note)
    def owns(user, note):
        return note.owner == user or stopper.may("notes:any")

    @stopper.rule("read", Note)
    def reads(user, note):
        return note.shared or note.owner == user

    @stopper.filter("read", Note)
    def readable(user, statement):
        return statement.where(or_(Note.shared, Note.owner == user))

    blueprint = stopper.public(Blueprint("notes", __name__))

    @blueprint.errorhandler(404)
    def lost(error):
        return "no such note", 404

    @blueprint.get("/notes/<int:id>/may/<action>")
    def may(id, action):
        with Session(engine) as db:
            return str(stopper.may(action, db.get(Note, id)))

    @blueprint.get("/notes/<int:id>/<action>")
    def check(id, action):
        with Session(engine) as db:
            stopper.check(action, db.get(Note, id))
            return "done"

    @blueprint.get("/notes/<int:id>")
    def show(id):
        with Session(engine) as db:
            note = db.get_one(Note, id) if id < 4 else None

            if note is None:
                abort(404)

            stopper.check("read", note, hidden=True)
            return "shown"

    @blueprint.get("/notes/<action>")
    def listing(action):
        with Session(engine) as db:
            found = stopper.visible(select(Note), action, Note)
            return [note.id for note in db.scalars(found)]

    shop.app.register_blueprint(blueprint)
    yield shop
    engine.dispose()


@pytest.mark.parametrize(
    ("user", "says"),
    [("", "False"), ("1", "True"), ("3", "False"), ("2", "True"), ("4", "True")],
)
def test_a_rule_is_asked_with_the_user_and_the_object(ruled, user, says):
    # A chief has notes:*, an admin everything.
    assert ruled.client(user).get("/notes/1/may/edit").text == says


def test_what_is_not_allowed_is_refused(ruled):
    with events(ruled.app) as found:
        assert ruled.status("/notes/1/edit", "3") == 403
        assert ruled.status("/notes/1/edit", "1") == 200

    assert found.refused == ["object-denied"]
    assert found[0].details == {"asked": "edit", "object": "Note"}


def test_a_visitor_logs_in_first(ruled):
    assert ruled.status("/notes/1/edit") == 401


def test_a_visitor_may_what_the_rule_lets_everybody_do(ruled):
    assert ruled.status("/notes/3/read") == 200


@pytest.mark.parametrize("user", ["", "2"])
def test_what_no_rule_speaks_of_is_refused(ruled, user):
    with events(ruled.app) as found:
        assert ruled.client(user).get("/notes/1/may/burn").text == "False"
        assert ruled.client(user).get("/notes/1/may/burn").text == "False"

    assert ruled.status("/notes/1/burn", "2") == 403
    assert found.refused == ["no-rule"]
    assert '@stopper.rule("burn", Note)' in found[0].message


def test_an_object_that_was_not_found_is_no_permission(ruled):
    # An admin has every permission, and "edit" would be one of them.
    assert ruled.client("2").get("/notes/99/may/edit").text == "False"
    assert ruled.status("/notes/99/edit", "2") == 403


def test_a_hidden_object_answers_as_one_that_is_not_there(ruled):
    client = ruled.client("1")
    there, nowhere = client.get("/notes/2"), client.get("/notes/99")

    assert there.status_code == nowhere.status_code == 404
    assert there.data == nowhere.data == b"no such note"
    assert sorted(there.headers) == sorted(nowhere.headers)
    assert client.get("/notes/3").text == "shown"


@pytest.mark.parametrize(("user", "seen"), [("", [3]), ("1", [1, 3]), ("3", [2, 3])])
def test_a_list_shows_only_what_may_be_seen(ruled, user, seen):
    assert ruled.client(user).get("/notes/read").json == seen


def test_a_list_without_a_filter_is_refused(ruled):
    with events(ruled.app) as found:
        assert ruled.status("/notes/edit", "2") == 403

    assert found.refused == ["no-filter"]


def test_templates_may_ask(ruled):
    @ruled.app.get("/page")
    @ruled.stopper.public
    def page():
        return render_template_string("{{ may('notes:write') }}")

    assert ruled.client("1").get("/page").text == "True"
    assert ruled.client("3").get("/page").text == "False"


def asking(shop, rule, kind=Picture, thing=None):
    shop.stopper.rule("see", kind)(rule)

    @shop.app.get("/see")
    @shop.stopper.public
    def see():
        return str(shop.stopper.may("see", thing or Picture("1")))

    return shop.client("1")


async def coroutine(user, picture):
    return False


@pytest.mark.parametrize("rule", [lambda u, p: "no", lambda u, p: [0]])
def test_a_rule_that_says_neither_yes_nor_no_is_an_error(bare, rule):
    with pytest.raises(TypeError, match="True or False"):
        asking(bare, rule).get("/see")


def test_a_coroutine_is_no_yes(bare):
    with pytest.raises(TypeError, match="coroutine"):
        asking(bare, coroutine).get("/see")


@pytest.mark.parametrize("nothing", [None, "", 0, []])
def test_a_rule_that_finds_nothing_says_no(bare, nothing):
    assert asking(bare, lambda u, p: nothing).get("/see").text == "False"


def test_a_rule_holds_for_what_is_derived(bare):
    client = asking(bare, lambda u, p: p.owner == u, Picture, Portrait("1"))

    assert client.get("/see").text == "True"


def test_a_rule_does_not_hold_for_what_it_is_derived_from(bare):
    client = asking(bare, lambda u, p: True, Portrait, Picture("1"))

    assert client.get("/see").text == "False"


def test_a_user_without_an_id_is_a_visitor_to_a_rule(bare):
    @bare.app.post("/in")
    @bare.stopper.public
    def come_in():
        session["user"] = {"name": "eve"}
        return ""

    asking(bare, lambda user, picture: user is not None)
    client = bare.client()
    client.post("/in")

    with events(bare.app) as found:
        assert client.get("/see").text == "False"

    assert [e.name for e in found] == ["nameless-user"]


def test_a_filter_that_returns_nothing_is_an_error(bare):
    bare.stopper.filter("read", Picture)(lambda user, statement: None)

    @bare.app.get("/list")
    @bare.stopper.public
    def listing():
        return bare.stopper.visible([], "read", Picture)

    with pytest.raises(TypeError, match="returns the statement"):
        bare.client().get("/list")


def test_two_rules_for_one_thing_are_an_error():
    stopper = Stopper()
    stopper.rule("read", Picture)(lambda user, picture: True)

    with pytest.raises(SettingError, match="already"):
        stopper.rule("read", Picture)(lambda user, picture: True)


@pytest.mark.parametrize(("action", "kind"), [("read", "Note"), (Picture, "read")])
def test_a_rule_takes_an_action_and_a_class(action, kind):
    with pytest.raises(SettingError, match="a class"):
        Stopper().rule(action, kind)


def test_outside_of_a_request_nobody_asks(bare):
    with bare.app.app_context(), pytest.raises(RuntimeError, match="no request"):
        bare.stopper.may("notes:write")
