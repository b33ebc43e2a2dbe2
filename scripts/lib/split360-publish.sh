# Sourced by split360: from all being whole to all being in its place. Data are
# on the disk before names, names before what says that all is there.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

describe_job() {
    local tag
    {
        printf '%s=%s\0' source "$source_name" ffmpeg "$ffmpeg_version" \
            configuration "$configuration" \
            filter "$graph" encoder "${coding[*]}" rig "${views_file:+file}${views_file:-$rig}" \
            backend "$backend" views "${#names[@]}" frames "$frames"
        # A line end in a text of the source makes lines that are none of its tags.
        for tag in "${tags[@]}"; do
            [[ $tag != TAG:* && $tag != GPano:* ]] || printf '%s\0' "$tag"
        done
    } >"$work/info" || die "cannot write to $outdir"
    if ((folder)); then
        printf '%s\n' "${sources[@]}" >"$work/sources" || die "cannot write to $outdir"
    elif [[ $kind == images ]]; then
        time_stamps >"$work/frames"
        (($(wc -l <"$work/frames") == frames)) || die "cannot write to $outdir"
    fi
}

# From manifest.json on, all that is left is renaming.
commit() {
    local part parts=()
    find "$work/$kind" -name '*.tmp' -delete
    describe_job
    for part in "${known_parts[@]}"; do
        [[ -e $work/$part ]] && parts+=("$part")
    done
    printf '%s\n' "${parts[@]}" >"$work/parts" || die "cannot write to $outdir"
    "$V360JOB" manifest "$work" "$work/manifest.json" 2>"$log" ||
        die "cannot write to $outdir: $(<"$log")"
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
        if [[ -e $outdir/$part || -L $outdir/$part ]]; then
            spare_foreign "$part"
            rm -rf "$work/old/$part"
            mv "$outdir/$part" "$work/old/" || die "cannot replace $outdir/$part"
        fi
        [[ ! -e $work/$part ]] || mv "$work/$part" "$outdir/" || die "cannot write to $outdir"
    done
    flush # or a manifest could be there before what it names
    mv -T "$work/manifest.json" "$outdir/manifest.json" || die "cannot write to $outdir"
    flush
    close_private
}

# In one step, for half a private folder would be taken for an unfinished job.
close_private() {
    mv "$work" "$work.old" || die "cannot write to $outdir"
    exec {lock_fd}>&- # NFS and FUSE keep a file that is open
    rm -rf "$work.old"
    work='' made=()
}
