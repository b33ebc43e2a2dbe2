# Part of tests/cuda/run-tests: frames of NVDEC, of a GPU, or as softcuda has it:
# all of FFmpeg's -hwaccel cuda, with pictures from a tape.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# nvdec_source NAME FORMAT SURFACE ENCODER...: $work/NAME.mp4 and its tape, of
# whole macroblocks
nvdec_source()
{
    run_ffmpeg -y -f lavfi -i "${source_of:-testsrc2=s=512x256:r=25:d=1,noise=alls=20}" \
        -pix_fmt "$2" "${@:4}" "$work/$1.mp4" 2>"$work/err" &&
        run_ffmpeg -y -i "$work/$1.mp4" -vf "pad=ceil(iw/16)*16:ceil(ih/16)*16" \
            -pix_fmt "$3" -f rawvideo "$work/$1.tape"
}

# on_nvdec NAME SURFACE OPTIONS VIEWS [FLAG...]: framemd5 of all pads
on_nvdec()
{
    make_graph "v360batch_cuda=$3" "$4" "hwdownload,format=$2"
    SOFTCUVID_TAPE=$work/$1.tape SOFTCUVID_STATS=$work/nvdec.stats \
        LD_LIBRARY_PATH=$softcuda level=info run_ffmpeg -hwaccel cuda \
        -hwaccel_output_format cuda "${@:5}" -i "$work/$1.mp4" \
        -filter_complex "$graph" "${maps[@]}" -f framemd5 - | grep -v '^#'
}

# nvdec_same NAME WHAT SURFACE BATCH [FLAG...]
nvdec_same()
{
    local views="rig=ring8:w=64:h=48"
    make_graph "format=$3,v360batch=$views" 8 null
    run_ffmpeg -i "$work/$1.mp4" -filter_complex "$graph" "${maps[@]}" \
        -f framemd5 - | grep -v '^#' >"$work/cpu"
    on_nvdec "$1" "$3" "$views:batch=$4" 8 "${@:5}" >"$work/cuda" 2>"$work/cuda.err"
    if [ -s "$work/cpu" ] && cmp -s "$work/cpu" "$work/cuda"; then
        ok "cuda: NVDEC, $2" "$(wc -l <"$work/cuda") frames as on the CPU"
    else
        fail "cuda: NVDEC, $2" "$(wc -l <"$work/cuda") of $(wc -l <"$work/cpu") \
frames; $(grep -i 'error\|failed' "$work/cuda.err" | head -n 2)"
    fi
}

# p8: 25 frames of 8 bits, 512x256
nvdec_p8()
{
    [ -e "$work/p8.tape" ] || nvdec_source p8 yuv420p nv12 -c:v libx264 -bf 0 ||
        fail "cuda: NVDEC, h264"
}

nvdec_count() { sed -n "s/^$1 //p" "$work/nvdec.stats" 2>/dev/null; }

# Colours of a decoder's frames as the stream tags them, converted to those of JPEG.
nvdec_colours()
{
    local views=rig=ring2:w=64:h=48 jpeg=color_spaces=bt470bg:color_ranges=pc
    local tags=(-colorspace bt709 -color_range tv)
    nvdec_source tagged yuv420p nv12 -c:v libx264 -bf 0 "${tags[@]}"
    make_graph "format=nv12,v360batch=$views" 2 "format=pix_fmts=yuv420p:$jpeg"
    run_ffmpeg -i "$work/tagged.mp4" -filter_complex "$graph" "${maps[@]}" \
        -f framemd5 - | grep -v '^#' >"$work/cpu"
    make_graph "v360batch_cuda=$views:format=yuv420p" 2 \
        "hwdownload,format=pix_fmts=yuv420p:$jpeg"
    SOFTCUVID_TAPE=$work/tagged.tape LD_LIBRARY_PATH=$softcuda level=verbose \
        run_ffmpeg -hwaccel cuda -hwaccel_output_format cuda -i "$work/tagged.mp4" \
        -filter_complex "$graph" "${maps[@]}" -f framemd5 - 2>"$work/cuda.err" |
        grep -v '^#' >"$work/cuda"
    expect "NVDEC, colours of JPEG, and no scale" "$(wc -l <"$work/cuda") == 50 && \
$(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0 && $(grep -c auto_scale "$work/cuda.err") == 0" \
        "$(wc -l <"$work/cuda") frames as on the CPU"
}

