"""Check that each finding of a JSON report stands where it says, and each of its steps.

The subject of a finding stands on its lines, and the name that a step speaks of on its line.

Usage: places.py REPORT ROOT. Prints all that is misplaced; exits 1 if anything is.
"""

from __future__ import annotations

import functools
import itertools
import json
import pathlib
import re
import sys


def misplaced(report: pathlib.Path, root: pathlib.Path) -> list[str]:
    """Return one line for each name that is not where it should be."""
    found = []

    for finding in json.loads(report.read_text("utf-8"))["findings"]:
        lines = lines_of(root / finding["path"])
        first, last = finding["line"], max(finding["end_line"], finding["line"])

        if finding["subject"] not in "\n".join(lines[first - 1 : last]):
            at = f"{finding['path']}:{first}"
            found.append(f"{at}: {finding['rule']}: no {finding['subject']!r} there")

        for step in itertools.chain(finding["steps"], *finding["other_ways"]):
            named = re.search("`([^`]+)`", step["message"])
            line = lines_of(root / step["path"])[step["line"] - 1]

            if named is not None and named[1] not in line:
                at = f"{step['path']}:{step['line']}"
                found.append(f"{at}: {finding['rule']}: no {named[1]!r} there")

    return found


@functools.cache
def lines_of(path: pathlib.Path) -> list[str]:
    """Return the lines of a file as the audit counts them."""
    text = path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
    return text.replace("\r", "\n").split("\n")


def main() -> int:
    """Compare the report and the tree that are named on the command line."""
    report, root = map(pathlib.Path, sys.argv[1:3])
    found = misplaced(report, root)
    print("\n".join(found) or "every finding stands where it says")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
