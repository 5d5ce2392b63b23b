# shellcheck shell=bash
# What the scripts beside this one share. Sourced, never run.

# Package.swift asks for these tools; keep the two in step.
SWIFT_NEEDED_MAJOR=6
SWIFT_NEEDED_MINOR=1
# shellcheck disable=SC2034  # setup.sh reads it
SWIFT_NEEDED="$SWIFT_NEEDED_MAJOR.$SWIFT_NEEDED_MINOR"

say() { printf '%s\n' "$*" >&2; }

die() {
    say "error: $*"
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Prints "MAJOR MINOR" of the Swift on PATH; nothing where there is none or it does not start.
swift_version() {
    local answer
    answer=$(swift --version 2>/dev/null) || return 0
    sed -n 's/.*Swift version \([0-9][0-9]*\)\.\([0-9][0-9]*\).*/\1 \2/p' <<<"$answer" | head -n 1
}

swift_is_new_enough() {
    local major minor
    read -r major minor <<<"$(swift_version)" || true
    [ -n "${minor:-}" ] || return 1
    [ "$major" -gt "$SWIFT_NEEDED_MAJOR" ] ||
        { [ "$major" -eq "$SWIFT_NEEDED_MAJOR" ] && [ "$minor" -ge "$SWIFT_NEEDED_MINOR" ]; }
}

# swiftly puts Swift on the PATH of new shells only. In one that is older than the installation, its own file does it.
use_swiftly() {
    local file="${SWIFTLY_HOME_DIR:-$HOME/.local/share/swiftly}/env.sh"
    [ -r "$file" ] || return 0
    # shellcheck disable=SC1090
    . "$file"
    hash -r
}

use_swift() {
    if ! has swift || ! swift_is_new_enough; then use_swiftly; fi
}
