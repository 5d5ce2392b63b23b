#!/usr/bin/env bash
# Builds the tests and runs them. FILTER=regex runs those whose name matches; what is started by a script is given
# TEST_SECONDS, 1200 unless it says otherwise.
set -euo pipefail
here=$(dirname "$0")
. "$here/lib.sh"

use_swift
# In a folder of their own: the tests see the libraries' insides, which is another build of everything, and the two
# would replace one another in turn.
flags=(--configuration release --scratch-path .build-tests -Xswiftc -enable-testing)

swift build --build-tests "${flags[@]}"
[ "${1:-}" = --build-only ] && exit

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
# A test that hangs ends; a person at a terminal has Ctrl-C, which timeout would keep from the tests.
limit=()
if ! [ -t 0 ]; then limit=(timeout -k 30 "${TEST_SECONDS:-1200}"); fi
"${limit[@]}" swift test --skip-build --disable-xctest "${flags[@]}" ${FILTER:+--filter "$FILTER"} 2>&1 | tee "$log" || status=$?

# The tests say themselves what they could not do for want of a program.
skipped=$(sed -n 's/.*\(skipping .*\)/\1/p' "$log" | sort -u)
if [ -n "$skipped" ]; then
    printf '\nNot everything was tested on this machine:\n%s\n' "$skipped"
fi
if [ "$status" = 124 ]; then say "error: the tests took more than ${TEST_SECONDS:-1200} s and were ended"; fi
exit "$status"
