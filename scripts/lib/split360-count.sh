# Sourced by split360: how many frames are to come, and which errors of ffmpeg
# speak of damage. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

# Sets total, the frames that will come, 0 where the source does not say, and
# slack: so many may be missing. An MP4 lists its frames, less those that an edit
# list hides. Elsewhere the number is a product of duration and mean rate.
count_frames() {
    local shown='' length rate=${fps:-${src[avg_frame_rate]:-0}} step=${every:-${sharpest:-1}}
    if ((folder)); then
        total=${#sources[@]} slack=-1
        return
    fi
    read -r shown length < <("$V360JOB" frames "$input" "$stream")
    length=${length:-$(stream_length)}
    total=$(awk -v len="${length:-0}" -v rate="$rate" -v from="${from_ms:-0}" \
        -v to="${to_ms:-0}" 'BEGIN {
        n = split(rate, r, "/"); rate = n == 2 ? r[1] / r[2] : rate
        from /= 1000; to /= 1000; end = to && (to < len || !len) ? to : len
        print (end > from ? int((end - from) * rate + 0.5) : 0) }')
    slack=$((total / 10))
    [[ -n $fps$from$to || -z $shown${src[nb_frames]:-} ]] ||
        total=${shown:-${src[nb_frames]}} slack=$((total / 50))
    # The longest stream of the file may be its sound.
    [[ -n $length || -n ${src[nb_frames]:-} ]] || ((streams == 1)) || slack=$total
    total=$(((total + step - 1) / step))
    awk "BEGIN { exit ${length:-0} && ${from_ms:-0} / 1000 >= ${length:-0} }" ||
        die "no frame from --from $from on: the source lasts $length s"
}

# Seconds of the video, or of the file where that is all there is in it.
stream_length() {
    local tag
    if [[ -n ${src[duration]:-} ]]; then
        echo "${src[duration]}"
        return
    fi
    tag=$("$FFPROBE" -v quiet -select_streams "$stream" -show_entries stream_tags=DURATION \
        -of default=nw=1:nk=1 "$input")
    if [[ $tag =~ ^([0-9]+):([0-9]+):([0-9]+(\.[0-9]+)?)$ ]]; then
        awk "BEGIN { print ${BASH_REMATCH[1]} * 3600 + ${BASH_REMATCH[2]} * 60 + ${BASH_REMATCH[3]} }"
    elif ((streams == 1)); then
        echo "${src[file_duration]:-}"
    fi
}

# Errors that are of no frame that is taken: a box of the header that FFmpeg does
# not know, an encoder that got no frame, and what a decoder lacks before --from.
blamed() { # lines of errors
    sed -E -e '/Unknown projection type/d' -e '/Non full-range YUV is non-standard/d' |
        if [[ -n $from ]]; then grep -vxF -f <(errors_before); else cat; fi
}

# In one thread, so that no frame is decoded that comes after the first one.
errors_before() {
    local text
    text=$("$FFMPEG" -nostdin -loglevel repeat+level+error -threads 1 -ss "$from" -i "$input" \
        -map "0:$stream" -frames:v 1 -f null - 2>&1)
    plain <<<"${text:-none}" | sed -E 's/\[(error|fatal)\] //'
}
