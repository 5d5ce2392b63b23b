#!/usr/bin/env bash
# Makes a Debian or Ubuntu machine ready to build puppet: system packages through apt, and Swift through swiftly where
# it is missing. Does nothing, quickly, where nothing is missing. YES=1 answers the one question it may ask; --ci installs
# what continuous integration checks with, too.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SWIFTLY_URL="https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz"
SWIFT_HELP="https://www.swift.org/install/linux/"

# A|B is one package under the names it has on different systems: the first that apt knows is the one.
PACKAGES=(
    # What Package.swift links against.
    libsdl2-dev libsdl2-ttf-dev libopenblas-dev libpng-dev zlib1g-dev "libturbojpeg0-dev|libturbojpeg-dev" libv4l-dev
    "pkg-config|pkgconf"
    # What Swift builds with: headers and start files of C and C++, a linker, and git for packages.
    libc6-dev g++ "binutils-gold|binutils" git ca-certificates make
    # What Swift's own programs load.
    "libcurl4t64|libcurl4" "libxml2|libxml2-16" libsqlite3-0 libncurses6 libuuid1 zlib1g tzdata
)
# What a system may be too old for: puppet is built without that part then.
OPTIONAL_PACKAGES=(libpipewire-0.3-dev)
SWIFTLY_PACKAGES=(curl gnupg tar gzip)
CI_PACKAGES=(shellcheck python3-venv libheif1 xvfb)
# Readers of what is installed; an emulated ARM; apps that look at PipeWire's camera, and what they need.
CI_OPTIONAL_PACKAGES=(man-db zsh fish desktop-file-utils appstream qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross
    pipewire wireplumber dbus gstreamer1.0-tools gstreamer1.0-pipewire gstreamer1.0-plugins-base
    xdg-desktop-portal python3-dbus python3-gi chromium firefox-esr)

# The same libraries as pkg-config calls them, for systems without apt.
LIBRARIES=(sdl2 SDL2_ttf openblas libpng zlib libturbojpeg libv4l2)

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | head -n 1)" = installed ]; }

