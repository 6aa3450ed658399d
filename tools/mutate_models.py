"""Leave out one row of the models after another: does an example of it then fail?

Usage: mutate_models.py [FILE ...]. Prints every row that nothing misses; exits 1 if
there is one.
"""

from __future__ import annotations

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests"))

from audit.survey.rows import broken
from audit.survey.rows import rows
from audit.survey.rows import without


def main() -> int:
    """Drop each row and ask its examples."""
    wanted = set(sys.argv[1:])
    asked = [row for row in rows() if not wanted or row.file in wanted]
    survived = [row for row in asked if not broken(row, without(row))]

    for row in survived:
        print(f"{row}: nothing misses it")

    print(f"{len(asked)} rows left out one by one, {len(survived)} not missed")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
