# Part of tests/cuda/run-tests: calls that fail, memory that does not suffice.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# swept NAME OPTIONS FORMAT: two views of three frames, of which the second needs a batch of
# its own; every call of the driver fails in turn
swept()
{
    local log
    make_graph "format=nv12,hwupload,v360batch_cuda=views=w=32 h=32|w=20 \
h=16:batch=2:$2" 2 "hwdownload,format=$3"
    if log=$("$root/tests/softcuda/sweep" -s -o "$softcuda" \
             -a "$here/sweep.allow" "$ffmpeg" \
             -nostdin -v warning -init_hw_device cuda=c -filter_hw_device c \
             -f lavfi -i testsrc2=s=64x32:r=25:d=0.12 \
             -filter_complex "$graph" "${maps[@]}" -f null - 2>&1); then
        ok "cuda: $1" "$(tail -n 1 <<<"$log")"
    else
        fail "cuda: $1" "$log"
    fi
}

faults_sweep()
{
    swept "every call fails in turn" vram=0.6 nv12
    swept "every call fails in turn, with a conversion" format=rgb0 rgb0
}

# shrunk BATCH FAIL...: 8 frames of two views of 64x48, of which the allocations named
# fail. A frame of NV12 takes 36864 bytes of the device, one of RGB0 (to=rgb0) 24576, and
# a batch of n frames n * 18432 on the way there.
shrunk()
{
    local IFS=,
    make_graph "format=nv12,hwupload,v360batch_cuda=rig=ring2:w=64:h=48:batch=$1:format=${to:=nv12}" \
        2 "hwdownload,format=$to"
    SOFTCUDA_FAIL="${*:2}" SOFTCUDA_STATS=$work/s.json LD_LIBRARY_PATH=$softcuda \
        level=warning limit=20 run_ffmpeg -init_hw_device cuda=c -filter_hw_device c \
        -f lavfi -i testsrc2=s=192x96:r=25:d=0.32 -filter_complex "$graph" \
        "${maps[@]}" -f framemd5 - 2>"$work/s.err" | grep -v '^#' >"$work/cuda"
}

# Memory that was there when the batch was chosen, and is not when its frames
# are wanted.
faults_shrink()
{
    local size=cuMemAlloc/36864
    on_cpu testsrc2=s=192x96:r=25:d=0.32 nv12 rig=ring2:w=64:h=48 2 >"$work/cpu"
    shrunk 4 $size:6:2
    expect "out of memory in a batch: half of it from then on" \
        "$(grep -c 'batch of 4 frames, going on with 2' "$work/s.err") == 1 && \
$(counter launches "$work/s.json") == 4 && $(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0" \
        "$(counter launches "$work/s.json") launches of 8 frames, all bytes"
    shrunk 1 $size:2:2
    expect "out of memory at one frame: once more" \
        "$(wc -l <"$work/cuda") == 16 && $(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0" \
        "$(wc -l <"$work/cuda") of 16 frames"
    shrunk 1 $size:1:2 $size:2:2
    expect "out of memory at one frame, twice" \
        "$(wc -l <"$work/cuda") == 0 && \
$(grep -c 'a batch of one frame needs .* MiB' "$work/s.err") == 1" \
        "$(grep -o 'a batch of one.*' "$work/s.err" | head -n 1)"
}

# The same where views are converted, and where it is the memory on the way that lacks.
faults_shrink_converted()
{
    local to=rgb0 fail size=cuMemAlloc/24576 stage=cuMemAlloc
    make_graph "format=nv12,v360batch=rig=ring2:w=64:h=48" 2 format=rgb0
    run_ffmpeg -f lavfi -i testsrc2=s=192x96:r=25:d=0.32 -filter_complex "$graph" \
        "${maps[@]}" -f framemd5 - | grep -v '^#' >"$work/cpu"
    for fail in "a batch:$size:8:2" "the way there:$stage/110592:1:2"; do
        shrunk 6 "${fail#*:}"
        expect "out of memory for ${fail%%:*}: half of it from then on, converted" \
            "$(grep -c 'batch of 6 frames, going on with 3' "$work/s.err") == 1 && \
$(counter launches "$work/s.json") == 6 && $(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0" \
            "$(counter launches "$work/s.json") launches of 8 frames, all bytes"
    done
    shrunk 6 $size:8:2 $stage/55296:1:2
    expect "out of memory for a batch, and for the way there of half of it" \
        "$(grep -c 'going on with 1' "$work/s.err") == 1 && \
$(counter launches "$work/s.json") == 16 && $(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0" \
        "$(counter launches "$work/s.json") launches of 8 frames, all bytes"
    shrunk 1 $stage/18432:1:2 $stage/18432:1:2
    expect "out of memory for the way there, twice" \
        "$(wc -l <"$work/cuda") == 0 && \
$(grep -c 'a batch of one frame needs .* MiB' "$work/s.err") == 1" \
        "$(grep -o 'a batch of one.*' "$work/s.err" | head -n 1)"
}

