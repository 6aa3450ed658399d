#!/bin/sh
# Refuse less than 90 % branch coverage in what runs in production: floor.sh COVERAGE
#
# COVERAGE is the command, with the data of a test run beside it.
set -eu
cd "$(dirname "$0")/.."
floor=90

for part in guard controls; do
    if ! percent=$("$1" report --include "src/stopper/$part/*" --format total); then
        echo "coverage: no data for src/stopper/$part: $percent" >&2
        exit 1
    fi
    if [ "$percent" -lt "$floor" ]; then
        "$1" report --include "src/stopper/$part/*" --show-missing --skip-covered
        echo "coverage: src/stopper/$part has $percent %, but it takes at least $floor %" >&2
        exit 1
    fi
    echo "coverage: src/stopper/$part $percent %"
done
