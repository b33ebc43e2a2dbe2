# Sourced by split360: what OUTDIR holds before the job begins, and whose it is.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

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
    if ((force)); then
        : # whatever is there
    elif [[ -s $work/job.json ]] && ! is_published; then
        ! differs "$work/job.json" "the unfinished job in $outdir" ||
            die "$differences; --force begins anew"
        [[ ! -e $outdir/manifest.json || -e $work/forced ]] ||
            ! differs "$outdir/manifest.json" "$outdir" || die "$differences; --force replaces it"
        state='continue'
        [[ -e $work/manifest.json ]] || return 0
        # What is no manifest of this job says nothing of its images.
        if [[ -s $work/parts ]] && ! differs "$work/manifest.json" it; then
            state=publish
            return
        fi
        rm -rf "$work/manifest.json"
    elif [[ -e $outdir/manifest.json || -L $outdir/manifest.json ]]; then
        ! differs "$outdir/manifest.json" "$outdir" || die "$differences; --force replaces it"
        state=repair
    fi
    ((force)) || spare_foreign "${known_parts[@]}"
    [[ $state != continue ]] || return 0
    find "$work" -mindepth 1 -maxdepth 1 ! -name lock ! -name new.json \
        ! -name views.txt ! -name names ! -name 'demo.mp4' ! -name sources \
        ! -name skipped -exec rm -rf {} +
    ((!force)) || : >"$work/forced" || die "cannot write to $outdir"
}

# All is in its place, and only the private folder was to go.
is_published() {
    local part
    [[ -s $work/parts && ! -e $work/manifest.json && -e $outdir/manifest.json ]] || return 1
    for part in "${known_parts[@]}"; do
        [[ ! -e $work/$part ]] || return 1
    done
}

# What lies where the result goes is somebody's work, unless a manifest has it.
spare_foreign() { # parts
    local part
    [[ ! -e $outdir/manifest.json && ! -e $work/forced ]] || return 0
    for part; do
        [[ -e $outdir/$part || -L $outdir/$part ]] || continue
        [[ ! -d $outdir/$part || -L $outdir/$part || -n $(ls -A "$outdir/$part") ]] || continue
        die "$outdir/$part is there already and is of no finished job;" \
            "--force replaces it"
    done
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
