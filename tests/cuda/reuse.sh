# Part of tests/cuda/run-tests: memory of grids that is used again, and frames
# that come from several places. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# Views 0 and 1 share a large grid, views 2 and 3 have small ones. In one frame,
# view 0 gets a large grid of its own, and view 2 that of view 3: what is free is
# memory for a small one.
grids_of_two_sizes()
{
    local sent="sendcmd=c='0.16 V 0.pitch 20; 0.16 V 2.pitch 40'"
    local views='views=w=64 h=64|yaw=90 w=64 h=64|pitch=30 w=32 h=32|yaw=50 pitch=40 w=32 h=32'
    same "commands on grids of two sizes" testsrc2=s=256x128:r=25:d=0.4 nv12 \
        "$views" 4 batch=2
    SOFTCUDA_STATS=$work/g.json on_cuda testsrc2=s=256x128:r=25:d=0.4 nv12 \
        "$views:batch=2" 4 >"$work/cuda" 2>&1
    expect "memory of grids is neither kept nor too small" \
        "$(wc -l <"$work/cuda") == 40 && $(counter faults "$work/g.json") + \
$(counter live_at_exit "$work/g.json") == 0" "$(wc -l <"$work/cuda") frames"
}

# pools FORMAT UPLOAD FILTER [TAIL]: two sources one after the other, 3 frames
# and 5. interleave makes hwupload take frames of its own pool, not scale_cuda.
pools()
{
    local a='testsrc2=s=192x96:r=25,trim=end_frame=3' b='testsrc=s=192x96:r=25,trim=end_frame=5'
    make_graph "$a,format=$1[a];$b,setpts=PTS+1/TB,format=$1[b];[a]$2[x];[b]$2[y];[x][y]interleave,$3" \
        2 "${4:-null}"
    run_ffmpeg -init_hw_device cuda=c -filter_hw_device c -filter_complex \
        "$graph" "${maps[@]}" -f framemd5 - | grep -v '^#'
}

# Frames of two pools may differ in all that a pool decides: a batch is of one.
frames_of_two_pools()
{
    local n views='views=w=64 h=48|yaw=90 w=32 h=32'
    export LD_LIBRARY_PATH=$softcuda
    pools nv12 null "v360batch=$views" >"$work/cpu" 2>"$work/cpu.err"
    SOFTCUDA_STATS=$work/p2.json pools nv12 \
        hwupload,scale_cuda=interp_algo=nearest:passthrough=0 "v360batch_cuda=$views:batch=8" \
        hwdownload,format=nv12 >"$work/cuda" 2>"$work/cuda.err"
    unset LD_LIBRARY_PATH
    n=$(sed -n 's/.*"v360batch[^"]*", "launches": \([0-9]*\),.*/\1/p' "$work/p2.json")
    expect "frames of two pools are no batch" \
        "$(wc -l <"$work/cpu") == 16 && $(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0 && \
${n:-0} == 2" "$n launches of 3 and 5 frames; $(head -n 1 "$work/cuda.err")"
}

# A program may hand in what no pool of FFmpeg's makes.
large_planes()
{
    local out
    make -C "$build" libavfilter/tests/v360plane >"$work/make.log" 2>&1 ||
        fail "cuda: v360plane builds" "$(tail -n 3 "$work/make.log")"
    out=$(LD_LIBRARY_PATH=$softcuda "$build/libavfilter/tests/v360plane" 2>&1)
    expect "a plane of more than 2 GiB is refused" "$? == 0" "$out"
}
