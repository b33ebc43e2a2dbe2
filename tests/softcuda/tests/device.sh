# shellcheck shell=bash disable=SC2154 # part of run-tests
# The device itself: symbols, planted faults, settings.

# Every function that FFmpeg's loader wants on Linux, required or optional,
# and what filters look up themselves.
symbols() {
    local header wanted missing optional extra
    header=$(find "$root/build" -maxdepth 6 -path '*/ffnvcodec/*' \
             -name dynlink_loader.h 2>/dev/null | sort | head -n 1)
    [ -n "$header" ] ||
        header=$(sed -n 's/.*-I *\([^ ]*\).*/\1/p' \
                 <<< "${NVC_CFLAGS:-}")/ffnvcodec/dynlink_loader.h
    extra="cuMemGetInfo_v2 cuMemHostAlloc cuMemFreeHost cuMemHostRegister
           cuMemHostRegister_v2 cuCtxSynchronize cuEventElapsedTime
           cuStreamCreateWithPriority cuDeviceTotalMem_v2"
    nm -D --defined-only "$out/libcuda.so.1" | sed -n 's/.* T //p' | sort \
        > "$work/exported"
    # Direct3D is behind an #if; the cuvid and nvenc loaders come after.
    sed -n 's/.*LOAD_SYMBOL(.*"\(cu[A-Z][^"]*\)").*/\1/p' \
        "$header" | grep -v D3D11 | sort -u > "$work/wanted"
    wanted=$(wc -l < "$work/wanted")
    [ "$wanted" -gt 50 ] || { echo "cannot read $header"; return 1; }
    # shellcheck disable=SC2086 # a list
    missing=$(printf '%s\n' $extra | sort | cat "$work/wanted" - | sort -u |
              comm -23 - "$work/exported")
    [ -z "$missing" ] || { echo "missing:" "$missing"; return 1; }
    optional=$(sed -n 's/.*SYMBOL_OPT(.*"\(cu[A-Z][^"]*\)").*/\1/p' "$header" |
               grep -cFxf "$work/exported")
    echo "$wanted required, $optional optional and $(wc -w <<< "$extra")" \
         "more; $(wc -l < "$work/exported") exported"
}

# planted CASE MESSAGE [VAR=VALUE]...: the program must see what it must, and
# the device must have said so
planted() {
    local name=$1 message=$2 log
    shift 2
    log=$(device "$@" "SOFTCUDA_STATS=$work/planted.json" \
          timeout 20 "$out/planted" "$here/tests/planted.ptx" "$name" 2>&1) ||
        { echo "$log"; return 1; }
    grep -qE "$message" <<< "$log" || { echo "$log"; return 1; }
    grep -m1 -oE "$message" <<< "$log"
}

# refused CASE WHAT [VAR=VALUE]...: what the real driver refuses
refused() {
    local name=$1 log
    log=$(device "${@:3}" "SOFTCUDA_STATS=$work/refused.json" \
          timeout 20 "$out/refused" "$name" 2>&1) || { echo "$log"; return 1; }
    echo "$(grep -c "$2" <<< "$log") refused"
}

# memory CASE MESSAGE [VAR=VALUE]...
memory() {
    local log
    log=$(device "${@:3}" "SOFTCUDA_STATS=$work/memory.json" \
          timeout 20 "$out/memory" "$1" 2>&1) || { echo "$log"; return 1; }
    grep -E "$2" <<< "$log" || { echo "$log"; return 1; }
}

pages() {
    memory pages '.' SOFTCUDA_PAGE_KB=2048 SOFTCUDA_MEM_MB=16 || return
    [ "$(value peak "$work/memory.json")" = $((12465 << 10)) ] &&
        [ "$(value taken_peak "$work/memory.json")" = $((16 << 20)) ]
}

