#!/usr/bin/env bash
# Tests cameras and loopback cameras against the kernel's own modules: boots once, runs every test inside, prints
# `ok NAME`, `not ok NAME: why` or `skip NAME: why` for each, and how many passed.
#     Tests/vm/check.sh [NAME...]
# chromium_sees_puppet runs only when it is named: a browser on an emulated CPU takes minutes, and ALL_SECONDS=1200.
# PUPPET=file names the program to test; otherwise it is the newest that was built here. What the program says that it
# does not do yet is skipped. So is everything, with success, where the virtual machine cannot be had or twice does not
# come up: that says nothing about puppet.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)

VIVID="n_devs=1 node_types=0x1 vid_cap_nr=0 num_inputs=1 input_types=0 no_error_inj=1"
LOOPBACK="devices=2 video_nr=10,11 exclusive_caps=1,0 card_label=puppet,webcam"
CAMERA=/dev/video0
CALL=/dev/video10   # what call apps read; announces itself as a camera only while somebody writes
WEBCAM=/dev/video11 # stands in for a webcam; always announces both directions

TESTS=(
    vivid_gives_yuyv
    vivid_gives_nv12
    vivid_comes_and_goes
    vivid_is_unplugged
    loopback_hides_until_written
    loopback_has_two_readers
    loopback_keeps_its_format
    puppet_lists_the_camera
    puppet_reads_vivid
    puppet_takes_the_first_webcam
    puppet_reads_a_yuyv_webcam
    puppet_reads_an_nv12_webcam
    puppet_reads_an_mjpeg_webcam
    puppet_sets_a_control
    puppet_follows_a_face
    puppet_writes_what_it_shows
    puppet_obeys_a_kept_format
    puppet_writes_two_cameras
    puppet_starts_and_stops_while_read
    puppet_survives_unplugging
    puppet_changes_cameras
    puppet_names_the_loopback_cameras
    puppet_sleeps_until_it_is_read
    puppet_sets_up_the_camera
)
# Only where they are named, and with more time.
LONG_TESTS=(chromium_sees_puppet)

# ---- What the kernel's modules do by themselves. That these pass is what the rest stands on.

vivid_gives_yuyv() { vivid_gives YUYV 2; }
vivid_gives_nv12() { vivid_gives NV12 3/2; }

vivid_gives() {
    small_picture "$1"
    capture $CAMERA 5 frames.raw
    expect_size frames.raw $((5 * 320 * 180 * $2))
}

vivid_comes_and_goes() {
    modprobe -r vivid
    [ ! -e $CAMERA ] || fail "$CAMERA is still there without its module"
    # shellcheck disable=SC2086
    modprobe vivid $VIVID
    await 10 [ -c $CAMERA ]
    capture $CAMERA 2 frames.raw
}

vivid_is_unplugged() {
    local driver=/sys/bus/platform/drivers/vivid reader
    trap 'set +e; [ -e $CAMERA ] || echo vivid.0 >/sys/bus/platform/drivers/vivid/bind; clean_up' EXIT
    small_picture YUYV
    capture $CAMERA 100000 frames.raw 8>/dev/null &
    reader=$!
    await 20 has_size frames.raw 100000
    echo vivid.0 >$driver/unbind
    await 20 is_over $reader
    echo vivid.0 >$driver/bind
    await 10 [ -c $CAMERA ]
    capture $CAMERA 2 frames.raw
}

loopback_hides_until_written() {
    is_camera $CALL && fail "$CALL says it is a camera while nobody writes to it"
    is_camera $WEBCAM || fail "$WEBCAM does not say that it is a camera"
    feed $CALL yuyv422
    await 5 is_camera $CALL
}

loopback_has_two_readers() {
    feed $CALL yuyv422
    capture $CALL 5 first.raw &
    timeout 60 ffmpeg -nostdin -v error -f v4l2 -i $CALL -frames:v 5 -f rawvideo -y second.raw
    wait $!
    expect_size first.raw $((5 * 160 * 120 * 2))
    expect_size second.raw $((5 * 160 * 120 * 2))
}

