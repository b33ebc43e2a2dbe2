# Part of tests/cuda/run-tests: samples of views that are the means of finer ones.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

supersample_formats()
{
    local f n p views='views=yaw=180 w=61 h=48|pitch=80 roll=10 w=30 h=22|yaw=30 w=31 h=20'
    for f in $formats; do
        for n in 2 3 4; do
            same "supersample $n, $f" "$small" "$f" "ss=$n:$views:fill=red" 3
        done
    done
    for p in near cube sp16; do
        for f in nv12 yuv420p10 rgba p012; do
            same "supersample 3, $f, $p" "$small" "$f" "ss=3:interp=$p:$views" 3
        done
    done
    need_beyond
    for p in near line cube; do
        same "supersample 2 of samples beyond their depth, $p" "$beyond" yuv420p10 \
            "ss=2:interp=$p:rig=cube6:w=33:h=34:yaw=10" 6
    done
}

supersample_sources()
{
    local p
    for p in c3x2 dfisheye hammer fisheye eac; do
        same "supersample 2, source $p" "$small" yuv420p \
            "input=$p:rig=cube6:w=33:h=34:interp=cube:yaw=20:fill=red:ss=2" 6
    done
    same "supersample 4, alpha" "$small" yuva420p \
        "input=fisheye:ih_fov=180:iv_fov=180:alpha_mask=1:rig=cube6:w=33:h=34:ss=4" 6
    same "supersample 2, eyes" testsrc2=s=256x128:r=25:d=0.2 nv12 \
        "in_stereo=sbs:w=64:h=64:ss=2:views=yaw=0 eye=both|yaw=180 eye=right" 3
    same "supersample 2, chroma that wraps by half a sample" \
        "testsrc2=s=256x128:r=25:d=0.2,crop=exact=1:w=255:h=126" yuv420p \
        "rig=ring8:w=64:h=48:ss=2" 8
}

# One rig with all numbers: one launch for a batch, and the frames of the CPU with any batch.
supersample_mixed()
{
    local b mixed='views=yaw=0|yaw=30 ss=1|yaw=60 ss=2|yaw=90 ss=3|yaw=120 ss=4|yaw=170 ss=2'
    mixed+=':w=24:h=16:ss=auto'
    for b in 1 3 8; do
        SOFTCUDA_STATS=$work/stats same "supersample, all in one rig, batch $b" \
            testsrc2=s=512x256:r=25:d=0.32 nv12 "$mixed" 6 "batch=$b"
        expect "supersample, a launch for a batch of $b" \
            "$(counter launches "$work/stats") == (8 + $b - 1) / $b" \
            "$(counter launches "$work/stats") launches"
    done
    same "supersample auto" testsrc2=s=512x256:r=25:d=0.2 yuv420p "rig=ring2:w=24:h=16:ss=auto" 2
    for b in 1 3; do
        sent="sendcmd=c='0.08 V a.pitch 40; 0.12 V a.h_fov 20; 0.2 V b.yaw 77'" \
            same "supersample, commands, batch $b" testsrc2=s=512x256:r=25:d=0.32 nv12 \
            "views=name=a ss=auto h_fov=120|name=b ss=3|yaw=90 ss=1:w=30:h=20" 3 "batch=$b"
    done
}

# Frames of the CPU in and out, with colours of their own.
supersample_software()
{
    local to frames options='ss=3:w=48:h=30:out_chroma_loc=center:views=yaw=180|pitch=50'
    local from=format=nv12,setparams=colorspace=bt709:range=limited
    for to in rgb24 yuv444p10 "yuv420p:color_spaces=bt470bg:color_ranges=pc"; do
        make_graph "$from,v360batch=$options" 2 "format=$to"
        run_ffmpeg -f lavfi -i "$small" -filter_complex "$graph" "${maps[@]}" -f framemd5 - |
            grep -v '^#' >"$work/cpu"
        make_graph "$from,v360batch_cuda=$options" 2 "format=$to"
        LD_LIBRARY_PATH=$softcuda run_ffmpeg -f lavfi -i "$small" -filter_complex "$graph" \
            "${maps[@]}" -f framemd5 - | grep -v '^#' >"$work/cuda"
        frames=$(wc -l <"$work/cpu")
        cmp -s "$work/cpu" "$work/cuda"
        expect "supersample 3, software frames, ${to/:*}" "$? == 0 && $frames == 10" \
            "$frames frames"
    done
}
