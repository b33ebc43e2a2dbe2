#!/usr/bin/env bash
# scripts/split360 and the disk: what a power cut leaves, and calls that fail.
# Environment: see lib/split360.sh; CC compiles what is preloaded.
# Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/jobs.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/jobs.sh"

job=(--rig ring2 --size 200x200 --format png --quiet --device cpu) whole=one
short=(--rig ring2 --size 64x64 --quiet --device cpu --to 0.5) # a job of 15 frames

# A job that was killed with some frames done.
kill_late() {
    local pid
    rm -rf out
    "$split" pano.mp4 out "${job[@]}" >log 2>&1 &
    pid=$!
    for _ in $(seq 600); do
        [[ -e out/.split360/images/view_01/000040.png || ! -d /proc/$pid ]] && break
        sleep 0.01
    done
    kill -9 "$pid"
    wait "$pid" 2>/dev/null
    flock out/.split360/lock true # until its ffmpeg has ended as well
}

# The same command gives in out what a run has given that was left alone.
goes_on() { # name
    again "$1" "$whole" pano.mp4 out "${job[@]}"
}

# A power cut does this to files that were written shortly before.
test_cut_images() {
    local dir=out/.split360 image=images/view_01/000020.png
    need one pano.mp4 "${job[@]}"
    kill_late
    : >$dir/$image
    goes_on "an image that is empty"
    kill_late
    truncate -s -1 $dir/$image
    goes_on "an image that lacks its last byte"
    kill_late
    rm $dir/$image
    goes_on "an image that has lost its name"
    kill_late
    # The image was written after the last flush of the disk: any block may be missing.
    dd if=/dev/zero of=$dir/$image bs=1000 seek=1 count=1 conv=notrunc status=none
    touch -d @0 $dir/flushed
    goes_on "an image with its end that lacks its middle"
    kill_late
    : >$dir/part.0
    goes_on "time stamps that are lost"
}

# Killed at the very end: the images are whole, and the rest is not there.
test_cut_end() {
    local dir=out/.split360
    need one pano.mp4 "${job[@]}"
    need_failcall "a job that was killed at its end" || return
    rm -rf out
    killed_at rename '.split360/manifest.json$' run pano.mp4 out "${job[@]}"
    : >$dir/end
    : >$dir/images/view_00/000090.png
    goes_on "a job that has ended, its note of that and an image empty"
    rm -rf out
    killed_at rename '.split360/manifest.json$' run pano.mp4 out "${job[@]}"
    rm $dir/images/view_00/000050.png
    goes_on "a job that has ended and lost an image"
}

test_cut_result() {
    local image=out/images/view_00/000033.png
    need one pano.mp4 "${job[@]}"
    rm -rf out
    cp -a one out
    : >$image
    refuse "--verify finds an empty image" "manifest" --verify out
    goes_on "a result with an empty image"
    head -c "$(($(stat -c %s $image) - 8))" /dev/zero >x
    { cat x; tail -c 8 $image; } >y
    { head -c -8 $image; head -c 8 x; } >z
    cp z $image
    goes_on "a result with an image of its size without its end"
    cp y $image
    refuse "--verify finds an image of zeros with its end" manifest --verify out
    rm -rf out
}

# The end of a TIFF is its directory, of which its header says where it begins.
test_cut_tiff() {
    local image=out/images/view_00/000010.tif job=("${short[@]}" --format tif) whole=tif n size
    need tif pano.mp4 "${job[@]}"
    n=$(stat -c %s "tif/${image#out/}")
    for size in 0 6 9 $((n - 1)) $((n + 1)); do
        rm -rf out
        cp -a tif out
        truncate -s "$size" $image
        goes_on "a TIFF of $size bytes instead of $n"
    done
    for size in 0 4 8 $((n / 2)) $((n - 170)); do
        rm -rf out
        cp -a tif out
        truncate -s "$size" $image
        truncate -s "$n" $image
        goes_on "a TIFF with zeros from byte $size of $n on"
    done
}

# Data are flushed before they get names, and names before a file says that all is there.
test_order() {
    need_failcall "order of flushing and naming" || return
    rm -rf out order
    FAILCALL_TRACE=$tmp/order failing '' syncfs,rename '' 0 0 run pano.mp4 out "${job[@]}" --to 0.2
    check "order of flushing and naming" "images flush end flush manifest parts flush manifest flush " \
        "$(sed -nE 's,^[^ ]* syncfs .*,flush,p
            s,^[^ ]* rename .*/images/view.*,images,p
            s,^[^ ]* rename .*/end$,end,p
            s,^[^ ]* rename .*/manifest.json$,manifest,p
            s,^[^ ]* rename .*/out/(images|rig_config.json|cameras.txt|database.sh)$,parts,p' order |
            uniq | tr '\n' ' ')"
}

