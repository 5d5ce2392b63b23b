#!/usr/bin/env bash
# Gets ready what run.sh boots: tools through apt, Debian's stock kernel unpacked but not installed, v4l2loopback built
# against exactly that kernel, and a small initramfs. Does nothing, quickly, where that is there.
# PUPPET_VM_CACHE=folder keeps it somewhere else than in .build-vm. PUPPET_LOOPBACK_DEB=file is another v4l2loopback-dkms
# than this Debian's, for example a newer Debian's. Ends with 75 where something cannot be had.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/lib.sh"

cache=${PUPPET_VM_CACHE:-$project/.build-vm}
# What the initramfs loads to reach the host's files and the host's ears.
INITRAMFS_MODULES=(virtio_pci 9pnet_virtio 9p overlay virtio_console)
# What is kept of Debian's modules for `modprobe` inside, with all that they depend on.
KEPT_MODULES=("${INITRAMFS_MODULES[@]}" vivid v4l2loopback virtio_rng)
# COMMAND|PACKAGE
TOOLS=("qemu-system-x86_64|qemu-system-x86" "v4l2-ctl|v4l-utils" "ffmpeg|ffmpeg" "busybox|busybox-static" "cpio|cpio"
    "depmod|kmod" "gcc|gcc" "make|make" "xz|xz-utils" "flock|util-linux")

# 75: nothing is wrong with puppet, this machine just cannot have the virtual machine.
unavailable() {
    say "vm: $*"
    exit 75
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then env DEBIAN_FRONTEND=noninteractive "$@"; else sudo -n "$@"; fi
}

apt_install() {
    say "vm: installing through apt: $*"
    local install=(apt-get -qq -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends --no-remove "$@")
    as_root "${install[@]}" >"$cache/apt.log" 2>&1 && return
    # Lists that are out of date name files that are gone.
    update_lists
    as_root "${install[@]}" >"$cache/apt.log" 2>&1 ||
        unavailable "apt-get could not install $*: $(grep -m 1 '^E:' "$cache/apt.log" || tail -n 1 "$cache/apt.log")"
}

updated=no
update_lists() {
    [ "$updated" = no ] || return 0
    updated=yes
    as_root apt-get -qq -o DPkg::Lock::Timeout=120 update >"$cache/apt.log" 2>&1 || true
}