loopback_keeps_its_format() {
    keep_format $CALL 160 120
    is_camera $CALL || fail "$CALL does not say that it is a camera, although its format is known"
    # Another may ask, and is told what it is instead.
    v4l2-ctl -d $CALL --set-fmt-video-out=width=320,height=240,pixelformat=YUYV || true
    expect_text "$(v4l2-ctl -d $CALL --get-fmt-video-out)" "Width/Height *: 160/120"
}

# ---- What puppet does with them.

puppet_lists_the_camera() {
    puppet devices >devices.txt
    expect_text "$(cat devices.txt)" $CAMERA
}

puppet_reads_vivid() {
    small_picture YUYV
    puppet_reads $CAMERA
}

# A loopback camera is none, also where it is the only one.
puppet_takes_the_first_webcam() {
    local run=(puppet --output null --frames 3 --crop center --calibration none --on-lost follow)
    small_picture YUYV
    feed $WEBCAM yuyv422
    "${run[@]}"
    expect_text "$(cat puppet.log)" "($CAMERA) drives; --camera names another"
    modprobe -r vivid
    # shellcheck disable=SC2064,SC2086
    trap "set +e; modprobe vivid $VIVID; clean_up" EXIT
    "${run[@]}"
    expect_text "$(cat puppet.log)" "there is no webcam: the built-in test camera drives"
}

puppet_reads_a_yuyv_webcam() {
    feed $WEBCAM yuyv422
    puppet_reads $WEBCAM
}

puppet_reads_an_nv12_webcam() {
    feed $WEBCAM nv12
    puppet_reads $WEBCAM
}

puppet_reads_an_mjpeg_webcam() {
    feed $WEBCAM yuvj422p -c:v mjpeg
    expect_text "$(v4l2-ctl -d $WEBCAM --get-fmt-video)" MJPG
    puppet --camera $WEBCAM --camera-format mjpeg --output seen.y4m --frames 3
    expect_size seen.y4m 4096 or more
}

puppet_sets_a_control() {
    small_picture YUYV
    v4l2-ctl -d $CAMERA --set-ctrl=brightness=100
    expect_text "$(puppet devices)" "brightness"
    puppet --camera $CAMERA --camera-format nv12 --camera-control brightness=77 --output null --frames 2
    expect_text "$(v4l2-ctl -d $CAMERA --get-ctrl=brightness)" "brightness: 77"
    expect_text "$(v4l2-ctl -d $CAMERA --get-fmt-video)" NV12
    if puppet_refuses --camera $CAMERA --camera-control sharpness=1 --output null; then
        fail "a control that the camera has not was no error"
    fi
    expect_text "$(cat refused.log)" "brightness"
}

# Where the module is loaded, to load it helps nobody.
puppet_names_the_loopback_cameras() {
    if puppet_refuses --camera test --output /dev/video9; then fail "it wrote to a camera that is not there"; fi
    expect_text "$(cat refused.log)" "/dev/video9: there is no such device; there is $CALL, $WEBCAM"
    if puppet_refuses --camera test --output $CAMERA; then fail "it wrote to a webcam"; fi
    expect_text "$(cat refused.log)" "its driver is vivid; there is $CALL, $WEBCAM"
}

