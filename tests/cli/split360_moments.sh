#!/usr/bin/env bash
# scripts/split360 at moments that chance would have to hit: while it waits for
# another job, between two renames, when a part of it is killed, with a time
# stamp that has no frame. Environment as for split360_basic.sh.
# Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/jobs.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/jobs.sh"
mkdir bin
job=(--rig ring2 --size 32x32 --format png --quiet)

# wrap COMMAND TEXT: one that does as TEXT says comes before it in PATH
wrap() {
    printf '#!/bin/sh\nreal=%s\n%s\n' "$(command -v "$1")" "$2" >"bin/$1"
    chmod +x "bin/$1"
}

# wrap_tool TEXT: a v360job that does as TEXT says first
wrap_tool() {
    printf '#!/bin/sh\n%s\nexec "%s" "$@"\n' "$1" "$V360JOB" >tool
    chmod +x tool
}

# The job before removes its folder, and with it the lock that this one waits
# for; a third one has the lock of a new folder by then.
test_removed_lock() {
    local pid lock new
    wrap_tool "[ \"\$1\" != lock ] || : >'$tmp/waits'"
    mkdir -m 700 busy busy/.split360
    exec {lock}>busy/.split360/lock
    flock "$lock"
    V360JOB=$tmp/tool "$split" pano.mp4 busy "${job[@]}" >log 2>&1 {lock}>&- &
    pid=$!
    for _ in $(seq 600); do [[ ! -e waits ]] || break; sleep 0.05; done
    mv busy/.split360 busy/.split360.old
    rm -r busy/.split360.old
    mkdir -m 700 busy/.split360
    exec {new}>busy/.split360/lock
    flock "$new"
    exec {lock}>&-
    wait "$pid"
    check "a lock that was removed is none" "1, works in, lock" \
        "$?, $(grep -o 'works in' log), $(ls busy/.split360)"
    exec {new}>&-
}

# Each rename of a part is followed by a signal.
test_renames() {
    local signal
    run pano.mp4 one "${job[@]}" || fail "one run" "$(last)"
    for signal in TERM INT HUP; do
        wrap mv "\"\$real\" \"\$@\" || exit
case \"\$*\" in */.split360/images\ *) kill -$signal \$PPID; echo sent >'$tmp/sent' ;; esac"
        rm -rf two sent
        # a job of a shell without job control ignores SIGINT: env restores it
        PATH=$tmp/bin:$PATH env --default-signal=INT "$split" pano.mp4 two "${job[@]}" >log 2>&1
        check "SIG$signal after the first rename: the others follow" "0, sent" "$?, $(<sent)"
        same "SIG$signal after the first rename" one two
    done
    rm bin/mv
}

# running PID: whether there is such a process, and it has not ended
running() { [[ -e /proc/$1/stat && $(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) != [ZX] ]]; }

# What v360job runs ends with it, however that ends.
test_killed_runner() {
    local pid child=''
    "$V360JOB" run --quiet -- sleep 100 >log 2>&1 &
    pid=$!
    for _ in $(seq 200); do
        read -r child _ <"/proc/$pid/task/$pid/children" || sleep 0.05
        [[ -z $child ]] || break
    done
    check "v360job run: there is a child" yes "$(running "${child:-0}" && echo yes)"
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null
    for _ in $(seq 100); do running "${child:-0}" || break; sleep 0.05; done
    check "it does not outlive v360job" "" "$(running "${child:-0}" && echo "$child runs")"
    running "${child:-0}" && kill "$child"
}

# A job that ended before frame 50 was whole: its time stamp may be that of the
# frame after, as the one between was not encoded any more.
test_last_time_stamp() {
    wrap_tool "[ \"\$1\" != manifest ] || { kill -9 \$PPID; exit; }"
    (V360JOB=$tmp/tool run pano.mp4 part "${job[@]}") 2>/dev/null
    (
        cd part/.split360 || exit
        rm -f end parts manifest.json info frames
        for n in $(seq 51 90); do rm images/*/"$(printf %06d "$n").png"; done
        sed -n '1,49p' part.0 >part.new
        # the number of the 50th, the time of the 51st
        { sed -n 50p part.0 | cut -d ' ' -f 1; sed -n 51p part.0 | cut -d ' ' -f 2-; } |
            paste -s -d ' ' >>part.new
        mv part.new part.0
        [[ ! -e flushed ]] || touch flushed
    )
    check "a job of 50 frames" "50 50" "$(wc -l <part/.split360/part.0) $(
        find part/.split360/images/view_01 -name '*.png' | wc -l)"
    run pano.mp4 part "${job[@]}" || fail "it goes on" "$(last)"
    same "the last time stamp of an interrupted run is not believed" one part
}

# OUTDIR is a link: what is replaced lies where it leads.
test_link() {
    mkdir -p real/images
    cp pano.mp4 real/images/
    ln -s real link
    refuse "a source in OUTDIR, which is a link" "which the result replaces" \
        real/images/pano.mp4 link "${job[@]}"
    refuse "a source in OUTDIR by a link" "which the result replaces" \
        link/images/pano.mp4 real "${job[@]}"
    check "it is still there" yes "$(cmp -s pano.mp4 real/images/pano.mp4 && echo yes)"
}

make_sources
test_removed_lock
test_renames
test_killed_runner
test_last_time_stamp
test_link
finish
