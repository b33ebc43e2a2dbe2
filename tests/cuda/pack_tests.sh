# Part of tests/cuda/run-tests: the folder that scripts/gpu-verify --pack makes for a
# machine without tools, on softcuda. tests/cuda/bare-pack does the same with all of it
# on a bare machine. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

pack_run()
{
    local status n
    need_pack
    n=$(find "$work/pack/cases" -name '*.args' | wc -l)
    run_pack
    status=$?
    expect "the pack passes with a shell and a driver" \
        "$status == 0 && $n > 9 && $(report "int('$n commands have' in p['conformance']['note'] and \
' 0 were skipped' in p['conformance']['note'])") == 1" "$(report "p['conformance']['note']")"
    expect "the pack's kernels are timed by events" \
        "$(report "int(len([t for t in p['kernels']['rows'] if t.get('value', 0) > 0 \
and 'of the copy' in t.get('note', '')]))") == 2" \
        "$(report "[t['value'] for t in p['kernels']['rows']]")"
    expect "the pack's kernels of two launches a batch are timed apart" \
        "$(report "int(len([t for t in p['kernels']['rows'] if t['note'] == 'part of jpeg-1080']))") == 2" \
        "$(report "[t['name'] for t in p['kernels']['rows']]")"
    expect "the pack's copies" "$(report "int(len([t for t in p['copies']['rows'] \
if t['value'] > 0]))") == 17" "17 ways"
    expect "the pack's jobs" "$(report "int(p['pipeline']['status'] == 'passed' and \
'by NVDEC' in p['pipeline']['note'] and len(p['pipeline']['rows']))") >= 15" \
        "$(report "len(p['pipeline']['rows'])") rows"
    expect "the pack says that there is no NVENC" \
        "$(grep -c '^| NVENC | .* not here: [^ ]' "$work/pack/report.md") == 1 && \
$(grep -c 'skipped, no session of NVENC' "$work/pack/report.md") == 1" \
        "$(grep -o 'not here: .* ' "$work/pack/report.md")"
    expect "the pack leaves nothing behind" "$(find "$work/tmp" -mindepth 1 | wc -l) == 0" ""
}

