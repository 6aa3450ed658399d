"""Does a value never become a command or code?"""

from __future__ import annotations

from .code import chosen_code
from .code import code_evaluation
from .code import format_string
from .shell import chosen_program
from .shell import shell_command

__all__ = [
    "chosen_code",
    "chosen_program",
    "code_evaluation",
    "format_string",
    "shell_command",
]