# The test camera's picture through a second loopback device, as from a webcam.
puppet_follows_a_face() {
    local before
    # To a network of random numbers nothing is a face, so it is not asked to find one. That stands in for a webcam, so it
    # does not sleep.
    (run_puppet --camera test --camera-size 320x240 --vcam-size 320x240 --fps 10 --crop center --on-lost follow \
        --calibration-frame 0 --idle run --passthrough --output $WEBCAM) >face.log 2>&1 &
    await 60 is_camera_with_picture $WEBCAM
    start_puppet --camera $WEBCAM --crop center --countdown 0 --calibration none --on-lost follow --output $CALL \
        --output -
    await 60 grep -q "calibration " puppet.log
    # The face moves, and so does the avatar. An emulated processor may take seconds for a picture, which is repeated until
    # the next one is there.
    for _ in 1 2 3; do
        before=$(last_shown)
        await 60 shows_another "$before"
    done
    capture $CALL 5 read.raw
    stop_puppet
}

# The last whole frame of shown.y4m: they are of 64x64, after a header line.
last_shown() {
    local header frames
    header=$(head -n 1 shown.y4m | wc -c)
    frames=$((($(stat -c %s shown.y4m) - header) / 6150))
    tail -c +$((header + (frames - 1) * 6150 + 1)) shown.y4m | { head -c 6150 && cat >/dev/null; } | md5sum
}

shows_another() { [ "$(last_shown)" != "$1" ]; }

is_camera_with_picture() {
    rm -f picture.raw
    timeout 5 v4l2-ctl -d "$1" --stream-mmap=4 --stream-count=1 --stream-to=picture.raw >/dev/null 2>&1
    [ -s picture.raw ]
}

puppet_reads() {
    puppet --camera "$1" --output seen.y4m --frames 3
    expect_size seen.y4m 4096 or more
}

puppet_writes_what_it_shows() {
    feed $WEBCAM yuyv422
    # Before it is calibrated, callers see a card instead of what is shown.
    start_puppet --camera $WEBCAM --calibrate first --crop center --output $CALL --output -
    await 60 has_size shown.y4m 20000
    capture $CALL 5 read.raw
    describe $CALL
    stop_puppet
    expect_shown read.raw
}

puppet_obeys_a_kept_format() {
    keep_format $CALL 200 120
    # Not looked through for a face first: 300 frames are a minute's work here.
    start_puppet --camera test --calibration-frame 0 --crop center --on-lost follow --output $CALL --output -
    await 60 has_size shown.y4m 20000
    capture $CALL 5 read.raw
    describe $CALL
    stop_puppet
    [ "${WIDTH}x$HEIGHT" = 200x120 ] || fail "200x120 was to stay, and it is ${WIDTH}x$HEIGHT"
    expect_shown read.raw
}

puppet_writes_two_cameras() {
    start_puppet --camera test --output $CALL --output $WEBCAM --mirror camera --fill black
    await 60 is_camera_with_picture $CALL
    await 60 is_camera_with_picture $WEBCAM
    capture $CALL 3 first.raw
    capture $WEBCAM 3 second.raw
    expect_size first.raw $((3 * 640 * 480 * 2))
    expect_size second.raw $((3 * 640 * 480 * 2))
    stop_puppet
}

# Readers that come before, during and after a run, and stay over the start of the next.
puppet_starts_and_stops_while_read() {
    local before after
    # Only a kept format lets a reader start before there is a writer.
    keep_format $WEBCAM 160 120
    capture $WEBCAM 5 before.raw &
    before=$!
    start_puppet --camera test --output $WEBCAM
    await 60 is_over $before
    wait $before || fail "who read before puppet started got no picture"
    expect_size before.raw $((5 * 160 * 120 * 2))
    capture $WEBCAM 5 during.raw || fail "who began to read while puppet wrote got no picture"
    stop_puppet
    capture $WEBCAM 5 after.raw &
    after=$!
    sleep 1
    start_puppet --camera test --output $WEBCAM
    await 60 is_over $after
    wait $after || fail "who waited for puppet to start again got no picture"
    stop_puppet
}

