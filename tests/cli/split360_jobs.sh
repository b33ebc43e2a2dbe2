#!/usr/bin/env bash
# scripts/split360 as a job: interruptions, settings, bad sources, selection of
# frames. Environment: see lib/split360.sh; SEED repeats the moments of the
# interruptions. Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/jobs.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/jobs.sh"
RANDOM=${SEED:=$$}
options=(--rig ring2 --size 32x32)
job=(--rig ring4 --size 200x200 --format png --names pts --quiet)

need_two() {
    need one pano.mp4 "${job[@]}"
    [[ -e two ]] || cp -a one two
}

interrupt_once() { # signal
    local pid
    # A job of a shell without job control ignores SIGINT: env restores it.
    env --default-signal=INT "$split" pano.mp4 "$out" "${job[@]}" >log 2>&1 &
    pid=$!
    sleep "0.$((RANDOM % 50 + 10))"
    if kill -"$1" "$pid" 2>/dev/null; then
        wait "$pid" 2>/dev/null || return 0
    elif ! wait "$pid"; then
        fail "a run that was left alone" "$(last)"
        return 1
    fi
    complete=$((complete + 1)) # the job was quicker than the signal
    same "done meanwhile, no. $complete" one "$out"
    out=out.$complete
    return 1
}

# Many runs of one job are interrupted; the last one gives what one run gives.
test_interruptions() {
    local n=0 tries=0 complete=0 signals=(INT TERM KILL) out=out.0 whole=0
    need one pano.mp4 "${job[@]}"
    while ((n < 30 && ++tries < 300)); do
        if interrupt_once "${signals[n % 3]}"; then
            n=$((n + 1))
            [[ ! -e $out/.split360/images ]] || whole=$((whole + 1))
            # Once the file parts is there, all images are whole; the manifest comes last.
            [[ ! -e $out/images || -e $out/.split360/parts || -e $out/manifest.json ]] ||
                fail "images appear when all are whole" "after SIG${signals[n % 3]}"
        fi
    done
    check "interruptions (seed $SEED), $whole of them after the first image" 30 "$n"
    again "as one run that was left alone" one pano.mp4 "$out" "${job[@]}"
    check "no process is left" "" "$(find /proc/[0-9]*/cwd -lname "$tmp/out*" 2>/dev/null)"
}

# Killed when all is whole and the renaming begins.
test_commit() {
    need one pano.mp4 "${job[@]}"
    need_failcall "killed before the renaming" || return
    rm -rf two
    failing split360 rename '.split360/manifest.json$' 1 self-after \
        run pano.mp4 two "${job[@]}" 2>/dev/null
    check "killed before the renaming" "no images, images" \
        "$([[ -e two/images ]] || echo no) images, $(head -n 1 two/.split360/parts)"
    mv two/.split360/images two/ # as if the job had come one step further
    again "renaming goes on" one pano.mp4 two "${job[@]}"
}

# Images that a finished job has lost come back, and nothing else is written.
test_repair() {
    local before
    need_two
    rm one/images/view_00/000001000.png one/images/view_00/000001333.png
    rm -r one/images/view_01
    before=$(stat -c %Y%i one/images/view_02/000001000.png)
    again "missing images come back" two pano.mp4 one "${job[@]}"
    check "the others are not touched" "$before" "$(stat -c %Y%i one/images/view_02/000001000.png)"
    "$split" pano.mp4 one "${job[@]/--quiet/--keep-going}" 2>log
    check "a whole job has nothing to do" 1 "$(grep -c 'nothing to do' log)"
}

