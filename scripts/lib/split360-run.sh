# Sourced by split360: the views and the frames. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

# The views' names, in the order of the filter's pads, from its own parser.
read_views() {
    local list=(--rig "$rig") name
    if [[ -n $views_file ]]; then
        cat "$views_file" >"$work/views.txt" || die "cannot read $views_file"
        list=(--views "$work/views.txt")
    fi
    "$V360RIG" names "${list[@]}" >"$work/names" 2>"$log" ||
        die "bad rig ${views_file:-$rig}: $(plain "$log" | tail -n 3)"
    mapfile -t names <"$work/names"
    [[ $eye != both ]] || both_eyes
    ((${#names[@]})) || die "the rig ${views_file:-$rig} has no views"
    for name in "${names[@]}"; do # they become names of folders
        [[ $name =~ ^[A-Za-z0-9_@+-][A-Za-z0-9_.@+-]*$ ]] ||
            die "the view's name '$name' cannot name a folder"
    done
}

# v360batch makes two views of each, side by side in order.
both_eyes() {
    local name list=()
    [[ -z $views_file ]] || ! grep -q '^[^#]*eye=' "$work/views.txt" ||
        die "--eye both: $views_file says itself which eyes; leave out --eye"
    for name in "${names[@]}"; do list+=("${name}_left" "${name}_right"); done
    names=("${list[@]}")
}

# The filtergraph: select and convert once, then split.
set_graph() {
    local i select=
    local batch="v360batch=interp=$interp:input=$projection"
    if [[ -n $views_file ]]; then
        batch+=:/views=views.txt # relative: no path to be escaped
    else
        batch+=:rig=$rig
    fi
    # A preset's own field of view gives way to an option only.
    [[ -z $fov_h ]] || batch+=:h_fov=$fov_h
    [[ -z $fov_v ]] || batch+=:v_fov=$fov_v
    [[ -z $size_w ]] || batch+=:w=$size_w:h=$size_h
    [[ -z $stereo ]] || batch+=:in_stereo=$stereo
    [[ -z $eye ]] || batch+=:eye=$eye
    pads=
    for i in "${!names[@]}"; do pads+="[v$i]"; done
    # Of a folder only the pictures that are wanted are read at all.
    ((folder)) || select=${fps:+fps=$fps,}${every:+"select=not(mod(n\,$every)),"}
    ((folder)) || select+=${sharpest:+select=/expr=sharpest,}
    [[ $naming == number ]] || select+="settb=1/1000,setpts=PTS+$((from_us / 1000)),"
    graph=$select${colour:+$colour,}$batch
    batch_filter=$batch select_filter=$select
}

# ffmpeg's arguments for what goes into FOLDER, numbered from FIRST + 1.
set_outputs() { # folder, first
    local i file more
    outputs=()
    for i in "${!names[@]}"; do
        more=(-bitexact -fps_mode passthrough -enc_time_base filter
            -threads "$threads" "${coding[@]}")
        file=$1/${names[i]}.mp4
        if [[ $format != mp4 ]]; then
            mkdir -p "$work/$1/${names[i]}" || die "cannot write to $outdir"
            file=$1/${names[i]}/%06d.$format
            [[ $naming == number ]] || file=$1/${names[i]}/%09d.$format
            # What bears an image's name is whole.
            more+=(-f image2 -atomic_writing 1 -start_number $(($2 + 1)))
            [[ $naming == number ]] || more+=(-frame_pts 1)
            ((i)) || more+=(-stats_enc_pre "part.$2" -stats_enc_pre_fmt "{n} {ptsi} {tbi}")
        fi
        outputs+=(-map "[v$i]" "${more[@]}" "$file")
    done
    [[ -d $work/$1 ]] || mkdir "$work/$1" || die "cannot write to $outdir"
}

errors() { plain "$@" | sed -nE 's/\[(error|fatal)\] //p' | awk '!seen[$0]++' | blamed; } # logs

# Less what could not be written: ffmpeg failed by that, and it was told.
damage() { errors "$@" | grep -vE '^\[(vost|out|fc)#|^\[image2\]'; } # logs

# ffmpeg in the private folder, so that no name of the user's reaches its
# patterns and filtergraph. Ends when this script ends, however that happens.
ffmpeg() { # options of v360job run, --, arguments
    local rc=0 how=()
    while [[ $1 != -- ]]; do how+=("$1"); shift; done
    (cd "$work" && exec "$V360JOB" run --parent $$ --log "${run_log:-$log}" "${how[@]}" -- \
        "$FFMPEG" -nostdin -loglevel repeat+level+warning -nostats \
        -stats_period 0.5 -progress pipe:1 -y "${@:2}") &
    job=$!
    wait "$job" || rc=$?
    job=
    return "$rc"
}

fail_ffmpeg() { # status, log
    local reason from=${2:-$log}
    [[ -d $work ]] || die "$outdir was removed while the job ran"
    (($1 != 256 - 28)) || die "no space left for $outdir" # ENOSPC
    [[ $naming != pts ]] || ! grep -q 'Invalid pts' "$from" ||
        die "--names pts: two frames lie in one millisecond; use --names number"
    # mjpeg says so where it got no frame: those that come have full range.
    ! grep -q 'Non full-range YUV' "$from" ||
        die "no frame came out of the source: check --from, --to and --fps"
    # Less what the program says of its own parts: it only follows.
    reason=$(errors "$from" | grep -vE '^\[(vost|out|fc)#' | head -n 6)
    [[ -n $reason ]] || ! grep -q 'Empty output\|encoder before EOF' "$from" ||
        die "no frame came out of the source: check --from, --to and --fps"
    die "ffmpeg failed ($1): ${reason:-$(tail -n 4 "$from")}"
}

# Frames FIRST + 1 to LAST of the job, or to the end, into FOLDER.
run_frames() { # folder, first, last
    local rc=0 options=(--mark flushed) trim='' run_log=$log
    rm -f "$work/log.$2" "$work/part.$2"
    { : >"$work/log.$2"; } 2>/dev/null && run_log=$work/log.$2
    set_outputs "$1" "$2"
    set_input "$2"
    ((folder)) || (($2 == 0)) && [[ -z ${3:-} ]] ||
        trim=trim=start_frame=$((folder ? 0 : $2))${3:+:end_frame=$((folder ? $3 - $2 : $3))},
    ((!quiet)) || options+=(--quiet)
    ((!json)) || options+=(--json)
    (($2)) || source_args=(-abort_on empty_output "${source_args[@]}")
    ffmpeg "${options[@]}" --total "${3:-$total}" --done "$2" --views "${#names[@]}" -- \
        "${input_device[@]}" "${source_args[@]}" -filter_complex \
        "[0:$stream]$select_filter$trim$before_colour${colour:+$colour,}$run_filter" "${outputs[@]}" || rc=$?
    ((rc == 0)) || fail_ffmpeg "$rc" "$run_log"
    [[ $kind != images ]] || echo end >>"$work/part.$2" || die "cannot write to $outdir"
}
