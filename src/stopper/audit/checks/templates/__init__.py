"""Does a value become markup, script or template code?"""

from __future__ import annotations

from .code import autoescape_off_everywhere
from .code import environment_without_autoescape
from .code import markup_from_value
from .code import template_from_value
from .code import unsandboxed_environment
from .html import autoescape_off
from .html import safe_filter
from .html import unescaped_template
from .places import unquoted_attribute
from .places import value_as_url
from .places import value_in_handler
from .places import value_in_script
from .places import value_in_style
from .sent import html_from_value
from .types import chosen_content_type

__all__ = [
    "autoescape_off",
    "autoescape_off_everywhere",
    "chosen_content_type",
    "environment_without_autoescape",
    "html_from_value",
    "markup_from_value",
    "safe_filter",
    "template_from_value",
    "unescaped_template",
    "unquoted_attribute",
    "unsandboxed_environment",
    "value_as_url",
    "value_in_handler",
    "value_in_script",
    "value_in_style",
]
