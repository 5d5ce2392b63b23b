#!/usr/bin/env bash
# Cross-compiles the kernels for ARM and compares them with the definition of what they compute, on an emulated CPU with dot
# products and on one without; the same program does so natively, for the instruction sets of this CPU. Prints `ok NAME`,
# `not ok NAME: why` or `skip NAME: why`. With --count it also says how many instructions a frame's convolutions are on ARM, which
# takes four minutes.
#     Tests/arm/check.sh [--count]
set -euo pipefail
cd "$(dirname "$0")/../.."
clang=$(scripts/with-swift.sh which clang)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# - Parameters: the program to make, and what the compiler is told besides.
build() {
    local program=$1 source object
    shift
    mkdir "$program.objects"
    for source in Sources/CFOMMKernels/*.c Sources/CFOMMKernels/*/*.c Tests/arm/kernels.c; do
        case $source in */template/*) continue ;; esac
        object=$program.objects/$(tr / _ <<<"$source").o
        "$clang" "$@" -O2 -Wall -Wextra -Werror -I Sources/CFOMMKernels/include -c "$source" -o "$object"
    done
    "$clang" "$@" -fuse-ld=lld "$program".objects/*.o -lm -o "$program"
}

build "$work/native"
"$work/native"

for part in qemu-aarch64 aarch64-linux-gnu-gcc; do
    command -v $part >/dev/null || { echo "skip neon, neondot, neoni8mm: $part is not installed" && exit 0; }
done
build "$work/arm" --target=aarch64-linux-gnu -static 2>"$work/log" || { cat "$work/log" && exit 1; }
qemu-aarch64 -cpu max "$work/arm" neon neondot neoni8mm
# CPUs of 2012 and 2019: what they do not have is not found, and nothing else is run.
[ "$(qemu-aarch64 -cpu cortex-a53 "$work/arm")" = "$(qemu-aarch64 -cpu cortex-a53 "$work/arm" neon)" ] ||
    { echo "not ok neondot: a Cortex-A53 does not have it" && exit 1; }
[ "$(qemu-aarch64 -cpu neoverse-n1 "$work/arm")" = "$(qemu-aarch64 -cpu neoverse-n1 "$work/arm" neon neondot)" ] ||
    { echo "not ok neoni8mm: a Neoverse N1 does not have it" && exit 1; }

[ "${1:-}" = --count ] || exit 0
"$clang" -O2 -shared -fPIC -fuse-ld=lld Tests/arm/count.c -o "$work/count.so"
# Millions of instructions: those of two frames less those of one, so that what is prepared once does not count.
instructions() {
    local turns counts=()
    for turns in 1 2; do
        counts+=("$(qemu-aarch64 -cpu max -plugin "$work/count.so" -d plugin "$work/arm" --frame "$1" $turns ${2:+"$2"} 2>&1 >/dev/null |
            sed 's/ .*//')")
    done
    echo $(((counts[1] - counts[0]) / 1000000))
}
for name in neon neondot neoni8mm; do
    echo "ok $name: $(instructions $name) million instructions for a frame's convolutions, $(instructions $name int8) in int8"
done
