#!/usr/bin/env bash
# scripts/split360 and the disk: what a power cut leaves, and calls that fail.
# Environment as for split360_basic.sh; CC compiles what is preloaded.
# Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/jobs.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/jobs.sh"

job=(--rig ring2 --size 200x200 --format png --quiet --device cpu) whole=one

# A job that was killed with some frames done.
kill_late() { # OUTDIR, image that is waited for
    local pid
    rm -rf "$1"
    "$split" pano.mp4 "$1" "${job[@]}" >log 2>&1 &
    pid=$!
    for _ in $(seq 600); do
        [[ -e $1/.split360/$2 || ! -d /proc/$pid ]] && break
        sleep 0.01
    done
    kill -9 "$pid"
    wait "$pid" 2>/dev/null
    flock "$1/.split360/lock" true # until its ffmpeg has ended as well
}

goes_on() { # name, OUTDIR: the same command gives what an undisturbed run does
    run pano.mp4 "$2" "${job[@]}" || fail "$1, the same command" "$(last)"
    same "$1" "$whole" "$2"
}

# What a power cut does to files that were written shortly before.
test_cut_images() {
    local dir=out/.split360 image=images/view_01/000020.png
    kill_late out images/view_01/000040.png
    : >$dir/$image
    goes_on "an image that is empty" out
    kill_late out images/view_01/000040.png
    truncate -s -1 $dir/$image
    goes_on "an image that lacks its last byte" out
    kill_late out images/view_01/000040.png
    rm $dir/$image
    goes_on "an image that has lost its name" out
    kill_late out images/view_01/000040.png
    # Written after the last time that all was flushed: any block may be missing.
    dd if=/dev/zero of=$dir/$image bs=1000 seek=1 count=1 conv=notrunc status=none
    touch -d @0 $dir/flushed
    goes_on "an image with its end that lacks its middle" out
    kill_late out images/view_01/000040.png
    : >$dir/part.0
    goes_on "time stamps that are lost" out
}

# Killed at the very end: the images are whole, and nothing of the rest is.
test_cut_end() {
    local dir=out/.split360
    cat >wrap <<END
#!/bin/sh
[ "\$1" = manifest ] || exec "$V360JOB" "\$@"
kill -9 \$PPID
END
    chmod +x wrap
    rm -rf out
    (V360JOB=$tmp/wrap run pano.mp4 out "${job[@]}") 2>/dev/null
    : >$dir/end
    : >$dir/images/view_00/000090.png
    goes_on "a job that has ended, its note of that and an image empty" out
    rm -rf out
    (V360JOB=$tmp/wrap run pano.mp4 out "${job[@]}") 2>/dev/null
    rm $dir/images/view_00/000050.png
    goes_on "a job that has ended and lost an image" out
}

test_cut_result() {
    local image=out/images/view_00/000033.png
    rm -rf out
    cp -a one out
    : >$image
    refuse "--verify finds an empty image" "manifest" --verify out
    goes_on "a result with an empty image" out
    head -c "$(($(stat -c %s $image) - 8))" /dev/zero >x
    { cat x; tail -c 8 $image; } >y
    { head -c -8 $image; head -c 8 x; } >z
    cp z $image
    goes_on "a result with an image of its size without its end" out
    cp y $image
    refuse "--verify finds an image of zeros with its end" manifest --verify out
    rm -rf out
}

build_shim() {
    ${CC:-cc} -shared -fPIC -O1 -o shim.so "$here/jobshim.c" -ldl 2>err && return
    skip "order of flushing and naming" "no C compiler: $(head -n 1 err)"
    skip "calls that fail" "no C compiler"
    return 1
}

# Data before names, names before what says that all is there.
test_order() {
    rm -rf out order
    JOBSHIM_LOG=$tmp/order LD_PRELOAD=$tmp/shim.so run pano.mp4 out "${job[@]}" --to 0.2
    check "order of flushing and naming" "images flush end flush manifest parts flush manifest flush " \
        "$(sed -nE 's,^syncfs .*,flush,p
            s,^rename images/view.*,images,p
            s,^rename .*/end$,end,p
            s,^rename (.*/)?manifest.json$,manifest,p
            s,^rename (images|rig_config.json|cameras.txt|database.sh)$,parts,p' order |
            uniq | tr '\n' ' ')"
}

# One call of one program fails; then the same command again.
fails() { # name, program, call, path, number, errno, words of the message
    local name=$1
    rm -rf out shimlog
    if JOBSHIM_LOG=$tmp/shimlog JOBSHIM_PROGRAM=$2 JOBSHIM_CALL=$3 JOBSHIM_PATH=$4 \
        JOBSHIM_N=$5 JOBSHIM_ERRNO=$6 LD_PRELOAD=$tmp/shim.so run pano.mp4 out "${job[@]}"; then
        fail "$name" "exit 0"
    elif ! grep -q "^failed $3" shimlog; then
        fail "$name" "no call failed: $(last)"
    elif ! grep -q "error: .*$7" log; then
        fail "$name" "$(last)"
    elif grep -q 'source may be damaged\|source cut off' log; then
        fail "$name" "blames the source: $(last)"
    fi
    goes_on "$name" out
}