# The same bytes on any device.
nvdec_bytes()
{
    local b
    nvdec_p8
    nvdec_source p10 yuv420p10 p010 -c:v libx265 \
        -x265-params log-level=none:bframes=0 || fail "cuda: NVDEC, hevc"
    for b in 1 3 16; do
        nvdec_same p8 "h264, batch $b" nv12 "$b"
    done
    nvdec_same p10 "hevc, 10 bits" p010 8
    source_of=testsrc2=s=500x250:r=25:d=0.4,noise=alls=20 \
        nvdec_source crop yuv420p nv12 -c:v libx264 -bf 0
    nvdec_same crop "500x250, of which NVDEC decodes 512x256" nv12 3
    nvdec_same p8 "surfaces not copied, -extra_hw_frames 16" nv12 16 \
        -hwaccel_flags unsafe_output -extra_hw_frames 16
}

# FFmpeg copies each picture out of the decoder, so that a batch does not hold the
# decoder's surfaces; with unsafe_output it holds them.
nvdec_surfaces()
{
    local unsafe=(-hwaccel_flags unsafe_output) mode
    nvdec_p8
    nvdec_same p8 "surfaces not copied, batch 16" nv12 16 "${unsafe[@]}" -extra_hw_frames 16
    expect "NVDEC, a batch holds the surfaces it is given" \
        "$(nvdec_count most_mapped) >= 16 && $(nvdec_count mapped_at_exit) == 0" \
        "$(nvdec_count most_mapped) mapped at once"
    for mode in lazy thread; do
        export SOFTCUDA_MODE=$mode
        nvdec_same p8 "mode $mode, surfaces not copied" nv12 8 "${unsafe[@]}" \
            -extra_hw_frames 8
        nvdec_same p8 "mode $mode" nv12 8
        expect "NVDEC, a batch of copies holds no surfaces" \
            "$(nvdec_count most_mapped) == 1 && $(nvdec_count decoded) == 25" \
            "$(nvdec_count most_mapped) mapped at once"
    done
    unset SOFTCUDA_MODE
    on_nvdec p8 nv12 rig=ring8:w=64:h=48:batch=16 8 "${unsafe[@]}" \
        >"$work/cuda" 2>"$work/cuda.err"
    expect "NVDEC, too few surfaces: what to do is told" \
        "$(grep -c 'extra_hw_frames 16' "$work/cuda.err") == 1 && \
$(wc -l <"$work/cuda") < 200" \
        "$(wc -l <"$work/cuda") of 200 frames; $(grep -o 'the decoder.*' "$work/cuda.err")"
}

# A launch, a copy of a table and the memory of an output fail while surfaces are held.
# Outputs are counted by their size, 64x48 of NV12 in rows of 512 bytes, as the threads
# decide when the decoder allocates: the first batch of 32 allocates all of its outputs.
nvdec_faults()
{
    local call
    nvdec_p8
    for call in cuLaunchKernel:2:999 cuMemcpyHtoDAsync:9:999 cuMemAlloc/36864:12:999; do
        SOFTCUDA_FAIL=$call SOFTCUDA_STATS=$work/n.json on_nvdec p8 nv12 \
            rig=ring8:w=64:h=48:batch=4 8 -hwaccel_flags unsafe_output \
            -extra_hw_frames 4 >"$work/cuda" 2>"$work/cuda.err"
        expect "NVDEC, ${call%:*} fails" \
            "$(grep -c "${call%%[:/]*}.*failed" "$work/cuda.err") > 0 && \
$(nvdec_count mapped_at_exit) + $(nvdec_count decoders_at_exit) + \
$(counter live_at_exit "$work/n.json") == 0" \
            "$(grep -o 'cu->cu.*' "$work/cuda.err" | head -n 1)"
    done
}