# faults_run LIMIT BATCH: a run in so many MiB; 8 frames of 6 MiB, 5 MiB out of each, or of
# RGB0 (to=rgb0) 10 MiB and 5 MiB on the way there
faults_run()
{
    make_graph "format=yuv444p,hwupload,v360batch_cuda=views=w=1280 h=640|w=640 h=640:batch=$2:format=${to:=yuv444p}" \
        2 "hwdownload,format=$to"
    SOFTCUDA_MEM_MB=$1 SOFTCUDA_STATS=$work/m.json LD_LIBRARY_PATH=$softcuda \
        level=warning run_ffmpeg -init_hw_device cuda=c -filter_hw_device c \
        -f lavfi -i testsrc2=s=2048x1024:r=25:d=0.32 -filter_complex "$graph" \
        "${maps[@]}" -f framemd5 - 2>"$work/m.err" | grep -v '^#'
}

# memory_steps NAME LEAST LIMIT...: in more memory there are larger batches, down to LEAST
# launches; no memory is lost, and all bytes are there or a reason is told
memory_steps()
{
    local limit launches bad='' figures='' last=99 fits=0
    make_graph "format=yuv444p,v360batch=views=w=1280 h=640|w=640 h=640" 2 "format=$to"
    run_ffmpeg -f lavfi -i testsrc2=s=2048x1024:r=25:d=0.32 -filter_complex "$graph" \
        "${maps[@]}" -f framemd5 - | grep -v '^#' >"$work/cpu"
    for limit in "${@:3}"; do
        faults_run "$limit" 8 >"$work/cuda"
        launches=$(counter launches "$work/m.json")
        [ "$(counter live_at_exit "$work/m.json")" = 0 ] || bad+=" $limit: leak"
        if cmp -s "$work/cpu" "$work/cuda"; then
            fits=1
            ((launches <= last)) || bad+=" $limit: $launches after $last"
            last=$launches
            figures+=" $limit:$launches"
        else
            figures+=" $limit:none"
            ((!fits)) || bad+=" $limit: no output though less sufficed"
            grep -q 'MiB' "$work/m.err" || grep -q 'OUT_OF_MEMORY' "$work/m.err" ||
                bad+=" $limit: no reason"
        fi
    done
    if [ -z "$bad" ] && [ "$fits" = 1 ] && [ "$last" = "$2" ]; then
        ok "cuda: $1" "MiB:launches$figures"
    else
        fail "cuda: $1" "MiB:launches$figures;$bad"
    fi
}

faults_memory()
{
    local to=rgb0
    memory_steps "memory in steps, converted" 2 24 48 64 96 160 384
    to=yuv444p
    memory_steps "memory in steps" 1 8 16 24 32 48 64 96 160 256
    faults_run 24 8 >"$work/cuda"
    if grep -q 'needs .* MiB' "$work/m.err"; then
        ok "cuda: what does not fit is told" "$(grep -o '\(a batch\|grids\).*' "$work/m.err" | tail -n 1)"
    else
        fail "cuda: what does not fit is told" "$(tail -n 2 "$work/m.err")"
    fi
}

faults_options()
{
    local o
    for o in batch=65 batch=-1 vram=0 vram=2; do
        if on_cuda testsrc2=s=64x32:d=0.1 nv12 "$o:views=w=8 h=8" 1 \
           >/dev/null 2>"$work/err"; then
            fail "cuda: $o is refused"
        elif grep -q 'out of range' "$work/err"; then
            ok "cuda: $o is refused"
        else
            fail "cuda: $o is refused" "$(head -n 1 "$work/err")"
        fi
    done
}

# The logic of scripts/gpu-verify; its conformance tests are those above.
faults_gpu_verify()
{
    local out status
    if ! command -v nvidia-smi >/dev/null; then
        out=$("$root/scripts/gpu-verify" 2>&1)
        expect "gpu-verify without a GPU" "$? == 77" "$out"
    fi
    out=$("$root/scripts/gpu-verify" --softcuda --frames 6 --size 512x256 \
          --view 64x48 --runs 1 2>&1)
    status=$?
    expect "gpu-verify on softcuda" \
        "$status == 0 && $(grep -c '^| de.* [0-9.]* |$' <<<"$out") == 8" \
        "$(grep -c '^| de' <<<"$out") rows"
    expect "gpu-verify without NVENC says why" \
        "$(grep -c '^| skip - .* NVENC: no session opens: [^ ]' <<<"$out") == 2" \
        "$(grep -m 1 -o 'no session opens: [^|]*' <<<"$out")"
}

# A program may send another frame after one that failed: no table on the device is
# taken for complete then.
faults_next_frame()
{
    local call n out lost=0 bad=
    make -C "$build" libavfilter/tests/v360cuda >"$work/make.log" 2>&1 ||
        fail "cuda: v360cuda builds" "$(tail -n 3 "$work/make.log")"
    for call in cuMemAlloc cuMemFree cuMemcpyHtoDAsync cuEventRecord cuLaunchKernel; do
        for n in 1 2 3 4 5 6 7 8 9 10 11; do
            out=$(SOFTCUDA_FAIL=$call:$n:2 LD_LIBRARY_PATH=$softcuda \
                "$build/libavfilter/tests/v360cuda" two \
                "views=w=16 h=16:batch=1:format=rgb0" 2>&1) || bad+=" $call:$n"
            [[ $out != *"frame was lost"* ]] || lost=$((lost + 1))
        done
    done
    expect "the frame after one that failed" "${#bad} == 0 && $lost > 20" \
        "$lost frames lost; without a next one:$bad"
}
