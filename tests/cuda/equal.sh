# Part of tests/cuda/run-tests: the same bytes as v360batch on the CPU.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

small=testsrc2=s=192x96:r=25:d=0.2      # 5 frames: a multiple of no batch

projections=$("$build/v360rig" projections)
interps=$("$build/v360rig" interpolations | cut -d ' ' -f 1)
[[ $projections && $interps ]] || { fail "cuda: no $build/v360rig"; finish; }
formats='nv12 nv16 yuv420p yuva420p yuv422p yuv444p p010 p012 p016 p210 p212
    p216 yuv420p10 yuv422p10 yuv444p10 yuv444p10msb yuv444p12msb yuv444p16
    rgba bgra rgb0 bgr0'

equal_projections()
{
    local p
    for p in $(awk '$2 == "both" { print $1 }' <<<"$projections"); do
        same "source $p" "$small" nv12 \
            "input=$p:rig=cube6:w=33:h=34:interp=cube:yaw=20:fill=red" 6
    done
    for p in near line; do
        same "source hammer, $p" "$small" yuv420p \
            "input=hammer:rig=cube6:w=33:h=34:interp=$p:yaw=20:fill=red" 6
        same "source sinusoidal, $p" "$small" p010 \
            "input=sinusoidal:rig=cube6:w=33:h=34:interp=$p:yaw=20:fill=red" 6
    done
    for p in $(cut -d ' ' -f 1 <<<"$projections"); do
        same "view $p" "$small" p010 "output=$p:w=50:h=40:views=yaw=20" 1
    done
}

equal_formats()
{
    local f i views='views=pitch=80 w=61 h=48|yaw=170 w=30 h=22 output=fisheye'
    views+=' h_fov=200|yaw=33.3 w=30 h=20 output=c3x2'
    for f in $formats; do
        same "format $f" "$small" "$f" "$views:fill=red" 3
        same "format $f, cube" "$small" "$f" "interp=cube:$views:fill=red" 3
    done
    for i in $interps; do
        for f in nv12 p010 rgba; do
            same "interp $i, $f" "$small" "$f" \
                "interp=$i:rig=cube6:w=33:h=34:yaw=10" 6
        done
    done
    need_beyond
    for i in near line cube sp16; do
        same "samples beyond their depth, $i" \
            "$beyond" \
            yuv420p10 "interp=$i:rig=cube6:w=33:h=34:yaw=10" 6
    done
}

# testsrc2 itself makes even sizes only. Without fix-hwcontext_cuda-odd-height.patch the
# last row of chroma of 4:2:0 differs.
equal_sizes()
{
    local n odd='views=yaw=180 w=33 h=17|pitch=20 roll=10 w=1 h=1|pitch=90 w=17 h=95'
    local cut=testsrc2=s=256x128:r=25:d=0.2,noise=alls=99:all_seed=1,crop=exact=1
    same "odd sizes" "$cut:w=255:h=127" yuv444p "interp=cube:$odd" 3
    same "odd sizes, 4:2:0" "$cut:w=255:h=127" nv12 \
        "views=yaw=180 w=33 h=17|pitch=20 w=3 h=5|pitch=90 w=17 h=95" 3 batch=2
    same "chroma that wraps by half a sample" \
        "$cut:w=255:h=126" yuv420p "rig=ring8:w=64:h=48" 8
    SOFTCUDA_ALIGN=32 same "rows of any length" testsrc2=s=80x40:r=25:d=0.1 \
        yuv444p "interp=near:views=pitch=90 w=48 h=48 h_fov=30" 1
    same "tiny source" testsrc2=s=4x4:r=25:d=0.2 nv12 "rig=ring2:w=16:h=16" 2
    same "tiny source, cube" testsrc2=s=4x2:r=25:d=0.2 yuv444p \
        "interp=cube:rig=ring2:w=16:h=16" 2
    same "words on both sides of the seam" testsrc2=s=1024x512:r=25:d=0.2 \
        nv12 "views=yaw=180 w=16 h=16 h_fov=150|yaw=170.3 w=20 h=8 h_fov=150" 2
    for n in 1 2 8 36 256; do
        same "$n views" "$small" nv12 "rig=fibonacci$n:w=20:h=20" "$n"
    done
    same "mixed sizes" testsrc2=s=256x128:r=25:d=0.2 yuv420p \
        "views=w=64 h=64|yaw=90 w=64 h=64|yaw=90 w=32 h=64|output=fisheye w=50 \
h=50|output=equirect w=64 h=32 roll=45|h_fov=60 w=70 h=40" 6
    same "side by side" testsrc2=s=256x128:r=25:d=0.2 nv12 \
        "in_stereo=sbs:w=64:h=64:views=yaw=0 eye=both|yaw=180 eye=right" 3
    same "top bottom" testsrc2=s=256x256:r=25:d=0.2 p010 \
        "in_stereo=tb:w=64:h=64:views=yaw=0 eye=both|yaw=180 eye=right" 3
    same "flips, transposed" "$small" yuv420p \
        "in_trans=1:ih_flip=1:h_flip=1:rig=ring4:w=32:h=32" 4
}