# EIO is 5, ENOSPC 28.
test_faults() {
    local job=(--rig ring2 --size 64x64 --quiet --device cpu --to 0.5) whole=short
    run pano.mp4 short "${job[@]}" || fail "a short run" "$(last)"
    # Of patches/9.0/fix-image2-rename.patch.
    fails "an image that cannot be renamed" ffmpeg rename images/view_01 9 5 "Input/output error"
    fails "an image that cannot be renamed, no space" ffmpeg rename images/view_00 2 28 "no space left"
    fails "an image that cannot be written" ffmpeg write images/view_00 9 28 "no space left"
    fails "a time stamp that cannot be written" ffmpeg write part.0 12 5 "disk full or failing"
    fails "the first time stamp" ffmpeg write part.0 1 28 "disk full or failing"
    fails "a disk that cannot be flushed" v360job syncfs flushed 1 5 "Input/output error"
    fails "no space when it is flushed" v360job syncfs flushed 1 28 "no space left"
    fails "a manifest that cannot be flushed" v360job syncfs '.split360$' 1 5 "Input/output error"
    fails "the note of the end" v360job rename end 1 5 "Input/output error"
    fails "the renaming of a part" mv rename images 1 5 "cannot"
    fails "the renaming of manifest.json" mv rename manifest.json 1 5 "cannot"
    fails "the removal of the private folder" mv rename .split360.old 1 5 "cannot"
}

# Of a folder the messages of all runs are kept. One that could not write is not
# one of which the pictures are damaged.
test_folder_faults() {
    local call job=(panos out --rig ring2 --size 64x64 --quiet --device cpu)
    rm -rf out pictures
    run "${job[@]/#out/pictures}" || fail "a folder" "$(last)"
    for call in write rename; do
        rm -rf out
        JOBSHIM_PROGRAM=ffmpeg JOBSHIM_CALL=$call JOBSHIM_PATH=images/view_01/000006 JOBSHIM_N=1 \
            JOBSHIM_ERRNO=28 LD_PRELOAD=$tmp/shim.so run "${job[@]}" &&
            fail "a folder, the last image, $call" "exit 0"
        run "${job[@]}" || fail "a folder, the last image, $call, the same command" "$(last)"
        same "a folder, the last image, $call" pictures out
    done
}

# exFAT and network shares have no hard links, some of them no locks.
test_poor_disk() {
    local errno job=(--rig ring2 --size 64x64 --quiet --device cpu --to 0.5)
    run pano.mp4 linked "${job[@]}" --owner-masks || fail "owner masks" "$(last)"
    for errno in 1 31 95; do # EPERM, EMLINK, EOPNOTSUPP
        rm -rf out
        JOBSHIM_PROGRAM=v360job JOBSHIM_CALL=link JOBSHIM_N=0 JOBSHIM_ERRNO=$errno \
            LD_PRELOAD=$tmp/shim.so run pano.mp4 out "${job[@]}" --owner-masks ||
            fail "masks without hard links" "$(last)"
        same "masks without hard links, errno $errno" linked out
    done
    check "they are copies" 1 "$(stat -c %h out/masks/view_00/000007.jpg.png)"
    rm -rf out
    JOBSHIM_PROGRAM=v360job JOBSHIM_CALL=flock JOBSHIM_N=1 JOBSHIM_ERRNO=37 \
        LD_PRELOAD=$tmp/shim.so run pano.mp4 out "${job[@]}" || fail "no locks" "$(last)"
    check "a disk without locks" "1, 0" \
        "$(grep -c 'warning: .* has no locks' log), $(grep -c 'another split360 works' log)"
    same "and the job is done" short out
}

# Long enough that what is flushed while it runs counts.
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
    # v360job gets no chance to flush once more.
    pkill -9 -P "$pid" -x v360job
    wait "$pid" 2>/dev/null
    n=$("$V360JOB" whole png number out/.split360/flushed out/.split360/images/view_0{0..7})
    check "frames are flushed while a job runs" yes "$( ((n > 10)) && echo yes || echo "$n")"
    rm -rf out long.mkv
}

make_sources
run pano.mp4 one "${job[@]}" || fail "a run that is left alone" "$(last)"
test_cut_images
test_cut_end
test_cut_result
if build_shim; then
    test_order
    test_faults
    test_folder_faults
    test_poor_disk
fi
test_flushed_meanwhile
finish
