#!/usr/bin/env bash
# Runs puppet for a long time and says whether it stays as it was: memory after the first minute, open files, latency, and
# that every frame is accounted for.
#     scripts/soak.sh [MINUTES]          (30 by default; PUPPET=file names the program)
# The test camera drives at 640x480 and 30 frames a second; outputs are null and a window, under Xvfb where there is no
# display. Needs python3 for the table at the end.
set -euo pipefail
minutes=${1:-30}
puppet=${PUPPET:-$(cd "$(dirname "$0")/.." && pwd)/.build/release/puppet}
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT

if [ -z "${DISPLAY:-}" ]; then
    Xvfb :93 -screen 0 1280x800x24 -noreset >/dev/null 2>&1 &
    export DISPLAY=:93
    sleep 1
fi
"$puppet" --camera test --camera-size 640x480 --camera-fps 30 --output null --output window \
    --stats "$folder/stats.jsonl" 2>"$folder/summary.txt" &
process=$!
end=$((SECONDS + minutes * 60))
while [ $SECONDS -lt $end ] && kill -0 $process 2>/dev/null; do
    sleep 10
    memory=$(sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p' /proc/$process/status)
    files=$(find /proc/$process/fd -mindepth 1 2>/dev/null | wc -l)
    threads=$(sed -n 's/^Threads:[[:space:]]*//p' /proc/$process/status)
    echo "$SECONDS $memory $files $threads" >>"$folder/samples.txt"
done
kill -INT $process
wait $process
cat "$folder/summary.txt"
python3 - "$folder" <<'PYTHON'
import json, sys
folder = sys.argv[1]
samples = [list(map(int, line.split())) for line in open(f"{folder}/samples.txt")]
later = [s for s in samples if s[0] - samples[0][0] >= 60] or samples
print(f"memory, MB: {samples[0][1] / 1024:.1f} at first, {later[0][1] / 1024:.1f} after a minute, "
      f"{later[-1][1] / 1024:.1f} at the end, {max(s[1] for s in later) / 1024:.1f} at most")
print(f"open files: {sorted({s[2] for s in later})}, threads: {sorted({s[3] for s in later})}")
lines = [json.loads(line) for line in open(f"{folder}/stats.jsonl")]
step = max(1, len(lines) // 6)
for start in range(0, len(lines) - step + 1, step):
    part = sorted(l["latency_ms"] for l in lines[start:start + step] if l["latency_ms"] is not None)
    rank = lambda p: part[min(len(part) - 1, int(len(part) * p / 100))]
    print(f"from {lines[start]['captured_ms'] / 60000:5.1f} min: {step} frames, latency "
          f"p50 {rank(50):.1f}, p95 {rank(95):.1f}, p99 {rank(99):.1f} ms")
last = lines[-1]
before = sum(last["dropped"].get(c, 0) for c in ("detect", "generate", "fps_cap", "cpu_budget"))
print(f"frames in {last['frames_in']} = out {last['frames_out']} + dropped {before} "
      f"+ {last['frames_in'] - last['frames_out'] - before} under way at the last line")
PYTHON
