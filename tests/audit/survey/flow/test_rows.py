"""What was stored in a row of a database, and comes back."""

from __future__ import annotations

import pytest

from audit.survey.flow.told import between
from audit.survey.flow.told import HEAD
from projects import project
from stopper.audit.finding import Finding
from stopper.audit.run import audit
from stopper.catalogue.rule import Confidence

TABLES = """
from flask_login import UserMixin, current_user
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import insert, select, update

db = SQLAlchemy(app)


class User(UserMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80))
    bio = db.Column(db.Text)
    age = db.Column(db.Integer)
    born = db.Column(db.DateTime)
    posts = db.relationship("Post", backref="author")

    @property
    def shown(self):
        return "- " + self.bio

    def text(self):
        return self.bio


class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String)
    user_id = db.Column(db.ForeignKey("user.id"))
"""

SAVED = "db.session.add(User(bio=x))"


def found(write: str, read: str, tables: str = TABLES) -> list[Finding]:
    """Return what is found where one view writes ``x``, and another one runs what it reads."""
    return between(tables, write, read)


@pytest.mark.parametrize(
    "read",
    [
        "os.system(User.query.get(number).bio)",
        "user = User.query.get(number)\nos.system(user.bio)",
        "user = User.query.filter_by(id=number).first_or_404()\nos.system(user.bio)",
        "user = User.query.filter(User.id == number).first()\nos.system(f'a {user.bio}')",
        "user = db.session.get(User, number)\nos.system(user.bio)",
        "user = db.session.query(User).filter(User.id == 1).one()\nos.system(user.bio)",
        "user = db.session.execute(select(User)).scalar_one()\nos.system(user.bio)",
        "user = db.session.scalars(select(User)).first()\nos.system(user.bio)",
        "stmt = select(User).where(User.id == 1)\nos.system(db.session.scalar(stmt).bio)",
        "for user in User.query.all():\n    os.system(user.bio)",
        "for user in User.query:\n    os.system(user.bio)",
        "os.system(' '.join([u.bio for u in User.query.order_by(User.id)]))",
        "users = User.query.all()\nos.system(users[0].bio)",
        "page = User.query.paginate(page=1)\nfor u in page.items:\n    os.system(u.bio)",
        "query = User.query\nif number:\n    query = query.filter_by(id=number)\nos.system(query.first().bio)",
        "row = db.session.query(User.id, User.bio).first()\nos.system(row.bio)",
        "row = db.session.query(User.id, User.bio).first()\nos.system(row[1])",
        "for id_, bio in db.session.query(User.id, User.bio):\n    os.system(bio)",
        "for user, post in db.session.query(User, Post):\n    os.system(user.bio)",
        "os.system(Post.query.get(number).author.bio)",
        "os.system(current_user.bio)",
        "os.system(User.query.get(number).shown)",
        "os.system(User.query.get(number).text())",
        "user = User.query.get(number)\nos.system(user.text())",
        "os.system(getattr(User.query.get(number), 'bio'))",
    ],
)
def test_a_column_is_read(read):
    assert [f.confidence for f in found(SAVED, read)] == [Confidence.MEDIUM]


@pytest.mark.parametrize(
    "read",
    [
        "os.system(User.query.get(x).name)",
        "user = User.query.filter_by(bio=number).first()\nos.system(user.name)",
        "os.system(str(User.query.filter_by(bio=number).count()))",
        "row = db.session.query(User.id, User.bio).first()\nos.system(row[0])",
        "for user, post in db.session.query(User, Post):\n    os.system(post.title)",
        "os.system(Post.query.get(number).bio)",
        "os.system(Post.query.get(number).author.name)",
        "os.system(current_user.name)",
    ],
)
def test_another_column_is_not(read):
    assert found(SAVED, read) == []


