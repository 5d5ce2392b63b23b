#!/usr/bin/env bash
# Checks what `make install` lays down, each file by the program that reads it, and that `make uninstall` leaves none. Prints a
# line for each check; a program that is not installed is skipped in words.
#     Tests/package/installed.sh [PROGRAM]    (default: .build/release/puppet)
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "${1:-.build/release/puppet}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# - Parameters: the file, and the program with its arguments that it is given to.
check() {
    local file=$1
    shift
    if ! command -v "$1" >/dev/null; then
        echo "skip ${file##*/}: $1 is not installed"
    elif "$@" "$file" >"$work/log" 2>&1 && [ ! -s "$work/warnings" ]; then
        echo "ok ${file##*/}: $1"
    else
        echo "not ok ${file##*/}: $*"
        cat "$work/log" "$work/warnings" 2>/dev/null
        exit 1
    fi
}

# Warnings of its are no failures, but ought to be.
manual() { LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings --local-file "$1" 2>"$work/warnings"; }
# The page of the manual is not where it looks for it.
unit() { systemd-analyze --user --man=no verify "$1"; }

install_into() { make --silent install "BUILT=$program" "$@" >"$work/log" 2>&1 || { cat "$work/log" && exit 1; }; }
rest() { find "$1" -type f -o -type l; }

install_into "PREFIX=$work/prefix"
share=$work/prefix/share
check "$share/bash-completion/completions/puppet" bash -n
check "$share/zsh/site-functions/_puppet" zsh -n
check "$share/fish/vendor_completions.d/puppet.fish" fish --no-execute
check "$share/applications/puppet.desktop" desktop-file-validate
check "$share/metainfo/local.puppet.Puppet.metainfo.xml" appstreamcli validate --no-net
if command -v man >/dev/null; then
    for page in "$share"/man/man[17]/*; do check "$page" manual; done
fi
# Without a session there is no folder for one, and nothing to be read there.
export XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-$work}
if command -v systemd-analyze >/dev/null; then check "$work/prefix/lib/systemd/user/puppet.service" unit; fi

install_into "DESTDIR=$work/a root"
for root in "PREFIX=$work/prefix" "DESTDIR=$work/a root"; do
    [ -n "$(rest "${root#*=}")" ] || { echo "not ok: nothing was installed" && exit 1; }
    make --silent uninstall "$root" >"$work/log" 2>&1
    [ -z "$(rest "${root#*=}")" ] || { echo "not ok: left behind: $(rest "${root#*=}")" && exit 1; }
done
echo "ok: nothing is left of it"
