#!/bin/sh
# Run the tests on every Python from 3.11 up that is installed, each in its own environment.
#
# Looks on PATH and among pyenv's versions.
set -eu
cd "$(dirname "$0")/.."

seen=
failed=

for python in $(
    for minor in 11 12 13 14 15; do
        command -v "python3.$minor" || true
        ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3."$minor".*/bin/python 2>/dev/null || true
    done
    command -v python3 || true
); do
    # A shim of pyenv is there for versions that are not active, and fails.
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    case $version in
    3.[0-9] | 3.10 | 2.*) continue ;;
    esac
    case " $seen " in
    *" $version "*) continue ;;
    esac
    seen="$seen $version"

    echo "test-all: Python $version"
    if ! tools/venv.sh ".venvs/$version" "$python"; then
        failed="$failed $version"
        continue
    fi
    ".venvs/$version/bin/python" -m pytest -rs -p no:cacheprovider || failed="$failed $version"
done

if [ -z "$seen" ]; then
    echo "test-all: no Python from 3.11 up was found" >&2
    exit 1
fi
if [ -n "$failed" ]; then
    echo "test-all: failed on$failed, of$seen" >&2
    exit 1
fi
echo "test-all: passed on$seen"
