"""The app's own error page, if it has one."""

from __future__ import annotations

from flask import Flask
from flask import render_template
from jinja2 import Template
from jinja2 import TemplateNotFound

from ..answers import Problem

#: Where the app's own page stands among its templates.
TEMPLATE = "stopper/error.html"


class OwnPage:
    """The template ``stopper/error.html``, found as every template of the app is."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._absent = False

    def render(self, problem: Problem, incident: str) -> str | None:
        """Return the page, ``None`` if the app has none.

        :raises Exception: Whatever the template raises.
        """
        # A developer may write it while the app runs.
        if self._absent and not self._app.debug:
            return None

        template = self._found()

        if template is None:
            self._absent = True
            return None

        says, advice = problem.words
        return render_template(
            template,
            status=problem.status,
            title=problem.name,
            says=says,
            advice=advice,
            incident=incident,
            developer=problem.developer,
        )

    def _found(self) -> Template | None:
        try:
            return self._app.jinja_env.get_template(TEMPLATE)
        except TemplateNotFound as e:
            if e.name != TEMPLATE:
                raise

            return None
