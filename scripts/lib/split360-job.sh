# Sourced by split360: the private folder of a job, from opening it to moving
# its content into place. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

# OUTDIR/.split360 is on the file system of the result, so that the last step is
# a rename. It stays after an interruption and holds:
#   lock job.json    who works here, and the settings of the job
#   images videos masks   what is whole so far; images are renamed when whole
#   flushed          its time: what was written before is on the disk
#   part.N           time stamps of the frames from N on, one line each
#   end              there when the source has come to its end: the number of
#                    frames, and a line for each thing that was wrong
#   parts manifest.json   there when all is whole: the rest is renaming
known_parts=(images videos masks rig_config.json cameras.txt database.sh
    transforms.json)

open_private() {
    local dir=$outdir log_fd
    if [[ -e $outdir && ! -d $outdir ]]; then die "$outdir is not a folder"; fi
    while [[ ! -e $dir ]]; do
        made+=("$dir")
        dir=$(dirname "$dir")
    done
    # Not beside the result: a full disk could not be told about. Without a
    # name, so that nothing is left of it however the script ends.
    { log=$(mktemp) && exec {log_fd}<>"$log" && rm "$log"; } 2>/dev/null ||
        die "cannot write to ${TMPDIR:-/tmp}"
    log=/proc/$$/fd/$log_fd
    mkdir -p "$outdir" 2>/dev/null || die "cannot write to $outdir"
    lock_private
    work=$outdir/.split360
    rm -rf "$work.old"
    # What each run writes before it reads it: never through another name.
    (cd "$work" && rm -f new.json views.txt names sources skipped list blur choice gone info frames)
}

# The run that one waits for removes the folder with its lock when it is done.
lock_private() {
    local rc
    for _ in {1..100}; do # as many runs may end one after the other
        rc=0
        "$V360JOB" private "$outdir" 2>"$log" || rc=$?
        ((rc != 1)) || die "$(<"$log"); delete it if you do not know whose it is"
        ((rc == 0)) || die "cannot write to $outdir: $(<"$log")"
        { exec {lock_fd}<>"$outdir/.split360/lock"; } 2>/dev/null || continue
        # A job that was killed needs a moment to end.
        rc=0
        "$V360JOB" lock "$lock_fd" "$outdir/.split360/lock" 5 2>"$log" || rc=$?
        case $rc in
        0) return ;;
        1) die "another split360 works in $outdir" ;;
        2)
            warn "the file system of $outdir has no locks ($(<"$log")): see that no other" \
                "split360 works there"
            return
            ;;
        esac
        exec {lock_fd}>&-
    done
    ((rc != 3)) || die "another split360 works in $outdir"
    die "cannot write to $outdir"
}

# Frames that are whole in all views, which are those from the first one on,
# and have a time stamp. What an earlier run left counts as far as it is surely
# on the disk: since then there may have been a power cut.
# The status is 1 where that cannot be found out.
count_done() { # the file flushed; nothing where all is there since this run
    frames=0 images=0 stamps=0
    [[ $kind == images && -d $work/images ]] || return 0
    # Names that are relative, for bash puts what was replaced where there is an &.
    images=$(cd "$work/images" && "$V360JOB" whole "$format" "$naming" "${1:--}" \
        "${names[@]/#/./}") || { images=0; return 1; }
    stamps=$(time_stamps | wc -l)
    frames=$((stamps < images ? stamps : images))
}

# One line a frame, as v360job manifest reads it. Runs may overlap. In a list
# of pictures each lasts a second: its time says whether one before it is lost.
# The last line of a run is not believed unless it came to its end: on a full
# disk it may be that of a frame after the one that was not encoded any more.
time_stamps() {
    (cd "$work" 2>/dev/null && for f in part.*; do
        [[ $f =~ ^part\.[0-9]+$ ]] && awk -v n="${f#part.}" -v off="$offset_us" -v list="$folder" '
            BEGIN { first = n }
            held { print held; held = "" }
            $1 != n - first || NF != 3 { exit }
            { split($3, tb, "/"); place = first + int($2 * tb[1] / tb[2] + 0.5) }
            ++n && (!list || place == n - 1) { held = n " " $2 " " $3 " " off }' "$f"
    done) | sort -n -u -k 1,1 | awk '$1 != NR { exit } { print }'
}