# rmmod refuses while a camera is in use; taking the driver off the device is what unplugging does.
puppet_survives_unplugging() {
    local driver=/sys/bus/platform/drivers/vivid status=0
    trap 'set +e; [ -e $CAMERA ] || echo vivid.0 >/sys/bus/platform/drivers/vivid/bind; clean_up' EXIT
    start_puppet --camera $CAMERA --output -
    await 60 has_size shown.y4m 20000
    echo vivid.0 >$driver/unbind
    sleep 3
    echo vivid.0 >$driver/bind
    await 10 [ -c $CAMERA ]
    if kill -0 "$PUPPET_PROCESS" 2>/dev/null; then
        local size
        size=$(stat -c %s shown.y4m)
        await 30 has_size shown.y4m $((size + 20000))
        stop_puppet
    else
        wait "$PUPPET_PROCESS" || status=$?
        [ $status -eq 1 ] || fail "it ended with $status: $(tail -n 1 puppet.log)"
        expect_text "$(tail -n 1 puppet.log)" $CAMERA
    fi
    puppet_reads $CAMERA
}

# From vivid to the stand-in for a webcam and back, as the window's camera strip does it.
puppet_changes_cameras() {
    local size
    small_picture YUYV
    feed $WEBCAM yuyv422
    start_puppet --camera $CAMERA --output -
    await 60 has_size shown.y4m 20000
    expect_text "$("$PUPPET" ctl camera $WEBCAM)" "ok $WEBCAM"
    await 30 grep -q "$WEBCAM: this camera drives now" puppet.log
    size=$(stat -c %s shown.y4m)
    await 30 has_size shown.y4m $((size + 20000))
    "$PUPPET" ctl camera /dev/video9 >ctl.log 2>&1
    await 30 grep -q "going back to $WEBCAM" puppet.log
    await 30 grep -q "$WEBCAM: the camera is back" puppet.log
    expect_text "$("$PUPPET" ctl camera $CAMERA)" "ok $CAMERA"
    await 30 grep -q "$CAMERA: this camera drives now" puppet.log
    if "$PUPPET" ctl camera $CAMERA >ctl.log 2>&1; then fail "the camera that drives was taken for another"; fi
    expect_text "$(cat ctl.log)" "it drives already"
    stop_puppet
}

# Its own camera is closed while nobody reads. Who only looks whether the camera is there wakes nobody; who reads sees a
# picture at once, and is given new ones until it ends, however it does.
puppet_sleeps_until_it_is_read() {
    local reader awake
    small_picture YUYV
    start_puppet --camera $CAMERA --crop center --calibration none --on-lost follow --output $CALL
    await 60 grep -q "asleep until an app looks" puppet.log
    await 10 is_closed
    is_camera $CALL || fail "$CALL is no camera while puppet sleeps"
    expect_text "$("$PUPPET" ctl status)" "asleep"
    for _ in 1 2 3; do
        sleep 1
        v4l2-ctl -d $CALL --all >/dev/null
    done
    if grep -q "puppet: awake" puppet.log; then fail "a look at the camera woke it"; fi

    # Without the shell's word on what is killed.
    (exec 2>/dev/null && capture $CALL 100000 read.raw 8>/dev/null) &
    reader=$!
    await 10 has_size read.raw 1000
    await 20 grep -q "puppet: awake" puppet.log
    await 10 is_open
    # The card, pictures of the card, and more than a sleeping run gives.
    await 60 has_size read.raw $((20 * 640 * 480 * 2))
    pkill -KILL -x v4l2-ctl
    await 10 is_over $reader
    await 30 sleeps_again
    await 10 is_closed

    awake=$(grep -c "puppet: awake" puppet.log)
    capture $CALL 30 again.raw
    expect_size again.raw $((30 * 640 * 480 * 2))
    [ "$(grep -c "puppet: awake" puppet.log)" -gt "$awake" ] || fail "the second reader woke nobody"
    stop_puppet
}

