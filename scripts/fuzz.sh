#!/usr/bin/env bash
# Feeds a reader of files with mutated ones, under AddressSanitizer, and stops at the first that crashes it, takes it more
# than two seconds, or makes it take 256 MB at once or 1 GB in all.
#     scripts/fuzz.sh READER [SECONDS]      READER: pickle zip checkpoint safetensors config y4m picture calibration
# Seeds and finds are kept in .build-fuzz/corpus/READER; a file that was found is written to .build-fuzz/found.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
use_swift
reader=${1:?which reader}
seconds=${2:-60}

flags=(--configuration release --scratch-path .build-fuzz -Xswiftc -enable-testing)
# Coverage and addresses in every module of ours; the fuzzer's own main() at the end.
flags+=(-Xswiftc "-sanitize=fuzzer,address" -Xswiftc -parse-as-library -Xswiftc -use-ld=lld)
PUPPET_FUZZ=1 swift build --product Fuzz "${flags[@]}"

corpus=.build-fuzz/corpus/$reader
mkdir -p "$corpus" .build-fuzz/found
export PUPPET_FUZZ=$reader ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
# What the sanitizer keeps of memory that was given back should not look like the reader's.
ASAN_OPTIONS+=:quarantine_size_mb=16:malloc_context_size=3
PUPPET_FUZZ_SEEDS=$corpus .build-fuzz/release/Fuzz
exec .build-fuzz/release/Fuzz "$corpus" -max_total_time="$seconds" -timeout=2 -malloc_limit_mb=256 -rss_limit_mb=1024 \
    -max_len=65536 -print_final_stats=1 -artifact_prefix=".build-fuzz/found/$reader-"
