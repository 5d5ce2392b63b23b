#!/usr/bin/env bash
# Tests the camera that PipeWire offers against a daemon of its own and real consumers: GStreamer, Chromium and Firefox.
# Prints `ok NAME`, `not ok NAME: why` or `skip NAME: why` for each, and how many passed.
#     Tests/pipewire/check.sh [NAME...]
# PUPPET=file names the program to test; otherwise it is the newest that was built here. What is not installed is skipped.
# restarts_in_any_order runs only when it is named: ROUNDS=20 of ten restarts each, of whatever is between the camera and the app,
# and the app, GStreamer or a browser (APP=chromium, APP=firefox).
# Needs no sound card, no session and no privileges; everything it starts ends with it.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)

# The system's: dbus and gi belong to it.
PYTHON=/usr/bin/python3

TESTS=(
    apps_list_the_camera
    apps_see_the_avatar
    nobody_is_waited_for
    the_killed_are_forgotten
    it_sleeps_until_an_app_looks
    it_comes_with_the_daemon
    it_comes_back_with_the_daemon
    a_name_is_shown
    it_is_the_usual_output
    sound_is_as_late_as_the_camera
    sound_is_as_late_as_the_picture
    sound_is_as_late_at_44_kHz
    nobody_hears_the_past
    the_microphone_comes_back
    no_other_microphone_will_do
    chromium_shows_it
    firefox_shows_it
)

main() {
    local program
    for program in pipewire wireplumber dbus-daemon wpctl gst-launch-1.0 python3; do
        command -v $program >/dev/null || skip_all "$program is not installed"
    done
    gst-inspect-1.0 pipewiresrc >/dev/null 2>&1 || skip_all "GStreamer's plug-in for PipeWire is not installed"
    # shellcheck disable=SC2012 # the newest of names that are ours
    PUPPET=${PUPPET:-$(ls -t "$project"/.build*/release/puppet 2>/dev/null | head -n 1)}
    [ -n "$PUPPET" ] || skip_all "puppet is not built: make build"
    PUPPET=$(realpath "$PUPPET")
    folder=$(mktemp -d)
    trap 'stop_all; rm -rf "$folder"' EXIT
    cd "$folder" || exit 1
    mkdir -m 700 run home
    export XDG_RUNTIME_DIR=$folder/run PIPEWIRE_RUNTIME_DIR=$folder/run HOME=$folder/home DBUS_SESSION_BUS_ADDRESS=
    export XDG_CONFIG_HOME=$HOME/config XDG_DATA_HOME=$HOME/data XDG_STATE_HOME=$HOME/state XDG_CACHE_HOME=$HOME/cache
    unset DISPLAY WAYLAND_DISPLAY
    start_bus
    local name passed=0 failed=0 skipped=0
    for name in "${@:-${TESTS[@]}}"; do
        start_daemon
        if (trap stop_puppet EXIT; "$name") >"$name.log" 2>&1; then
            echo "ok $name$(sed -n 's/^measured: /: /p' "$name.log" | tr -d '\n')"
            passed=$((passed + 1))
        elif grep -q '^skip: ' "$name.log"; then
            echo "skip $name: $(sed -n 's/^skip: //p' "$name.log")"
            skipped=$((skipped + 1))
        else
            echo "not ok $name: $(tail -n 1 "$name.log")"
            sed 's/^/    /' "$name.log" puppet.log 2>/dev/null | tail -n 40
            failed=$((failed + 1))
        fi
    done
    echo "$passed passed, $failed failed, $skipped skipped"
    [ $failed -eq 0 ]
}

# ---- What must hold.