# Only an operation that runs later reads what the source became.
device_pageable() {
    local mode late
    for mode in eager lazy thread; do
        late='[0-9]+'
        case $mode in eager) late=0 ;; lazy) late=1000 ;; esac
        try "pageable memory is staged, $mode" memory pageable \
            '^0 of 1000 .* 0 later' "SOFTCUDA_MODE=$mode"
        try "pageable memory is read by the copy, $mode" memory pageable \
            "^$late of 1000 .* 0 later" "SOFTCUDA_MODE=$mode" \
            SOFTCUDA_PAGEABLE=async
        try "pageable memory of a call that waits, $mode" memory \
            pageable-call '' "SOFTCUDA_MODE=$mode" SOFTCUDA_PAGEABLE=async
    done
}

contexts() {
    refused second-context UNAVAILABLE SOFTCUDA_EXCLUSIVE=1 \
        SOFTCUDA_DEVICES=2 || return
    [ "$(value contexts "$work/refused.json")" = 4 ] &&
        [ "$(value contexts_at_once "$work/refused.json")" = 2 ] &&
        [ "$(value live_contexts_at_exit "$work/refused.json")" = 1 ] &&
        echo "4 contexts, 2 at once, 1 at exit"
}

leak() {
    planted leak '' || return
    [ "$(value live_at_exit "$work/planted.json")" = 12345 ] &&
        [ "$(value live_allocations_at_exit "$work/planted.json")" = 1 ] &&
        echo "live_at_exit 12345"
}

# The host's access ends the program by a signal, after a message.
host_touch() {
    local log status=0
    log=$(device timeout 20 "$out/planted" "$here/tests/planted.ptx" \
          host-touch 2>&1) || status=$?
    [ "$status" = 139 ] && grep 'the host touched device address' <<< "$log"
}

# The message does not depend on the mode or the host threads.
same_report() {
    local mode threads
    for mode in eager lazy thread; do
        for threads in 1 2 7; do
            device "SOFTCUDA_MODE=$mode" "SOFTCUDA_THREADS=$threads" \
                "$out/planted" "$here/tests/planted.ptx" out-of-bounds 2>&1 |
                grep FAULT
        done
    done | sort -u > "$work/reports"
    cat "$work/reports"
    [ "$(wc -l < "$work/reports")" = 1 ] && echo "9 runs, 1 message"
}

device_faults() {
    local where='in kernel fill, PTX line [0-9]+, block \([0-9,]+\), '
    where+='thread \([0-9,]+\), address 0x[0-9a-f]+, 4 bytes: '
    try "a correct program passes" planted correct ''
    try "out-of-bounds write" planted out-of-bounds \
        "illegal address ${where}nearest allocation .* 3996 bytes"
    try "use after free" planted use-after-free \
        "illegal address ${where}offset 0 of a freed allocation"
    try "host pointer in a kernel" planted host-pointer \
        "illegal address ${where}not a device address"
    try "misaligned access" planted misaligned "misaligned address $where"
    try "outside of shared memory" planted shared-out-of-bounds \
        'outside of .shared in kernel shared'
    try "one message in all modes" same_report
    try "double free" planted double-free \
        'cuMemFree of 0x[0-9a-f]+, .* freed allocation'
    try "leak" leak
    try "copy out of bounds" planted copy-out-of-bounds \
        'outside of any allocation'
    try "pitches of 2D copies" refused pitch INVALID_VALUE
    try "host touches device memory" host_touch
    try "missing event, lazy" planted event-missing '1000 of 1000' \
        SOFTCUDA_MODE=lazy
    try "missing wait, lazy" planted wait-missing 'before the wait 99' \
        SOFTCUDA_MODE=lazy
}

# what the case "correct" must count, worked out by hand
counters() {
    planted correct '' SOFTCUDA_PROFILE=1 || return
    python3 "$here/tests/check_counters.py" "$work/planted.json"
}

