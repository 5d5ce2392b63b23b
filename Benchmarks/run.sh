#!/usr/bin/env bash
# Measures puppet and its peers on this machine, and writes the figures into docs/benchmarks.md. Close other programs
# first; it takes about three quarters of an hour on two cores: 15 settings of 4 to 9 engines, 3 turns each of 23 frames.
#     Benchmarks/run.sh [OPTION...]        options of peers/compare.py, such as --rounds 1 --runs 5 for a rough look
# PUPPET=file names the program (.build/release/puppet otherwise), PYTHON=file a Python that has the packages of
# peers/requirements.txt (one in peers/.venv otherwise, which is made where it is missing).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
puppet=${PUPPET:-$root/.build/release/puppet}

say() { printf '%s\n' "$*" >&2; }

if [ -z "${PYTHON:-}" ]; then
    venv=$here/peers/.venv
    # A marker of its own, so that an installation that broke off is taken up again.
    if [ ! -e "$venv/complete" ] || [ "$here/peers/requirements.txt" -nt "$venv/complete" ]; then
        say "Installing the peers into $venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --requirement "$here/peers/requirements.txt"
        touch "$venv/complete"
    fi
    PYTHON=$venv/bin/python3
fi
if [ -z "${PUPPET:-}" ]; then
    make --directory "$root" build
fi

cd "$here/peers"
say "Do all engines compute the same? A quick test first."
"$PYTHON" -m unittest
"$PYTHON" compare.py --puppet "$puppet" --held --scaling --write "$root/docs/benchmarks.md" "$@"