apps_list_the_camera() {
    start_puppet
    is_listed puppet || fail "wpctl does not list it"
    local properties
    properties=$(pw-dump | python3 -c '
import json, sys
for thing in json.load(sys.stdin):
    of = thing.get("info", {}).get("props", {})
    if of.get("node.name") == "puppet": print(of["media.class"], of["media.role"], of["node.description"])')
    [ "$properties" = "Video/Source Camera puppet" ] || fail "it says of itself: $properties"
}

apps_see_the_avatar() {
    start_puppet --output shown.y4m
    await 20 shows_the_avatar
    read_pictures puppet 20 read.raw
    sleep 0.5
    stop_puppet
    python3 "$here/compare.py" raw read.raw shown.y4m || fail "they see something else"
}

nobody_is_waited_for() {
    start_puppet
    gst-launch-1.0 -q pipewiresrc target-object=puppet ! video/x-raw,format=YUY2 ! fakesink &
    local first=$! began
    sleep 2
    kill -STOP $first
    began=$(date +%s)
    read_pictures puppet 45 read.raw & read_pictures puppet 45 other.raw
    wait $! || fail "the second of two saw nothing"
    [ $(($(date +%s) - began)) -lt 10 ] || fail "45 pictures took $(($(date +%s) - began)) seconds"
    kill -KILL $first
}

# More of them than there are buffers, while another goes on looking.
the_killed_are_forgotten() {
    start_puppet
    gst-launch-1.0 -q pipewiresrc target-object=puppet ! video/x-raw,format=YUY2 ! fakesink &
    local first=$! began
    for _ in $(seq 20); do
        gst-launch-1.0 -q pipewiresrc target-object=puppet ! video/x-raw,format=YUY2 ! fakesink &
        sleep 0.4
        kill -KILL $!
    done
    began=$(date +%s)
    read_pictures puppet 45 read.raw
    [ $(($(date +%s) - began)) -lt 4 ] || fail "45 pictures took $(($(date +%s) - began)) seconds"
    kill -KILL $first
}

it_sleeps_until_an_app_looks() {
    start_puppet
    await 10 says asleep
    sleep 2  # what was under way is done then
    local before after
    before=$(ticks)
    sleep 10
    after=$(ticks)
    # A hundredth of a second each. A run that is awake takes hundreds of them.
    [ $((after - before)) -le 5 ] || fail "asleep, it computed for $((after - before)) hundredths of 10 seconds"
    read_pictures puppet 30 read.raw
    says awake || fail "it sleeps although an app looks"
    python3 "$here/compare.py" bright read.raw || fail "the avatar does not come"
    "$PUPPET" ctl passthrough on >/dev/null
    read_pictures puppet 30 read.raw
    await 2 says 'REAL FACE SHOWN'
    await 20 says asleep
    read_pictures puppet 30 read.raw
    await 2 says 'calibration done'
    ! says 'REAL FACE SHOWN' || fail "the real face is shown to whoever looks next"
    await 20 says asleep
    "$PUPPET" ctl zoom 1 >/dev/null || fail "a command is refused"
    await 2 says awake
    await 20 says asleep
}

says() { "$PUPPET" ctl status 2>/dev/null | grep -q "$1"; }

ticks() { awk '{print $14 + $15}' "/proc/$(cat puppet.pid)/stat"; }

it_comes_with_the_daemon() {
    stop_daemon
    start_puppet
    await 10 grep -q 'PipeWire does not run' puppet.log
    sees_it_come_back
}

it_comes_back_with_the_daemon() {
    start_puppet
    read_pictures puppet 5 read.raw
    stop_daemon
    await 10 grep -q 'PipeWire has ended' puppet.log
    sees_it_come_back
}

sees_it_come_back() {
    start_daemon
    await 10 grep -q 'the camera is back' puppet.log
    await 10 is_listed puppet
    read_pictures puppet 5 read.raw
}

a_name_is_shown() {
    CAMERA=pipewire:second start_puppet
    is_listed second || fail "wpctl does not list it"
    read_pictures second 5 read.raw
}

# Without an output, on a machine without a display.
it_is_the_usual_output() {
    "$PUPPET" --camera test >puppet.log 2>&1 &
    echo $! >puppet.pid
    await 10 is_listed puppet
    await 10 says asleep
    read_pictures puppet 45 read.raw
    python3 "$here/compare.py" bright read.raw || fail "the avatar does not come"
}

# Whatever a picture costs: the larger, the later.
sound_is_as_late_as_the_camera() {
    local size sound camera asking
    start_microphone
    for size in 192 256 "512 --precision float32"; do
        # shellcheck disable=SC2086
        start_puppet --size $size --threads 1 --quality 1 --idle run --delay-audio --microphone mic
        (sleep 7 && for _ in $(seq 10); do "$PUPPET" ctl status json && sleep 0.5; done) >status.txt &
        asking=$!
        hear 12 heard.wav
        wait $asking
        stop_puppet
        camera=$(sed -n 's/.*"sound":{[^}]*"camera":\([0-9.]*\).*/\1/p' status.txt | sort -n | sed -n 5p)
        sound=$(python3 "$here/sound.py" late heard.wav) || fail "$sound"
        echo "measured: --size $size: the camera is $camera ms late, the sound $sound ms"
        are_near "$camera" "$sound"
    done
}

# A graph that runs at another rate.
sound_is_as_late_at_44_kHz() {
    start_microphone
    command -v pw-metadata >/dev/null || skip "pw-metadata is not installed"
    pw-metadata -n settings 0 clock.force-rate 44100 >/dev/null
    sound_is_as_late_as_the_picture
    pw-metadata -n settings 0 clock.force-rate 0 >/dev/null
}

# From the driver to what an app sees, by the clock.
sound_is_as_late_as_the_picture() {
    local sound picture
    start_microphone
    [ -p driver ] || mkfifo driver
    python3 "$here/sound.py" flashes 2>flashes.txt >driver &
    "$PUPPET" --camera - --passthrough --crop center --calibrate first --on-lost follow --output pipewire --idle run \
        --delay-audio --microphone mic <driver >puppet.log 2>&1 &
    echo $! >puppet.pid
    await 10 is_listed puppet
    gst-launch-1.0 -q pipewiresrc target-object=puppet ! video/x-raw,format=YUY2 ! fdsink 2>/dev/null |
        python3 "$here/sound.py" lights flashes.txt >picture.txt &
    local lights=$!
    hear 8 heard.wav
    wait $lights || fail "no flashes: $(cat picture.txt)"
    picture=$(cat picture.txt)
    sound=$(python3 "$here/sound.py" late heard.wav) || fail "$sound"
    echo "measured: a flash is seen after $picture ms, a click heard after $sound ms"
    are_near "$picture" "$sound"
}

# Who listens next does not hear what was said before.
nobody_hears_the_past() {
    start_microphone
    start_puppet --idle run --delay-audio
    hear 3 heard.wav
    pw-link -d clicker:output_MONO mic:input_MONO
    sleep 1
    hear 3 heard.wav
    ! python3 "$here/sound.py" loud heard.wav || fail "it clicks after the microphone has fallen silent"
}

the_microphone_comes_back() {
    command -v pw-link >/dev/null || skip "pw-link is not installed"
    stop_daemon
    start_daemon
    start_puppet --delay-audio
    await 10 grep -q 'there is no microphone that it could listen to' puppet.log
    ! has_port puppet-microphone:capture_FL || fail "it is offered although there is nothing to be heard"
    start_microphone
    await 10 grep -q "call apps find the microphone 'puppet microphone'" puppet.log
    await 5 has_port puppet-microphone:capture_FL
    stop_daemon
    await 10 grep -q 'PipeWire has taken it away' puppet.log
    start_daemon
    start_microphone
    await 5 has_port puppet-microphone:capture_FL
    await 5 says_twice "call apps find the microphone"
}

# One that was asked for and is not there, or goes: the one that is there would be somebody else's room.
no_other_microphone_will_do() {
    start_microphone
    start_puppet --delay-audio --microphone other
    await 10 grep -q "there is no microphone 'other' that it could listen to" puppet.log
    ! hears_a_microphone || fail "it listens to another: $(pw-link -l | tr '\n' ' ')"
    pw-cli -m create-node adapter '{ factory.name=support.null-audio-sink node.name=other
        media.class=Audio/Source/Virtual audio.position=[MONO] object.linger=true }' >pw-cli2.log 2>&1 &
    echo $! >other.pid
    await 10 hears_a_microphone
    await 10 grep -q "call apps find the microphone 'puppet microphone'" puppet.log
    pw-cli destroy "$(id_of other)" >/dev/null
    await 10 grep -q 'PipeWire has taken it away' puppet.log
    await 10 says_twice "there is no microphone 'other' that it could listen to"
    ! hears_a_microphone || fail "it listens to another: $(pw-link -l | tr '\n' ' ')"
}

