#!/usr/bin/env bash
# Runs a command with Swift on its PATH, also where swiftly installed Swift only a moment ago.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

use_swift
has swift || die "no swift on PATH; 'make setup' gets it"
exec "$@"
