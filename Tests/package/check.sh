#!/usr/bin/env bash
# Installs the Debian package in releases that have nothing but their base system, runs it, and purges it. For a quiet hour: each
# release is 150 MB from its mirror, and some minutes.
#     Tests/package/check.sh [bookworm | trixie | noble]...
# Prints `ok RELEASE`, `not ok RELEASE: why` or `skip RELEASE: why` for each. Needs root, debootstrap, and what `make deb` needs.
# PACKAGE=file names the package to test; otherwise it is built. KEEP=folder keeps the releases for the next time.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)

main() {
    [ "$(id -u)" -eq 0 ] || { echo "skip: the package is not tested: a chroot needs root" && exit 0; }
    command -v debootstrap >/dev/null || { echo "skip: the package is not tested: debootstrap is not installed" && exit 0; }
    work=$(mktemp -d)
    trap 'umount "$work"/root-*/proc 2>/dev/null; rm -rf --one-file-system "$work"' EXIT
    if [ -z "${PACKAGE:-}" ]; then
        make -C "$project" deb >"$work/deb.log" 2>&1 || { tail -n 5 "$work/deb.log" && exit 1; }
        PACKAGE=$(find "$project/.." -maxdepth 1 -name 'puppet-camera_*.deb' -printf '%T@ %p\n' | sort -rn | head -n 1 | cut -d' ' -f2-)
    fi
    PACKAGE=$(realpath "$PACKAGE")
    local release failed=0
    if command -v lintian >/dev/null; then
        local files=("$PACKAGE" "${PACKAGE%.deb}.changes")
        [ -e "${files[1]}" ] || unset 'files[1]'
        lintian --allow-root --fail-on error,warning "${files[@]}" || { echo "not ok lintian" && exit 1; }
        echo "ok lintian"
    else
        echo "skip lintian: it is not installed"
    fi
    for release in "${@:-bookworm}"; do
        if (check "$release") >"$work/$release.log" 2>&1; then
            echo "ok $release: $(tail -n 1 "$work/$release.log")"
        elif grep -q '^skip: ' "$work/$release.log"; then
            echo "skip $release: $(sed -n 's/^skip: //p' "$work/$release.log")"
        else
            echo "not ok $release: $(tail -n 1 "$work/$release.log")"
            sed 's/^/    /' "$work/$release.log" | tail -n 30
            failed=1
        fi
    done
    exit $failed
}

fail() {
    echo "$*"
    exit 1
}

# A release as debootstrap makes it, in $root.
make_root() {
    local base=${KEEP:-$work}/$1 script=
    if ! [ -e "$base.tar" ]; then
        local mirror=http://deb.debian.org/debian options=()
        if [ "$1" = noble ]; then
            # Debian has not its keys; what is made of it is thrown away.
            mirror=http://archive.ubuntu.com/ubuntu options=(--no-check-gpg "--components=main,universe")
            [ -e /usr/share/debootstrap/scripts/noble ] || script=/usr/share/debootstrap/scripts/gutsy
        fi
        curl -sfI -m 20 "$mirror/dists/$1/Release" >/dev/null || { echo "skip: $mirror has no $1, or is not reached" && exit 1; }
        mkdir -p "${KEEP:-$work}"
        debootstrap --variant=minbase "${options[@]}" "$1" "$base" "$mirror" $script || fail "debootstrap failed"
        tar -C "$base" -cf "$base.tar.part" . && mv "$base.tar.part" "$base.tar"
        rm -rf --one-file-system "$base"
    fi
    root=$work/root-$1
    mkdir "$root" && tar -C "$root" -xf "$base.tar"
    # Swift's programs read their own command line there.
    mount -t proc proc "$root/proc" || { echo "skip: /proc cannot be mounted here" && exit 1; }
}

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"; }

# Every file of it, but for what changes by itself.
listing() {
    (cd "$root" && find . -xdev ! -path './var/*' ! -path './tmp/*' ! -path './etc/*' ! -path './root/*' ! -path './run/*' \
        ! -name '*.cache' | sort)
}

check() {
    local root
    make_root "$1"
    cp "$PACKAGE" "$root/tmp/puppet.deb"
    cp "$project/Assets/portrait.png" "$root/tmp/face.png"
    inside apt-get update -qq || fail "apt-get update failed"
    # What it needs first, so that what the package itself leaves can be seen.
    inside apt-get install -qq --no-install-recommends /tmp/puppet.deb || fail "it does not install"
    inside puppet --version || fail "it does not start"
    inside puppet animate --avatar /tmp/face.png --frames 5 --output /tmp/moved.y4m || fail "it animates nothing"
    [ "$(stat -c %s "$root/tmp/moved.y4m")" -gt $((5 * 256 * 256 * 3 / 2)) ] || fail "the video is short"
    inside puppet doctor >/dev/null 2>&1
    local files
    files=$(inside dpkg -L puppet-camera)
    for file in /usr/bin/puppet /usr/share/man/man1/puppet-animate.1.gz /usr/share/applications/puppet.desktop \
        /usr/lib/systemd/user/puppet.service /usr/share/metainfo/local.puppet.Puppet.metainfo.xml \
        /usr/share/bash-completion/completions/puppet /usr/share/doc/puppet-camera/examples/puppet.modprobe; do
        grep -qx "$file" <<<"$files" || fail "$file is not in it"
    done
    inside apt-get purge -qq puppet-camera || fail "it does not purge"
    while read -r file; do
        if [ -f "$root$file" ] || [ -L "$root$file" ]; then fail "$file is left over"; fi
    done <<<"$files"
    ! listing | grep -i puppet || fail "these are left over"
    echo "installed, animated 5 frames, purged"
}

main "$@"