# A page picks the camera by its label, and its canvas shows what puppet sends: before, while and after that is started anew.
chromium_sees_puppet() {
    local tools=$project/Tests/pipewire server browser count
    command -v chromium-headless-shell >/dev/null || skip "chromium-headless-shell is not installed"
    python3 "$tools/serve.py" 8123 "$tools/page.html" 1000 >seen.txt &
    server=$!
    await 60 grep -q listening seen.txt
    start_watched
    chromium-headless-shell --no-sandbox --no-zygote --disable-gpu --user-data-dir=profile --use-fake-ui-for-media-stream \
        --disable-hang-monitor "http://localhost:8123/?patience=60000" >browser.log 2>&1 &
    browser=$!
    await 400 has_seen 2
    stop_puppet
    mv shown.y4m before.y4m
    count=$(grep -c '^picture' seen.txt)
    start_watched
    await 200 has_seen $((count + 3))
    stop_puppet
    kill $browser $server
    python3 "$tools/compare.py" seen seen.txt before.y4m shown.y4m >compared.txt || fail "$(tail -n 1 compared.txt)"
    tail -n 1 compared.txt
}

# A still picture: whatever the page has seen, it is among those that are kept.
start_watched() {
    start_puppet --camera test --fps 2 --calibration-frame 0 --calibrate first --crop center --on-lost follow --output $CALL --output -
    await 90 has_size shown.y4m 20000
}

has_seen() { [ "$(grep -c '^picture' seen.txt)" -ge "$1" ]; }

is_open() { readlink /proc/"$PUPPET_PROCESS"/fd/* | grep -qx $CAMERA; }
is_closed() { ! is_open; }
sleeps_again() { [ "$(grep -c "asleep until" puppet.log)" -ge 2 ]; }

# It is root here, and nothing that it writes outlives the machine.
puppet_sets_up_the_camera() {
    local options=/etc/modprobe.d/puppet.conf load=/etc/modules-load.d/puppet.conf
    modprobe -r v4l2loopback
    "$PUPPET" setup camera --dry-run >plan.txt 2>puppet.log || fail "$(tail -n 1 puppet.log)"
    expect_text "$(cat plan.txt)" "modprobe v4l2loopback"
    [ ! -e $CALL ] || fail "a dry run did something"
    if "$PUPPET" setup camera <plan.txt 2>puppet.log >/dev/null; then fail "it went on unasked"; fi
    "$PUPPET" setup camera --yes >plan.txt 2>puppet.log || fail "$(tail -n 1 puppet.log)"
    await 10 [ -c $CALL ]
    expect_text "$(cat $options)" "exclusive_caps=1 video_nr=10 card_label=puppet"
    expect_text "$(cat $load)" "v4l2loopback"
    expect_text "$(cat puppet.log)" "puppet: done: puppet --output $CALL"
    start_puppet --camera test --output $CALL --idle run
    await 60 is_camera_with_picture $CALL
    stop_puppet
    "$PUPPET" setup camera --yes 2>puppet.log || fail "$(tail -n 1 puppet.log)"
    expect_text "$(cat puppet.log)" "nothing to do"
    "$PUPPET" setup camera --undo --yes >plan.txt 2>puppet.log || fail "$(tail -n 1 puppet.log)"
    if [ -e $CALL ] || [ -e $options ] || [ -e $load ]; then fail "it is not taken back"; fi
}

# ---- What the tests are made of. They run with `set -e`, in a folder of their own.

fail() {
    echo "$*" >&8
    exit 1
}

# 77: what the program refuses is not there yet.
skip() {
    echo "$*" >&8
    exit 77
}

# - Parameters: seconds, and a command that is to succeed within them.
await() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || fail "waited in vain for: $*; $(cat puppet.log feed.log 2>/dev/null | tail -n 1)"
        if [ -n "${PUPPET_PROCESS:-}" ] && ! kill -0 "$PUPPET_PROCESS" 2>/dev/null; then puppet_is_gone; fi
        sleep 0.2
    done
}

loopback_version() { cat "${PUPPET_VM_CACHE:-$project/.build-vm}/loopback-version"; }

is_over() { ! kill -0 "$1" 2>/dev/null; }
has_size() { [ "$(stat -c %s "$1" 2>/dev/null || echo 0)" -ge "$2" ]; }

# - Parameters: a file, its size in bytes, and perhaps `or more`.
expect_size() {
    local size
    size=$(stat -c %s "$1")
    if [ $# -gt 2 ]; then
        [ "$size" -ge "$2" ] || fail "$1 has $size bytes, $2 or more were expected"
    else
        [ "$size" -eq "$2" ] || fail "$1 has $size bytes, $2 were expected"
    fi
}

expect_text() { grep -q -- "$2" <<<"$1" || fail "$2 is not in: $(tr '\n' ' ' <<<"$1")"; }

# - Parameters: a device, how many frames, and the file they go to.
capture() {
    # It ends with 0 whatever happens.
    timeout 60 v4l2-ctl -d "$1" --stream-mmap=4 --stream-count="$2" --stream-to="$3" >"$3.log" 2>&1 || true
    if ! [ -s "$3" ] || grep -q failed "$3.log"; then
        echo "v4l2-ctl got no $2 frames from $1: $(tr -s '<\n' ' ' <"$3.log")" >&8
        return 1
    fi
}

# The least that vivid does, often: bigger pictures are work for an emulated CPU, slower ones take time.
small_picture() { v4l2-ctl -d $CAMERA --set-fmt-video="width=320,height=180,pixelformat=$1" --set-parm=30 >/dev/null; }

is_camera() { v4l2-ctl -d "$1" --info | sed -n '/Device Caps/,$p' | grep -q 'Video Capture'; }

# Fills WIDTH, HEIGHT and FORMAT with those of a device's picture, the last as ffmpeg calls it.
describe() {
    local text
    text=$(v4l2-ctl -d "$1" --get-fmt-video)
    WIDTH=$(sed -n 's|.*Width/Height *: *\([0-9]*\)/.*|\1|p' <<<"$text")
    HEIGHT=$(sed -n 's|.*Width/Height *: *[0-9]*/\([0-9]*\).*|\1|p' <<<"$text")
    case "$text" in
    *YUYV*) FORMAT=yuyv422 ;;
    *NV12*) FORMAT=nv12 ;;
    *YU12*) FORMAT=yuv420p ;;
    *) fail "$1 has a format that is not expected: $text" ;;
    esac
}