# One call of one program fails; then the same command again.
fails() { # name, program, call, path, number, errno, words of the message
    local name=$1
    rm -rf out
    if failing "${@:2:5}" run pano.mp4 out "${job[@]}"; then
        fail "$name" "exit 0"
    elif [[ ! -s failed ]]; then
        fail "$name" "no call failed: $(last)"
    elif ! grep -q "error: .*$7" log; then
        fail "$name" "$(last)"
    elif grep -q 'source may be damaged\|source cut off' log; then
        fail "$name" "blames the source: $(last)"
    fi
    goes_on "$name"
}

# EIO is 5, ENOSPC 28.
test_faults() {
    local job=("${short[@]}") whole=short
    need_failcall "calls that fail" || return
    need short pano.mp4 "${job[@]}"
    # The first two are for patches/9.0/fix-image2-rename.patch.
    fails "an image that cannot be renamed" ffmpeg rename images/view_01 9 5 "Input/output error"
    fails "an image that cannot be renamed, no space" ffmpeg rename images/view_00 2 28 "no space left"
    fails "an image that cannot be written" ffmpeg write images/view_00 9 28 "no space left"
    fails "a time stamp that cannot be written" ffmpeg write part.0 12 5 "disk full or failing"
    fails "the first time stamp" ffmpeg write part.0 1 28 "disk full or failing"
    fails "a disk that cannot be flushed" split360 syncfs flushed 1 5 "Input/output error"
    fails "no space when it is flushed" split360 syncfs flushed 1 28 "no space left"
    fails "a manifest that cannot be flushed" split360 syncfs '.split360$' 1 5 "Input/output error"
    fails "the note of the end" split360 rename '/end$' 1 5 "Input/output error"
    fails "the renaming of a part" split360 rename 'out/images$' 1 5 "cannot"
    fails "the renaming of manifest.json" split360 rename 'out/manifest.json$' 1 5 "cannot"
    fails "the removal of the private folder" split360 rename .split360.old 1 5 "cannot"
}

# A job of a folder keeps the messages of all its runs. A run that could not write does
# not mean that its pictures are damaged.
test_folder_faults() {
    local call job=(--rig ring2 --size 64x64 --quiet --device cpu)
    need_failcall "calls that fail, of a folder" || return
    need pictures panos "${job[@]}"
    for call in write rename; do
        rm -rf out
        failing ffmpeg $call images/view_01/000006 1 28 run panos out "${job[@]}" &&
            fail "a folder, the last image, $call" "exit 0"
        again "a folder, the last image, $call" pictures panos out "${job[@]}"
    done
}

# exFAT and network shares have no hard links, some of them no locks.
test_poor_disk() {
    local errno job=("${short[@]}")
    need_failcall "a disk without links and locks" || return
    need linked pano.mp4 "${job[@]}" --owner-masks
    need short pano.mp4 "${job[@]}"
    for errno in 1 31 95; do # EPERM, EMLINK, EOPNOTSUPP
        rm -rf out
        failing split360 link '' -1 $errno run pano.mp4 out "${job[@]}" --owner-masks ||
            fail "masks without hard links" "$(last)"
        same "masks without hard links, errno $errno" linked out
    done
    check "they are copies" 1 "$(stat -c %h out/masks/view_00/000007.jpg.png)"
    rm -rf out
    failing split360 flock '' 1 37 run pano.mp4 out "${job[@]}" || fail "no locks" "$(last)"
    check "a disk without locks" "1, 0" \
        "$(grep -c 'warning: .* has no locks' log), $(grep -c 'another split360 works' log)"
    same "and the job is done" short out
}

# The job is long enough that images are flushed while it runs.
test_flushed_meanwhile() {
    local pid n
    rm -rf out
    ff -f lavfi -i testsrc2=s=640x320:r=30:d=60 -c:v mjpeg -q:v 3 long.mkv
    "$split" long.mkv out --rig ring8 --size 400x400 --format png --quiet --device cpu >log 2>&1 &
    pid=$!
    for _ in $(seq 400); do
        [[ $(stat -c %Y out/.split360/flushed 2>/dev/null || echo 0) != 0 ]] && break
        sleep 0.1
    done
    # It gets no chance to flush once more.
    kill -9 "$pid"
    wait "$pid" 2>/dev/null
    n=$(find out/.split360/images/view_07 -name '*.png' ! -newer out/.split360/flushed | wc -l)
    check "frames are flushed while a job runs" yes "$( ((n > 10)) && echo yes || echo "$n")"
    rm -rf out long.mkv
}

run_tests "$@"