install_tools() {
    local entry missing=()
    for entry in "${TOOLS[@]}"; do
        has "${entry%|*}" || missing+=("${entry#*|}")
    done
    # A busybox that wants the host's libraries is no use in an initramfs.
    if has busybox && ldd "$(command -v busybox)" >/dev/null 2>&1; then missing+=(busybox-static); fi
    [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
}

# - Parameters: a package, and what the wanted name of one of its dependencies matches.
dependency() { LC_ALL=C apt-cache depends "$1" 2>/dev/null | sed -n "s/^ *Depends: \($2\)\$/\1/p" | head -n 1; }

name_packages() {
    image=$(dependency linux-image-amd64 'linux-image-[0-9].*')
    if [ -z "$image" ]; then
        update_lists
        image=$(dependency linux-image-amd64 'linux-image-[0-9].*')
    fi
    [ -n "$image" ] || unavailable "apt knows no linux-image-amd64 here: Debian's stock kernel is what this boots"
    release=${image#linux-image-}
    headers=linux-headers-$release
    packages=("$image" "$headers" "$(dependency "$headers" 'linux-headers-.*-common')"
        "$(dependency "$headers" 'linux-kbuild-.*')")
    [ -n "${PUPPET_LOOPBACK_DEB:-}" ] || packages+=(v4l2loopback-dkms)
    compiler=$(dependency "$headers" 'linux-compiler-.*')
}

download() {
    mkdir -p "$work/debs"
    say "vm: downloading ${packages[*]}"
    # apt's own user has no business in this folder, which makes it say so.
    fetch() { (cd "$work/debs" && apt-get -qq -o APT::Sandbox::User=root download "${packages[@]}") >"$work/log" 2>&1; }
    fetch && return
    # Lists that are out of date name files that are gone, and then perhaps another kernel.
    update_lists
    name_packages
    fetch || unavailable "could not download ${packages[*]}: $(grep -m 1 '^E:' "$work/log" || tail -n 1 "$work/log")"
}

unpack() {
    local file
    [ -z "${PUPPET_LOOPBACK_DEB:-}" ] || cp "$PUPPET_LOOPBACK_DEB" "$work/debs/" || die "cannot read $PUPPET_LOOPBACK_DEB"
    for file in "$work"/debs/*.deb; do
        dpkg-deb -x "$file" "$work/root" || die "$file does not unpack"
    done
    # The one path in the headers that is not relative.
    sed -i "s|/usr/src/|$work/root/usr/src/|" "$work/root/usr/src/$headers/Makefile"
}

build_loopback() {
    local folder version
    folder=$(echo "$work"/root/usr/src/v4l2loopback-*)
    version=${folder##*-}
    has "$(kernel_compiler)" || apt_install "${compiler:-gcc}"
    say "vm: building v4l2loopback $version for Linux $release"
    make -C "$work/root/usr/src/$headers" M="$folder" CC="$(kernel_compiler)" modules >"$work/log" 2>&1 || {
        tail -n 20 "$work/log" >&2
        unavailable "v4l2loopback $version does not build for Linux $release, see above"
    }
    install -D -m 644 "$folder/v4l2loopback.ko" "$work/root/lib/modules/$release/updates/v4l2loopback.ko"
    # modinfo knows, but 0.12.7 says 0.12.5 there.
    printf '%s\n' "$version" >"$work/loopback-version"
}

kernel_compiler() { sed -n 's/^CC *[:?]*=.*[ )]\(gcc[-0-9]*\) *$/\1/p' "$work/root/usr/src/$headers/.kernelvariables"; }

# Keeps of Debian's many modules those this needs.
select_modules() {
    local from="$work/root/lib/modules/$release" to="$work/lib/modules/$release" name path
    depmod -b "$work/root" "$release" 2>>"$work/log"
    mkdir -p "$to"
    cp "$from"/modules.{builtin,order} "$to/"
    cp "$from"/modules.builtin.modinfo "$to/" 2>>"$work/log" || true
    for name in "${KEPT_MODULES[@]}"; do
        for path in $(module_files "$work/root" "$name"); do
            install -D -m 644 "$path" "$to/${path#"$from/"}"
        done
    done
    depmod -b "$work" "$release" 2>>"$work/log"
}

# Prints the files of a module and of all it depends on, in the order to load them.
module_files() {
    modprobe -d "$1" -S "$release" --show-depends --ignore-install "$2" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
}

# A plain ELF file starts at once. What Debian ships first unpacks itself, for many seconds where the CPU is emulated.
extract_kernel() {
    local packed="$work/root/boot/vmlinuz-$release" sectors offset length
    field() { od -An -tu"$2" -j"$1" -N"$2" "$packed" | tr -d ' '; }
    sectors=$(field $((0x1f1)) 1)
    offset=$(((sectors + 1) * 512 + $(field $((0x248)) 4)))
    length=$(field $((0x24c)) 4)
    dd if="$packed" bs=64K iflag=skip_bytes,count_bytes skip="$offset" count="$length" 2>>"$work/log" |
        xz -dc --single-stream >"$work/kernel" 2>>"$work/log" || cp "$packed" "$work/kernel"
}

make_initramfs() {
    local folder="$work/initramfs.d" name path applet
    mkdir -p "$folder"/{bin,dev,proc,sys,modules,host,upper,root}
    cp "$(command -v busybox)" "$folder/bin/busybox"
    for applet in sh mount mkdir insmod chroot cat echo sleep poweroff; do
        ln -s busybox "$folder/bin/$applet"
    done
    for name in "${INITRAMFS_MODULES[@]}"; do
        for path in $(module_files "$work" "$name"); do
            [ -e "$folder/modules/${path##*/}" ] && continue
            case "$path" in
            *.xz) xz -dc "$path" >"$folder/modules/$(basename "$path" .xz)" && path=${path%.xz} ;;
            *) cp "$path" "$folder/modules/" ;;
            esac
            printf '%s\n' "${path##*/}" >>"$folder/modules/order"
        done
    done
    install -m 755 "$project/Tests/vm/init" "$folder/init"
    (cd "$folder" && find . | cpio --quiet -o -H newc -R 0:0) >"$work/initramfs"
}

mkdir -p "$cache" || unavailable "cannot write to $cache"
cache=$(cd "$cache" && pwd)
install_tools

# One at a time: several clones may share a cache.
exec 9>"$cache/lock"
flock 9
# What is here was made by these very files, or is made anew.
made_by=$(cat "$0" "$project/Tests/vm/init" ${PUPPET_LOOPBACK_DEB:+"$PUPPET_LOOPBACK_DEB"} | sha256sum)
if [ "$(cat "$cache/made-by" 2>/dev/null)" = "$made_by" ]; then exit 0; fi

{ has apt-get && has dpkg-deb; } || unavailable "no apt-get here, which is where the kernel comes from"
started=$SECONDS
work="$cache/making"
rm -rf "$work"
mkdir -p "$work"
name_packages
download
unpack
build_loopback
select_modules
extract_kernel
make_initramfs
printf '%s\n' "$release" >"$work/kernel-release"

rm -rf "$cache/made-by" "${cache:?}/lib"
for result in lib kernel initramfs kernel-release loopback-version; do
    mv -f "$work/$result" "$cache/$result"
done
rm -rf "$work"
printf '%s\n' "$made_by" >"$cache/made-by"
say "vm: Linux $release and v4l2loopback $(cat "$cache/loopback-version") are ready, after $((SECONDS - started)) s"