test_verify() {
    local file size
    need_two
    if run --verify one; then ok "--verify" "$(last)"; else fail "--verify" "$(last)"; fi
    file=$(find one/images -name '*.png' | sort | tail -n 1)
    size=$(stat -c %s "$file")
    printf '\377' | dd of="$file" bs=1 seek=$((size / 2)) conv=notrunc status=none
    refuse "--verify finds a flipped byte" "manifest" --verify one
    check "and names the file" 1 "$(grep -c "${file#one/}: other bytes" log)"
    rm "$file"
    refuse "--verify finds a missing file" "manifest" --verify one
    check "one, it says" 1 "$(grep -c ': missing' log)"
    again "a bad file that was deleted comes back" two pano.mp4 one "${job[@]}"
}

test_settings() {
    local pid
    need_two
    refuse "another rig" "rig: was ring4, now ring2" pano.mp4 one "${job[@]/ring4/ring2}"
    refuse "another source" "source: was" pano.mkv one "${job[@]}"
    refuse "another interpolation" "interp: was cube, now line" pano.mp4 one "${job[@]}" \
        --interp line
    same "and nothing has changed" one two
    "$split" pano.mp4 part "${job[@]}" >log 2>&1 &
    pid=$!
    for _ in $(seq 200); do
        [[ -n $(find part -name '000000100.png' 2>/dev/null) ]] && break
        sleep 0.05
    done
    kill "$pid"; wait "$pid"
    refuse "another size for an unfinished job" "unfinished.*size: was 200x200, now 64x64" \
        pano.mp4 part "${job[@]/200x200/64x64}"
    run pano.mp4 part "${job[@]/--quiet/--keep-going}" --force
    check "--force begins anew, with the same settings too" 0 "$(grep -c 'going on' log)"
    same "and the result is the same" one part
    mkdir -p busy/.split360
    (flock 9; run pano.mp4 busy "${job[@]}"; echo $? >rc) 9>busy/.split360/lock
    check "two in one OUTDIR" "1, works in" "$(<rc), $(grep -o 'works in' log)"
}

test_selection() {
    local times
    takes "all" 90 '' pano.mp4
    times=$("$FFPROBE" -v error -select_streams v -show_entries packet=pts -of csv=p=0 pano.mp4 |
        tr -d , | sort -n | tr '\n' ' ')
    check "time stamps of the source in the manifest" "$times" "$(keys out pts | tr '\n' ' ')"
    takes "--every 7" 13 '' pano.mp4 --every 7
    check "each seventh" "$(tr ' ' '\n' <<<"$times" | awk 'NF && NR % 7 == 1' | tr '\n' ' ')" \
        "$(keys out pts | tr '\n' ' ')"
    takes "--fps 10" 30 '' pano.mp4 --fps 10
    takes "--fps 10 --every 4" 8 '' pano.mp4 --fps 10 --every 4
    takes "--from 1 --to 2" 30 '' pano.mp4 --from 1 --to 2
    check "their time stamps are those of the source" "$(tr ' ' '\n' <<<"$times" |
        sed -n 31,60p | tr '\n' ' ')" "$(keys out pts | tr '\n' ' ')"
    ff -i pano.mp4 -c copy -muxdelay 0 -muxpreload 3 pano.ts
    takes "a video that begins at 3 seconds" 90 '' pano.ts
    check "time stamps of that are those of the source" "$("$FFPROBE" -v error -select_streams v \
        -show_entries packet=pts -of csv=p=0 pano.ts | tr -d , | sort -n | tr '\n' ' ')" \
        "$(keys out pts | tr '\n' ' ')"
    takes "--names pts" 5 '' pano.mp4 --names pts --fps 5 --from 2
    check "names in milliseconds" "000002000 000002200 000002400 000002600 000002800 " \
        "$(find out/images/view_00 -name '*.jpg' | sort | sed 's/.*\///; s/\..*//' | tr '\n' ' ')"
}

# One of each 5 frames is not blurred: another one in each group.
test_sharpest() {
    local n sharp=(3 9 10 16 22)
    ff -f lavfi -i testsrc2=s=320x160:r=5:d=5 -vf "gblur=sigma=4:enable='not($(
        printf 'eq(n,%d)+' "${sharp[@]}")0)'" -c:v ffv1 blurred.mkv
    job blurred.mkv --sharpest 5
    check "--sharpest 5" "$(for n in "${sharp[@]}"; do echo $((n * 200)); done | tr '\n' ' ')" \
        "$(keys out pts | tr '\n' ' ')"
}

