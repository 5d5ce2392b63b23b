#!/usr/bin/env bash
# Feeds a reader of files with mutated ones, under AddressSanitizer, and stops at the first that crashes it, takes it more
# than two seconds, or makes it take 256 MB at once or 1 GB in all.
#     scripts/fuzz.sh READER|all [SECONDS]  READER: pickle zip checkpoint safetensors config y4m picture calibration
# `all` are as many at a time as there are cores. Seeds and finds are kept in .build-fuzz/corpus/READER; a file that was
# found is written to .build-fuzz/found.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
use_swift
readers=(pickle zip checkpoint safetensors config y4m picture calibration)
chosen=${1:?which reader}
seconds=${2:-60}
case " ${readers[*]} all " in *" $chosen "*) ;; *) die "$chosen: no such reader; there are ${readers[*]}" ;; esac

flags=(--configuration release --scratch-path .build-fuzz -Xswiftc -enable-testing)
# Coverage and addresses in every module of ours and in the C of others, such as libyaml; the fuzzer's own main() at the end.
flags+=(-Xswiftc "-sanitize=fuzzer,address" -Xswiftc -parse-as-library -Xswiftc -use-ld=lld)
ignored=$PWD/scripts/fuzz-ignored.txt
flags+=(-Xcc "-fsanitize=fuzzer-no-link,address")
flags+=(-Xcc "-fsanitize-ignorelist=$ignored" -Xcc "-fsanitize-coverage-ignorelist=$ignored")
PUPPET_FUZZ=1 swift build --product Fuzz "${flags[@]}"

# What the sanitizer keeps of memory that was given back should not look like the reader's.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:quarantine_size_mb=16:malloc_context_size=3
mkdir -p .build-fuzz/found

fuzz() {
    local reader=$1 corpus=.build-fuzz/corpus/$1
    mkdir -p "$corpus"
    PUPPET_FUZZ=$reader PUPPET_FUZZ_SEEDS=$corpus .build-fuzz/release/Fuzz
    PUPPET_FUZZ=$reader .build-fuzz/release/Fuzz "$corpus" -max_total_time="$seconds" -timeout=2 -malloc_limit_mb=256 \
        -rss_limit_mb=1024 -max_len=65536 ${SEED:+-seed="$SEED"} -print_final_stats=1 -artifact_prefix=".build-fuzz/found/$reader-"
}

if [ "$chosen" != all ]; then
    fuzz "$chosen"
    exit
fi
status=0
cores=$(nproc)
for ((first = 0; first < ${#readers[@]}; first += cores)); do
    names=("${readers[@]:first:cores}")
    jobs=()
    for name in "${names[@]}"; do
        fuzz "$name" >".build-fuzz/$name.log" 2>&1 &
        jobs+=($!)
    done
    for index in "${!jobs[@]}"; do
        log=.build-fuzz/${names[index]}.log
        if wait "${jobs[index]}"; then
            say "${names[index]}: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
        else
            tail -n 60 "$log" >&2
            say "error: ${names[index]}: see .build-fuzz/found"
            status=1
        fi
    done
done
exit "$status"
