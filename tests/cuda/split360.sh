# Part of tests/cuda/run-tests: split360 --device and --encoder.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# Folders of split360 with and without the device.
split360_device()
{
    local format source=$work/pano.mp4
    "$ffmpeg" -v error -f lavfi -i testsrc2=s=512x256:r=25:d=0.2,noise=alls=30 \
        -pix_fmt yuv420p -c:v libx264 -metadata creation_time=2026-05-01T10:00:00Z "$source"
    for format in png jpg mp4; do
        "$root/scripts/split360" "$source" "$work/s-cpu-$format" --device cpu --quiet \
            --format "$format" --size 64x48 2>"$work/err"
        LD_LIBRARY_PATH=$softcuda SOFTCUDA_EXCLUSIVE=1 "$root/scripts/split360" "$source" \
            "$work/s-cuda-$format" --device cuda --format "$format" --size 64x48 2>"$work/err"
        if grep -q 'on the GPU' "$work/err" &&
           diff -r -x manifest.json "$work/s-cpu-$format" "$work/s-cuda-$format" >"$work/diff"; then
            ok "cuda: split360 --device cuda, $format" \
                "$(find "$work/s-cuda-$format" -type f | wc -l) files as on the CPU"
        else
            fail "cuda: split360 --device cuda, $format" \
                "$(head -n 3 "$work/err" "$work/diff")"
        fi
    done
    split360_place
    split360_odd "$source"
    "$root/scripts/split360" "$source" "$work/s-auto" --size 64x48 2>"$work/err"
    expect "split360 --device auto says what it takes and why" \
        "$(grep -c 'on the [CG]PU: ' "$work/err") == 1" \
        "$(grep -o 'on the [CG]PU: .*' "$work/err")"
}

# The place of chroma goes up with frames whose format changes on the way.
split360_place()
{
    local source=$work/left.mkv format
    "$ffmpeg" -v error -f lavfi -i testsrc2=s=512x256:r=25:d=0.1 -vf \
        format=yuvj420p,setparams=chroma_location=left -c:v ffv1 "$source"
    for format in png jpg; do
        rm -rf "$work/s-cpu" "$work/s-cuda"
        "$root/scripts/split360" "$source" "$work/s-cpu" --device cpu --quiet \
            --format "$format" --size 64x48 2>"$work/err"
        LD_LIBRARY_PATH=$softcuda "$root/scripts/split360" "$source" "$work/s-cuda" \
            --device cuda --format "$format" --size 64x48 2>"$work/err"
        diff -r -x manifest.json "$work/s-cpu" "$work/s-cuda" >"$work/diff"
        expect "split360 uploads yuvj420p with its place of chroma, $format" "$? == 0" \
            "$(head -n 2 "$work/diff")"
    done
    rm -rf "$work/s-cpu" "$work/s-cuda"
}

# Chroma of an odd height has a row more than half of it.
split360_odd()
{
    local views
    echo 'yaw=10 w=64 h=48|w=64 h=33 # 2' | tr '|' '\n' >"$work/odd.txt"
    for views in '--rig ring2 --size 64x33' "--views $work/odd.txt"; do
        rm -rf "$work/s-cpu" "$work/s-auto"
        # shellcheck disable=SC2086 # options
        "$root/scripts/split360" "$1" "$work/s-cpu" $views --device cpu --quiet
        # shellcheck disable=SC2086
        LD_LIBRARY_PATH=$softcuda "$root/scripts/split360" "$1" "$work/s-auto" \
            $views 2>"$work/err"
        diff -r -x manifest.json "$work/s-cpu" "$work/s-auto" >"$work/diff"
        expect "split360 ${views/$work\/}" \
            "$? == 0 && $(grep -c 'on the GPU: .* views become JPEGs there' "$work/err") == 1" \
            "$(grep -o 'on the [CG]PU: .*' "$work/err")"
    done
    rm -rf "$work/s-auto"
}