says_twice() { [ "$(grep -c "$1" puppet.log)" -eq 2 ]; }

id_of() {
    pw-dump | python3 -c "
import json, sys
for node in json.load(sys.stdin):
    if node.get('info', {}).get('props', {}).get('node.name') == '$1': print(node['id'])"
}

hears_a_microphone() { pw-link -l | grep -q 'puppet-microphone.input:input_'; }

# A microphone that clicks.
start_microphone() {
    local program
    for program in pw-cli pw-play pw-record pw-link; do
        command -v $program >/dev/null || skip "$program is not installed"
    done
    if [ -e clicker.pid ]; then
        pw-link clicker:output_MONO mic:input_MONO 2>/dev/null
        return 0
    fi
    python3 "$here/sound.py" clicks clicks.wav
    pw-cli -m create-node adapter '{ factory.name=support.null-audio-sink node.name=mic media.class=Audio/Source/Virtual
        audio.position=[MONO] object.linger=true }' >pw-cli.log 2>&1 &
    local cli=$!
    await 5 has_port mic:input_MONO
    pw-play --target 0 -P '{ node.name = clicker }' clicks.wav &
    echo "$! $cli" >clicker.pid
    await 5 has_port clicker:output_MONO
    pw-link clicker:output_MONO mic:input_MONO
}

