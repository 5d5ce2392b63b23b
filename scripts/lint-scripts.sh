#!/usr/bin/env bash
# Checks the project's scripts with shellcheck. Where that is not installed it says so and is content; with --required it
# is not.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

if ! has shellcheck; then
    [ "${1:-}" != --required ] || die "shellcheck is not installed: scripts/setup.sh --ci gets it"
    say "skipping the check of the scripts: shellcheck is not installed"
    exit
fi
# Known by their first lines: not all of them have an ending.
mapfile -t scripts < <(grep -lsE '^#(!.*[/ ](ba)?sh$| shellcheck shell=)' .ci/* scripts/* Tests/vm/* Tests/pipewire/* Tests/package/* Benchmarks/*)
shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}"
