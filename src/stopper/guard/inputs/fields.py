"""Looks at form fields and file names when a form is read, and never before."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from flask import Flask
from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

from ...controls.inputs.policy import control_in
from ...controls.inputs.policy import control_in_name
from ...controls.inputs.policy import named_badly

#: Called with where the fault is, ``"form"`` or ``"file"``, and the field's name, ``None``
#: if that it has none is the fault.
Found = Callable[[str, str | None], None]


def watch_forms(app: Flask, found: Found) -> None:
    """Have every form of the app looked through once its view reads it.

    :param found: Told of a field without a name or with a control character; it may
        raise.
    """
    before = app.request_class
    app.request_class = type(before.__name__, (_Watched, before), {"_found": found})


class _Watched(Request):
    _found: t.ClassVar[Found]

    def _load_form_data(self) -> None:
        read = "form" in self.__dict__
        super()._load_form_data()

        if not read:
            self._look_through()

    def _look_through(self) -> None:
        try:
            for name, value in self.form.items(multi=True):
                if named_badly(name) or control_in(value):
                    type(self)._found("form", name)

            for name, file in self.files.items(multi=True):
                if named_badly(name) or control_in_name(file.filename or ""):
                    type(self)._found("file", name)
        except Exception:
            for file in self.files.values():
                file.close()

            # Whoever asks again, an error page for instance, gets nothing of it.
            self.__dict__["form"] = ImmutableMultiDict()
            self.__dict__["files"] = ImmutableMultiDict()
            raise
