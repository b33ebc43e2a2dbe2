# Sourced by split360: all frames of the job, in as many runs as it takes.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

set_input() { # frames to leave out, of a folder
    source_args=(${from:+-ss "$from"} ${to:+-to "$to"} -i "$input")
    ((folder)) || return 0
    concat_list "${sources[@]:$1}" >"$work/list" || die "cannot write to $outdir"
    source_args=(-f concat -safe 0 -i list)
}

# Of a folder, take the pictures that were asked for. Comes again where some
# turn out to be damaged: the choice is from all of them.
select_sources() {
    local i list
    ((folder)) || return 0
    ((${#all_sources[@]})) || all_sources=("${sources[@]}")
    list=("${all_sources[@]}") sources=("${all_sources[@]}")
    if [[ -n $sharpest ]]; then
        mapfile -t i <"$work/sharpest"
        sources=()
        for i in "${i[@]}"; do
            ((10#$i >= ${#list[@]})) || sources+=("${list[10#$i]}")
        done
    elif [[ -n $every ]]; then
        sources=()
        for ((i = 0; i < ${#list[@]}; i += every)); do sources+=("${list[i]}"); done
    fi
}

# What came is less than was to come: an error, or with --keep-going a line in
# the manifest. In both cases the next run has no need to try again. A video is
# decoded from its beginning each time, of a folder each run sees a part.
judge() { # first frame of this run
    local n logs=("$work/log.$1")
    ((!folder)) || logs=("$work"/log.*)
    n=$(damage "${logs[@]}" | wc -l)
    {
        echo "$frames"
        ((n == 0)) || echo "ffmpeg reported $n errors, the source may be damaged:" \
            "$(damage "${logs[@]}" | head -n 3 | tr '\n' ' ')"
        ((frames + 1 + slack >= total)) ||
            echo "only $frames of $total frames came: is the source cut off?"
    } | "$V360JOB" store "$work/end" 2>"$log" || die "cannot write to $outdir: $(<"$log")"
}

# The source came to its end, and what was whole then still is.
has_ended() {
    local n=''
    [[ ! -e $work/end ]] || read -r n <"$work/end"
    [[ $n =~ ^[0-9]{1,9}$ ]] || return 1
    [[ $kind == images ]] || { frames=$((10#$n)); return 0; }
    count_done || die "cannot read $work/images"
    ((frames >= 10#$n))
}

run_job() {
    local first
    ((folder)) || : >"$work/skipped" || die "cannot write to $outdir"
    find_sharpest
    select_sources
    drop_undecodable
    count_frames
    ! has_ended || { report_damage; return; }
    rm -f "$work/end"
    [[ ! -d $work/$kind ]] || find "$work/$kind" -name '*.tmp' -delete
    count_done "$work/flushed" || die "cannot read $work/images"
    ((!frames)) || say "going on after frame $frames"
    # The last one again: an encoder that gets no frame at all may call that an
    # error, and that there is none would be known only after all are decoded.
    first=$((frames ? frames - 1 : 0))
    [[ $kind != videos ]] || rm -rf "${work:?}/videos"
    run_frames "$kind" "$first"
    count_done || die "cannot read $work/images"
    [[ $kind == images ]] || count_video
    if ((folder)) && { ((frames < total)) || [[ -n $(damage "$work"/log.*) ]]; } &&
        find_undecodable "$((frames < total ? frames : 0))"; then
        run_job # without them
        return
    fi
    ((stamps >= images && (folder || stamps == images))) ||
        die "only $frames of $((stamps > images ? stamps : images)) frames could be written" \
            "to $outdir: is the disk full or failing? The same command goes on from there"
    judge "$first"
    report_damage
}

report_damage() {
    local line
    while read -r line; do
        ((keep_going)) || die "$line; --keep-going takes what there is"
        warn "$line"
        printf '%s\n' "$line" >>"$work/skipped" || die "cannot write to $outdir"
    done < <(tail -n +2 "$work/end")
}

count_video() {
    local name
    for name in "${names[@]}"; do
        [[ -s $work/$kind/$name.mp4 ]] || die "no video of view $name"
    done
    frames=$("$FFPROBE" -v error -select_streams v:0 -show_entries stream=nb_frames \
        -of default=nw=1:nk=1 "$work/$kind/${names[0]}.mp4")
    [[ $frames =~ ^[0-9]{1,9}$ ]] || die "no frames in the video of view ${names[0]}"
}

# Every view must have come out whole, with the same basenames.
check_result() {
    local name first
    [[ $kind == images ]] || return 0
    first=$(image_names "${names[0]}") # without what is beside them for some readers
    [[ -n $first ]] || die "no frame came out of the source: check --from, --to and --fps"
    for name in "${names[@]}"; do
        [[ $(image_names "$name") == "$first" ]] ||
            die "view $name has not the images of ${names[0]}"
    done
}

# Frames of a finished job whose files have gone, as few runs as possible.
repair() {
    local n path first='' last='' gone=()
    "$V360JOB" missing "$outdir" >"$work/gone" 2>"$log" ||
        die "cannot repair $outdir: $(<"$log"); --force begins anew"
    mapfile -t gone <"$work/gone"
    ((${#gone[@]})) || { say "nothing to do: $outdir is whole"; work_done=1; return; }
    say "${#gone[@]} files are missing in $outdir"
    rm -rf "${work:?}/images" "$work/masks"
    find_sharpest
    select_sources
    # Frames are numbered without the pictures that the job had to leave out.
    ((!folder || !keep_going)) || find_undecodable 0 || :
    drop_undecodable
    count_frames
    [[ $kind == images ]] || run_frames "$kind" 0
    while read -r n; do
        [[ $n =~ ^[0-9]{1,9}$ ]] || continue
        if [[ -n $first ]] && ((n > last + 1)); then
            run_frames "$kind" "$first" "$last"
            first=
        fi
        [[ -n $first ]] || first=$((n - 1))
        last=$n
    done < <(printf '%s\n' "${gone[@]}" | awk '$1 { print $1 }' | sort -n -u)
    [[ -z $first ]] || run_frames "$kind" "$first" "$last"
    [[ $kind != images ]] || frames=$(image_names "${names[0]}" | wc -l)
}
