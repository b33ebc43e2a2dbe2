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

# fails CALL N: the n-th call and the 20 after it, with which the filter asks again; none
# counts those that fail before it
fails()
{
    local i
    for ((i = 0; i <= 20; i++)); do echo "$1:$2:2"; done | paste -sd ,
}

# Memory that was there when the batch was chosen, and is not when its frames
# are wanted.
faults_shrink()
{
    local size=cuMemAlloc/36864
    on_cpu testsrc2=s=192x96:r=25:d=0.32 nv12 rig=ring2:w=64:h=48 2 >"$work/cpu"
    shrunk 4 "$(fails $size 6)"
    expect "out of memory in a batch: half of it from then on" \
        "$(grep -c 'batch of 4 frames, going on with 2' "$work/s.err") == 1 && \
$(counter launches "$work/s.json") == 4 && $(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0" \
        "$(counter launches "$work/s.json") launches of 8 frames, all bytes"
    shrunk 4 "$(fails $size 6 | cut -d , -f -20)"
    expect "out of memory for less than 0.2 s: the same batch" \
        "$(grep -c 'going on with' "$work/s.err") == 0 && \
$(counter launches "$work/s.json") == 2 && $(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0" \
        "$(counter launches "$work/s.json") launches of 8 frames, all bytes"
    make_graph "format=nv12,hwupload,v360batch_cuda=views=w=64 h=48:batch=4" 1 null
    SOFTCUDA_FAIL=$(fails $size 3) SOFTCUDA_STATS=$work/s.json LD_LIBRARY_PATH=$softcuda \
        run_ffmpeg -init_hw_device cuda=c -filter_hw_device c -f lavfi -i \
        testsrc2=s=192x96:r=25:d=3.2 -filter_complex "$graph" "${maps[@]}" -f null - 2>"$work/err"
    expect "a batch grows again when memory was short: 32 of 2 frames, then 4" \
        "$(counter launches "$work/s.json") == 36" \
        "$(counter launches "$work/s.json") launches of 80 frames"
    make_graph "format=nv12,v360batch_cuda=views=w=64 h=48:batch=8:delay=0" 1 null
    SOFTCUDA_FAIL=$(fails cuMemAlloc/74240 1) SOFTCUDA_STATS=$work/s.json \
        LD_LIBRARY_PATH=$softcuda run_ffmpeg -f lavfi -i testsrc2=s=192x96:r=25:d=0.4 \
        -filter_complex "$graph" "${maps[@]}" -f null - 2>"$work/err"
    expect "memory of a batch lacks that has few frames: a smaller batch" \
        "$? == 0 && $(counter launches "$work/s.json") == 10 && \
$(grep -c 'injected error' "$work/err") == 21" "$(counter launches "$work/s.json") launches"
    shrunk 1 $size:2:2
    expect "out of memory at one frame: once more" \
        "$(wc -l <"$work/cuda") == 16 && $(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0" \
        "$(wc -l <"$work/cuda") of 16 frames"
    shrunk 1 "$(fails $size 1)"
    expect "out of memory at one frame, for 0.2 s" \
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
    for fail in "a batch:$size 8" "the way there:$stage/110592 1"; do
        # shellcheck disable=SC2086 # two words
        shrunk 6 "$(fails ${fail#*:})"
        expect "out of memory for ${fail%%:*}: half of it from then on, converted" \
            "$(grep -c 'batch of 6 frames, going on with 3' "$work/s.err") == 1 && \
$(counter launches "$work/s.json") == 6 && $(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0" \
            "$(counter launches "$work/s.json") launches of 8 frames, all bytes"
    done
    shrunk 6 "$(fails $size 8)" "$(fails $stage/55296 1)"
    expect "out of memory for a batch, and for the way there of half of it" \
        "$(grep -c 'going on with 1' "$work/s.err") == 1 && \
$(counter launches "$work/s.json") == 16 && $(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0" \
        "$(counter launches "$work/s.json") launches of 8 frames, all bytes"
    shrunk 1 "$(fails $stage/18432 1)"
    expect "out of memory for the way there, for 0.2 s" \
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

# What batch=0 takes of little memory, in pages as drivers hand it out.
faults_auto()
{
    local m
    make_graph "format=yuv420p,hwupload,v360batch_cuda=ring4:w=800:h=800" 4 \
        "hwdownload,format=yuv420p"
    for m in 96 128 192; do
        SOFTCUDA_PAGE_KB=2048 SOFTCUDA_MEM_MB=$m SOFTCUDA_STATS=$work/m.json \
            LD_LIBRARY_PATH=$softcuda level=verbose run_ffmpeg -init_hw_device cuda=c \
            -filter_hw_device c -f lavfi -i testsrc2=s=2048x1024:r=25:d=0.8 \
            -filter_complex "$graph" "${maps[@]}" -f framemd5 - 2>"$work/m.err" >"$work/cuda"
        expect "batch=0 in $m MiB: no memory lacks" "$? == 0 && \
$(grep -vc '^#' "$work/cuda") == 80 && $(grep -c 'going on with\|does not fit' "$work/m.err") == 0" \
            "$(grep -o 'batch of [0-9]* frames' "$work/m.err" | head -n 1), at most \
$(($(counter taken_peak "$work/m.json") >> 20)) MiB taken"
    done
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

# Memory is taken and given back beside the job, which has little more of it than it needs:
# it waits, makes batches smaller and larger again, and none of its frames is lost. FFmpeg's
# hwupload would give up.
faults_pressure()
{
    local down views=ring4:w=320:h=320
    "${CC:-gcc}" -O1 -shared -fPIC -o "$work/pressure.so" "$here/pressure.c" -ldl -lpthread ||
        { fail "cuda: pressure.c builds"; return; }
    make_graph "format=yuv420p,v360batch=$views" 4 null
    run_ffmpeg -f lavfi -i testsrc2=s=512x256:r=100:d=4 -filter_complex "$graph" "${maps[@]}" \
        -f framemd5 - | grep -v '^#' >"$work/cpu"
    for down in hwdownload,format=yuv420p null; do
        make_graph "realtime,format=yuv420p,v360batch_cuda=$views:batch=8" 4 "$down"
        SOFTCUDA_MODE=thread SOFTCUDA_MEM_MB=24 SOFTCUDA_STATS=$work/p.json \
            LD_PRELOAD=$work/pressure.so LD_LIBRARY_PATH=$softcuda level=warning run_ffmpeg \
            -f lavfi -i testsrc2=s=512x256:r=100:d=4 -filter_complex "$graph" "${maps[@]}" \
            -f framemd5 - 2>"$work/err" | grep -v '^#' >"$work/cuda"
        expect "memory taken and given back 2000 times, $down" \
            "$(wc -l <"$work/cpu") == 1600 && $(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0" \
            "$(wc -l <"$work/cuda") frames, $(counter launches "$work/p.json") launches, \
$(grep -c 'going on with' "$work/err") times smaller; $(grep -o 'pressure:.*' "$work/err")"
    done
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
        "$status == 0 && $(grep -c '^| de.* [0-9.]* |$' <<<"$out") == 10" \
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