device_modes() {
    local mode
    for mode in eager lazy thread; do
        try "streams and an event, $mode" planted event-present \
            '^0 of 1000 values wrong' "SOFTCUDA_MODE=$mode"
        try "default stream, $mode" planted default-stream \
            '^0 of 1000 values wrong' "SOFTCUDA_MODE=$mode"
        try "callback, $mode" planted callback 'the callback saw 7' \
            "SOFTCUDA_MODE=$mode"
    done
}

device_settings() {
    try "barriers" planted barrier 'sum 32640'
    try "subnormals and zeros" planted flush-to-zero 'flushed 0.*'
    try "unsupported PTX is refused" planted unsupported-ptx \
        'PTX line [0-9]+: unsupported instruction'
    try "unsupported call" planted unsupported-call \
        'cuMemAllocManaged is not supported'
    try "memory size" planted memory-size 'total 16777216' \
        SOFTCUDA_MEM_MB=16
    try "memory in pages of 2 MiB" pages
    try "devices, capability, driver" planted settings '3 devices.*' \
        SOFTCUDA_DEVICES=3 SOFTCUDA_CC=75 SOFTCUDA_DRIVER=12020
    try "exclusive mode" contexts
    try "injected failure" planted injected-failure 'injected error 2.*' \
        SOFTCUDA_FAIL=cuMemAlloc:2:2
    try "injected failure of a size" planted injected-size \
        'injected error 2.*' SOFTCUDA_FAIL=cuMemAlloc/8:2:2
}

# One warp's load, worked out by hand: bytes in one line; words in one line, in every
# other bank of two, in one bank of 32, in 32 banks of 32; 16 bytes of each lane, which
# fill 4 lines and take each bank 4 times; one word for all.
wavefronts() {
    local kernel stride lines waves n=0
    while read -r kernel stride lines waves; do
        device SOFTCUDA_PROFILE=1 "SOFTCUDA_STATS=$work/access.json" \
            "$out/access" "$here/tests/access.ptx" "$kernel" "$stride" || return
        grep -q "load_global.*\"requests\": 1,.*\"lines\": $lines, \"wavefronts\": $waves}" \
            "$work/access.json" || { grep load_global "$work/access.json"; return 1; }
        grep -q 'store_global.*"lines": 1, "wavefronts": 1}' "$work/access.json" || return
        n=$((n + 1))
    done <<'END'
load8 1 1 1
load32 4 1 1
load32 8 2 2
load32 128 32 32
load32 132 32 8
load128 16 4 4
load128 0 1 1
END
    echo "$n loads"
}

# the device's own line is not a figure of the test
virtual_time() {
    device timeout 20 "$out/overlap" "$here/tests/planted.ptx" 2>/dev/null
}

# streams MACHINE SLOTS LEAST MOST [poll]: see tests/check_streams.py
streams() {
    device timeout 60 env "SOFTCUDA_STATS=$work/streams.json" \
        "SOFTCUDA_TRACE=$work/streams.trace" \
        "SOFTCUDA_MODEL=$here/presets/$1.txt" "$out/streams" \
        "$here/tests/planted.ptx" "$2" 24 ${5:+"$5"} 2>&1 || return
    python3 "$here/tests/check_streams.py" "$work/streams.json" \
        "$work/streams.trace" 24 "$3" "$4"
}

# With three slots the longest copies stand back to back: above them are the
# first upload and kernel and the last download. One slot serialises it all:
# both copies and the kernel of each batch. A host that asks for slots instead of
# waiting for them gets the answers of virtual time.
device_streams() {
    local machine
    for machine in rtx4090 rtx5070ti; do
        try "three streams, $machine" streams "$machine" 3 1 1.1
        try "three streams and one slot, $machine" streams "$machine" 1 2 3
        try "three streams, polled, $machine" streams "$machine" 3 1 1.1 poll
    done
}

device_symbols() { try "symbols" symbols; }
device_counters() {
    try "counters" counters
    try "wavefronts of L1" wavefronts
}
device_time() { try "virtual time" virtual_time; }
