"""Check that each finding of a JSON report stands where it says: its subject on its lines.

Usage: places.py REPORT ROOT. Prints every finding that is misplaced; exits 1 if any is.
"""

from __future__ import annotations

import json
import pathlib
import sys


def misplaced(report: pathlib.Path, root: pathlib.Path) -> list[str]:
    """Return one line for each finding whose subject is not on its lines."""
    found = []

    for finding in json.loads(report.read_text("utf-8"))["findings"]:
        raw = (root / finding["path"]).read_bytes()
        text = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n")
        lines = text.replace("\r", "\n").split("\n")
        first, last = finding["line"], max(finding["end_line"], finding["line"])

        if finding["subject"] not in "\n".join(lines[first - 1 : last]):
            at = f"{finding['path']}:{first}"
            found.append(f"{at}: {finding['rule']}: no {finding['subject']!r} there")

    return found


def main() -> int:
    """Compare the report and the tree that are named on the command line."""
    report, root = map(pathlib.Path, sys.argv[1:3])
    found = misplaced(report, root)
    print("\n".join(found) or "every finding stands where it says")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
