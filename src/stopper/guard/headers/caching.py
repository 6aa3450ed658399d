"""Keeps answers that are one visitor's own out of caches."""

from __future__ import annotations

import typing as t

from flask import Flask
from flask import Request

from ...catalogue.event import Action
from ...controls.headers.policy import chosen_cache
from ...controls.headers.policy import kept_by_caches
from ..base import Headers
from ..house import House
from ..passage import Passage
from .marks import Marks


class Caching:
    """Says ``no-store`` beside ``Set-Cookie`` and to a visitor who is logged in."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._static: dict[str | None, bool] = {}

    def judge(
        self,
        request: Request | None,
        given: t.Mapping[str, str],
        headers: Headers,
        marks: Marks,
        reporting: bool,
    ) -> None:
        """Change ``Cache-Control`` of an answer that is one visitor's own."""
        cookie = "set-cookie" in given
        said = given.get("cache-control")

        if "cache-control" in marks.off:
            return

        static = self._is_static(request)

        # What the view says nothing of may be kept, and most say nothing.
        if said is None and not (static or reporting):
            headers.append(("Cache-Control", "no-store"))
            return

        if not kept_by_caches(said):
            return

        if static and not cookie:
            return

        if reporting:
            self._say(request, "would be kept out of caches", Action.REPORTED)
            return

        if not cookie and chosen_cache(said):
            # A decision of the view; that the answer is somebody's is worth a line.
            self._say(request, "is kept in caches as the view says", Action.NOTED)
        elif static:
            # A cookie that is refreshed with every answer must not cost the browser
            # its copy of each picture. A shared cache would hand the cookie on.
            _set(headers, _private(said))
        else:
            _set(headers, "no-store")

    def _is_static(self, request: Request | None) -> bool:
        endpoint = request.endpoint if request is not None else None
        found = self._static.get(endpoint)

        if found is None:
            found = endpoint is not None and is_static(self.house.app, endpoint)
            self._static[endpoint] = found

        return found

    def _say(self, request: Request | None, what: str, action: Action) -> None:
        rule = request.url_rule.rule if request and request.url_rule else None

        if self.house.once(("cacheable", what, rule)):
            message = f"An answer that is one visitor's own {what}."
            self.house.emit("headers", "cacheable-answer", action, message)


def is_static(app: Flask, endpoint: str) -> bool:
    """Say whether the endpoint serves the static files of the app or a blueprint.

    By what the view is, not by what it is called: a view may be named ``static``.
    """
    view = app.view_functions.get(endpoint)
    owner = getattr(view, "__self__", None)

    if owner is not None:
        return getattr(view, "__name__", "") == "send_static_file" and (
            owner is app or owner in app.blueprints.values()
        )

    # Flask's own is a lambda, made in its constructor; no other function is.
    return (
        endpoint == "static"
        and app.has_static_folder
        and getattr(view, "__module__", "") == "flask.app"
    )


def _private(said: str | None) -> str:
    parts = [p.strip() for p in (said or "no-cache").split(",")]
    kept = [p for p in parts if p.lower() not in ("public", "private")]
    # What only a shared cache reads would contradict it.
    kept = [p for p in kept if not p.lower().startswith("s-maxage")]
    return ", ".join(["private", *kept])


def _set(headers: Headers, value: str) -> None:
    headers[:] = [line for line in headers if line[0].lower() != "cache-control"]
    headers.append(("Cache-Control", value))


def clear_site_data(
    passage: Passage, given: t.Mapping[str, str], headers: Headers
) -> None:
    """Have the browser forget what scripts kept, where this answer ends a session."""
    if passage.held("sessions") == "ended" and "clear-site-data" not in given:
        headers.append(("Clear-Site-Data", '"storage"'))
