#!/bin/sh
# Resolve requirements/dev.in and pyproject.toml into the hashed lock requirements/dev.txt.
#
# The lock holds for every Python from 3.11 up, so it needs a resolver that knows
# environment markers: uv. pip, which installs the lock, reads it as it is.
set -eu
cd "$(dirname "$0")/.."

if ! command -v uv >/dev/null; then
    echo "lock: uv is not installed; pipx install uv" >&2
    exit 1
fi

lines=$(mktemp)
trap 'rm -f "$lines"' EXIT

uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
    "$@" pyproject.toml requirements/dev.in >"$lines"

if grep -n -E '://|--(extra-)?index-url|--find-links|--trusted-host|@ ' "$lines"; then
    echo "lock: these lines name an address; a lock holds names, versions and hashes" >&2
    exit 1
fi

{
    echo "# Made by tools/lock.sh from pyproject.toml and requirements/dev.in. Do not edit."
    cat "$lines"
} >requirements/dev.txt
echo "lock: requirements/dev.txt holds $(grep -c == requirements/dev.txt) packages"
