# shellcheck shell=bash disable=SC2154 # part of run-tests
# FFmpeg's CUDA filters on the device: equal in all modes, equal to the CPU.

source_size=160x90

have_filter() { grep -qw "$1" "$work/filters"; }

# run GRAPH [VAR=VALUE...]: md5 of the frames
run() {
    local graph=$1
    shift
    device "$@" timeout 60 "$ffmpeg" -nostdin -v error \
        -init_hw_device cuda -f lavfi -i "testsrc2=s=$source_size:d=0.2" \
        -filter_complex "$graph" -f md5 -
}

# three_modes GRAPH [CPU GRAPH]: the same frames and the same counters, in all
# modes and with any number of host threads
three_modes() {
    local graph=$1 cpu=${2:-} mode md5 first='' threads=0
    for mode in eager lazy thread; do
        threads=$((threads + 1))
        md5=$(run "$graph" "SOFTCUDA_MODE=$mode" "SOFTCUDA_THREADS=$threads" \
              SOFTCUDA_PROFILE=1 "SOFTCUDA_STATS=$work/$mode.json") ||
            { echo "$md5"; return 1; }
        : "${first:=$md5}"
        [ "$md5" = "$first" ] || { echo "$mode: $md5, not $first"; return 1; }
        [ "$(value live_at_exit "$work/$mode.json")" = 0 ] ||
            { echo "$mode: live_at_exit is not 0"; return 1; }
        cmp "$work/eager.json" "$work/$mode.json" || return
    done
    if [ -n "$cpu" ]; then
        md5=$(run "$cpu") || { echo "$md5"; return 1; }
        [ "$md5" = "$first" ] || { echo "CPU: $md5, not $first"; return 1; }
    fi
    echo "${first#MD5=}${cpu:+ as on the CPU}," \
         "$(value launches "$work/eager.json") launches"
}

# filter NAME FORMAT ARGUMENTS [OUTPUT FORMAT [CPU GRAPH]]
filter() {
    local name=$1 graph
    if ! have_filter "$name"; then
        skip "softcuda: $name" "$ffmpeg has no such filter"
        return
    fi
    graph="format=$2,hwupload,$name=$3,hwdownload,format=${4:-$2}"
    try "$name $2 $3" three_modes "$graph" "${5:-}"
}

filters_exact() {
    need_filters || return
    local format
    for format in yuv420p nv12 yuv444p p010; do
        filter scale_cuda $format 96:60:interp_algo=nearest $format \
            "format=$format,scale=96:60:flags=neighbor"
    done
    filter transpose_cuda yuv420p clock yuv420p \
        "format=yuv420p,transpose=clock"
    filter transpose_cuda nv12 "clock,transpose_cuda=cclock" nv12 \
        "format=nv12"
    filter pad_cuda yuv420p 200:100:10:6 yuv420p \
        "format=yuv420p,pad=200:100:10:6"
}

filters_model() {
    need_filters || return
    local algorithm
    for algorithm in bilinear bicubic lanczos; do
        filter scale_cuda yuv420p 96:60:interp_algo=$algorithm
    done
    filter yadif_cuda yuv420p 1
    filter bwdif_cuda yuv420p 1
    filter chromakey_cuda yuv420p green yuva420p
    filter bilateral_cuda yuv420p window_size=3
    filter colorspace_cuda yuv420p range=pc
}

# Two inputs: FFmpeg's threads decide how many frames are in flight, so the
# counters may differ; the frames may not.
overlay() {
    local mode red=color=red:s=64x48:d=0.2,format=yuv420p
    {
        for mode in eager lazy thread; do
            run "$red,hwupload[b];format=yuv420p,hwupload[a];
                 [a][b]overlay_cuda=8:6,hwdownload,format=yuv420p" \
                "SOFTCUDA_MODE=$mode" || return
        done
        run "$red[b];format=yuv420p[a];[a][b]overlay=8:6,format=yuv420p"
    } | uniq > "$work/overlay"
    sed 's/MD5=//; s/$/ as on the CPU/' "$work/overlay"
    [ "$(wc -l < "$work/overlay")" = 1 ]
}

# Its uninit frees without a context in FFmpeg 9.0, so memory is left.
thumbnail() {
    local mode
    for mode in eager lazy thread; do
        run "format=yuv420p,hwupload,thumbnail_cuda=3,hwdownload,format=yuv420p" \
            "SOFTCUDA_MODE=$mode" 2>/dev/null || return
    done | uniq > "$work/thumbnail"
    sed 's/MD5=//' "$work/thumbnail"
    [ "$(wc -l < "$work/thumbnail")" = 1 ]
}

sweep_filter() {
    "$here/sweep" -o "$out" -a "$here/tests/ffmpeg.allow" -n 4 \
        "$ffmpeg" -nostdin -v error -init_hw_device cuda \
        -f lavfi -i testsrc2=s=64x48:d=0.12 \
        -vf "format=yuv420p,hwupload,scale_cuda=32:32,hwdownload,format=yuv420p" \
        -f null -
}

# A call that fails and nobody notices: the sweep must.
sweep_notices() {
    local log
    log=$("$here/sweep" -o "$out" -f TexObjectDestroy -n 1 \
        "$ffmpeg" -nostdin -v error -init_hw_device cuda \
        -f lavfi -i testsrc2=s=64x48:d=0.04 \
        -vf "format=yuv420p,hwupload,scale_cuda=32:32,hwdownload,format=yuv420p" \
        -f null -) && { echo "$log"; return 1; }
    grep -m1 'silent$' <<< "$log"
}

trace_filter() {
    run "format=nv12,hwupload,scale_cuda=96:60,hwdownload,format=nv12" \
        "SOFTCUDA_TRACE=$work/trace.json" \
        "SOFTCUDA_MODEL=$here/presets/rtx3060.txt" > "$work/trace.log" 2>&1 ||
        { cat "$work/trace.log"; return 1; }
    python3 -c 'import json, sys; n = len(json.load(open(sys.argv[1]))["traceEvents"])
sys.exit(n < 10)' "$work/trace.json" || return
    sed -n 's/.*\(virtual time on .*%\) (.*/\1/p' "$work/trace.log"
}

# need_filters [FILTER]: the tests of filters are skipped without these.
need_filters() {
    if [ ! -x "$ffmpeg" ]; then
        skip "softcuda: CUDA filters" "no $ffmpeg"
        return 1
    fi
    "$ffmpeg" -v error -filters > "$work/filters"
    if ! have_filter "${1:-scale_cuda}"; then
        skip "softcuda: ${1:-CUDA filters}" "$ffmpeg is built without it"
        return 1
    fi
}

filters_overlay() { ! need_filters overlay_cuda || try overlay_cuda overlay; }
filters_thumbnail() { ! need_filters thumbnail_cuda || try thumbnail_cuda thumbnail; }
filters_trace() { ! need_filters || try "trace of a filter" trace_filter; }

filters_sweep() {
    need_filters || return
    try "every call fails in turn" sweep_filter
    try "the sweep notices" sweep_notices
}
