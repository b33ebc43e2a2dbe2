# Part of tests/cuda/run-tests: encoders that take time, and what feeds them.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# pace OPTIONS: milliseconds, with the filters before, for 24 frames, 8 views and encoders that sleep
# 40 ms for each
pace()
{
    local i out=() t0
    make_graph "${before:-}format=rgba,hwupload,v360batch_cuda=rig=ring8:w=16:h=16$1" 8 \
        "hwdownload,format=rgba"
    for ((i = 0; i < 8; i++)); do
        out+=("${maps[@]:2 * i:2}" -c:v png -threads 1 -f null -)
    done
    t0=$(date +%s%N)
    SLOW_MS=40 LD_PRELOAD=$work/slow.so SOFTCUDA_STATS=$work/pace.json \
        LD_LIBRARY_PATH=$softcuda run_ffmpeg -init_hw_device cuda=c \
        -filter_hw_device c -f lavfi -i testsrc2=s=64x32:r=25:d=0.96 \
        -filter_complex "$graph" "${out[@]}" || return
    echo $((($(date +%s%N) - t0) / 1000000))
}

# least OPTIONS: the least time of three runs
least()
{
    local i
    for i in 1 2 3; do pace "$1"; done | sort -n | head -n 1
}

# Encoders work side by side, however large a batch is. A batch that a command sends at
# once shows that they would be seen not to. A twentieth is left for what a busy machine
# does to threads that wake up.
pace_of_encoders()
{
    local one n ms
    "${CC:-gcc}" -O1 -shared -fPIC -o "$work/slow.so" "$here/slow.c" -ldl ||
        { fail "cuda: slow.c builds"; return; }
    one=$(least :batch=1)
    for n in 0 16; do
        ms=$(least ":batch=$n")
        expect "encoders that take time, 24 frames, batch=$n: at least 0.95 of the pace of batch=1" \
            "${one:-0} >= 960 && ${ms:-0} > 0 && 100 * $one >= 95 * ${ms:-0}" \
            "$ms ms, $one ms with batch=1, $(counter launches "$work/pace.json") launches"
    done
    ms=$(before="sendcmd=c='0.6 v360batch_cuda flush'," pace :batch=16)
    expect "views of 15 frames that are sent at once are seen to slow encoders down" \
        "${ms:-0} > 2 * $one" "$ms ms with a flush"
}
