#!/usr/bin/env bash
# Runs a command on Debian's stock kernel in a virtual machine, where `vivid` is a camera and `v4l2loopback` the way
# into call apps:
#     Tests/vm/run.sh [--timeout SECONDS] [--vivid OPTIONS] [--loopback OPTIONS] -- COMMAND...
# Inside are the host's files, in a layer that takes all writes and is forgotten; the command starts in this project.
# Its output and its exit status become those of this script, but for 123 (the kernel crashed), 124 (out of time),
# 125 (no command was started) and 75 (this machine cannot have the virtual machine). OPTIONS are a module's
# parameters, instead of those below; `none` does not load it.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/lib.sh"

cache=${PUPPET_VM_CACHE:-$project/.build-vm}
seconds=300
# So long at most until the command starts; a loaded machine has needed 20.
boot_seconds=120
# One camera and no other of vivid's devices, and that at /dev/video0.
vivid="n_devs=1 node_types=0x1 vid_cap_nr=0 no_error_inj=1"
loopback="devices=2 video_nr=10,11 exclusive_caps=1,0 card_label=puppet,webcam"

usage() {
    say "usage: Tests/vm/run.sh [--timeout SECONDS] [--vivid OPTIONS] [--loopback OPTIONS] -- COMMAND..."
    exit 64
}

while [ $# -gt 0 ]; do
    case "$1" in
    --timeout) seconds=${2:?} && shift 2 ;;
    --vivid) vivid=${2:?} && shift 2 ;;
    --loopback) loopback=${2:?} && shift 2 ;;
    --) shift && break ;;
    *) usage ;;
    esac
done
[ $# -gt 0 ] || usage

"$project/Tests/vm/prepare.sh"
cache=$(cd "$cache" && pwd)

run=$(mktemp -d)
qemu=""
# shellcheck disable=SC2317  # trap calls it
finish() {
    if [ -n "$qemu" ]; then kill "$qemu" 2>/dev/null || true; fi
    rm -rf "$run"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

cp "$project/Tests/vm/inside.sh" "$run/"
{
    RELEASE=$(cat "$cache/kernel-release") CACHE=$cache FOLDER=$project VIVID=$vivid LOOPBACK=$loopback COMMAND=("$@")
    declare -p RELEASE CACHE FOLDER VIVID LOOPBACK COMMAND
} >"$run/parameters"
# What a program may go by, and nothing that says where it is.
declare -px | grep -E '^declare -x (PATH|HOME|USER|LANG|LC_[A-Z]*|PUPPET[A-Z_]*)=' >"$run/environment" || true
: >"$run/status"

# A /dev/kvm that a virtual machine's own kernel offers need not work: the CPU has to say so too.
accelerator=tcg,thread=multi,tb-size=512
if [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo; then accelerator=kvm; fi
# Pipes, as QEMU wants to write to what it may not truncate, and not to read from where we read.
exec 4> >(exec cat) && output=$!
exec 5> >(exec cat >&2) && errors=$!
timeout -k 5 "$seconds" qemu-system-x86_64 \
    -nodefaults -no-user-config -display none -no-reboot \
    -machine pc -accel "$accelerator" -cpu max -smp 2 -m 2G \
    -kernel "$cache/kernel" -initrd "$cache/initramfs" \
    -append "console=ttyS0 loglevel=4 panic=-1 oops=panic mitigations=off tsc=reliable vm.run=$run" \
    -chardev "file,id=kernel,path=$run/kernel.log" -serial chardev:kernel \
    -fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap \
    -device virtio-9p-pci,fsdev=host,mount_tag=host \
    -device virtio-rng-pci -device virtio-serial-pci \
    -add-fd fd=4,set=4 -chardev file,id=output,path=/dev/fdset/4,append=on \
    -device virtserialport,chardev=output,name=output \
    -add-fd fd=5,set=5 -chardev file,id=errors,path=/dev/fdset/5,append=on \
    -device virtserialport,chardev=errors,name=errors \
    -chardev "file,id=status,path=$run/status" -device virtserialport,chardev=status,name=status \
    </dev/null >"$run/qemu.log" 2>&1 &
qemu=$!
exec 4>&- 5>&-
boot_end=$((SECONDS + boot_seconds))
while kill -0 "$qemu" 2>/dev/null && ! [ -s "$run/status" ]; do
    if [ $SECONDS -ge $boot_end ]; then
        seconds=$boot_seconds
        kill "$qemu"
        break
    fi
    sleep 0.2
done
ended=0
wait "$qemu" || ended=$?
qemu=""
wait "$output" "$errors" || true

kernel_log() {
    tr -d '\r' <"$run/kernel.log" 2>/dev/null | grep -v 'reboot: Power down' | tail -n "$1" |
        sed 's/^/vm: kernel: /' >&2 || true
}

up=$(sed -n 's/^up //p' "$run/status")
status=$(sed -n 's/^status //p' "$run/status")
if grep -qE 'Kernel panic|Oops:|BUG:|general protection fault' "$run/kernel.log" 2>/dev/null; then
    kernel_log 60
    say "vm: the kernel crashed, see above"
    [ -n "$up" ] || exit 125
    exit 123
fi
if [ "$ended" -eq 124 ] || [ "$ended" -eq 137 ] || [ "$ended" -eq 143 ]; then
    kernel_log 20
    if [ -n "$up" ]; then
        say "vm: still not done after $seconds s (up $up s after the start): ended it"
        exit 124
    fi
    say "vm: not up after $seconds s: gave up"
    exit 125
fi
if [ -z "$up" ] || [ -z "$status" ]; then
    sed 's/^/vm: QEMU: /' "$run/qemu.log" >&2
    kernel_log 30
    say "vm: it ended without having run the command, see above"
    exit 125
fi
kernel_log 20
say "vm: up after $up s, Linux $(cat "$cache/kernel-release"), v4l2loopback $(cat "$cache/loopback-version")"
exit "$status"
