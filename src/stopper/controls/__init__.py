"""The catalogue: every control, by name."""

from __future__ import annotations

from ..catalogue.control import Control
from .accounts.control import ACCOUNTS
from .apikeys.control import APIKEYS
from .audit.control import AUDIT
from .authorization.control import AUTHORIZATION
from .commands.control import COMMANDS
from .cors.control import CORS
from .cryptography.control import CRYPTOGRAPHY
from .csrf.control import CSRF
from .database.control import DATABASE
from .dependencies.control import DEPENDENCIES
from .errors.control import ERRORS
from .files.control import FILES
from .headers.control import HEADERS
from .inputs.control import INPUTS
from .mfa.control import MFA
from .passwords.control import PASSWORDS
from .ratelimits.control import RATELIMITS
from .redirects.control import REDIRECTS
from .secrets.control import SECRETS
from .serialization.control import SERIALIZATION
from .sessions.control import SESSIONS
from .templates.control import TEMPLATES
from .transport.control import TRANSPORT
from .uploads.control import UPLOADS

CONTROLS: tuple[Control, ...] = (
    TRANSPORT,
    HEADERS,
    CSRF,
    CORS,
    SESSIONS,
    PASSWORDS,
    ACCOUNTS,
    MFA,
    APIKEYS,
    AUTHORIZATION,
    RATELIMITS,
    INPUTS,
    UPLOADS,
    FILES,
    DATABASE,
    TEMPLATES,
    COMMANDS,
    SERIALIZATION,
    REDIRECTS,
    SECRETS,
    CRYPTOGRAPHY,
    ERRORS,
    DEPENDENCIES,
    AUDIT,
)