has_port() { pw-link -io | grep -qx "$1"; }

# hear SECONDS FILE: both microphones side by side, in the same turns of PipeWire's.
hear() {
    local recorder
    await 10 has_port puppet-microphone:capture_FL
    pw-record --target 0 --channels 2 --rate 48000 --format f32 -P '{ node.name = ear }' "$2" &
    recorder=$!
    await 5 has_port ear:input_FL
    pw-link mic:capture_MONO ear:input_FL
    pw-link puppet-microphone:capture_FL ear:input_FR
    sleep "$1"
    kill -INT $recorder
    wait $recorder
}

# are_near A B: within 15 ms.
are_near() { awk "BEGIN { exit !($1 - $2 < 15 && $2 - $1 < 15) }" || fail "$1 ms and $2 ms are more than 15 ms apart"; }

# Each time the camera is back within three seconds, and in the end nothing is left over.
restarts_in_any_order() {
    local round files left slowest=0
    start_portal
    start_puppet
    [ -z "${APP:-}" ] || need_"$APP"
    for round in $(seq "${ROUNDS:-20}"); do
        for _ in $(seq 10); do
            restart "$(shuf -n 1 -e pipewire wireplumber portal puppet app)"
        done
        files=$(find "/proc/$(cat puppet.pid)/fd" -type l | wc -l)
        [ "$files" -le 60 ] || fail "after round $round puppet has $files files open"
        echo "round $round: all came back, $files files open"
    done
    echo "measured: $round rounds, an app had its picture after $slowest ms at most"
    stop_puppet
    stop_looking
    sleep 0.5
    left=$(tested)
    [ -z "$left" ] || fail "left over: $left"
}

# An app that goes on looking, and is started again where it ends because its daemon did.
looker='' server=''
look() {
    local port=$((20000 + RANDOM % 20000))
    if [ -n "${APP:-}" ]; then
        python3 "$here/serve.py" $port "$here/page.html" 100000 >>seen.txt &
        server=$!
        start_"$APP" "http://localhost:$port/?patience=1000"
        looker=$browser
    else
        gst-launch-1.0 -q pipewiresrc target-object=puppet ! video/x-raw,format=YUY2 ! fakesink >/dev/null 2>&1 &
        looker=$!
    fi
}

stop_looking() {
    [ -n "$looker" ] || return 0
    kill "$looker" $server 2>/dev/null
    wait "$looker" $server 2>/dev/null
    looker='' server=''
}

# restart WHAT: and waits until an app has a picture.
restart() {
    local began camera took
    case $1 in
    pipewire)
        # A browser keeps its dead connection to a daemon that has ended, whosever the camera: it must be started again, too.
        [ -z "${APP:-}" ] || stop_looking
        stop_daemon && start_daemon
        ;;
    wireplumber)
        kill "$(cat wireplumber.pid)"
        # As systemd does: two at a time would each link what the other has linked.
        await 5 [ ! -e "/proc/$(cat wireplumber.pid)" ]
        wireplumber >wireplumber.log 2>&1 &
        echo $! >wireplumber.pid
        ;;
    portal)
        # shellcheck disable=SC2046
        kill $(cat portal.pid) && rm portal.pid && start_portal
        ;;
    puppet) stop_puppet && start_puppet ;;
    app) stop_looking ;;
    esac
    began=$(date +%s%N)
    if [ -z "$looker" ] || ! kill -0 "$looker" 2>/dev/null; then look; fi
    # One that comes before the camera waits for another of that name.
    until timeout 1 gst-launch-1.0 -q pipewiresrc target-object=puppet num-buffers=1 ! video/x-raw,format=YUY2 ! fakesink \
        >/dev/null 2>&1; do
        [ "$(since "$began")" -lt 3000 ] || {
            sed 's/^/    /' wireplumber.log | tail -n 10
            fail "the camera is not back 3 s after $1 was started again: $(wpctl status | grep -A 4 Video | tr '\n' ' ')"
        }
        sleep 0.1
    done
    camera=$(since "$began")
    # A browser opens the camera again by itself.
    [ -z "${APP:-}" ] || (await 20 has_more_pictures $(($(grep -c '^picture' seen.txt) + 1))) ||
        fail "$1: the page shows nothing: $(tail -n 1 seen.txt | cut -c 1-200)"
    took=$(since "$began")
    echo "$1: the camera was back after $camera ms, an app had its picture after $took"
    [ "$took" -le "$slowest" ] || slowest=$took
}

