# Part of tests/cuda/run-tests: a batch that is not complete: by a video whose
# size changes, for which ffmpeg configures the filtergraph anew, by a command.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# changing NAME FORMAT SURFACE OPTION...: of two sizes, by default 5, 4 and 3
# frames
changing()
{
    local part n=0 size frames
    : >"$work/$1.raw"
    : >"$work/$1.tape"
    for part in ${parts:-256x128:5 128x64:4 256x128:3}; do
        size=${part%:*} frames=${part#*:}
        run_ffmpeg -y -f lavfi -i "testsrc2=s=$size:r=25,hue=h=$((60 * n++))" \
            -frames:v "$frames" -pix_fmt "$2" "${@:4}" "$work/part"
        run_ffmpeg -y "${@: -2}" -i "$work/part" -pix_fmt "$3" -f rawvideo - >>"$work/$1.tape"
        cat "$work/part" >>"$work/$1.raw"
    done
}

# reconfigured NAME: of $work/cpu and $work/cuda
reconfigured()
{
    if [ "$(wc -l <"$work/cpu")" = 24 ] && cmp -s "$work/cpu" "$work/cuda"; then
        ok "cuda: sizes change, $1" "24 frames of 24, in order"
    else
        fail "cuda: sizes change, $1" "$(wc -l <"$work/cuda") of \
$(wc -l <"$work/cpu") frames; $(grep -i 'lost\|error' "$work/cuda.err" | head -n 2)"
    fi
}

reconfiguration()
{
    local b views="views=yaw=20 w=64 h=48|yaw=90 w=32 h=32"
    changing j yuvj420p nv12 -c:v mjpeg -f mjpeg
    make_graph "format=nv12,v360batch=$views" 2 null
    run_ffmpeg -f mjpeg -i "$work/j.raw" -filter_complex "$graph" "${maps[@]}" \
        -f framemd5 - | grep -v '^#' >"$work/cpu"
    for b in 1 3 8; do
        make_graph "format=nv12,hwupload,v360batch_cuda=$views:batch=$b" 2 \
            hwdownload,format=nv12
        LD_LIBRARY_PATH=$softcuda level=warning run_ffmpeg -init_hw_device cuda=c \
            -filter_hw_device c -f mjpeg -i "$work/j.raw" -filter_complex "$graph" \
            "${maps[@]}" -f framemd5 - 2>"$work/cuda.err" | grep -v '^#' >"$work/cuda"
        reconfigured "batch $b"
    done
    changing h yuv420p nv12 -c:v libx264 -bf 0 -f h264
    make_graph "format=nv12,v360batch=$views" 2 null
    run_ffmpeg -f h264 -i "$work/h.raw" -filter_complex "$graph" "${maps[@]}" \
        -f framemd5 - | grep -v '^#' >"$work/cpu"
    mv "$work/h.raw" "$work/h.mp4"
    on_nvdec h nv12 "$views:batch=8" 2 -f h264 >"$work/cuda" 2>"$work/cuda.err"
    reconfigured "batch 8, NVDEC"
}

# The filter is asked for what it holds when nothing more comes in.
reconfiguration_sweep()
{
    local log parts='64x32:3 32x16:1'
    changing few yuvj420p nv12 -c:v mjpeg -f mjpeg
    make_graph "format=nv12,hwupload,v360batch_cuda=views=w=32 h=32:batch=2" 1 \
        "hwdownload,format=nv12"
    if log=$("$root/tests/softcuda/sweep" -o "$softcuda" \
             -a "$root/tests/softcuda/tests/hwcontext.allow" "$ffmpeg" \
             -nostdin -v warning -init_hw_device cuda=c -filter_hw_device c \
             -f mjpeg -i "$work/few.raw" -filter_complex "$graph" \
             "${maps[@]}" -f null - 2>&1); then
        ok "cuda: sizes change, every call fails in turn" "$(tail -n 1 <<<"$log")"
    else
        fail "cuda: sizes change, every call fails in turn" "$log"
    fi
}

flush_command()
{
    make_graph "sendcmd=c='0.08 v360batch_cuda flush; 0.16 v360batch_cuda \
flush',format=nv12,hwupload,v360batch_cuda=views=w=64 h=48:batch=16" 1 \
        hwdownload,format=nv12
    SOFTCUDA_STATS=$work/f.json LD_LIBRARY_PATH=$softcuda run_ffmpeg \
        -init_hw_device cuda=c -filter_hw_device c -f lavfi -i "$small" \
        -filter_complex "$graph" "${maps[@]}" -f framemd5 - |
        grep -v '^#' >"$work/cuda"
    on_cpu "$small" nv12 "views=w=64 h=48" 1 >"$work/cpu"
    expect "the command flush cuts a batch short" \
        "$(counter launches "$work/f.json") == 3" \
        "$(counter launches "$work/f.json") launches of 5 frames"
    expect "the command flush, order and bytes" \
        "$(wc -l <"$work/cpu") == 5 && $(cmp -s "$work/cpu" "$work/cuda"; echo $?) == 0" \
        "$(wc -l <"$work/cuda") frames"
}

# slow DELAY: launches of 8 frames that come 0.1 s apart
slow()
{
    make_graph "realtime,format=nv12,hwupload,v360batch_cuda=views=w=64 \
h=48:batch=16:delay=$1" 1 hwdownload,format=nv12
    SOFTCUDA_STATS=$work/d.json LD_LIBRARY_PATH=$softcuda run_ffmpeg \
        -init_hw_device cuda=c -filter_hw_device c -f lavfi \
        -i testsrc2=s=64x32:r=10:d=0.8 -filter_complex "$graph" "${maps[@]}" \
        -f framemd5 - | grep -c '^0'
}

# A frame that is late on a busy machine is followed by one at once, which
# counts as a fast source: that may spare some of 8 launches.
slow_source()
{
    local d delay least most n
    for d in 0:4:8 0.05:4:8 9:1:1 -1:1:1; do
        IFS=: read -r delay least most <<<"$d"
        expect "a source of 10 frames a second, delay=$delay" \
            "$(slow "$delay") == 8 && \
${n:=$(counter launches "$work/d.json")} >= $least && $n <= $most" \
            "$n launches of 8 frames"
        n=
    done
}

# A program other than ffmpeg, with and without the command.
flush_by_program()
{
    local out
    make -C "$build" libavfilter/tests/v360flush >"$work/make.log" 2>&1 ||
        fail "cuda: v360flush builds" "$(tail -n 3 "$work/make.log")"
    out=$(LD_LIBRARY_PATH=$softcuda "$build/libavfilter/tests/v360flush")
    expect "a program that frees the graph" "$? == 0" "${out%.*}"
}