@pytest.mark.parametrize(
    "write",
    [
        "db.session.add(User(bio=x))",
        "db.session.add(User(**request.json))",
        "user = User()\nuser.bio = x",
        "user = User.query.get(1)\nuser.bio = x",
        "user = db.session.get(User, 1)\nuser.bio = x",
        "user = User.query.get(1)\nsetattr(user, 'bio', x)",
        "for user in User.query.all():\n    user.bio = x",
        "user = User.query.get(1)\nfor k, v in request.form.items():\n    setattr(user, k, v)",
        "user = User(\n    bio=x,\n    name='k',\n)",
        "current_user.bio = x",
        "Post.query.get(1).author.bio = x",
        "User.query.filter_by(id=1).update({'bio': x})",
        "User.query.filter_by(id=1).update({User.bio: x})",
        "db.session.query(User).filter(User.id == 1).update({'bio': x})",
        "db.session.execute(update(User).where(User.id == 1).values(bio=x))",
        "db.session.execute(insert(User).values({'bio': x}))",
        "db.session.execute(insert(User), [{'bio': x}])",
        "db.session.bulk_insert_mappings(User, [{'name': 'a', 'bio': x}])",
    ],
)
def test_a_column_is_written(write):
    rows = found(write, "os.system(User.query.get(1).bio)")
    assert [f.confidence for f in rows] == [Confidence.MEDIUM]


@pytest.mark.parametrize(
    "write",
    [
        "db.session.add(User(name=x))",
        "db.session.add(User(bio='constant'))",
        "db.session.add(User(bio=str(int(x))))",
        "post = Post.query.get(1)\npost.bio = x",
        "User.query.filter_by(bio=x).update({'bio': 'constant'})",
        "db.session.execute(update(Post).values(bio=x))",
    ],
)
def test_another_write_is_not(write):
    assert found(write, "os.system(User.query.get(1).bio)") == []


@pytest.mark.parametrize("column", ["id", "age", "born"])
def test_a_column_of_numbers_or_dates_holds_no_harm(column):
    read = f"os.system(str(User.query.get(1).{column}))"
    assert found(f"db.session.add(User({column}=x))", read) == []


def test_the_steps_tell_where_it_was_stored_and_comes_back():
    steps = [
        s.message for s in found(SAVED, "os.system(User.query.get(1).bio)")[0].steps
    ]
    assert steps == [
        "The request's value comes in here.",
        "`x` is made of it.",
        "`bio` is stored in the row, as `User.bio`.",
        "`bio` comes back from the database, as `User.bio`.",
    ]


def test_what_a_function_nobody_calls_stores_is_nobodys():
    tables = TABLES + "\n\ndef put(bio):\n    db.session.add(User(bio=bio))\n"
    assert found("pass", "os.system(User.query.get(1).bio)", tables) == []


DECLARED = """
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    bio: Mapped[str | None]
    age: Mapped[int | None]
    posts: Mapped[list["Post"]] = relationship(back_populates="author")

class Post(Base):
    __tablename__ = "post"
    author: Mapped["User"] = relationship(back_populates="posts")

session = Session()
"""

PEEWEE = """
from peewee import CharField, ForeignKeyField, IntegerField, Model

class User(Model):
    bio = CharField()
    age = IntegerField()

class Post(Model):
    author = ForeignKeyField(User, backref="posts")
"""

MONGO = """
from mongoengine import Document, IntField, ReferenceField, StringField

class User(Document):
    bio = StringField()
    age = IntField()

class Post(Document):
    author = ReferenceField(User)
"""


@pytest.mark.parametrize(
    ("tables", "write", "read"),
    [
        (DECLARED, "session.add(User(bio=x))", "session.get(User, 1).bio"),
        (DECLARED, "session.add(User(bio=x))", "session.get(Post, 1).author.bio"),
        (PEEWEE, "User.create(bio=x)", "User.get_by_id(1).bio"),
        (PEEWEE, "User.create(bio=x)", "User.get(User.id == 1).bio"),
        (PEEWEE, "User.create(bio=x)", "User.select().where(User.age > 1)[0].bio"),
        (
            PEEWEE,
            "User.update(bio=x).where(User.id == 1).execute()",
            "User.get_or_none(1).bio",
        ),
        (PEEWEE, "User.insert(bio=x).execute()", "Post.get_by_id(1).author.bio"),
        (MONGO, "User(bio=x).save()", "User.objects(age=1).first().bio"),
        (MONGO, "User(bio=x).save()", "User.objects.get(id=1).bio"),
        (
            MONGO,
            "User.objects(id=1).update(set__bio=x)",
            "Post.objects.first().author.bio",
        ),
        (MONGO, "u = User.objects.get(id=1)\nu.bio = x", "User.objects.get(id=1).bio"),
    ],
)
def test_other_mappers_have_rows_too(tables, write, read):
    assert found(write, f"os.system({read})", tables) != []
    assert found(write, f"os.system(str({read.replace('bio', 'age')}))", tables) == []