# What this run has started and what that has, by number: their home is ours.
ours() {
    local process
    for process in /proc/[0-9]*; do
        if grep -qsz "^HOME=$folder/home$" "$process/environ"; then echo "${process#/proc/}"; fi
    done
}

# Of those the programs that are under test and their apps, by name and number.
tested() {
    local process name
    for process in $(ours); do
        name=$(cat "/proc/$process/comm" 2>/dev/null)
        case $name in puppet | gst-launch* | chrom* | firefox* | Isolated* | Web*) echo "$name $process" ;; esac
    done
}

# Milliseconds since a time in nanoseconds.
since() { echo $((($(date +%s%N) - $1) / 1000000)); }

chromium_shows_it() {
    need_chromium
    browse start_chromium
}

firefox_shows_it() {
    need_firefox
    browse start_firefox
}

need_chromium() { command -v chromium >/dev/null || skip "chromium is not installed"; }

need_firefox() { command -v firefox-esr >/dev/null || skip "firefox-esr is not installed"; }

# start_chromium PAGE: its process is $browser.
start_chromium() {
    chromium --headless=new --no-sandbox --disable-gpu --no-first-run --user-data-dir="$folder/chromium" \
        --use-fake-ui-for-media-stream --enable-features=WebRtcPipeWireCamera "$1" >browser.log 2>&1 &
    browser=$!
}

start_firefox() {
    mkdir -p firefox
    cat >firefox/user.js <<-'END'
	user_pref("media.navigator.permission.disabled", true);
	user_pref("media.navigator.permission.device", false);
	user_pref("media.webrtc.camera.allow-pipewire", true);
	user_pref("browser.shell.checkDefaultBrowser", false);
	user_pref("browser.aboutwelcome.enabled", false);
	user_pref("datareporting.policy.dataSubmissionEnabled", false);
	END
    MOZ_DISABLE_CONTENT_SANDBOX=1 firefox-esr --headless --no-remote --profile "$folder/firefox" "$1" >browser.log 2>&1 &
    browser=$!
}

# browse START: a page picks the camera by its label and says what its canvas shows, before, while and after
# puppet ends and starts again.
browse() {
    start_portal
    start_puppet --output shown.y4m
    local port=$((20000 + RANDOM % 20000))
    python3 "$here/serve.py" $port "$here/page.html" 90 >seen.txt &
    local server=$!
    await 5 grep -q listening seen.txt
    await 20 shows_the_avatar
    "$1" "http://localhost:$port/"
    await 60 grep -q '^picture' seen.txt || { kill "$browser"; fail "the page shows nothing: $(tail -n 1 seen.txt)"; }
    kill -INT "$(cat puppet.pid)"
    await 10 [ ! -e "/proc/$(cat puppet.pid)" ]
    mv shown.y4m before.y4m
    local count
    count=$(grep -c '^picture' seen.txt)
    start_puppet --output shown.y4m
    await 60 has_more_pictures $((count + 6)) || {
        kill "$browser"
        sed 's/^/    /' browser.log | tail -n 20
        fail "nothing more after a restart: $(tail -n 1 seen.txt)"
    }
    stop_puppet
    kill "$browser" $server
    wait $server 2>/dev/null
    python3 "$here/compare.py" seen seen.txt before.y4m shown.y4m || fail "the page shows something else"
}

