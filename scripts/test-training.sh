#!/usr/bin/env bash
# Runs the tests of training/ in a virtual environment of their own, .venv, with the packages of
# training/requirements.txt. Where these cannot be installed, it says so and is content.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

# PyTorch's own index has its CPU builds, a tenth of the download.
TORCH_INDEX="https://download.pytorch.org/whl/cpu"
REQUIREMENTS=training/requirements.txt
log=$(mktemp)
trap 'rm -f "$log"' EXIT

skip() {
    say "skipping the tests of training/: $*"
    exit
}

install() {
    local torch
    torch=$(grep '^torch==' "$REQUIREMENTS")
    # What that index does not have, or where it cannot be reached, the usual one is for.
    pip_install --retries 1 --extra-index-url "$TORCH_INDEX" "$torch" && pip_install -r "$REQUIREMENTS"
}

pip_install() { timeout -k 15 600 .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@" >"$log" 2>&1; }

has python3 || skip "there is no python3"
if ! cmp --quiet "$REQUIREMENTS" .venv/installed.txt; then
    rm -rf .venv
    python3 -m venv .venv >"$log" 2>&1 || skip "python3 cannot make a virtual environment: $(tail -n 1 "$log")"
    install || skip "pip cannot install its packages: $(grep -iv '^warning' "$log" | tail -n 1)"
    cp "$REQUIREMENTS" .venv/installed.txt
fi

# A thread each: the tests' networks are too small to share.
export OMP_NUM_THREADS=1
cd training
timeout -k 15 300 ../.venv/bin/python -m unittest discover --verbose tests "$@"
