"""Does every name in a model resolve in the library that it is about?"""

from __future__ import annotations

import builtins
import importlib
import inspect
import itertools
import re
import sys
import tomllib
import warnings
from importlib import resources
from pathlib import Path

import flask
from flask.sessions import SessionMixin

import stopper.audit.survey

#: What may have any attribute: nothing can be checked beyond it.
FREE = object()

#: What Flask's proxies stand for.
PROXIES = {
    "flask.request": flask.Request,
    "flask.current_app": flask.Flask,
    "flask.session": SessionMixin,
    "flask.g": FREE,
    "flask_login.current_user": FREE,
    "flask_login.utils.current_user": FREE,
    "flask_security.current_user": FREE,
    "flask_jwt_extended.current_user": FREE,
}

MODELS = Path(str(resources.files(stopper.audit.survey))) / "models"


def names(file: Path) -> set[str]:
    """Return every name in a model that a library must have."""
    library = tomllib.loads(file.read_text("utf-8"))
    found: set[str] = set()

    # ``until`` names the release in which a name went; old code still has it.
    for row in itertools.chain(
        *(library.get(table, ()) for table in ("sink", "source", "names"))
    ):
        found.update(() if "until" in row else row["names"])

    for row in library.get("type", ()):
        found.update((*row["calls"], row["gives"]))

    for row in library.get("same", ()):
        found.add(row["as"])

    return {n for n in found if not n.startswith("*.") and re.fullmatch(r"[\w.]+", n)}


def importable(name: str) -> bool:
    """Return whether the library of ``name`` is there."""
    top = name.partition(".")[0]

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module(top)
    except ImportError:
        return False

    return True


def resolves(name: str) -> bool:
    """Return whether ``name`` is something that its library has, old names too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _resolves(name)


def _resolves(name: str) -> bool:
    """Look ``name`` up, part by part.

    What only an instance has, by annotation or in ``__init__``, counts where the class
    says so in its source.
    """
    parts = name.split(".")
    thing: object = builtins if parts[0] == "builtins" else None
    rest = parts[1:] if thing else parts

    if thing is None:
        for end in range(len(parts), 0, -1):
            try:
                thing = importlib.import_module(".".join(parts[:end]))
            except ImportError:
                continue

            rest = parts[end:]
            break

    for part in rest:
        owner = thing
        # Flask's proxies have nothing outside of a request.
        thing = PROXIES.get(f"{getattr(owner, '__name__', '')}.{part}") or (
            inspect.getattr_static(owner, part, None)
        )

        if thing is FREE:
            return True

        if thing is None:
            return hasattr(owner, part) or _declared(owner, part)

    return True


def _declared(owner: object, part: str) -> bool:
    """Return whether a class's source names an attribute of its instances."""
    kind = owner if inspect.isclass(owner) else type(owner)

    for base in kind.__mro__:
        if part in getattr(base, "__annotations__", {}):
            return True

        try:
            source = inspect.getsource(base)
        except (OSError, TypeError):
            continue

        if re.search(rf"\b{re.escape(part)}\b", source):
            return True

    return False


def main() -> int:
    """Check every model against what is installed here; print what is not."""
    bad = 0

    for file in sorted(MODELS.glob("*.toml")):
        for name in sorted(names(file)):
            if not importable(name):
                print(f"{file.name}: {name}: its library is not installed")  # noqa: T201
            elif not resolves(name):
                bad += 1
                print(f"{file.name}: {name}: DOES NOT RESOLVE")  # noqa: T201

    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