# Makes a device keep YUYV of a size. Version 0.12 does so from the first picture on, which is black here; later ones
# keep what has been set, and then are no device to write to any more.
keep_format() {
    local format="width=$2,height=$3,pixelformat=YUYV"
    case "$(loopback_version)" in
    0.12.*) v4l2-ctl -d "$1" --set-ctrl=keep_format=1 && v4l2-ctl -d "$1" --set-fmt-video-out="$format" ;;
    *) v4l2-ctl -d "$1" --set-fmt-video-out="$format" && v4l2-ctl -d "$1" --set-ctrl=keep_format=1 ;;
    esac
    dd if=/dev/zero of="$1" bs=$(($2 * $3 * 2)) count=1 status=none
}

# Lets ffmpeg write a moving picture of 160x120 to a device until the test ends, in the given pixel format.
# - Parameters: the device, the pixel format, and more options for ffmpeg.
feed() {
    local device=$1 format=$2
    shift 2
    ffmpeg -nostdin -v error -re -f lavfi -i testsrc=size=160x120:rate=10 -pix_fmt "$format" "$@" -f v4l2 "$device" \
        >feed.log 2>&1 &
    await 60 is_written "$device"
}

# Something of the size of the feed can be had.
is_written() { v4l2-ctl -d "$1" --get-fmt-video 2>/dev/null | grep -q 'Width/Height *: 160/120' && is_camera "$1"; }