# split360_nvdec NAME WHAT SAID FORMAT [OPTION]...: folders with frames of NVDEC,
# and of the CPU; SAID is what it must say about the way frames go. The device
# has one context at a time, as where it is for one process alone.
split360_nvdec()
{
    local arguments=("$work/$1.mp4" --format "$4" --size 64x48 "${@:5}")
    rm -rf "$work/s-cpu" "$work/s-nvdec"
    "$root/scripts/split360" "${arguments[@]:0:1}" "$work/s-cpu" --device cpu \
        --quiet "${arguments[@]:1}" 2>"$work/err"
    SOFTCUVID_TAPE=$work/$1.tape SOFTCUVID_STATS=$work/nvdec.stats SOFTCUDA_EXCLUSIVE=1 \
        LD_LIBRARY_PATH=$softcuda "$root/scripts/split360" "${arguments[@]:0:1}" \
        "$work/s-nvdec" "${arguments[@]:1}" 2>"$work/err"
    if grep -q "on the GPU: $3" "$work/err" &&
       diff -r -x manifest.json "$work/s-cpu" "$work/s-nvdec" >"$work/diff"; then
        ok "cuda: split360, $2" "$(find "$work/s-nvdec" -type f | wc -l) files as on the CPU"
    else
        fail "cuda: split360, $2" "$(head -n 5 "$work/err" "$work/diff")"
    fi
}

# Files of a finished job that have gone come back the same from either side.
split360_repair()
{
    local gone=images/view_03/000004.jpg job=("$root/scripts/split360" "$work/s8.mp4")
    split360_nvdec s8 "NVDEC, a job of either side" "$stay as nv12" jpg
    rm "$work/s-cpu/$gone" "$work/s-nvdec/$gone"
    "${job[@]}" "$work/s-nvdec" --size 64x48 --device cpu --quiet 2>"$work/err"
    SOFTCUVID_TAPE=$work/s8.tape LD_LIBRARY_PATH=$softcuda "${job[@]}" \
        "$work/s-cpu" --size 64x48 --device cuda 2>>"$work/err"
    diff -r -x manifest.json "$work/s-cpu" "$work/s-nvdec" >>"$work/err" 2>&1
    expect "split360 repairs a job of the other side" \
        "$? == 0 && $(find "$work/s-cpu" -path "*/$gone" | wc -l) == 1 && \
$(grep -c 'NVDEC decodes' "$work/err") == 1" "$(tail -n 1 "$work/err")"
}

# The way of the frames depends on the source and on the format that is written.
split360_sources()
{
    local source_of=testsrc2=s=512x256:r=25:d=0.2,noise=alls=20
    local bt601='setparams=colorspace=smpte170m:range=pc:chroma_location=center'
    local stay='NVDEC decodes, frames stay there'
    # with dates, which go into the EXIF of frames on the device
    nvdec_source s8 yuv420p nv12 -c:v libx264 -bf 0 \
        -metadata creation_time=2026-05-01T10:00:00Z
    split360_nvdec s8 "NVDEC, mp4" "$stay as nv12" mp4
    split360_nvdec s8 "NVDEC, png" "$stay as nv12" png
    split360_nvdec s8 "NVDEC, jpg of limited range" "$stay as nv12" jpg
    expect "split360 decodes with NVDEC" "$(nvdec_count decoded) == 5" \
        "$(nvdec_count decoded) pictures"
    split360_nvdec s8 "NVDEC, the sharpest of 3" "$stay as nv12" jpg --sharpest 3
    split360_repair
    nvdec_source s10 yuv420p10 p010 -c:v libx265 -x265-params log-level=none:bframes=0
    split360_nvdec s10 "NVDEC, mp4 of 10 bits" "$stay as p010" mp4
    split360_nvdec s10 "NVDEC, jpg of 10 bits" "$stay as p010" jpg
    nvdec_source s12 yuv420p12 p012 -c:v libx265 -x265-params log-level=none:bframes=0
    split360_nvdec s12 "NVDEC, jpg of 12 bits" "$stay as p012" jpg
    nvdec_source s444 yuv444p yuv444p -c:v libx265 -x265-params log-level=none:bframes=0
    split360_nvdec s444 "NVDEC, mp4 of 4:4:4" "$stay as yuv444p" mp4
    source_of=$source_of,format=yuvj420p,$bt601 \
        nvdec_source full yuvj420p nv12 -c:v libx264 -bf 0
    split360_nvdec full "NVDEC, jpg of full range" "$stay as nv12" jpg
    nvdec_source s422 yuv422p nv16 -c:v libx264 -bf 0
    split360_nvdec s422 "4:2:2 is not for NVDEC" \
        "the CPU decodes (NVDEC gives no frames like yuv422p)" jpg
    nvdec_source mjpeg yuvj420p nv12 -c:v mjpeg
    split360_nvdec mjpeg "MJPEG is not for NVDEC" \
        "the CPU decodes (not all decoders of mjpeg" jpg
    "$ffmpeg" -v error -display_rotation 180 -i "$work/s8.mp4" -c copy "$work/turned.mp4"
    cp "$work/s8.tape" "$work/turned.tape"
    split360_nvdec turned "what metadata turn is not for NVDEC" \
        "the CPU decodes (it is turned by its metadata" jpg
    : >"$work/s8.tape" # a decoder that gives nothing
    split360_nvdec s8 "NVDEC that fails" "the CPU decodes (NVDEC: " mp4
}

