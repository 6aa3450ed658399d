"""Gives the blueprint of accounts the pages of second factors."""

from __future__ import annotations

from flask import Blueprint
from flask import Flask

from . import adding
from . import confirm
from . import factors
from . import passwordless
from . import recovery
from . import second


def register(blueprint: Blueprint, app: Flask) -> None:
    """Give the blueprint the pages of second factors."""
    for part in (second, passwordless, confirm, factors, adding, recovery):
        part.register(blueprint)
