#!/bin/sh
# Install every library that a model is about, and check that each name of it resolves.
#
# Some have no release for this Python: what is not installed is listed, and is no error.
set -eu
cd "$(dirname "$0")/.."
folder=.venvs/models
tools/venv.sh "$folder" ${PYTHON:-}

export PIP_DISABLE_PIP_VERSION_CHECK=1
sed -n 's/^package = "\(..*\)"$/\1/p' src/stopper/audit/survey/models/*.toml | sort -u |
    while read -r package; do
        if [ "$package" = stopper ] || "$folder/bin/python" -m pip show -q "$package" 2>/dev/null; then
            continue
        fi
        echo "models: installing $package"
        "$folder/bin/python" -m pip install --quiet --no-input --only-binary :all: "$package" </dev/null >/dev/null 2>&1 ||
            echo "models: $package cannot be installed here" >&2
    done

# The libraries together pin one another to old releases: names are asked of new ones.
"$folder/bin/python" -m pip install --quiet --no-input --only-binary :all: --no-deps --upgrade websockets ||
    echo "models: websockets cannot be upgraded here" >&2

exec "$folder/bin/python" -W ignore tests/audit/survey/resolves.py
