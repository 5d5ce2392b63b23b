#!/bin/bash
# Runs in the virtual machine, on the host's files: loads the modules, then the command, and says how that ended.
# run.sh lays a file with the parameters beside it.
run=$(dirname "$0")
# shellcheck disable=SC1091
. "$run/parameters"

# What a port is called is known to sysfs alone; who would link it in /dev is not running here.
port() {
    local folder
    for folder in /sys/class/virtio-ports/*; do
        if [ "$(cat "$folder/name")" = "$1" ]; then echo "/dev/${folder##*/}"; fi
    done
}

mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
ln -sf /proc/self/fd /dev/fd
ln -sf /proc/self/fd/0 /dev/stdin
ln -sf /proc/self/fd/1 /dev/stdout
ln -sf /proc/self/fd/2 /dev/stderr
mkdir -p "/lib/modules/$RELEASE"
mount --bind "$CACHE/lib/modules/$RELEASE" "/lib/modules/$RELEASE"
hostname vm
ip link set lo up 2>/dev/null

exec 3>"$(port status)" </dev/null >"$(port output)" 2>"$(port errors)"

load() {
    [ "$2" != none ] || return 0
    # Unquoted: one word for each of the module's parameters.
    # shellcheck disable=SC2086
    modprobe "$1" $2 && return
    echo "vm: modprobe $1 $2 failed" >&2
    echo "failed modprobe" >&3
    return 1
}

if load vivid "$VIVID" && load v4l2loopback "$LOOPBACK"; then
    # Whatever was in memory is in the kernel's log; the command's own lines are all that follow.
    echo "up $(cut -d' ' -f1 /proc/uptime)" >&3
    # A session and a group of its own: what it leaves behind cannot hold up the end.
    # shellcheck disable=SC1091,SC2153  # written by run.sh, as FOLDER was
    (cd "$FOLDER" && . "$run/environment" && exec "${COMMAND[@]}" 3>&-)
    echo "status $?" >&3
fi
