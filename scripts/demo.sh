#!/usr/bin/env bash
# Shows the bundled portrait move as the test camera's face moves: in a window where there is a display, otherwise as
# a video and a sheet of pictures. FRAMES=n makes the video longer or shorter.
set -euo pipefail
here=$(dirname "$0")
. "$here/lib.sh"

program=${PUPPET:-.build/release/puppet}
frames=${FRAMES:-150}

show_window() {
    say "demo: a window with the portrait, driven by the built-in test camera."
    say "demo: Esc quits, H shows every key, I speed and times."
    "$program" --camera test
}

make_files() {
    local video=demo.y4m
    if has ffmpeg; then video=demo.mp4; fi
    say "demo: making $frames frames of video ..."
    "$program" animate --frames "$frames" --output "$video" --contact-sheet demo.png --force
    printf 'video:    %s\n' "$PWD/$video"
    printf 'pictures: %s (driving frames above, the portrait below)\n' "$PWD/demo.png"
    if [ "$video" = demo.y4m ]; then
        say "demo: mpv, VLC and ffplay show .y4m files; with ffmpeg installed the video is an .mp4."
    fi
}

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    status=0
    show_window || status=$?
    # 1 is a failure that puppet has put into words, such as a display that cannot be reached.
    [ "$status" -eq 1 ] || exit "$status"
    say "demo: no window then; making files instead."
else
    say "demo: no display here, so no window."
fi
make_files
