#!/usr/bin/env bash
# Runs the tests of what threads share under ThreadSanitizer: handovers, the worker pool, outputs, the live pipeline with
# the tiny network. Ends with an error when it reports a race.
#     scripts/tsan.sh [REGEX]               REGEX: other tests
# Builds into .build-tsan, without optimisation but for the kernels: that is built soonest.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
use_swift

suites='^FlowTests|WorkerPoolTests|LivePipelineTests|EveryPictureTests|CommandDeskTests|VirtualCameraTests|ControlSocketTests|RealFaceTests'
# It counts frames by the clock, which is another one here.
timed=computesNoMoreFramesThanTheRateAsksFor
flags=(--scratch-path .build-tsan --sanitize=thread -Xcc -O2)
swift build --build-tests "${flags[@]}"
clang -O2 -Wall -Werror -shared -fPIC Tests/tsan/mutex.c -o .build-tsan/mutex.so

export PUPPET_SEQUENCES=100
export TSAN_OPTIONS=exitcode=66:history_size=4
limit=()
if ! [ -t 0 ]; then limit=(timeout -k 30 "${TEST_SECONDS:-600}"); fi
LD_PRELOAD=$PWD/.build-tsan/mutex.so "${limit[@]}" \
    .build-tsan/debug/puppetPackageTests.xctest --testing-library swift-testing --filter "${1:-$suites}" --skip "$timed"