# A second of pictures: whoever looks first may see the card.
shows_the_avatar() { [ "$(stat -c %s .puppet-*.y4m 2>/dev/null | sort -n | tail -n 1 || echo 0)" -gt 2000000 ]; }

has_more_pictures() { [ "$(grep -c '^picture' seen.txt)" -ge "$1" ]; }

# ---- How it is done.

fail() {
    echo "$*"
    exit 1
}

skip() {
    echo "skip: $*"
    exit 1
}

skip_all() {
    echo "skip: the camera of PipeWire is not tested: $*"
    exit 0
}

# await SECONDS COMMAND...
await() {
    local end=$(($(date +%s) + $1))
    shift
    until "$@"; do
        [ "$(date +%s)" -lt $end ] || fail "in vain waited for: $*"
        sleep 0.1
    done
}

start_bus() {
    exec {bus}< <(exec dbus-daemon --session --nofork --print-address=1 2>/dev/null)
    bus_process=$!
    read -r -u "$bus" DBUS_SESSION_BUS_ADDRESS
}

start_daemon() {
    [ -z "$(cat pipewire.pid 2>/dev/null)" ] || return 0
    pipewire >pipewire.log 2>&1 &
    echo $! >pipewire.pid
    await 10 [ -S run/pipewire-0 ]
    wireplumber >wireplumber.log 2>&1 &
    echo $! >wireplumber.pid
    await 10 wpctl status >/dev/null 2>&1
}

stop_daemon() {
    # shellcheck disable=SC2046
    kill $(cat clicker.pid other.pid 2>/dev/null) "$(cat wireplumber.pid)" "$(cat pipewire.pid)" 2>/dev/null
    rm -f clicker.pid other.pid wireplumber.pid pipewire.pid run/pipewire-0
    sleep 0.3
}

start_portal() {
    local portal=/usr/libexec/xdg-desktop-portal
    [ -x $portal ] || skip "xdg-desktop-portal is not installed"
    $PYTHON -c 'import dbus, gi' 2>/dev/null || skip "python3-dbus and python3-gi are not installed"
    [ ! -e portal.pid ] || return 0
    $PYTHON "$here/portal.py" >portal.log 2>&1 &
    echo $! >portal.pid
    mkdir -p portals
    printf '[portal]\nDBusName=org.freedesktop.impl.portal.desktop.puppettest\n%s\nUseIn=puppettest\n' \
        'Interfaces=org.freedesktop.impl.portal.Access;org.freedesktop.impl.portal.Lockdown' >portals/puppettest.portal
    await 5 grep -q ready portal.log
    XDG_CURRENT_DESKTOP=puppettest XDG_DESKTOP_PORTAL_DIR=$folder/portals $portal -r >>portal.log 2>&1 &
    echo $! >>portal.pid
    sleep 1
}

# start_puppet OPTION...: and waits until the camera is there, where a daemon is.
start_puppet() {
    "$PUPPET" --camera test --calibrate first --crop center --on-lost follow --output "${CAMERA:-pipewire}" --force "$@" \
        >puppet.log 2>&1 &
    echo $! >puppet.pid
    local name=${CAMERA:-pipewire:puppet}
    [ ! -e pipewire.pid ] || await 10 is_listed "${name#pipewire:}"
}

stop_puppet() {
    [ -e puppet.pid ] || return 0
    kill -INT "$(cat puppet.pid)" 2>/dev/null
    await 10 [ ! -e "/proc/$(cat puppet.pid)" ]
    rm -f puppet.pid
}

is_listed() { wpctl status | sed -n '/^Video/,$p' | grep -q "$1"; }

# read_pictures CAMERA COUNT FILE: in the format that it offers.
read_pictures() {
    timeout 20 gst-launch-1.0 -q pipewiresrc target-object="$1" num-buffers="$2" ! video/x-raw,format=YUY2 ! \
        filesink location="$3" || fail "GStreamer read nothing"
    [ "$3" = /dev/null ] || [ "$(stat -c %s "$3")" -eq $(($2 * 640 * 480 * 2)) ] || fail "$3 has $(stat -c %s "$3") bytes"
}

stop_all() {
    stop_puppet
    stop_daemon
    # What a test that failed has left, too: an app, a page's server.
    # shellcheck disable=SC2046
    kill $(cat portal.pid 2>/dev/null) $bus_process $(ours) 2>/dev/null
}

main "$@"
