#!/usr/bin/env bash
# scripts/split360 at moments that chance hits hardly ever: while it waits for another
# job, between two renames, when a part of it is killed, with a time stamp that has no
# frame. See lib/split360.sh. Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/jobs.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/jobs.sh"
job=(--rig ring2 --size 32x32 --format png --quiet)

# Another job removes its folder at its end, and with the folder the lock that this job
# waits for; a third job has the lock of a new folder by then.
test_removed_lock() {
    local pid lock new
    mkdir -m 700 busy busy/.split360
    exec {lock}>busy/.split360/lock
    flock "$lock"
    "$split" pano.mp4 busy "${job[@]}" >log 2>&1 {lock}>&- &
    pid=$!
    for _ in $(seq 600); do # until it has the file open
        [[ -z $(find "/proc/$pid/fd" -lname '*/busy/.split360/lock' 2>/dev/null) ]] || break
        sleep 0.05
    done
    mv busy/.split360 busy/.split360.old
    rm -r busy/.split360.old
    mkdir -m 700 busy/.split360
    exec {new}>busy/.split360/lock
    flock "$new"
    exec {lock}>&-
    wait "$pid"
    check "a lock that was removed does not count" "1, works in, lock" \
        "$?, $(grep -o 'works in' log), $(ls busy/.split360)"
    exec {new}>&-
}

# The rename of the first part is followed by a signal.
test_renames() {
    local signal
    need_failcall "a signal between two renames" || return
    need one pano.mp4 "${job[@]}"
    for signal in TERM INT HUP; do
        rm -rf two
        # A job of a shell without job control ignores SIGINT, one under nohup SIGHUP: env
        # restores both.
        failing split360 rename 'two/images$' 1 "signal-$(kill -l $signal)" \
            env --default-signal=INT,HUP "$split" pano.mp4 two "${job[@]}" >log 2>&1
        check "SIG$signal after the first rename: the others follow" "0, sent" \
            "$?, $([[ ! -s failed ]] || echo sent)"
        same "SIG$signal after the first rename" one two
    done
}

# running PID: whether there is such a process that has not ended.
running() { [[ -e /proc/$1/stat && $(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) != [ZX] ]]; }

# ffmpeg ends with split360, even if that is killed and ffmpeg writes nothing more.
test_killed_runner() {
    local pid child=''
    wrap "$FFMPEG" <<'END'
case " $* " in *" -filter_complex "*) exec sleep 100 ;; esac
END
    FFMPEG=$tmp/wrap "$split" pano.mp4 killed "${job[@]}" --device cpu >log 2>&1 &
    pid=$!
    for _ in $(seq 600); do
        read -r child _ <"/proc/$pid/task/$pid/children"
        [[ $(cat "/proc/${child:-0}/comm" 2>/dev/null) != sleep ]] || break
        sleep 0.05
    done
    check "there is a program that it runs" yes "$(running "${child:-0}" && echo yes)"
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null
    for _ in $(seq 100); do running "${child:-0}" || break; sleep 0.05; done
    check "it does not outlive split360" "" "$(running "${child:-0}" && echo "$child runs")"
    running "${child:-0}" && kill "$child"
    rm -rf killed
}

# A job has ended before frame 50 was whole: the last time stamp may be that of frame
# 51, as frame 50 was not encoded any more.
test_last_time_stamp() {
    need one pano.mp4 "${job[@]}"
    need_failcall "a time stamp without a frame" || return
    killed_at rename '.split360/manifest.json$' run pano.mp4 part "${job[@]}"
    (
        cd part/.split360 || exit
        rm -f end parts manifest.json info frames
        for n in $(seq 51 90); do rm images/*/"$(printf %06d "$n").png"; done
        sed -n '1,49p' part.0 >part.new
        # The number of the 50th frame and the time of the 51st.
        { sed -n 50p part.0 | cut -d ' ' -f 1; sed -n 51p part.0 | cut -d ' ' -f 2-; } |
            paste -s -d ' ' >>part.new
        mv part.new part.0
        [[ ! -e flushed ]] || touch flushed
    )
    check "a job of 50 frames" "50 50" "$(wc -l <part/.split360/part.0) $(
        find part/.split360/images/view_01 -name '*.png' | wc -l)"
    again "the last time stamp of an interrupted run is not believed" one pano.mp4 part "${job[@]}"
}

# OUTDIR is a link: the files that are replaced lie where the link leads.
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

run_tests "$@"
