#!/bin/sh
# Everything a fresh clone needs before its own programs can run: Debian packages, and Python's in .venv.
#
#   tools/setup.sh          for the demo
#   tools/setup.sh tests    for the tests as well: also a browser
#
# Safe to repeat; when nothing is missing it takes a moment. NO_APT=1 installs no Debian package, only names them.
# PYTHON=python3.12 makes .venv with that one.
set -eu

cd "$(dirname "$0")/.."
purpose=${1:-demo}

# What WeasyPrint draws certificates with: Pango, the subsetter that makes it quick, and letters for every script.
needed="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core fonts-noto-cjk"
wanted=
if [ "$purpose" = tests ]; then
    wanted=chromium
fi

say() { printf '%s\n' "$*"; }

suits() { command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; }

can_make_environments() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

missing() {
    for package in "$@"; do
        case "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)" in
            installed) ;;
            *) printf ' %s' "$package" ;;
        esac
    done
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

may_install() {
    [ -z "${NO_APT:-}" ] && command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

install_packages() {
    say "Installing Debian packages:$*"
    # shellcheck disable=SC2086 # the words are package names
    set -- $*
    # Fresh machines have no package lists, older ones may have stale lists that lead to files long gone.
    apt_install "$@" >var/apt.log 2>&1 && return
    as_root apt-get update -q >>var/apt.log 2>&1 && apt_install "$@" >>var/apt.log 2>&1
}

mkdir -p var

python=
for candidate in ${PYTHON:-python3 /usr/bin/python3}; do
    if suits "$candidate" && { [ -z "$python" ] || ! can_make_environments "$python"; }; then
        python=$candidate
    fi
done
if [ -z "$python" ]; then
    say "Python 3.11 or newer is needed as python3; this machine has: $(python3 --version 2>&1 || true)"
    exit 1
fi

if command -v dpkg-query >/dev/null 2>&1; then
    # shellcheck disable=SC2086
    lacking=$(missing $needed)
    can_make_environments "$python" || lacking=" python3-venv$lacking"
    # shellcheck disable=SC2086
    optional=$(missing $wanted)
    if [ -n "$lacking$optional" ] && may_install; then
        if install_packages "$lacking$optional"; then
            lacking='' optional=''
        else
            tail -n 5 var/apt.log
        fi
    fi
    if [ -n "$lacking" ]; then
        say "These Debian packages are missing and cannot be installed from here:$lacking"
        say "Have them installed with"
        say "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$lacking$optional"
        say "and type the same command again."
        exit 1
    fi
    if [ -n "$optional" ]; then
        say "Without$optional the browser tests are skipped. To run them: sudo apt-get install -y$optional"
    fi
elif ! can_make_environments "$python"; then
    say "This Python cannot make virtual environments (venv and ensurepip are missing): $python"
    exit 1
fi

# What .venv was made from. Made from something else, or moved elsewhere, it is brought up to date or made anew.
base="$(pwd) $("$python" -c 'import sys; print(sys.version)')"
locked=$(cat requirements/dev.txt pyproject.toml plugins/packaging/*/pyproject.toml "$0" | sha256sum)
if [ "$(cat .venv/made-from 2>/dev/null || true)" = "$base $locked" ]; then
    exit 0
fi
case "$(cat .venv/made-from 2>/dev/null || true)" in
    "$base "*) ;;
    *)
        say "Making the Python environment .venv"
        rm -rf .venv
        "$python" -m venv .venv
        ;;
esac
rm -f .venv/made-from
say "Installing Python packages into .venv (the first time this takes a minute or two)"
pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"; }
pip install --quiet --require-hashes --requirement requirements/dev.txt
# The clone's own two distributions, from where they stand; what they need has just been installed.
pip install --quiet --no-deps --no-build-isolation --editable plugins/packaging/creditstore_plugins --editable .
printf '%s' "$base $locked" >.venv/made-from
