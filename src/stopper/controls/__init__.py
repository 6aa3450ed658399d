"""The catalogue: every control, by name."""

from __future__ import annotations

from ..catalogue.control import Control
from .authorization.control import AUTHORIZATION
from .cryptography.control import CRYPTOGRAPHY
from .csrf.control import CSRF
from .files.control import FILES
from .headers.control import HEADERS
from .redirects.control import REDIRECTS
from .secrets.control import SECRETS
from .serialization.control import SERIALIZATION

CONTROLS: tuple[Control, ...] = (
    HEADERS,
    CSRF,
    AUTHORIZATION,
    FILES,
    SERIALIZATION,
    REDIRECTS,
    SECRETS,
    CRYPTOGRAPHY,
)