def test_a_form_that_fills_a_row_fills_its_columns():
    forms = """
from flask_wtf import FlaskForm
from wtforms import StringField

class Profile(FlaskForm):
    bio = StringField()
"""
    write = "form = Profile()\nform.populate_obj(User.query.get(1))"
    assert found(write, "os.system(User.query.get(1).bio)", TABLES + forms) != []
    assert found(write, "os.system(User.query.get(1).name)", TABLES + forms) == []


def test_what_a_function_is_told_to_wait_does_not_come_back():
    read = "os.system(job().result(timeout=User.query.get(1).bio))"
    assert found(SAVED, read) == []


def test_who_is_logged_in_is_a_row_of_what_the_loader_gives():
    tables = (
        TABLES.replace("UserMixin, db", "db")
        + """
@login.user_loader
def load(number):
    return db.session.get(User, number)
"""
    )
    assert found(SAVED, "os.system(current_user.bio)", tables) != []
    assert found(SAVED, "os.system(current_user.name)", tables) == []


MIXED = """
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy(app)


class Base(db.Model):
    __abstract__ = True

    @classmethod
    def find(cls, number):
        return cls.query.get(number)

    def change(self, **values):
        for name, value in values.items():
            setattr(self, name, value)


class Noted:
    note = db.Column(db.Text)


class User(Noted, Base):
    bio = db.Column(db.Text)
    name = db.Column(db.Text)

    def put(self, bio):
        self.bio = bio

    @staticmethod
    def bios():
        return [user.bio for user in User.query]


class Post(Noted, Base):
    bio = db.Column(db.Text)
"""


@pytest.mark.parametrize(
    ("write", "read"),
    [
        ("User.find(1).bio = x", "User.find(1).bio"),
        ("user = User.find(1)\nuser.put(x)", "User.find(1).bio"),
        ("User.find(1).note = x", "User.query.get(1).note"),
        ("user = User.find(1)\nuser.change(bio=x)", "User.find(1).bio"),
        ("User(bio=x)", "User.bios()[0]"),
    ],
)
def test_a_method_that_tables_share_is_of_the_one_that_is_asked(write, read):
    assert found(write, f"os.system({read})", MIXED) != []


@pytest.mark.parametrize(
    ("write", "read"),
    [
        ("Post.find(1).bio = x", "User.find(1).bio"),
        ("user = User.find(1)\nuser.put(x)", "Post.find(1).bio"),
        ("user = User.find(1)\nuser.change(bio=x)", "User.find(1).name"),
    ],
)
def test_it_is_of_no_other(write, read):
    assert found(write, f"os.system({read})", MIXED) == []


PAGE = """
<p>{{ user.bio|safe }}</p>
<p>{{ user.name|safe }}</p>
<p>{{ user.bio }}</p>
"""


def test_what_was_stored_is_printed_by_a_template():
    views = """
@app.post("/write")
def write():
    db.session.add(User(bio=request.json["bio"]))
    return ""


@app.get("/read")
def read():
    return render_template("read.html", user=User.query.get(1))
"""
    head = HEAD + "from flask import render_template\n" + TABLES
    made = project({"app.py": head + views, "templates/read.html": PAGE})
    rows = [f for f in audit([made]).findings if f.place.path.endswith(".html")]
    assert [(f.place.line, f.confidence, bool(f.steps)) for f in rows] == [
        (2, Confidence.MEDIUM, True),
        (3, Confidence.LOW, False),
    ]
