#!/bin/sh
# Make a virtual environment with the locked packages and this project in it:
# venv.sh FOLDER [PYTHON]
#
# Does nothing when the folder is already up to date.
set -eu
cd "$(dirname "$0")/.."
folder=$1
python=${2:-}

fits() { # Is the command a Python that Stopper runs on?
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ -z "$python" ]; then
    for name in python3 python3.13 python3.12 python3.11 python3.14; do
        if fits "$name"; then
            python=$name
            break
        fi
    done
fi

if [ -z "$python" ] || ! fits "$python"; then
    echo "venv: Stopper needs Python 3.11 or newer, and ${python:-none} was found" >&2
    exit 1
fi

python=$(command -v "$python")
now="$(pwd) $("$python" -V) $(cat requirements/dev.txt pyproject.toml tools/venv.sh | cksum)"
stamp=$folder/.up-to-date

if [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && "$folder/bin/python" -c '' 2>/dev/null; then
    exit 0
fi

# Debian ships Python without the part that makes environments.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
    if ! tools/apt.sh "$version-venv"; then
        echo "venv: $python has no venv and ensurepip modules" >&2
        exit 1
    fi
fi

rm -f "$stamp"

if ! { "$folder/bin/python" -c 'import pip' 2>/dev/null &&
    [ "$("$folder/bin/python" -V)" = "$("$python" -V)" ]; }; then
    echo "venv: making $folder with $("$python" -V)"
    "$python" -m venv --clear "$folder"
fi

export PIP_DISABLE_PIP_VERSION_CHECK=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT

install() {
    if ! "$folder/bin/python" -m pip install --quiet --no-input "$@" </dev/null >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "venv: could not install $*; is there a network?" >&2
        exit 1
    fi
}

echo "venv: installing the locked packages into $folder"
install --require-hashes -r requirements/dev.txt
install --no-deps --no-index --no-build-isolation -e .
echo "$now" >"$stamp"