# The network is the smallest there is, at its smallest: every instruction here is emulated.
run_puppet() {
    [ -n "$PUPPET" ] || { echo "puppet: no program was built here yet" >&2 && exit 1; }
    case "$1" in
    devices) exec "$PUPPET" "$@" ;;
    *) exec "$PUPPET" "$@" --model "$project/Tests/Fixtures/tiny.weights.safetensors" --size 64 ;;
    esac
}

# A run that ends by itself.
puppet() {
    local status=0
    (run_puppet "$@") 2>puppet.log || status=$?
    [ $status -eq 0 ] || puppet_is_gone
}

# A run that is to be refused; what it says is in refused.log.
puppet_refuses() { (run_puppet "$@") >refused.log 2>&1; }

# Its standard output, where `--output -` goes, is shown.y4m: a file of its own would appear only when it ends.
start_puppet() {
    (run_puppet "$@") >shown.y4m 2>puppet.log &
    PUPPET_PROCESS=$!
}

stop_puppet() {
    local status=0
    # Not an interrupt: a shell lets what it runs in the background ignore those.
    kill -TERM "$PUPPET_PROCESS" 2>/dev/null || puppet_is_gone
    wait "$PUPPET_PROCESS" || status=$?
    PUPPET_PROCESS=""
    # 143 is what a program that is asked to end ends with.
    [ $status -eq 0 ] || [ $status -eq 143 ] || fail "puppet ended with $status: $(tail -n 1 puppet.log)"
}

# It ended where it was not to.
puppet_is_gone() {
    local line
    line=$(tail -n 1 puppet.log)
    case "$line" in
    *"not read directly"* | *"not written directly"* | *"Unexpected argument 'devices'"* | *"was built here yet")
        skip "${line#puppet: }"
        ;;
    esac
    fail "puppet ended: ${line:-without a word}"
}

# The last pictures that were read are among those that were shown, but for how they are packed and scaled.
# - Parameter: frames as `describe` has described them.
expect_shown() {
    local side=$((WIDTH < HEIGHT ? WIDTH : HEIGHT)) difference
    grey -f rawvideo -pixel_format "$FORMAT" -video_size "${WIDTH}x$HEIGHT" -i "$1" -vf "crop=$side:$side,$GREY" >a
    grey -i shown.y4m -vf "$GREY" >b
    difference=$(awk '
        FNR == 1 { file++ }
        file == 1 { read[++count] = $0 }
        file == 2 { shown[++all] = $0 }
        END {
            for (i = 1; i <= count; i++) {
                n = split(read[i], x, " "); best = 255
                for (j = 1; j <= all; j++) {
                    split(shown[j], y, " "); sum = 0
                    for (k = 1; k <= n; k++) sum += x[k] > y[k] ? x[k] - y[k] : y[k] - x[k]
                    if (sum / n < best) best = sum / n
                }
                if (best > worst) worst = best
            }
            printf "%.1f", count ? worst : 255
        }' a b)
    awk "BEGIN { exit !($difference < 5) }" ||
        fail "a picture that was read differs by $difference grey levels of 255 from every one that was shown"
    echo "worst difference of a picture: $difference grey levels of 255"
}

# Prints every frame as one line of 256 grey levels.
GREY="scale=16:16:flags=area,format=gray"
grey() { ffmpeg -nostdin -v error "$@" -f rawvideo - | od -An -v -tu1 -w256; }

clean_up() {
    local processes
    # From here on the shell has nothing to say, such as which processes were killed, and nothing stops it.
    exec 2>/dev/null
    set +e
    processes=$(jobs -p)
    # shellcheck disable=SC2086
    if [ -n "$processes" ]; then kill -KILL $processes 2>/dev/null; fi
    wait
}

# ---- Inside: one test, or all of them.

run_one() {
    # Where a test says why, wherever its output goes at the moment.
    exec 8>&1
    set -e
    trap clean_up EXIT
    "$1"
}

# What one test did to a device is not the next one's business. The last who has it open may take a moment to go.
fresh_loopback() {
    local attempt
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        modprobe -r v4l2loopback 2>/dev/null && break
        [ "$attempt" -lt 10 ] || echo "v4l2loopback is still in use: the next test finds what the last one left"
        sleep 0.5
    done
    # shellcheck disable=SC2086
    modprobe v4l2loopback $LOOPBACK
}

run_all() {
    local name log passed=0 failed=0 skipped=0 status why started group seconds began=$SECONDS
    echo "Linux $(uname -r), v4l2loopback $(loopback_version), $PUPPET"
    for name in "$@"; do
        started=$SECONDS
        mkdir -p "/tmp/vm-check/$name"
        cd "/tmp/vm-check/$name" || exit 1
        log=/tmp/vm-check/$name.log
        fresh_loopback
        # A group of its own, of which nothing is left when the test is over.
        seconds=$TEST_SECONDS
        if [[ " ${LONG_TESTS[*]} " = *" $name "* ]]; then seconds=1000; fi
        setsid timeout -k 5 "$seconds" bash "$here/check.sh" --one "$name" >"$log" 2>&1 &
        group=$!
        wait $group
        status=$?
        kill -KILL -- -$group 2>/dev/null
        why=$(tail -n 1 "$log")
        case $status in
        0) passed=$((passed + 1)) && echo "ok $name ($((SECONDS - started)) s)${why:+: $why}" ;;
        77) skipped=$((skipped + 1)) && echo "skip $name: $why" ;;
        124 | 137) failed=$((failed + 1)) && echo "not ok $name: still not done after $seconds s${why:+; $why}" ;;
        *) failed=$((failed + 1)) && echo "not ok $name: ${why:-it ended with $status and said nothing}" ;;
        esac
    done
    echo "$passed passed, $failed failed, $skipped skipped, in $((SECONDS - began)) s"
    [ $failed -eq 0 ]
}

