"""Writes an app of any size, as people write them: blueprints, services, templates."""

from __future__ import annotations

from pathlib import Path

VIEWS = '''"""Pages of part {n}."""

from flask import abort
from flask import Blueprint
from flask import flash
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask_login import current_user
from flask_login import login_required

from ..shared.pages import paged
from ..shared.texts import excerpt
from ..shared.texts import slug
from . import service
from .forms import NoteForm

bp = Blueprint("part{n}", __name__, url_prefix="/part{n}")


@bp.before_request
def count():
    service.counter.add(request.endpoint)


@bp.route("/")
def index():
    page = request.args.get("page", 1, type=int)
    rows, more = paged(service.newest(), page)
    notes = [{{"title": r["title"], "text": excerpt(r["body"])}} for r in rows]
    return render_template("part{n}/index.html", notes=notes, page=page, more=more)


@bp.route("/<int:number>")
def show(number):
    note = service.by_number(number)

    if note is None:
        abort(404)

    return render_template("part{n}/show.html", note=note)


@bp.route("/new", methods=["GET", "POST"])
@login_required
def create():
    form = NoteForm()

    if form.validate_on_submit():
        service.store(form.title.data, form.body.data, current_user.id)
        flash("It is stored.")
        return redirect(url_for("part{n}.index"))

    return render_template("part{n}/edit.html", form=form)


@bp.route("/find")
def find():
    words = request.args.get("words", "")
    order = request.args.get("order", "title")

    if order not in service.ORDERS:
        order = "title"

    found = service.search(words.split(), order)
    return render_template("part{n}/index.html", notes=found, page=1, more=False)


@bp.get("/export/<name>")
@login_required
def export(name):
    path = service.exported(slug(name))

    if not path.is_file():
        abort(404)

    return path.read_text("utf-8"), 200, {{"Content-Type": "text/plain"}}


@bp.get("/back")
def back():
    target = request.args.get("next") or url_for("part{n}.index")

    if not target.startswith("/") or target.startswith("//"):
        target = url_for("part{n}.index")

    return redirect(target)
'''

SERVICE = '''"""What part {n} does with its notes."""

import collections
import logging
import pathlib

from ..shared.database import connected
from ..shared.texts import slug

logger = logging.getLogger(__name__)

ORDERS = ("title", "changed")
FOLDER = pathlib.Path("exports") / "part{n}"


class Counter:
    """How often each page was asked for."""

    def __init__(self):
        self.seen = collections.Counter()

    def add(self, endpoint):
        self.seen[endpoint] += 1

        if self.seen[endpoint] % 1000 == 0:
            logger.info("%s was asked for %d times", endpoint, self.seen[endpoint])


counter = Counter()


def newest(limit=200):
    with connected() as db:
        return db.execute(
            "select number, title, body from note{n} order by changed desc limit ?",
            (limit,),
        ).fetchall()


def by_number(number):
    with connected() as db:
        rows = db.execute("select * from note{n} where number = ?", (number,))
        return rows.fetchone()


def store(title, body, owner):
    with connected() as db:
        db.execute(
            "insert into note{n} (title, slug, body, owner) values (?, ?, ?, ?)",
            (title, slug(title), body, owner),
        )


def search(words, order):
    where = " and ".join("body like ?" for _ in words) or "1"
    values = [f"%{{word}}%" for word in words]

    with connected() as db:
        statement = f"select number, title, body from note{n} where {{where}}"
        return db.execute(f"{{statement}} order by {{order}}", values).fetchall()


def exported(name):
    return FOLDER / f"{{name}}.txt"


def sorted_by_owner(rows):
    found = {{}}

    for row in rows:
        found.setdefault(row["owner"], []).append(row)

    for owner, notes in found.items():
        notes.sort(key=lambda row: row["title"])
        logger.debug("%d notes of %r", len(notes), owner)

    return found
'''

FORMS = '''"""What part {n} asks for."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms import TextAreaField
from wtforms.validators import InputRequired
from wtforms.validators import Length


class NoteForm(FlaskForm):
    """A note as somebody writes it."""

    title = StringField("Title", validators=[InputRequired(), Length(max=200)])
    body = TextAreaField("Text", validators=[InputRequired()])
'''

SHARED = {
    "database": '''"""The database."""

import contextlib
import sqlite3


@contextlib.contextmanager
def connected():
    """Give a connection that commits in the end."""
    db = sqlite3.connect("notes.db")
    db.row_factory = sqlite3.Row

    try:
        yield db
        db.commit()
    finally:
        db.close()
''',
    "pages": '''"""Lists, page by page."""

SIZE = 20


def paged(rows, page):
    """Return one page of rows, and whether there are more."""
    first = max(page - 1, 0) * SIZE
    return rows[first : first + SIZE], len(rows) > first + SIZE
''',
    "texts": '''"""Texts."""

import re


def slug(text):
    """Return what of a text may stand in an address."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def excerpt(text, length=200):
    """Return the beginning of a text."""
    return text if len(text) <= length else text[:length].rpartition(" ")[0] + "…"
''',
}

PAGE = """{{% extends "base.html" %}}
{{% block body %}}
<h1 class="part{n}">{{{{ title|default("Notes") }}}}</h1>
{{% for note in notes %}}
  <article id="n{{{{ note.number }}}}">
    <h2><a href="{{{{ url_for('part{n}.show', number=note.number) }}}}">{{{{ note.title }}}}</a></h2>
    <p>{{{{ note.text }}}}</p>
  </article>
{{% endfor %}}
<form method="post">{{{{ form.hidden_tag() }}}}
  <input name="title" value="{{{{ form.title.data or '' }}}}"><button>Store</button>
</form>
{{% endblock %}}
"""

#: Lines of Python that each part has.
LINES = VIEWS.count("\n") + SERVICE.count("\n") + FORMS.count("\n")


def write(folder: Path, parts: int) -> int:
    """Write an app of so many parts, and return how many lines of Python it has."""
    shared = folder / "blog" / "shared"
    shared.mkdir(parents=True)

    for name, text in SHARED.items():
        (shared / f"{name}.py").write_text(text, "utf-8")

    for n in range(parts):
        part = folder / "blog" / f"part{n}"
        pages = folder / "blog" / "templates" / f"part{n}"
        part.mkdir()
        pages.mkdir(parents=True)
        (part / "__init__.py").touch()

        for name, text in {"views": VIEWS, "service": SERVICE, "forms": FORMS}.items():
            (part / f"{name}.py").write_text(text.format(n=n), "utf-8")

        for name in ("index", "show", "edit"):
            (pages / f"{name}.html").write_text(PAGE.format(n=n), "utf-8")

    imports = "".join(f"from .part{n}.views import bp as bp{n}\n" for n in range(parts))
    registered = "".join(f"    app.register_blueprint(bp{n})\n" for n in range(parts))
    made = (
        f"from flask import Flask\n\n{imports}\n\ndef create_app():\n"
        f"    app = Flask(__name__)\n{registered}    return app\n"
    )
    (shared / "__init__.py").touch()
    (folder / "blog" / "__init__.py").write_text(made, "utf-8")
    return (
        parts * LINES + made.count("\n") + sum(t.count("\n") for t in SHARED.values())
    )
