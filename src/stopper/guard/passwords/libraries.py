"""The two libraries that hash, from the extra ``stopper[accounts]``."""

from __future__ import annotations

import importlib
import typing as t

from ...catalogue.error import StartError


def library(module: str, package: str) -> t.Any:
    """Return a module of a package that the base install has not.

    :raises StartError: If it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise StartError(
            f"Passwords are hashed by {package}, which is not installed: "
            "pip install 'stopper[accounts]'."
        ) from None
