# Sourced by split360: the one ffmpeg process. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154

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

# What every output gets. Frames of the source go through one for one with
# their own time stamps. Each output has its encoder in a thread of its own, so
# threads inside an encoder only help while there are fewer views than cores.
set_encoder() {
    local cores threads name
    cores=$(nproc)
    threads=$(((cores + ${#names[@]} - 1) / ${#names[@]}))
    encoder=(-bitexact -fps_mode passthrough -enc_time_base filter -threads "$threads")
    case $format in
    jpg) encoder+=(-c:v mjpeg -q:v "$quality") ;;
    png) encoder+=(-c:v png) ;;
    mp4)
        name=$("$FFMPEG" -v error -encoders | grep -o 'libx26[45] ' | head -n 1)
        [[ -n $name ]] || die "this ffmpeg was built without libx264 and libx265"
        encoder+=(-c:v "${name% }" -crf "$quality")
        [[ $name != libx265* ]] || encoder+=(-tag:v hvc1) # what players look for
        ;;
    esac
}

# The filtergraph: select and convert once, then split.
set_graph() {
    local i batch="v360batch=interp=$interp:input=$projection"
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
    graph="[0:v:0]${fps:+fps=$fps,}${colour:+$colour,}$batch"
    for i in "${!names[@]}"; do graph+="[v$i]"; done
}

set_outputs() {
    local i file
    outputs=()
    for i in "${!names[@]}"; do
        file=$kind/${names[i]}.mp4
        if [[ $format != mp4 ]]; then
            mkdir -p "$work/$kind/${names[i]}" || die "cannot write to $outdir"
            file=$kind/${names[i]}/%06d.$format
        fi
        outputs+=(-map "[v$i]" "${encoder[@]}" "$file")
    done
    [[ -d $work/$kind ]] || mkdir "$work/$kind" || die "cannot write to $outdir"
}

# Frames that will come, 0 where the source does not say.
count_frames() {
    local length=${src[duration]:-0} rate=${fps:-${src[avg_frame_rate]:-0}}
    total=$(awk -v len="$length" -v rate="$rate" -v from="${from_ms:-0}" \
        -v to="${to_ms:-0}" 'BEGIN {
        n = split(rate, r, "/"); rate = n == 2 ? r[1] / r[2] : rate
        from /= 1000; to /= 1000; end = to && (to < len || !len) ? to : len
        print (end > from ? int((end - from) * rate + 0.5) : 0) }')
    [[ -n $fps$from$to ]] || total=${src[nb_frames]:-$total}
    awk "BEGIN { exit $length && ${from_ms:-0} / 1000 >= $length }" ||
        die "no frame from --from $from on: the source lasts $length s"
}

show_progress() {
    local key value begin last=0 now line
    frame=0
    begin=$(date +%s%3N)
    while IFS='=' read -r key value; do
        [[ $key == frame ]] && frame=$value
        [[ $key == progress ]] || continue
        ((quiet)) && continue
        now=$(($(date +%s%3N) - begin + 1))
        # A terminal gets a live line, a log one every ten seconds.
        [[ -t 2 || $value == end ]] || ((now - last > 10000)) || continue
        last=$now
        line=$(awk -v f="$frame" -v n="$total" -v t="$now" -v v="${#names[@]}" 'BEGIN {
            rate = f * 1000 / t; eta = "unknown"
            if (n && f) { s = int((n > f ? n - f : 0) / rate + 0.5)
                eta = sprintf("%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60) }
            printf "frame %d%s, %.1f fps, %.1f images/s, ETA %s",
                f, n ? "/" n : "", rate, rate * v, eta }')
        if [[ -t 2 ]]; then printf '\r%s   ' "$line" >&2; else say "$line"; fi
    done
    [[ ! -t 2 ]] || ((quiet)) || echo >&2
}

errors() { plain "$log" | sed -nE 's/\[(error|fatal)\] //p'; }

run_job() {
    local fd rc=0 n reason
    set_encoder
    set_graph
    set_outputs
    count_frames
    # In the private folder, so that no name of the user's reaches ffmpeg's
    # patterns and filtergraph. Ctrl-C is ours to handle.
    exec {fd}< <(cd "$work" && exec "$FFMPEG" -nostdin -loglevel repeat+level+warning \
        -nostats -stats_period 0.5 -progress pipe:1 -abort_on empty_output \
        ${from:+-ss "$from"} ${to:+-to "$to"} -i "$input" \
        -filter_complex "$graph" "${outputs[@]}" 2>"$log")
    job=$!
    show_progress <&"$fd"
    wait "$job" || rc=$?
    job=
    exec {fd}<&-
    if ((rc)); then
        ((rc != 256 - 28)) || die "no space left for $outdir" # ENOSPC
        # Less what the program says of its own parts: it only follows.
        reason=$(errors | grep -vE '^\[(vost|out|fc)#' | head -n 6)
        [[ -n $reason ]] || ! grep -q 'Empty output\|encoder before EOF' "$log" ||
            die "no frame came out of the source: check --from, --to and --fps"
        die "ffmpeg failed ($rc): ${reason:-$(tail -n 4 "$log")}"
    fi
    n=$(errors | wc -l)
    # The total may be a product of duration and mean rate: 2 % and 1 of slack.
    ((frame + 1 + total / 50 >= total)) ||
        warn "only $frame of $total frames came: is the source cut off?"
    ((n == 0)) || warn "ffmpeg reported $n errors, the source may be damaged:" \
        "$(errors | head -n 3)"
}
