"""What keeps an app from starting, because the promise could not be kept."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping

from ...catalogue.event import Action
from ...controls.general import ORIGIN
from ...controls.transport.control import HSTS_MAX_AGE
from ...controls.transport.control import HSTS_PRELOAD
from ...controls.transport.control import HSTS_SUBDOMAINS
from ...controls.transport.control import PROXIES
from ...controls.transport.policy import complain_of_preload
from ..house import House
from .chain import proxy_fix
from .hosts import Hosts

_NO_ORIGIN = (
    f"{ORIGIN.key} is missing, and it takes where the app is reached, as in "
    "'https://shop.example'. Visitors are led there, and other hosts are refused. Only "
    "in debug mode (flask run --debug) and under test (app.testing) this machine's own "
    "names do instead."
)

_UNJUDGED = (
    "The app is wrapped in a ProxyFix, which believes everybody who says to be a proxy. "
    f"Take it away and set {PROXIES.key} to where your proxy is: ('127.0.0.1',), or "
    "('unix',) if it comes by a unix socket."
)

_IDLE = (
    f"ProxyFix has nothing left to do where {PROXIES.key} is set; take it away. If it "
    "had x_prefix, give the server SCRIPT_NAME instead."
)


def problems(house: House, proxies: bool) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the set-up: the event's name and a sentence.

    :param proxies: Whether any are named.
    """
    # One that a trial refused is gone from the settings, and not missing as well.
    refused = ORIGIN.key in house.app.config and ORIGIN.key not in house.config

    if not house.origins.all and not house.relaxed and not refused:
        yield "origin-missing", _NO_ORIGIN

    preload = complain_of_preload(
        HSTS_PRELOAD.read(house.config),
        HSTS_MAX_AGE.read(house.config),
        HSTS_SUBDOMAINS.read(house.config),
    )

    if preload:
        yield "preload-refused", preload

    if proxy_fix(house.app) is None:
        return

    if proxies:
        _note(house, "proxy-fix-idle", _IDLE)
    elif house.relaxed:
        # The headers that it reads are gone before it sees any.
        _note(house, "proxy-fix-unjudged", _UNJUDGED)
    else:
        yield "proxy-fix-unjudged", _UNJUDGED


def _note(house: House, name: str, message: str) -> None:
    house.emit("transport", name, Action.NOTED, message)


def hold_to(hosts: Hosts, house: House) -> None:
    """Have Flask hold to the same hosts, for requests that come around the door."""
    names = hosts.names
    # Werkzeug takes no IPv6 address there.
    takes = names and not any(":" in name for name in names)

    if takes and not house.relaxed and house.app.config["TRUSTED_HOSTS"] is None:
        house.app.config["TRUSTED_HOSTS"] = names


def hsts_line(config: Mapping[str, object]) -> str:
    """Return the value of ``Strict-Transport-Security`` (RFC 6797, 6.1)."""
    line = f"max-age={HSTS_MAX_AGE.read(config)}"
    line += "; includeSubDomains" if HSTS_SUBDOMAINS.read(config) else ""
    return line + ("; preload" if HSTS_PRELOAD.read(config) else "")
