"""How many wrong codes one login may bring before it has to begin anew."""

from __future__ import annotations

import hashlib

from ..accounts.login import Pending
from ..house import House
from ..refusal import Refused
from ..sessions.keeper import DOWN
from ..stores.base import StoreDown
from ..stores.base import Take

#: Tries at one login. Whoever has used them shows the password again, which is
#: throttled by itself.
MOST = 5


def left(house: House, pending: Pending) -> bool:
    """Take one try of a login that waits for its second factor; say whether there was one.

    Counted in the store and not in the session: of requests that come at once each has
    read the same session.

    :raises Refused: If the store cannot be reached.
    """
    text = f"{pending.user}\0{pending.until!r}"
    key = f"second:{hashlib.sha256(text.encode()).hexdigest()}"
    # None comes back while the login waits.
    take = Take(key, 3600.0, MOST)

    try:
        found = house.store.trip(None, (take,), house.clock())
    except StoreDown as e:
        house.store_failed(e)
        raise Refused("mfa", DOWN) from e

    return found.verdicts[0].wait <= 0