# with_device ARGUMENTS: framemd5 of both outputs of $graph
with_device()
{
    LD_LIBRARY_PATH=$softcuda run_ffmpeg -init_hw_device cuda=c \
        -filter_hw_device c "$@" -filter_complex "$graph" "${maps[@]}" \
        -f framemd5 - | grep -v '^#'
}

# cropped NAME FORMAT CROP [OPTIONS [FILTER,]]: FFmpeg's crop only writes into fields of
# CUDA frames, and moves the samples of others. Of an odd place it moves those
# of NV12's chroma and of 16 bits by half a sample, so that for odd places the
# CPU gets the fields as well; what it makes of them, v360frame tells.
cropped()
{
    local crop=crop=$3:exact=1 options frames
    local noise=testsrc2=s=128x64:r=25:d=0.2,noise=alls=99:all_seed=1,format=$2
    options=${4:-"views=yaw=170 w=40 h=30|pitch=80 w=33 h=20"}
    if [[ $3 = *:*[13579]:* ]]; then
        make_graph "hwupload,$crop,hwdownload,format=$2,v360batch=$options" 2 null
    else
        make_graph "$crop,v360batch=$options" 2 null
    fi
    with_device -f lavfi -i "$noise" >"$work/cpu" 2>"$work/cpu.err"
    make_graph "hwupload,$crop,${5:-}v360batch_cuda=$options:batch=3" 2 \
        "hwdownload,format=$2"
    with_device -f lavfi -i "$noise" >"$work/cuda" 2>"$work/cuda.err"
    frames=$(wc -l <"$work/cpu")
    if [ "$frames" = 10 ] && cmp -s "$work/cpu" "$work/cuda"; then
        ok "cuda: cropped by fields, $1" "$frames frames as on the CPU"
    else
        fail "cuda: cropped by fields, $1" "$(diff "$work/cpu" "$work/cuda" |
            grep -c '^<') of $frames frames differ; $(head -c 300 "$work/cuda.err")"
    fi
}

# FFmpeg itself crops frames of NVDEC at the right and the bottom, and notes the rest in
# the fields of the frame.
cropped_stream()
{
    local views="views=yaw=170 w=40 h=30|pitch=80 w=33 h=20"
    nvdec_source whole yuv420p nv12 -c:v libx264 -bf 0
    run_ffmpeg -y -i "$work/whole.mp4" -c copy -bsf:v \
        h264_metadata=crop_left=64:crop_top=32:crop_right=64:crop_bottom=16 \
        "$work/part.mp4" 2>"$work/err"
    mv "$work/whole.tape" "$work/part.tape"
    make_graph "format=nv12,v360batch=$views" 2 null
    run_ffmpeg -i "$work/part.mp4" -filter_complex "$graph" "${maps[@]}" \
        -f framemd5 - | grep -v '^#' >"$work/cpu"
    on_nvdec part nv12 "$views:batch=3" 2 >"$work/cuda" 2>"$work/cuda.err"
    expect "cropped by the stream, NVDEC" \
        "$(wc -l <"$work/cpu") == 50 && $(cmp -s "$work/cpu" "$work/cuda"; echo $?) == 0" \
        "$(wc -l <"$work/cuda") frames, as on the CPU"
}

equal_crops()
{
    local f
    cropped_stream
    for f in nv12 p010 yuv420p yuv444p rgba bgr0 p210 yuv422p10; do
        cropped "$f" "$f" 96:48:16:8
        cropped "$f, odd" "$f" 63:31:5:3
    done
    cropped bicubic nv12 63:31:5:3 \
        "interp=cube:views=yaw=170 w=40 h=30|pitch=80 w=33 h=20"
    cropped "side by side" nv12 64:32:6:4 \
        "in_stereo=sbs:views=yaw=9 eye=both w=40 h=30"
    cropped "a dual fisheye" p010 64:32:7:4 "input=dfisheye:views=yaw=90 w=40 \
h=30|yaw=170 w=40 h=30:fill=red"
    # patches/9.0/fix-scale_cuda-crop.patch
    cropped "and applied by scale_cuda" nv12 96:48:16:8 \
        "views=yaw=170 w=40 h=30|yaw=9 w=40 h=30" scale_cuda=96:48:interp_algo=nearest,
    # each a batch of its own
    cropped "another one for each frame" nv12 "64:32:4*n:n"
}

