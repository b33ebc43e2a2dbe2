#!/usr/bin/env bash
# split360 goes on with a job that was interrupted: it decodes from a key frame near the
# frame where it stopped, and the result is the one of a job that was left alone.
# Licence: LGPL-2.1-or-later.
# shellcheck disable=SC2329 # called by name

. "$(dirname "${BASH_SOURCE[0]}")/lib/jobs.sh"
small=(--rig ring2 --size 32x32 --device cpu --quiet)

make_sources() {
    local made=(-metadata creation_time=2026-05-01T10:00:00Z)   # so that images have dates
    local x264=(-c:v libx264 -preset ultrafast -g 60 -bf 2 -b_strategy 0 "${made[@]}")

    ff -f lavfi -i testsrc2=s=128x64:r=30:d=60 -pix_fmt yuv420p "${x264[@]}" minute.mp4
    ff -i minute.mp4 -c copy minute.ts
    ff -f lavfi -i testsrc2=s=128x64:r=30:d=60 -pix_fmt yuv420p -c:v libx265 \
        -x265-params keyint=60:open-gop=1:log-level=error -preset ultrafast "${made[@]}" minute.mkv
    ff -f lavfi -i testsrc2=s=128x64:r=30:d=600 -pix_fmt yuv420p "${x264[@]}" ten.mp4
    # shellcheck disable=SC2016 # expands in that script
    echo "export FFREPORT=file='$tmp'/report-\$\$.log:level=40" | wrap "$FFMPEG"
    # Its packets have no time stamps of their own.
    ff -i minute.mp4 -c copy minute.h264
    # An edit list hides the first seconds.
    ff -ss 2.5 -i minute.mp4 -c copy edited.mp4
}

# stop_at IMAGE INPUT [OPTION]...: a job that is ended once there is this image in all
# views but maybe the last ones.
stop_at() {
    local image=cut/.split360/images/view_00/$1 job

    rm -rf cut
    "$split" "$2" cut "${small[@]}" "${@:3}" >log 2>&1 &
    job=$!
    until [[ -e $image ]]; do
        kill -0 "$job" 2>/dev/null || break
        sleep 0.01
    done
    kill -TERM "$job" 2>/dev/null && ! wait "$job" && return
    fail "a job of $2 that is interrupted" "it came to its end: $(last)"
    return 1
}

# decoded: the frames that the runs of ffmpeg decoded which wrote reports.
decoded() {
    cat report-*.log | sed -n 's/.*packets read .*; \([0-9]*\) frames decoded.*/\1/p' |
        awk '{ sum += $1 } END { print sum + 0 }'
}

# goes_on NAME MOST IMAGE INPUT [OPTION]...: the job is stopped at IMAGE and goes on,
# decodes MOST frames at most, and its result is that of a job that was left alone.
goes_on() {
    local name=$1 most=$2 n

    rm -rf whole report-*.log
    run "$4" whole "${small[@]}" "${@:5}" || fail "$name, left alone" "$(last)"
    stop_at "$3" "${@:4}" || return
    FFMPEG=$tmp/wrap run "$4" cut "${small[@]}" "${@:5}" ||
        fail "$name, going on" "$(last)"
    same "$name" whole cut
    n=$(decoded)
    if ((n > 0 && n <= most)); then ok "$name: frames decoded again" "$n of at most $most"
    else fail "$name: frames decoded again" "$n, at most $most"; fi
}

# Of 1800 frames at most 500 are left where the job stops, and two groups of 60 may come
# before them: the one that is sought, and what the preview decodes.
test_containers() {
    goes_on "mp4" 620 001400.jpg minute.mp4
    goes_on "mkv, open groups of HEVC" 620 001400.jpg minute.mkv
    goes_on "MPEG-TS" 620 001400.jpg minute.ts
    goes_on "edit list" 620 001300.jpg edited.mp4
}

# A job of a version without --supersample goes on as it was begun. For views of
# 16x16, auto would be 2.
test_old_job() {
    local small=(--rig ring2 --size 16x16 --device cpu --quiet)
    rm -rf whole
    run minute.mp4 whole "${small[@]}" --supersample 1 || fail "a job with --supersample 1" "$(last)"
    stop_at 000200.jpg minute.mp4 --supersample 1 || return
    refuse "an unfinished job with another supersample" "supersample: was 1, now auto" minute.mp4 cut "${small[@]}"
    sed -i '/"supersample"/d' cut/.split360/job.json
    check "the unfinished job has no such setting" 0 "$(grep -c '"supersample"' cut/.split360/job.json)"
    refuse "an old unfinished job with auto" "supersample: was 1, now auto" minute.mp4 cut "${small[@]}" \
        --supersample auto
    run minute.mp4 cut "${small[@]}" || fail "an old job goes on" "$(last)"
    check "an old job goes on without means" "1800 " "$(count cut) $(diff -rq whole/images cut/images)"
    check "and is an old one still" "1 1" "$(keys cut supersample)"
}

test_choices() {
    goes_on "--every" 620 000045000000.jpg minute.mp4 --every 3 --names us
    goes_on "--fps, fewer" 620 000340.jpg minute.mp4 --fps 7.3
    goes_on "--fps, more" 620 001900.jpg minute.ts --fps 40
    goes_on "--from, --to and --fps" 620 000480.jpg minute.mkv --from 3.5 --to 50 --fps 13
}

# All of it, and a few for the preview: the numbers of the sharpest frames count from the
# start, and without time stamps a packet does not say which frame it is.
test_whole() {
    goes_on "--sharpest" 1820 000300.jpg minute.mp4 --sharpest 5
    goes_on "no time stamps" 1820 001400.jpg minute.h264
}

test_ten_minutes() {
    goes_on "ten minutes, stopped at 90 %" 2700 001620.jpg ten.mp4 --every 10
}

run_tests "$@"
