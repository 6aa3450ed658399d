#!/bin/sh
# Install the servers and the browser that the tests start: Redis, PostgreSQL,
# nginx, Chromium.
#
# Where that fails the tests that need them are skipped, one by one and counted. With
# CI=true it is an error instead.
set -eu
cd "$(dirname "$0")/.."

has() { command -v "$1" >/dev/null 2>&1; }

missing=
has redis-server || has valkey-server || missing="$missing redis-server"
has postgres || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
has nginx || [ -x /usr/sbin/nginx ] || missing="$missing nginx"

if ! has chromium && ! has chromium-browser && ! has google-chrome; then
    # Ubuntu's package is a shell around a snap, which containers cannot install.
    if grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null; then
        echo "services: Chromium is missing; on Ubuntu: snap install chromium"
    else
        missing="$missing chromium"
    fi
fi

if [ -z "$missing" ]; then exit 0; fi

# shellcheck disable=SC2086
if tools/apt.sh $missing; then exit 0; fi

if [ "${CI:-}" = true ]; then
    echo "services: missing:$missing; under CI every test must run" >&2
    exit 1
fi
echo "services: missing:$missing; the tests that need them will be skipped"
