#!/bin/sh
# Install Debian packages that are missing: apt.sh PACKAGE...
#
# As root or through sudo, without a question, and without starting or enabling a
# service: the tests start their own servers. Exits 1 with the reason if it cannot.
set -eu

if ! command -v apt-get >/dev/null; then
    echo "apt: this is no Debian or Ubuntu; install by hand what is like: $*" >&2
    exit 1
fi

if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "apt: installing $* needs root, and there is no sudo" >&2
        exit 1
    fi
    # Without a terminal nobody can type a password, so sudo must not ask for one.
    if [ -t 0 ]; then exec sudo -- "$0" "$@"; else exec sudo -n -- "$0" "$@"; fi
fi

echo "apt: installing $*"
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.d/stopper-tests.conf
made=

undo() {
    if [ -n "$made" ]; then rm -f "$policy"; fi
    rm -f "$cluster" "$log"
}
trap undo EXIT
trap 'exit 1' HUP INT TERM

# 101 is Debian's word for "do not start it".
if [ ! -e "$policy" ]; then
    made=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

# The package would make a database cluster of its own, which nobody here uses.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p "${cluster%/*}"
    echo 'create_main_cluster = false' >"$cluster"
fi

installed() {
    dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'
}
fresh=
for name in redis-server postgresql nginx; do
    if ! installed "$name"; then fresh="$fresh $name"; fi
done

export DEBIAN_FRONTEND=noninteractive
get() {
    apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold \
        "$@" </dev/null >>"$log" 2>&1
}

if ! { get update && get install -y --no-install-recommends "$@"; }; then
    tail -n 5 "$log" >&2
    echo "apt: could not install $*" >&2
    exit 1
fi

# What was not here before is not to start with the machine either.
for name in $fresh; do
    if installed "$name" && command -v systemctl >/dev/null; then
        systemctl disable "$name" >/dev/null 2>&1 || true
    fi
done
