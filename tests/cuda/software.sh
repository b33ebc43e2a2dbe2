# Part of tests/cuda/run-tests: sources and views in the memory of the host, which the
# filter copies itself, have the bytes of v360batch. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of run-tests

software_source=testsrc2=s=192x96:r=25:d=0.2,noise=alls=60:all_seed=1
software_views='views=yaw=170 pitch=20 w=61 h=47|pitch=-70 w=30 h=21'

# software GRAPH OUTPUTS: framemd5 of all pads; V stands for the filter
software()
{
    local i
    maps=()
    for ((i = 0; i < $2; i++)); do maps+=(-map "[o$i]"); done
    run_ffmpeg -f lavfi -i "${source:-$software_source}" -filter_complex "$1" "${maps[@]}" \
        -f framemd5 - | grep -v '^#'
}

# software_same NAME FORMAT OPTIONS OUTPUTS [BATCH]: OUTPUTS are the views' pads, and what
# becomes of them; V= stands for the filter there, too, and DOWN for FFmpeg's own download
software_same()
{
    local graph="format=$2,${sent:-}V=$3" outs frames
    outs=${4//DOWN/null}
    software "${graph//V/v360batch}${outs//V=/v360batch=}" "$(grep -o '\[o' <<<"$4" | wc -l)" \
        >"$work/cpu" 2>"$work/cpu.err"
    graph="format=$2,${sent:-}V=$3:${5:-batch=3}"
    outs=${4//DOWN/hwdownload}
    LD_LIBRARY_PATH=$softcuda SOFTCUDA_STATS=$work/soft.json software \
        "${graph//V/v360batch_cuda}${outs//V=/v360batch_cuda=}" \
        "$(grep -o '\[o' <<<"$4" | wc -l)" >"$work/cuda" 2>"$work/cuda.err"
    frames=$(wc -l <"$work/cpu")
    if [ "$frames" -gt 0 ] && cmp -s "$work/cpu" "$work/cuda"; then
        ok "cuda: software frames, $1" "$frames frames as on the CPU"
    else
        fail "cuda: software frames, $1" "$(diff "$work/cpu" "$work/cuda" | grep -c '^<') \
of $frames frames differ; $(cat "$work/cpu.err" "$work/cuda.err" | head -c 300)"
    fi
}

# What the filter reads: the formats of FATE's references.
software_formats()
{
    local f pair='[a0][a1];[a0]null[o0];[a1]null[o1]'
    for f in "$root"/tests/ref/fate/v360batch-format-*; do
        f=${f##*-}
        software_same "$f" "$f" "$software_views:fill=red" "$pair"
        software_same "$f, cube" "$f" "$software_views:fill=red:interp=cube" "$pair"
    done
}

# What views may be: a view of each format, all of them of one filter.
software_outputs()
{
    local f n=0 pads='' tails='' views=''
    for f in "$root"/tests/ref/fate/v360batch-format-*; do
        f=${f##*-}
        pads+="[p$n]" views+="${views:+|}yaw=$((n * 7)) w=$((21 + n % 4)) h=$((10 + n % 3))"
        tails+=";[p$n]format=$f[o$n]" n=$((n + 1))
    done
    for f in rgb24 bgr24 rgb48le rgb48be rgba64le rgba64be gray16be; do
        pads+="[p$n]" views+="|yaw=$((n * 7)) w=$((21 + n % 4)) h=$((10 + n % 3))"
        tails+=";[p$n]format=$f[o$n]" n=$((n + 1))
    done
    for f in yuv420p nv12 p010 yuv422p10 yuv444p16 gbrp gbrp16 rgba yuva444p10 gray gray16 \
             yuv410p; do
        software_same "$f to $n formats at once" "$f" "views=$views:interp=cube" "$pads$tails"
    done
}

# Frames of the host and of the device, converted and not, of one filter.
software_mixed()
{
    local to='[a][b][c][d];[a]DOWN,format=nv12[o0];[b]format=rgb24[o1];[c]null[o2]'
    local views='views=w=64 h=48|yaw=90 w=33 h=17|yaw=180 w=30 h=21|pitch=90 w=20 h=20'
    to+=';[d]format=pix_fmts=yuv444p:color_spaces=bt709:color_ranges=pc[o3]'
    # on the device, the first output is of CUDA frames because hwdownload wants them
    for f in 1 2 8; do
        software_same "beside CUDA frames, batch=$f" nv12 "$views" "$to" "batch=$f"
    done
    # nothing of the device is waited for but uploads, until all frames are there
    for f in 1 2; do
        SOFTCUDA_MODE=lazy source=${software_source/d=0.2/d=0.8} \
            software_same "CUDA frames that are read late, batch=$f" yuv420p \
            "$views" '[a][b][c][d];[a]reverse,DOWN,format=yuv420p[o0];[b]nullsink;[c]nullsink;[d]nullsink' \
            "batch=$f:pinned=$((1 << 20))"
    done
    software_same "an output that nobody reads" nv12 "$views" \
        '[a][b][c][d];[a]nullsink;[b]format=rgb24[o0];[c]null[o1];[d]trim=end_frame=2[o2]'
}

software_batches()
{
    local b to='[a][b];[a]null[o0];[b]format=rgb24[o1]'
    local source=testsrc2=s=192x96:r=25:d=0.76 sent
    for b in 0 1 2 3 5 16 64; do
        software_same "batch=$b" yuv420p "$software_views" "$to" "batch=$b"
    done
    software_same "delay=0" yuv420p "$software_views" "$to" batch=4:delay=0
    for b in 0 20000 300000; do
        software_same "pinned=$b" yuv420p "$software_views" "$to" "batch=2:pinned=$b"
    done
    for b in 1 2 3 4 5; do
        SOFTCUDA_FAIL=cuMemHostAlloc:$b:2 software_same "pinned memory $b fails" yuv420p \
            "$software_views" "$to" batch=2
    done
    for b in lazy thread; do
        export SOFTCUDA_MODE=$b
        software_same "mode $b" yuv420p "$software_views" "$to" batch=2
        software_same "mode $b, batch=1" p010 "$software_views:interp=cube" "$to" batch=1
        software_same "mode $b, not pinned" p010 "$software_views" "$to" batch=2:pinned=0
        sent="sendcmd=c='0.16 V 0.yaw 70'," software_same "mode $b, commands" yuv420p \
            "$software_views" "$to" batch=4
        sent=
    done
    unset SOFTCUDA_MODE
    # each frame is a batch of its own, and the views of several wait to be sent
    b=testsrc2=s=128x64:r=25:d=0.4,format=yuv420p,setparams=chroma_location
    source="$b=left[a];$b=topleft,setpts=PTS+0.02/TB[b];[a][b]interleave" SOFTCUDA_MODE=lazy \
        software_same "batches of one frame" yuv420p "$software_views" "$to" batch=8
    sent="vflip," software_same "from the bottom up" yuv420p "$software_views" "$to"
    sent="vflip," software_same "from the bottom up, not pinned" yuv420p "$software_views" \
        "$to" pinned=0
    sent="crop=150:80:10:6," software_same "cropped" yuv420p "$software_views" "$to"
    sent="sendcmd=c='0.2 V flush'," software_same "flushed" yuv420p "$software_views" "$to" \
        batch=8
}

# A command holds for the frames that come after it, also where some that came before it
# still wait in the link, as behind filters that give several at once.
software_commands()
{
    local b i before commands='' sent source=testsrc2=s=128x64:r=5:d=2
    for i in 1 5 9 13 17 21 25 29 33 37 41 45; do
        commands+="$((i / 25)).$(printf %02d $((i * 4 % 100))) V 0.yaw $((i * 7));"
    done
    for before in fps=25 loop=20:1:3; do
        sent="$before,sendcmd=c='$commands',"
        for b in 1 2 2:delay=0 4; do
            SOFTCUDA_MODE=lazy software_same "commands between frames of $before, batch=$b" \
                yuv420p "views=w=32 h=32" '[a];[a]null[o0]' "batch=$b"
        done
    done
}

# A source of two sizes, for which ffmpeg configures the filtergraph anew.
software_sizes()
{
    local views="views=yaw=20 w=64 h=48|yaw=90 w=33 h=31"
    changing sw yuvj420p yuv420p -c:v mjpeg -f mjpeg
    make_graph "v360batch=$views" 2 format=rgb24
    run_ffmpeg -f mjpeg -i "$work/sw.raw" -filter_complex "$graph" "${maps[@]}" \
        -f framemd5 - | grep -v '^#' >"$work/cpu"
    make_graph "v360batch_cuda=$views:batch=8" 2 format=rgb24
    LD_LIBRARY_PATH=$softcuda level=warning run_ffmpeg -f mjpeg -i "$work/sw.raw" \
        -filter_complex "$graph" "${maps[@]}" -f framemd5 - 2>"$work/cuda.err" |
        grep -v '^#' >"$work/cuda"
    reconfigured "software frames"
}

# Frames of NVDEC that become JPEGs: no filter after this one.
software_nvdec()
{
    local views=rig=ring2:w=64:h=47 jpeg=format=pix_fmts=yuv420p:color_spaces=bt470bg
    nvdec_source soft yuv420p nv12 -c:v libx264 -bf 0 -colorspace bt709 -color_range tv
    make_graph "v360batch=$views" 2 "$jpeg:color_ranges=pc"
    run_ffmpeg -i "$work/soft.mp4" -filter_complex "$graph" "${maps[@]}" -f framemd5 - |
        grep -v '^#' >"$work/cpu"
    make_graph "v360batch_cuda=$views:batch=4" 2 "$jpeg:color_ranges=pc"
    SOFTCUVID_TAPE=$work/soft.tape LD_LIBRARY_PATH=$softcuda SOFTCUDA_STATS=$work/n.json \
        SOFTCUDA_EXCLUSIVE=1 run_ffmpeg -hwaccel cuda -hwaccel_output_format cuda \
        -i "$work/soft.mp4" -filter_complex "$graph" "${maps[@]}" -f framemd5 - |
        grep -v '^#' >"$work/cuda"
    expect "software frames of NVDEC's" "$(wc -l <"$work/cpu") == 50 && \
$(cmp "$work/cpu" "$work/cuda" >&2; echo $?) == 0 && $(counter contexts "$work/n.json") == 1" \
        "$(wc -l <"$work/cuda") frames, $(counter contexts "$work/n.json") contexts"
    LD_LIBRARY_PATH=$softcuda SOFTCUVID_TAPE=$work/soft.tape run_ffmpeg -hwaccel cuda \
        -hwaccel_output_format cuda -i "$work/soft.mp4" \
        -filter_complex "v360batch_cuda=views=w=64 h=47[a]" -map '[a]' -c:v png \
        -frames:v 1 "$work/soft.png"
    expect "PNG of NVDEC's frames is not gray" \
        "$("$build/ffprobe" -v error -show_entries stream=pix_fmt -of csv=p=0 \
            "$work/soft.png" | grep -c rgb24) == 1" rgb24
}

# software_refuses NAME TEXT TIMES: a run ends with a text, so often or (> 0) at all
software_refuses()
{
    local out
    out=$(LD_LIBRARY_PATH=$softcuda run_ffmpeg -f lavfi -i "$small" -vf \
        "v360batch_cuda=views=w=16 h=16" -f null - 2>&1)
    expect "$1" "$? != 0 && $(grep -c "$2" <<<"$out") $3" "$(grep -m 1 -o "$2.*" <<<"$out")"
}

software_refused()
{
    SOFTCUDA_DEVICES=0 software_refuses "software frames without a device are refused" \
        CUDA_ERROR_NO_DEVICE '> 0'
}

# Filters for which no device is named share a context, also where a process may have only one.
software_two_filters()
{
    SOFTCUDA_EXCLUSIVE=1 software_same "two filters" yuv420p "views=w=64 h=48" \
        '[a];[a]split[b][c];[b]V=views=w=30 h=30:input=flat[o0];[c]null[o1]'
}

# An error inside a command: ffmpeg looks at no result of one.
software_command_fails()
{
    local out
    out=$(SOFTCUDA_FAIL=cuLaunchKernel:1:2 LD_LIBRARY_PATH=$softcuda run_ffmpeg -f lavfi \
        -i testsrc2=s=128x64:r=10:d=0.9 -filter_complex "sendcmd=c='0.45 v360batch_cuda \
0.yaw 30',v360batch_cuda=views=w=32 h=32:batch=8[a]" -map '[a]' -f framemd5 - 2>&1)
    expect "an error in a command ends the job" "$? != 0 && $(grep -c '^0' <<<"$out") == 0" \
        "$(grep -m 1 -o 'CUDA_ERROR.*' <<<"$out")"
}

# split and format come before the filter's own choice, and filters before that pass on
# what they get: the format is chosen as with the filter on the CPU.
software_negotiation()
{
    local to='[a];[a]split[b][c];[b]format=gbrp[o0];[c]null[o1]'
    sent="vflip," software_same "formats behind split" rgba "views=w=20 h=20:alpha_mask=1" "$to"
    sent="null,setpts=PTS," software_same "a format that views do not have" yuv444p \
        "views=w=20 h=20" '[a];[a]split[b][c];[b]format=pal8[o0];[c]null[o1]'
}

# A driver that is older than the PTX.
software_old_driver()
{
    SOFTCUDA_DRIVER=7000 software_refuses "a driver that is too old is told" \
        'the driver does not load the kernels' '== 1'
}

software_sweep()
{
    local log
    if log=$("$root/tests/softcuda/sweep" -s -o "$softcuda" -a "$here/sweep.allow" "$ffmpeg" \
             -nostdin -v warning -f lavfi -i testsrc2=s=64x32:r=25:d=0.2 -filter_complex \
             "v360batch_cuda=views=w=32 h=32|w=20 h=17|w=16 h=16:batch=2[a][b][c];\
[b]format=rgb24[d];[c]hwdownload,format=yuv420p[e]" -map '[a]' -map '[d]' -map '[e]' \
             -f null - 2>&1); then
        ok "cuda: software frames, every call fails in turn" "$(tail -n 1 <<<"$log")"
    else
        fail "cuda: software frames, every call fails in turn" "$log"
    fi
}

# software_count FILE FRAMES BATCH: counters of a run of software frames, up and down
software_count()
{
    SOFTCUDA_STATS=$1 LD_LIBRARY_PATH=$softcuda run_ffmpeg -f lavfi \
        -i "testsrc2=s=192x96:r=25,trim=end_frame=$2" -filter_complex \
        "v360batch_cuda=ring8:w=64:h=48:batch=$3[a][b][c][d][e][f][g][h]" \
        -map '[a]' -map '[b]' -map '[c]' -map '[d]' -map '[e]' -map '[f]' -map '[g]' \
        -map '[h]' -f null -
}

# copies FILE DIRECTION: calls of pinned and of other copies
copies()
{
    sed -n "s/.*\"$2\".*\"pageable\": {\"calls\": \\([0-9]*\\).*\"pinned\": {\"calls\": \
\\([0-9]*\\).*/\\2 \\1/p" "$1"
}

software_counters()
{
    local f=$work/a.json g=$work/b.json n up down
    software_count "$f" 16 4
    software_count "$g" 200 4
    read -r up n <<<"$(copies "$g" h2d)"
    read -r down _ <<<"$(copies "$g" d2h)"
    expect "software frames: copies, all pinned" "$down == 50 && $up >= 250 && $n == 0 && \
$(copies "$g" d2h | cut -d ' ' -f 2) == 0" \
        "$down down in 50 batches; $up up, of 200 frames and their tables"
    expect "software frames: the host waits for nothing" "$(waits "$g") == 0 && \
$(counter cuStreamSynchronize "$g") == $(counter cuStreamSynchronize "$f")" \
        "$(waits "$g") waits, $(counter cuStreamSynchronize "$g") at the end"
    expect "software frames: no allocation in a steady state" \
        "$(counter allocations "$g") == $(counter allocations "$f") && \
$(counter contexts_at_once "$g") == 1" "$(counter allocations "$g"), one context"
    expect "software frames: nothing live at exit" \
        "$(counter live_at_exit "$g") + $(counter live_host_at_exit "$g") + \
$(counter live_events_at_exit "$g") + $(counter live_modules_at_exit "$g") + \
$(counter live_streams_at_exit "$g") == 0" "device, pinned, events, modules, streams"
}

# overlap MODEL BATCH: 32 frames up, to 8 views each, and down, in virtual time; a third of
# 8K's width, and views of a third of 1920x1080
overlap()
{
    local i pads='' files=()
    for ((i = 0; i < 8; i++)); do pads+="[o$i]" files+=(-map "[o$i]" -f null -); done
    SOFTCUDA_MODEL=$root/tests/softcuda/presets/$1.txt SOFTCUDA_TRACE=$work/trace.json \
        SOFTCUDA_STATS=$work/v.json LD_LIBRARY_PATH=$softcuda run_ffmpeg -f lavfi \
        -i "color=gray:s=2560x1280:r=25,format=yuv420p,trim=end_frame=32" -filter_complex \
        "v360batch_cuda=ring8:w=640:h=360:interp=near:batch=$2$pads" "${files[@]}" 2>"$work/err"
}

# figure NAME: of virtual time, in whole microseconds
figure() { grep -o "\"$1\": [0-9]*" "$work/v.json" | head -n 1 | sed 's/.* //'; }

# The busiest engine decides: kernels and copies down run beside the copies up of the batches
# after them, of which the last batch has none. A tenth is what it takes until the first
# batch is down, and the last one.
software_overlap()
{
    local model batch most name kernels down
    for model in rtx4090 rtx5070ti; do
        for batch in 1 2; do
            overlap "$model" "$batch"
            most=0
            for name in to_device compute to_host; do
                (($(figure "$name") <= most)) || most=$(figure "$name")
            done
            { read -r kernels; read -r down; } < <("$here/overlap.py" "$work/trace.json")
            expect "software frames, $model, batch=$batch: as fast as the busiest engine" \
                "$most > 0 && 10 * $(figure makespan) <= 11 * $most && \
$kernels >= 32 / $batch - 1 && $down == 32 / $batch - 1" \
                "$(figure makespan) us, $most of them copying up, beside $kernels of \
$((32 / batch)) kernels and $down copies down"
        done
    done
}
