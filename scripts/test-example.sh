#!/usr/bin/env bash
# Builds the example package against this one, as another program would, and lets it animate five frames.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build --package-path Examples/AnimatePicture --scratch-path "$PWD/.build-example" --configuration release
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
.build-tests/release/puppet --camera test --camera-size 320x320 --crop center --calibration-frame 0 --passthrough \
    --output "$folder/driving.y4m" --frames 5 --quiet
.build-example/release/animate-picture Models/face.safetensors Assets/portrait.png "$folder/driving.y4m" "$folder/moved.y4m"
# A line for the stream and one for every frame, each of 256x256 pixels in 4:2:0.
size=$(stat -c %s "$folder/moved.y4m")
header=$(head -n 1 "$folder/moved.y4m" | wc -c)
expected=$((header + 5 * (6 + 256 * 256 * 3 / 2)))
[ "$size" -eq "$expected" ] || { echo "error: the example made $size bytes, not $expected" >&2 && exit 1; }
echo "the example animated 5 frames"