# An ffmpeg whose NVENC is libx264, with the very frames that NVENC would get,
# and which opens SESSIONS of it.
make_nvenc()
{
    cat >"$work/nvenc" <<'END'
#!/usr/bin/env bash
args=() open=0 sw=nv12
[[ "$*" == *h264_nvenc* ]] || exec "$REAL_FFMPEG" "$@"
[[ "$*" != *hwupload,* ]] || sw=yuv420p
while (($#)); do
    case $1 in
    h264_nvenc) args+=(libx264); open=$((open + 1)) ;;
    -preset | -rc | -b:v) shift ;;
    -cq) args+=(-crf) ;;
    -filter_complex)
        graph=${2//\[v/[n}
        [[ $2 != *v360batch_cuda* ]] ||
            for ((i = 0; i < 8; i++)); do
                graph+=";[n$i]hwdownload,format=$sw,format=yuv420p[v$i]"
            done
        args+=("$1" "$graph")
        shift ;;
    *) args+=("$1") ;;
    esac
    shift
done
if ((open > SESSIONS)); then
    echo "[h264_nvenc @ 0x1] OpenEncodeSessionEx failed: out of memory (10)" >&2
    exit 1
fi
exec "$REAL_FFMPEG" "${args[@]}"
END
    chmod +x "$work/nvenc"
}

split360_nvenc()
{
    local source_of=testsrc2=s=512x256:r=25:d=0.2,noise=alls=20 sessions
    local -x FFMPEG=$work/nvenc REAL_FFMPEG=$ffmpeg SESSIONS
    make_nvenc
    nvdec_source s8 yuv420p nv12 -c:v libx264 -bf 0
    FFMPEG=$ffmpeg "$root/scripts/split360" "$work/s8.mp4" "$work/n-cpu" --device cpu \
        --quiet --format mp4 --size 64x48
    for SESSIONS in 8 3; do
        sessions=$work/n-$SESSIONS
        SOFTCUVID_TAPE=$work/s8.tape LD_LIBRARY_PATH=$softcuda "$root/scripts/split360" \
            "$work/s8.mp4" "$sessions" --format mp4 --size 64x48 --encoder auto 2>"$work/err"
        diff -r -x manifest.json "$work/n-cpu" "$sessions" >"$work/diff"
        expect "split360 --encoder auto, $SESSIONS sessions for 8 views" "$? == 0 && \
$(grep -c "$( ((SESSIONS == 8)) && echo 'NVENC encodes' || echo 'CPU encodes: h264_nvenc')" "$work/err") == 1" \
            "$(grep -o 'on the GPU.*\|the CPU enc.*' "$work/err" | tr '\n' ';')"
    done
    "$root/scripts/split360" "$work/s8.mp4" "$work/n" --format mp4 --size 64x48 \
        --encoder nvenc 2>"$work/err"
    expect "split360 --encoder nvenc, 3 sessions for 8 views" \
        "$? == 1 && $(grep -c 'does not open for 8 views: .*OpenEncode' "$work/err") == 1" \
        "$(tail -n 1 "$work/err")"
}
