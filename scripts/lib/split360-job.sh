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
    local dir=$outdir lock_fd
    if [[ -e $outdir && ! -d $outdir ]]; then die "$outdir is not a folder"; fi
    while [[ ! -e $dir ]]; do
        made+=("$dir")
        dir=$(dirname "$dir")
    done
    # Not beside the result: a full disk could not be told about.
    log=$(mktemp) || die "cannot write to ${TMPDIR:-/tmp}"
    mkdir -p "$outdir/.split360" 2>/dev/null || die "cannot write to $outdir"
    { exec {lock_fd}>"$outdir/.split360/lock"; } 2>/dev/null ||
        die "cannot write to $outdir"
    # A job that was killed needs a moment to end.
    # The one before may have removed the file that this one waited for.
    { flock -w 5 "$lock_fd" && [[ -e $outdir/.split360/lock ]]; } ||
        die "another split360 works in $outdir"
    work=$outdir/.split360
    rm -rf "$work.old"
}

# The settings: all that decides about the bytes of the result.
write_settings() {
    local rig_text=$rig
    [[ -z $views_file ]] || rig_text="$(wc -l <"$work/views.txt") lines, SHA-256 $(
        sha256sum <"$work/views.txt" | cut -c 1-64)"
    "$V360JOB" settings "$work/new.json" "source=$source_id" "rig=$rig_text" \
        "format=$format" "quality=$quality" "size=$size" "fov=$fov" \
        "interp=$interp" "input=$projection" "stereo=$stereo" "eye=$eye" \
        "fps=$fps" "every=$every" "sharpest=$sharpest" "from=$from" "to=$to" \
        "names=$naming" "for=$reader" "owner-masks=$owner_masks" "mask=$mask_id" \
        "filter=$graph" "encoder=${coding[*]}" "ffmpeg=$ffmpeg_version" ||
        die "cannot write to $outdir"
}

differs() { # from a file, what it is
    local text
    text=$("$V360JOB" differ "$1" "$work/new.json") && return 1
    differences="$2 has other settings: ${text//$'\n'/; }"
}

# Sets state to new, continue, publish or repair; refuses what is not ours.
find_state() {
    state=new
    [[ -e $outdir/manifest.json || -n $(ls -A "$outdir/$kind" 2>/dev/null) ]] && state=used
    if [[ -s $work/job.json ]]; then
        if ! differs "$work/job.json" "the unfinished job in $outdir"; then
            state='continue'
            [[ ! -e $work/manifest.json ]] || state=publish
            return
        fi
        ((force)) || die "$differences; --force begins anew"
    elif [[ $state == used ]] && ((!force)); then
        [[ -e $outdir/manifest.json ]] ||
            die "$outdir/$kind holds files already; --force replaces them"
        ! differs "$outdir/manifest.json" "$outdir" || die "$differences; --force replaces it"
        state=repair
        return
    fi
    state=new
    find "$work" -mindepth 1 -maxdepth 1 ! -name lock ! -name new.json \
        ! -name views.txt ! -name names ! -name 'demo.mp4' ! -name sources \
        ! -name skipped -exec rm -rf {} +
}

# Frames that are whole in all views, which are those from the first one on,
# and have a time stamp. What an earlier run left counts as far as it is surely
# on the disk: since then there may have been a power cut.
count_done() { # the file flushed; nothing where all is there since this run
    frames=0 images=0
    [[ $kind == images && -d $work/images ]] || return 0
    images=$("$V360JOB" whole "$format" "$naming" "${1:--}" \
        "${names[@]/#/$work/images/}") || images=0
    frames=$(time_stamps | wc -l)
    ((frames <= images)) || frames=$images
}

# One line a frame, as v360job manifest reads it. Runs may overlap. In a list
# of pictures each lasts a second: its time says whether one before it is lost.
# The last line of a run is not believed unless it came to its end: on a full
# disk it may be that of a frame after the one that was not encoded any more.
time_stamps() {
    (cd "$work" 2>/dev/null && for f in part.*; do
        [[ -e $f ]] && awk -v n="${f#part.}" -v off="$offset_us" -v list="$folder" '
            BEGIN { first = n }
            held { print held; held = "" }
            $1 != n - first || NF != 3 { exit }
            { split($3, tb, "/"); place = first + int($2 * tb[1] / tb[2] + 0.5) }
            ++n && (!list || place == n - 1) { held = n " " $2 " " $3 " " off }' "$f"
    done) | sort -n -u -k 1,1 | awk '$1 != NR { exit } { print }'
}

describe_job() {
    local key
    {
        printf '%s=%s\0' source "$source_name" ffmpeg "$ffmpeg_version" \
            configuration "$("$FFMPEG" -version | sed -n 's/^configuration: //p')" \
            filter "$graph" encoder "${coding[*]}" rig "${views_file:+file}${views_file:-$rig}" \
            backend "$backend" views "${#names[@]}" frames "$frames"
        ((${#tags[@]} == 0)) || printf '%s\0' "${tags[@]}"
    } >"$work/info" || die "cannot write to $outdir"
    ((folder)) && printf '%s\n' "${sources[@]}" >"$work/sources"
    ((folder)) || [[ $kind != images ]] || time_stamps >"$work/frames"
}

# From manifest.json on, all that is left is renaming.
commit() {
    local part parts=()
    find "$work/$kind" -name '*.tmp' -delete
    describe_job
    for part in "${known_parts[@]}"; do
        [[ -e $work/$part ]] && parts+=("$part")
    done
    printf '%s\n' "${parts[@]}" >"$work/parts"
    "$V360JOB" manifest "$work" "$work/manifest.json" 2>"$log" ||
        die "cannot write to $outdir: $(<"$log")"
}

# Nothing that is read may lie where the result replaces what is there.
spare_sources() {
    local file part real out
    out=$(readlink -m -- "$outdir")
    for file in "$input" "${sources[@]}" "$mask" "$views_file"; do
        [[ -n $file ]] || continue
        real=$(readlink -m -- "$file")
        for part in "${known_parts[@]}"; do
            [[ $real/ != "$out/$part"/* ]] ||
                die "$file lies in $outdir/$part, which the result replaces: move it"
        done
    done
}

flush() {
    "$V360JOB" flush "$outdir" 2>"$log" || die "cannot write to $outdir: $(<"$log")"
}

publish() {
    local part
    trap '' INT TERM HUP # between two renames there is neither
    mkdir -p "$work/old"
    for part in "${known_parts[@]}"; do
        if grep -qx "$part" "$work/parts"; then
            [[ -e $work/$part ]] || continue # by the run before this one
        elif [[ ! -e $outdir/manifest.json ]]; then
            continue # not ours
        fi
        if [[ -e $outdir/$part ]]; then
            rm -rf "$work/old/$part"
            mv "$outdir/$part" "$work/old/" || die "cannot replace $outdir/$part"
        fi
        [[ ! -e $work/$part ]] || mv "$work/$part" "$outdir/" || die "cannot write to $outdir"
    done
    flush # or a manifest could be there before what it names
    mv "$work/manifest.json" "$outdir/" || die "cannot write to $outdir"
    flush
    close_private
}

# In one step, for half a private folder would be taken for an unfinished job.
close_private() {
    mv "$work" "$work.old"
    rm -rf "$work.old"
    work='' made=()
}