# Installed packages count as known even where the lists of what can be installed are empty.
is_known() {
    local candidate
    candidate=$(LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p')
    [ -n "$candidate" ] && [ "$candidate" != "(none)" ]
}

# Fills `missing` with the packages to install and `unknown` with those apt has never heard of.
resolve() {
    local entry name names chosen
    missing=()
    unknown=()
    for entry in "$@"; do
        IFS='|' read -ra names <<<"$entry"
        chosen=""
        for name in "${names[@]}"; do
            if is_installed "$name" || is_known "$name"; then
                chosen=$name
                break
            fi
        done
        if [ -z "$chosen" ]; then
            unknown+=("${names[0]}")
        elif ! is_installed "$chosen"; then
            missing+=("$chosen")
        fi
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

check_may_install() {
    [ "$(id -u)" -eq 0 ] && return
    has sudo || die "packages are missing, and there is neither root nor sudo to run: apt-get install $*"
    if ! [ -t 0 ] && ! sudo -n true 2>/dev/null; then
        die "packages are missing, and sudo wants a password: run 'make setup' in a terminal, for: $*"
    fi
}

# --no-remove: whoever has something that conflicts decides about it, not this script.
apt_install() { as_root apt-get -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends --no-remove "$@"; }

install_packages() {
    local updated=no
    resolve "$@"
    if [ ${#missing[@]} -eq 0 ] && [ ${#unknown[@]} -eq 0 ]; then return; fi
    check_may_install "${missing[@]}" "${unknown[@]}"
    if [ ${#unknown[@]} -gt 0 ]; then
        say "setup: updating apt's lists, which lack ${unknown[*]}"
        as_root apt-get update || say "setup: apt-get update failed; going on with the lists there are"
        updated=yes
        resolve "$@"
        [ ${#unknown[@]} -eq 0 ] || die "apt has no package ${unknown[*]}: check the network and apt's sources"
        [ ${#missing[@]} -gt 0 ] || return 0
    fi
    say "setup: installing through apt: ${missing[*]}"
    apt_install "${missing[@]}" && return
    # Lists that are out of date name files that are gone.
    [ "$updated" = no ] || die "apt-get could not install ${missing[*]}"
    say "setup: that failed; updating apt's lists and trying once more"
    as_root apt-get update || true
    apt_install "${missing[@]}" || die "apt-get could not install ${missing[*]}"
}

# What apt knows of these; the others are done without.
install_optional_packages() {
    resolve "$@"
    [ ${#missing[@]} -gt 0 ] || return 0
    say "setup: installing through apt, where that works: ${missing[*]}"
    apt_install "${missing[@]}" || say "setup: going on without ${missing[*]}"
}

check_libraries_without_apt() {
    local absent=() library
    has pkg-config || die "no apt-get here: install pkg-config and the development files of ${LIBRARIES[*]}"
    for library in "${LIBRARIES[@]}"; do
        pkg-config --exists "$library" || absent+=("$library")
    done
    [ ${#absent[@]} -eq 0 ] || die "no apt-get here: install the development files of ${absent[*]} yourself"
}

# - Parameter: what is wrong, as the start of a sentence.
ask_for_swift() {
    if has swiftly; then die "$1: run 'swiftly install --use latest', then this again"; fi
    [ "${YES:-}" = 1 ] && return
    [ -t 0 ] || die "$1: run 'make setup YES=1' to let swiftly install it, or see $SWIFT_HELP"
    say "$1."
    say "swiftly, Swift's own installer, gets it into your home folder. It is what $SWIFT_HELP describes:"
    say "    curl -O $SWIFTLY_URL"
    say "    tar zxf swiftly-$(uname -m).tar.gz"
    say "    ./swiftly init --quiet-shell-followup"
    local answer=""
    read -r -p "Run these lines now? [y/N] " answer || true
    case "$answer" in
    [yY] | [yY][eE][sS]) ;;
    *) die "no Swift $SWIFT_NEEDED, nothing to build with: see $SWIFT_HELP" ;;
    esac
}

install_swift() {
    local options=(--quiet-shell-followup) folder
    # swiftly asks a question of its own, which nobody is there to answer.
    if [ "${YES:-}" = 1 ]; then options+=(--assume-yes); fi
    folder=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$folder'" EXIT
    (
        cd "$folder" &&
            curl -O "$SWIFTLY_URL" &&
            tar zxf "$(basename "$SWIFTLY_URL")" &&
            ./swiftly init "${options[@]}"
    ) || die "swiftly could not install Swift: see its message above, or $SWIFT_HELP"
    use_swiftly
    swift_is_new_enough || die "swiftly ended, and still there is no Swift $SWIFT_NEEDED: see $SWIFT_HELP"
}

if [ "${1:-}" = --ci ]; then
    PACKAGES+=("${CI_PACKAGES[@]}")
    OPTIONAL_PACKAGES+=("${CI_OPTIONAL_PACKAGES[@]}")
fi

use_swift
needs_swift=no
if ! has swift; then
    ask_for_swift "Swift $SWIFT_NEEDED or newer is not installed"
    needs_swift=yes
fi

if has apt-get && has dpkg-query; then
    install_packages "${PACKAGES[@]}"
    install_optional_packages "${OPTIONAL_PACKAGES[@]}"
else
    check_libraries_without_apt
fi

# Only now: without its libraries even `swift --version` does not start.
if [ "$needs_swift" = no ] && ! swift_is_new_enough; then
    version=$(swift_version)
    [ -n "$version" ] || die "$(command -v swift) does not start: $(swift --version 2>&1 | head -n 1)"
    ask_for_swift "Swift ${version/ /.} is installed, and $SWIFT_NEEDED or newer is needed"
    needs_swift=yes
fi
if [ "$needs_swift" = yes ]; then
    if has apt-get && has dpkg-query; then install_packages "${SWIFTLY_PACKAGES[@]}"; fi
    install_swift
fi
