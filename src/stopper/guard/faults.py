"""Which of what is raised is an error to be answered, and which ends something."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: They end a process, a generator or a greenlet, and have to arrive where it began. The
#: last one's module is not always there.
_ENDS = (SystemExit, KeyboardInterrupt, GeneratorExit)
_GREENLET_END = "GreenletExit"


def is_fault(raised: BaseException, environ: WSGIEnvironment) -> bool:
    """Say whether this is an error that the visitor is to be answered.

    More than an ``Exception`` is one: a cancelled task of asyncio, a timeout of gevent.
    """
    if isinstance(raised, _ENDS) or type(raised).__name__ == _GREENLET_END:
        return False

    # So an extension for WebSockets tells gunicorn that the connection is done with.
    return not (isinstance(raised, StopIteration) and "HTTP_UPGRADE" in environ)
