"""Which templates are files that the app or an extension brought along."""

from __future__ import annotations

import os
from collections.abc import Iterator

from flask import Flask
from jinja2 import BaseLoader
from jinja2 import ChoiceLoader
from jinja2 import Environment
from jinja2 import FileSystemLoader
from jinja2 import PackageLoader
from jinja2 import PrefixLoader
from jinja2 import TemplateNotFound

FileLoader = FileSystemLoader | PackageLoader


def file_loaders(app: Flask) -> Iterator[FileLoader]:
    """Yield the loaders of the app and its blueprints that read files."""
    yield from _inside(app.jinja_loader)

    for blueprint in app.iter_blueprints():
        yield from _inside(blueprint.jinja_loader)


def _inside(loader: BaseLoader | None) -> Iterator[FileLoader]:
    if isinstance(loader, FileLoader):
        yield loader
    elif isinstance(loader, ChoiceLoader):
        for one in loader.loaders:
            yield from _inside(one)
    elif isinstance(loader, PrefixLoader):
        for one in loader.mapping.values():
            yield from _inside(one)


def _roots(loader: FileLoader) -> list[str]:
    if isinstance(loader, FileSystemLoader):
        return [os.fspath(path) for path in loader.searchpath]

    # There is no public name for the folder of a package's templates.
    return [loader._template_root]


def is_own_file(
    app: Flask, environment: Environment, filename: str | None, source: str
) -> bool:
    """Say whether ``source`` is what stands in a template file of the app.

    A loader that reads a database can give any text any file name, so the file is
    read again and compared.
    """
    if not filename:
        return False

    return any(
        _reads(loader, environment, root, filename, source)
        for loader in file_loaders(app)
        for root in _roots(loader)
    )


def _reads(
    loader: FileLoader,
    environment: Environment,
    root: str,
    filename: str,
    source: str,
) -> bool:
    try:
        name = os.path.relpath(filename, root).replace(os.sep, "/")
    except ValueError:  # on another drive
        return False

    if name.startswith("../"):
        return False

    # The class's own method: a subclass may take its texts from anywhere.
    base = FileSystemLoader if isinstance(loader, FileSystemLoader) else PackageLoader

    try:
        found, path, _ = base.get_source(loader, environment, name)  # type: ignore[arg-type]  # the class is chosen to fit
    except (TemplateNotFound, OSError, UnicodeError):
        return False

    return (
        path is not None
        and os.path.normpath(path) == os.path.normpath(filename)
        and _lines(found) == _lines(source)
    )


def _lines(text: str) -> list[str]:
    return text.splitlines()