# What is not seen is black in premultiplied colours; frames of both kinds are
# not in one batch.
equal_alpha()
{
    local f mode views="input=fisheye:ih_fov=90:fill=red:views=w=33 h=30|yaw=60 w=32 h=20"
    for f in rgba yuva420p; do
        for mode in premultiplied straight; do
            same "alpha, $mode, $f" \
                "testsrc2=s=64x32:r=25:d=0.2,format=$f,setparams=alpha_mode=$mode" \
                "$f" "$views" 2
            cp "$work/cuda" "$work/$mode"
        done
        expect "alpha, $f: the fill colour depends on it" \
            "$(cmp -s "$work/straight" "$work/premultiplied"; echo $?) != 0" \
            "$(wc -l <"$work/straight") frames"
    done
}

# Nothing is read beyond the end of a frame that is not as configured.
equal_refused()
{
    local out
    make -C "$build" libavfilter/tests/v360cuda >"$work/make.log" 2>&1 ||
        fail "cuda: v360cuda builds" "$(tail -n 3 "$work/make.log")"
    out=$(LD_LIBRARY_PATH=$softcuda "$build/libavfilter/tests/v360cuda" 2>&1)
    expect "other frames than configured are refused" "$? == 0" "$out"
}

# Nobody's command, or another filter's, is no reason to cut a batch short.
equal_commands()
{
    local c n
    for c in 'all volume.x 1:1' 'v360batch_cuda yaw 30:1' \
             'v360batch_cuda nobody.yaw 30:1' 'v360batch_cuda 0.yaw 30:2'; do
        make_graph "sendcmd=c='0.08 ${c%:*}',format=nv12,hwupload,\
v360batch_cuda=views=w=64 h=48:batch=8" 1 hwdownload,format=nv12
        SOFTCUDA_STATS=$work/c.json with_device -f lavfi -i "$small" \
            >"$work/cuda" 2>"$work/cuda.err"
        n=$(counter launches "$work/c.json")
        expect "the command ${c%:*} and batches" \
            "$n == ${c#*:} && $(wc -l <"$work/cuda") == 5" \
            "$n launches of $(wc -l <"$work/cuda") frames"
    done
}

equal_batches()
{
    local b place commands='sendcmd=c='\''0.08 V one.yaw 270; 0.16 V 1.pitch -30; 0.16 V 1.h_fov 70'\'
    for b in 0 1 2 3 8 16; do
        same "batch $b" testsrc2=s=192x96:r=25:d=0.76 nv12 \
            "rig=ring8:w=40:h=30" 8 "batch=$b"
    done
    sent=$commands same "commands in a batch" testsrc2=s=256x128:r=25:d=0.4 \
        yuv420p "views=name=one|yaw=90:w=64:h=64" 2 batch=8
    place=testsrc2=s=128x64:r=25:d=0.2,format=yuv420p,setparams=chroma_location
    same "chroma place in a batch" \
        "$place=left[a];$place=topleft[b];[a][b]concat" \
        yuv420p "views=w=64 h=64" 1 batch=8
    expect "chroma place in a batch, which it changes" \
        "$(cut -d , -f 6 "$work/cpu" | sort -u | wc -l) == 10" "5 frames twice"
}

# Nothing runs before it must, or all in another thread: an order that the
# filter does not demand shows as wrong data.
equal_modes()
{
    local mode
    for mode in lazy thread; do
        export SOFTCUDA_MODE=$mode
        same "mode $mode" "$small" nv12 "rig=colmap12:w=40:h=40" 12 batch=2
        same "mode $mode, cube" "$small" p010 \
            "input=eac:interp=cube:rig=ring8:w=40:h=30" 8 batch=3
        sent="sendcmd=c='0.16 V 0.yaw 70'" same "mode $mode, commands" \
            testsrc2=s=256x128:r=25:d=0.4 yuv420p "views=w=64 h=64:input=fisheye" 1 batch=3
    done
    unset SOFTCUDA_MODE
}
