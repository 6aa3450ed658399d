"""Looks at what is in a body when a view reads it, and never before."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from flask import Flask
from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

from ...controls.inputs.policy import control_in
from ...controls.inputs.policy import control_in_name
from ...controls.inputs.policy import named_badly
from ..refusal import Refusal
from . import refusals

#: Refuses a request, or on trial says that it would.
Refuse = Callable[[Refusal], None]


def watch_bodies(app: Flask, refuse: Refuse) -> None:
    """Have every body that the app understands looked through once its view reads it."""
    before = app.request_class
    app.request_class = type(before.__name__, (_Watched, before), {"_refuse": refuse})


class _Watched(Request):
    _refuse: t.ClassVar[Refuse]

    # An app's own class may take more than Flask's does.
    def get_json(self, *args: t.Any, **named: t.Any) -> t.Any:
        try:
            return super().get_json(*args, **named)
        except RecursionError:
            # Python reads no deeper, and that is no ValueError, which Flask would answer.
            type(self)._refuse(refusals.deep_json())
            raise

    def _load_form_data(self) -> None:
        read = "form" in self.__dict__
        super()._load_form_data()

        if not read:
            self._look_through()

    def _look_through(self) -> None:
        try:
            for name, value in self.form.items(multi=True):
                if named_badly(name) or control_in(value):
                    type(self)._refuse(refusals.bad_field("form", name))

            for name, file in self.files.items(multi=True):
                if named_badly(name) or control_in_name(file.filename or ""):
                    type(self)._refuse(refusals.bad_field("file", name))
        except Exception:
            for file in self.files.values():
                file.close()

            # Whoever asks again, an error page for instance, gets nothing of it.
            self.__dict__["form"] = ImmutableMultiDict()
            self.__dict__["files"] = ImmutableMultiDict()
            raise
