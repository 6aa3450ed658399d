"""Python 2, read: rewritten for the running parser, line for line, and put right after.

Nothing of it is run. Whether the result is Python at all is judged by the parser; what
it then says of columns is said of the text as it was written.
"""

from __future__ import annotations

from .mend import mend
from .rewriter import Rewriter
from .tokens import Python2Error

__all__ = ["Python2Error", "Rewriter", "mend"]
