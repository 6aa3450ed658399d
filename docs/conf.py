"""The site. The control pages and the reference tables come from the package."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import catalogue  # noqa: E402
import stopper  # noqa: E402

project = "Stopper"
author = "the Stopper authors"
copyright = "2026, the Stopper authors"  # noqa: A001
release = version = stopper.__version__

extensions = ["myst_parser"]
html_theme = "furo"
html_title = f"Stopper {release}"
html_copy_source = False
html_show_sourcelink = False
exclude_patterns = ["_build"]

myst_enable_extensions = ["deflist", "fieldlist"]
myst_heading_anchors = 3

# Some examples show code that no parser of this Python reads; that is their point.
suppress_warnings = ["misc.highlighting_failure"]

catalogue.write(HERE)