names() { # the pictures that a manifest lists as its sources
    sed -n '/"sources"/,/\]/p' "$1/manifest.json" | grep -o 'p[0-9]*\.jpg' | tr '\n' ' '
}

test_folder() {
    need all panos "${options[@]}"
    check "a folder, in the order of people" "p1.jpg p2.jpg p3.jpg p9.jpg p10.jpg p11.jpg " \
        "$(names all)"
    job panos/p10.jpg
    check "the fifth is p10" "$(md5sum <out/images/view_01/000001.jpg)" \
        "$(md5sum <all/images/view_01/000005.jpg)"
    job 'panos/p1*.jpg'
    check "a glob" "p1.jpg p10.jpg p11.jpg " "$(names out)"
    job panos --every 2
    check "--every 2 of a folder" "p1.jpg p3.jpg p10.jpg " "$(names out)"
}

# Tags of a picture are in the manifest, and a PNG gets its EXIF.
test_tags() {
    local photo=${V360_DATA:-$root/../shared/data}/equilib-equi.jpg
    cp panos/p1.jpg gpano.jpg
    printf '<rdf:Description GPano:PoseHeadingDegrees="12.5"/>' >>gpano.jpg
    job gpano.jpg
    check "GPano" 12.5 "$(keys out GPano:PoseHeadingDegrees)"
    if [[ ! -f $photo ]]; then
        skip "EXIF" "no ${photo##*/}"
        return
    fi
    job "$photo" --format png
    check "EXIF" "2018:08:10 15:51:45" "$(keys out TAG:DateTime)"
    check "EXIF in each PNG" 2 "$(grep -l eXIf out/images/*/*.png | wc -l)"
}

skips() { # name, words of the error; with --keep-going, p4.jpg is left out
    local name=$1 args=(panos out "${options[@]}")
    rm -rf out
    refuse "$name" "$2" "${args[@]}"
    if ! run "${args[@]}" --keep-going; then
        fail "$name, --keep-going" "$(last)"
    elif ! grep -q '1 pictures left out' log || ! grep -q 'p4.jpg: ' out/manifest.json; then
        fail "$name, --keep-going" "not counted or not listed: $(last)"
    else
        same "$name, --keep-going: all others" all/images out/images
    fi
}

test_bad_sources() {
    need all panos "${options[@]}"
    : >panos/p4.jpg
    skips "a zero-byte picture" "p4.jpg"
    ff -f lavfi -i testsrc2=s=640x320 -frames:v 1 panos/p4.jpg
    skips "two sizes of panorama" "640x320.*320x160"
    ff -f lavfi -i testsrc2=s=320x160 -frames:v 1 panos/p4.jpg
    truncate -s $(($(stat -c %s panos/p4.jpg) / 2)) panos/p4.jpg
    skips "a picture cut off" "cut off"
    # A header that can be read and nothing behind it.
    { head -c 700 panos/p3.jpg; printf '\377\331'; } >panos/p4.jpg
    skips "a picture that cannot be decoded" "p4.jpg"
    rm panos/p4.jpg
    rm -rf out
    head -c $(($(stat -c %s pano.mp4) / 2)) pano.mp4 >cut.mp4
    refuse "a truncated mp4" "cannot read" cut.mp4 out
    ff -i pano.mp4 -c copy -movflags faststart fast.mp4
    head -c $(($(stat -c %s fast.mp4) * 2 / 3)) fast.mp4 >cut.mp4
    refuse "a truncated mp4 with its index" "keep-going" cut.mp4 out "${options[@]}"
    run cut.mp4 out "${options[@]}" --keep-going || fail "--keep-going" "$(last)"
    check "--keep-going takes what there is, and lists it" 1 \
        "$(grep -c 'source is \(cut off\|damaged\)' out/manifest.json)"
    ff -f lavfi -i sine=d=1 -c:a flac sound.mkv
    refuse_source "no video stream" "no video" sound.mkv
    ff -f lavfi -i testsrc2=s=300x200 -frames:v 1 flat.png
    anew flat.png
    check "warns of what is not 2:1" 1 "$(grep -c 'warning: .*not 2:1' log)"
    mkdir none
    refuse "an empty folder" "no picture" none out2
    refuse "a glob without a match" "no picture" 'panos/*.tif' out2
    check "nothing is left of these" "" "$(ls -A out2 2>/dev/null)"
}