# ---- Outside.

newest_program() {
    local file newest=""
    for file in "$project"/.build/release/puppet "$project"/.build-tests/release/puppet; do
        if [ -x "$file" ] && { [ -z "$newest" ] || [ "$file" -nt "$newest" ]; }; then newest=$file; fi
    done
    echo "$newest"
}

skip_all() {
    echo "skipped: $*"
    exit 0
}

run_in_machine() {
    local attempt status=0 left
    timeout -k 5 240 "$here/prepare.sh" || status=$?
    case $status in
    0) ;;
    75) skip_all "this machine cannot have the virtual machine, see above" ;;
    124 | 137) skip_all "the virtual machine is not ready after 240 s, probably for want of the network" ;;
    *) return $status ;;
    esac
    PUPPET=${PUPPET:-$(newest_program)}
    export PUPPET
    for attempt in 1 2; do
        left=$((ALL_SECONDS - SECONDS))
        [ $left -gt 30 ] || break
        "$here/run.sh" --timeout $left --vivid "$VIVID" --loopback "$LOOPBACK" -- \
            bash "$here/check.sh" --inside "$@"
        status=$?
        [ $status -eq 125 ] || return $status
        echo "the virtual machine did not come up, attempt $attempt of 2"
    done
    skip_all "the virtual machine does not come up here, see above"
}

# For everything, and for one test.
ALL_SECONDS=${ALL_SECONDS:-580}
TEST_SECONDS=${TEST_SECONDS:-150}
case "${1:-}" in
--one) run_one "$2" ;;
--inside)
    shift
    run_all "$@"
    ;;
*)
    if [ $# -eq 0 ]; then set -- "${TESTS[@]}"; fi
    for name in "$@"; do
        [[ " ${TESTS[*]} ${LONG_TESTS[*]} " = *" $name "* ]] || { echo "error: no test $name, only: ${TESTS[*]}" >&2 && exit 64; }
    done
    run_in_machine "$@"
    ;;
esac
