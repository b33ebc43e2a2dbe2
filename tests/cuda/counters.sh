# Part of tests/cuda/run-tests: what the driver's counters must say.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# count FILE FORMAT OPTIONS VIEWS FRAMES: counters of a run to null outputs
count()
{
    make_graph "format=$2,hwupload,v360batch_cuda=$3" "$4" null
    SOFTCUDA_STATS=$1 LD_LIBRARY_PATH=$softcuda run_ffmpeg \
        -init_hw_device cuda=c -filter_hw_device c \
        -f lavfi -i "testsrc2=s=192x96:r=25" -filter_complex \
        "${graph/format=/trim=end_frame=$5,format=}" "${maps[@]}" -f null -
}

# copied FILE KIND: bytes and calls of copies to the device
copied() { sed -n "s/.*\"h2d\".*\"$2\": {\"calls\": \\([0-9]*\\), \"bytes\": \\([0-9]*\\)}.*/\\2/p" "$1"; }

# Syncs that are neither releases of memory nor the waits before them.
waits()
{
    echo $(($(counter syncs "$1") - $(counter cuMemFree_v2 "$1") -
            $(counter cuMemFreeHost "$1") - $(counter cuStreamSynchronize "$1")))
}

counters_launches()
{
    local f=$work/a.json g=$work/b.json n
    for n in 1 8 36; do
        count "$f" nv12 "rig=fibonacci$n:w=20:h=20:batch=3" "$n" 10
        expect "launches, $n views" "$(counter launches "$f") == 4" \
            "$(counter launches "$f") of 10 frames in batches of 3"
    done
    count "$f" yuva420p "views=w=64 h=64|w=30 h=20:batch=16" 2 16
    expect "launches, 4 planes, 2 sizes" "$(counter launches "$f") == 1" \
        "$(counter launches "$f")"

    count "$f" nv12 "rig=ring8:w=64:h=48:batch=4" 8 8
    count "$g" nv12 "rig=ring8:w=64:h=48:batch=4" 8 200
    expect "the host waits for nothing" "$(waits "$g") == 0 && \
$(counter cuStreamSynchronize "$g") == $(counter cuStreamSynchronize "$f")" \
        "$(waits "$g") waits, $(counter cuEventQuery "$g") queries"
    # a copy of a table for each of 48 more batches, and no other pinned copy
    n=$((($(copied "$g" pinned) - $(copied "$f" pinned)) / 48))
    expect "bytes to the device for a batch" "$n > 0 && $n <= 65536" "$n"
    expect "only tables are copied" \
        "$(copied "$g" pageable) == 25 * $(copied "$f" pageable)" \
        "pageable: $(copied "$g" pageable) bytes, all of them hwupload's"
    # When ffmpeg's threads take the outputs decides how many frames are in
    # flight: up to a batch of 8 views more, 32. A batch that allocated
    # anything would make 48 or more in 48 more batches.
    n=$(($(counter allocations "$g") - $(counter allocations "$f")))
    expect "allocations after two batches" "$n <= 32 && $n >= -32" \
        "$(counter allocations "$g"), $n more in 48 more batches"
    expect "nothing live at exit" \
        "$(counter live_at_exit "$g") + $(counter live_host_at_exit "$g") + \
$(counter live_events_at_exit "$g") + $(counter live_modules_at_exit "$g") == 0" \
        "device, pinned, events, modules"
}

counters_kernel()
{
    local figures
    make_graph "format=nv12,hwupload,v360batch_cuda=rig=ring8:w=480:h=270:batch=8" \
        8 null
    SOFTCUDA_PROFILE=1 SOFTCUDA_STATS=$work/p.json LD_LIBRARY_PATH=$softcuda \
        run_ffmpeg -init_hw_device cuda=c -filter_hw_device c -f lavfi \
        -i testsrc2=s=1920x960:r=25:d=0.32 -filter_complex "$graph" \
        "${maps[@]}" -f null -
    figures=$("$here/figures.py" "$work/p.json" "$here/golden" \
              "$(compiler)") || true
    while IFS= read -r line; do
        case $line in
        "ok "*) ok "cuda: ${line#ok }" ;;
        *) fail "cuda: ${line#not ok }" ;;
        esac
    done <<<"$figures"
}

# The conversion reads what has been remapped once, and writes its outputs once: 1.5 bytes
# of each for a luma sample of 4:2:0, and a part of a sector at the end of each row. Its
# instructions are at most those of remapping and converting with a matrix of 3x3.
counters_convert()
{
    local k n=$((480 * 270 * 8 * 2)) reads writes instructions
    make_graph "setparams=colorspace=bt709:range=tv,format=nv12,hwupload,\
v360batch_cuda=rig=ring8:w=480:h=270:batch=2:format=yuv420p" 8 \
        "hwdownload,format=pix_fmts=yuv420p:color_spaces=bt470bg:color_ranges=pc"
    SOFTCUDA_PROFILE=1 SOFTCUDA_STATS=$work/p.json with_device -f lavfi \
        -i testsrc2=s=1920x960:r=25:d=0.08 >"$work/cuda"
    k=$(sed -n '/"v360batch_convert_8_8"/,/"name"\|^  ]/p' "$work/p.json")
    reads=$(sed -n 's/.*"unique_sectors_read": \([0-9]*\).*/\1/p' <<<"$k" | head -n 1)
    writes=$(sed -n 's/.*"unique_sectors_written": \([0-9]*\).*/\1/p' <<<"$k" | head -n 1)
    instructions=$(sed -n 's/.*"instructions": \([0-9]*\).*/\1/p' <<<"$k" | head -n 1)
    expect "launches with a conversion" "$(counter launches "$work/p.json") == 2" \
        "$(counter launches "$work/p.json") of 2 frames in one batch"
    expect "what a conversion costs" "$((${reads:-n} * 3200 / n)) <= 155 && \
$((${writes:-n} * 3200 / n)) <= 155 && $((${instructions:-1000 * n} / n)) <= 100" \
        "for 100 luma samples $((reads * 3200 / n)) bytes read, \
$((writes * 3200 / n)) written, $((instructions * 100 / n)) instructions"
}

# The compiler of the PTX in the binary; clang's PTX does not name it.
compiler()
{
    local nvcc
    nvcc=$(sed -n 's/^NVCC=//p' "$build/ffbuild/config.mak")
    case $nvcc in
    *clang*) "$nvcc" --version | sed -n '1s/.*\(clang version [0-9]*\).*/\1/p' ;;
    *) sed -n 's/^Cuda compilation tools, \(release [0-9.]*\).*/nvcc \1/p' \
            < <("$nvcc" --version) ;;
    esac
}