# A picture whose middle is damaged gives a frame and an error. A run that was
# interrupted before it came to that picture changes nothing.
test_damage_is_kept() {
    local pid signal job=(damaged out --rig ring4 --size 700x700 --format png --quiet)
    make_damaged 16 14
    for signal in INT TERM HUP KILL; do
        for _ in 1 2 3 4 5; do # on a loaded machine the job may have ended first
            rm -rf out
            # Under nohup, a job ignores SIGHUP as well.
            env --default-signal=INT,HUP "$split" "${job[@]}" >log 2>&1 &
            pid=$!
            while [[ ! -e out/.split360/images/view_00/000003.png && -d /proc/$pid ]]; do
                sleep 0.02
            done
            kill -$signal $pid 2>/dev/null
            wait $pid 2>/dev/null
            [[ ! -e out/.split360/images/view_00/000003.png || -e out/.split360/undecodable ]] ||
                break
        done
        [[ -e out/.split360/images/view_00/000003.png && ! -e out/.split360/undecodable ]] ||
            fail "SIG$signal before a damaged picture" "never before it"
        refuse "a damaged picture after SIG$signal" "cannot decode.*000014.jpg" "${job[@]}"
        refuse "and once more" "cannot decode.*000014.jpg" "${job[@]}"
    done
}

test_full_disk() {
    local size
    need one pano.mp4 "${job[@]}"
    mkdir disk
    if ! mount -t tmpfs -o size=600k split360 disk 2>/dev/null; then
        skip "a full disk" "cannot mount a tmpfs"
        return
    fi
    mounted=$tmp/disk
    for size in 600 900 1200; do # full again and again
        mount -o "remount,size=${size}k" disk
        refuse "a full disk, $size KiB" "no space left" pano.mp4 disk/out "${job[@]}"
    done
    check "whole images stay" yes "$(find disk -name '*.png' -size +0 | grep -q . && echo yes)"
    mount -o remount,size=64m disk
    again "with more space, as one run" one pano.mp4 disk/out "${job[@]}"
    umount "$mounted" && mounted=
}

test_progress() {
    local lines
    job --demo
    run --demo out "${options[@]}"
    check "the demo twice" 1 "$(grep -c 'nothing to do' log)"
    rm -rf out
    "$split" pano.mp4 out --rig ring4 --size 400x400 --json-progress --quiet >lines 2>log
    lines=$(wc -l <lines)
    check "--json-progress: each line is JSON" "$lines" \
        "$(python3 -c 'import json, sys
print(sum(1 for l in sys.stdin if {"frame", "total", "eta_s"} <= set(json.loads(l))))' <lines)"
    check "its last line" "90 of 90, true" "$(tail -n 1 lines |
        sed 's/.*"frame":\([0-9]*\),"total":\([0-9]*\).*"end":\([a-z]*\).*/\1 of \2, \3/')"
    check "--quiet says nothing" "" "$(<log)"
    job pano.mp4 --rig ring4 --size 640x640 --format mp4 --interp near
    check "mp4, hardly any remapping: the limit" "limit encode" \
        "$(grep -o 'limit [a-z]*' log | tail -n 1)"
    ff -f lavfi -i nullsrc=s=2048x1024:r=30:d=2,noise=alls=90:allf=t -c:v ffv1 noise.mkv
    job noise.mkv --size 16x16 --interp near
    check "a large source, tiny views: the limit" "limit decode" \
        "$(grep -o 'limit [a-z]*' log | tail -n 1)"
}

run_tests "$@"