# NVENC, where softcuda has a model of it.
pack_nvenc()
{
    local model=$softcuda/nvenc/libnvidia-encode.so.1
    need_pack
    [ -e "$model" ] || { skip "cuda: the pack's NVENC" "softcuda has no $model"; return; }
    driver=$softcuda:${model%/*} pack_status "with NVENC" 0 --only pipeline
    expect "the pack's views by NVENC" "$(report "int(len([t for t in p['pipeline']['rows'] \
if 'NVENC, batch=' in t['name'] and 'not measured' not in t['note']]))") == 4" \
        "$(report "rows['start', 'NVENC']['note']")"
}

# What other programs say, as NVIDIA's say it, is in the report.
pack_tools()
{
    need_pack
    stand_in nvidia-smi <<'END_OF_PROGRAM'
[ "$2" = GPU-5c5c5c5c-5c5c-5c5c-5c5c-5c5c5c5c5c00 ] && echo "580.65.06, 96.00, 1980 MHz"
END_OF_PROGRAM
    stand_in compute-sanitizer <<'END_OF_PROGRAM'
[ "$1" != --version ] || exit 0
while [ "$1" != env ]; do shift; done
"$@" || exit
echo "========= ERROR SUMMARY: $ERRORS errors"
[ "$ERRORS" = 0 ] || exit 9
END_OF_PROGRAM
    stand_in ncu <<'END_OF_PROGRAM'
[ "$1" != --version ] || exit 0
echo "  v360batch_line_8 (51, 1, 1)x(16, 8, 1), Context 1, Stream 7, Device 0, CC 9.0"
echo "    Metric Name      Metric Unit Metric Value"
echo "    dram__bytes.sum        Mbyte        41.78"
END_OF_PROGRAM
    stand_in python3 <<'END_OF_PROGRAM'
[ "$1" != -c ] || exit 0
printf 'float16, views\t123.5\timages/s\t15.4 frames/s\n'
END_OF_PROGRAM
    sed -i '2i ERRORS=0' "$work/bare/compute-sanitizer"
    pack_status "stand-ins of other programs" 0 --only torch,sanitizer,counters
    expect "the pack's report of nvidia-smi" \
        "$(report "int(rows['device', 'nvidia-smi']['note'].startswith('580.65.06, 96.00, 1980 MHz ('))") == 1" \
        "$(report "rows['device', 'nvidia-smi']['note'][:30]")"
    expect "the pack's reports of torch, compute-sanitizer and ncu" \
        "$(report "int(rows['torch', 'float16, views']['value'] == 123.5 and \
'0 errors' in p['sanitizer']['note'] and rows['counters', 'dram__bytes.sum']['note'] == '41.78 Mbyte' and \
p['counters']['rows'][0]['note'].startswith('v360batch_line_8'))") == 1" "the row of each"
    sed -i 's/^ERRORS=0/ERRORS=2/' "$work/bare/compute-sanitizer"
    pack_status "errors of memcheck" 1 --only sanitizer
    expect "the pack tells the errors of memcheck" \
        "$(report "int('2 errors' in p['sanitizer']['note'])") == 1" "$(report "p['sanitizer']['note']")"
    rm "$work"/bare/{nvidia-smi,compute-sanitizer,ncu,python3}
}

# torch's views, which differ by rounding alone: grid_sample takes floats, the filter
# places in 1/256 of a pixel.
pack_torch()
{
    local out
    if ! /usr/bin/python3 -c 'import torch' 2>/dev/null; then
        skip "cuda: the pack's grid_sample" "no torch for /usr/bin/python3: python3-torch"
        return
    fi
    run_ffmpeg -f lavfi -i testsrc2=s=1920x960,format=rgb24 -frames:v 1 -f rawvideo "$work/t.source"
    run_ffmpeg -f rawvideo -video_size 1920x960 -pixel_format rgb24 -i "$work/t.source" \
        -filter_complex 'format=rgb0,v360batch=views=yaw=45:w=480:h=270,format=rgb24' \
        -f rawvideo "$work/t.view"
    out=$(/usr/bin/python3 "$root/scripts/lib/pack-torch.py" cpu "$work/t" 1920x960 2>&1)
    expect "the pack's grid_sample has the filter's views" \
        "$(grep -c '^float32, difference from the filter.*at most [012], ' <<<"$out") == 1 && \
$(grep -c '^float32, views .*images/s' <<<"$out") == 2" "$(grep -m 1 'difference' <<<"$out")"
}

# pack_status NAME STATUS OPTION...
pack_status()
{
    run_pack "${@:3}"
    expect "the pack, $1" "$? == $2" "$(grep -v '^ ' "$work/run.log" | head -n 1)"
}

pack_failures()
{
    local case place wrong
    need_pack
    driver='' pack_status "no driver" 77
    devices=0 pack_status "no GPU" 77
    pack_status "an unknown option" 2 --nothing
    pack_status "no time for all tests" 1 --only conformance --seconds 0.001
    expect "the pack says what was not run" \
        "$(report "int('not run for want of time' == p['conformance']['note'])") == 1" \
        "$(report "p['conformance']['note']")"
    case=$(find "$work/pack/cases" -name '*equal_alpha.out' | sort | head -n 1)
    cp "$case" "$work/kept"
    wrong=$(tail -c 2 "$case")
    place=$(($(stat -c %s "$case") - 2))
    printf '%s' "$([ "$wrong" = 0 ] && echo 1 || echo 0)" |
        dd of="$case" bs=1 seek="$place" conv=notrunc 2>/dev/null
    pack_status "one digit of one sum is another" 1 --only conformance
    cp "$work/kept" "$case"
    wrong=$(basename "$case" .out)
    expect "the pack names the test" "$(report "int('1 of' in rows['conformance', '$wrong']['note'])") == 1" \
        "$(report "rows['conformance', '$wrong']['note']")"
    rm -f "$work/pack/report.json"
    chmod a-w "$work/pack"
    mkdir -p "$work/to"
    pack_status "reports go where they shall" 0 --only conformance --to "$work/to"
    chmod u+w "$work/pack"
    expect "the pack's reports are there" \
        "$(find "$work/to" -size +0 | wc -l) == 3" "$(ls "$work/to")"
}

# What has begun ends with the program, and its files.
pack_ends()
{
    local start=$SECONDS
    need_pack
    hang=hang pack_status "commands that hang" 1 --only conformance --seconds 6
    expect "the pack, commands that hang are killed" "$((SECONDS - start)) < 50 && \
$(report "int(' 0 have not' not in p['conformance']['note'])") == 1" \
        "$((SECONDS - start)) s; $(report "p['conformance']['note']")"
    for signal in TERM KILL; do
        {
            hang=hang run_pack --only conformance &
            sleep 3
            stop_pack "$signal"
            wait $!
            sleep 0.5
        } 2>/dev/null
        expect "the pack, $signal" "$(started_from "$work/tmp" | wc -l) == 0 && \
$(find "$work/tmp" -mindepth 1 -maxdepth 1 | wc -l) == $([ $signal = TERM ] && echo 0 || echo 1)" \
            "$(find "$work/tmp" -mindepth 1 -maxdepth 1 | wc -l) folders left"
        rm -rf "$work/tmp"/*
    done
}

# started_from FOLDER: processes whose command names it, the oldest one first
started_from()
{
    local process
    for process in /proc/[0-9]*; do
        tr '\0' ' ' 2>/dev/null <"$process/cmdline" | grep -qF "$1/" && echo "${process#/proc/}"
    done | sort -n
}

# stop_pack SIGNAL: to the program, which has a process of its own for its work
stop_pack() { kill "-$1" "$(started_from "$work/pack/bin" | head -n 1)"; }
