# Part of tests/cuda/run-tests: encoders that take time, and what feeds them.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# pace WAY OPTIONS FRAMES: milliseconds, with the filters before, for frames that come 20 ms
# apart, 8 views, and encoders that sleep 30 ms for each. WAY is of the device: FFmpeg's own
# filters copy, or of the host: this one does
pace()
{
    local i out=() t0 up='' down=null
    [ "$1" = host ] || up=hwupload, down=hwdownload,format=rgba
    make_graph "${before:-}realtime,format=rgba,${up}v360batch_cuda=rig=ring8:w=16:h=16$2" 8 \
        "$down"
    for ((i = 0; i < 8; i++)); do
        out+=("${maps[@]:2 * i:2}" -c:v png -threads 1 -f null -)
    done
    t0=$(date +%s%N)
    SOFTCUDA_MODE=thread SLOW_MS=30 LD_PRELOAD=$work/slow.so SOFTCUDA_STATS=$work/pace.json \
        LD_LIBRARY_PATH=$softcuda run_ffmpeg -init_hw_device cuda=c \
        -filter_hw_device c -f lavfi -i "testsrc2=s=64x32:r=50,trim=end_frame=$3" \
        -filter_complex "$graph" "${out[@]}" || return
    echo $((($(date +%s%N) - t0) / 1000000))
}

# steady COMMAND ARGUMENT...: milliseconds for 48 more frames after 24, which fill the
# queues; the least of two runs each. The device is a thread of its own, as a GPU is.
steady()
{
    local few many
    few=$({ "$@" 24; "$@" 24; } | sort -n | head -n 1)
    many=$({ "$@" 72; "$@" 72; } | sort -n | head -n 1)
    echo $((${many:-0} - ${few:-0}))
}

# judge_pace NAME COMMAND ARGUMENT...: of batches against that of batch=1, to which the
# encoders' own time is 48 * 30 ms. A twentieth is left for what a busy machine does to
# threads that wake up; where that is more, both are measured again: encoders that work one
# at a time take several times as long each time.
judge_pace()
{
    local one n ms try
    for n in 0 16; do
        for try in 1 2 3; do
            one=$(steady "${@:2}" :batch=1)
            ms=$(steady "${@:2}" ":batch=$n")
            ! ((one >= 1296 && 100 * one >= 95 * ms && ms > 0)) || break
        done
        expect "encoders that take time, $1, batch=$n: the pace of batch=1" \
            "${one:-0} >= 1296 && ${ms:-0} > 0 && 100 * ${one:-0} >= 95 * ${ms:-0}" \
            "$ms ms for 48 frames, $one ms with batch=1, at attempt $try"
    done
}

# Encoders work side by side, however large a batch is. A batch that a command sends at
# once shows that they would be seen not to.
pace_of_encoders()
{
    local one ms
    "${CC:-gcc}" -O1 -shared -fPIC -o "$work/slow.so" "$here/slow.c" -ldl ||
        { fail "cuda: slow.c builds"; return; }
    judge_pace "frames of the device" pace device
    judge_pace "frames of the host" pace host
    one=$(pace device :batch=1 24)
    ms=$(before="sendcmd=c='0.3 v360batch_cuda flush'," pace device :batch=16 24)
    expect "views of 15 frames that are sent at once are seen to slow encoders down" \
        "${ms:-0} > 2 * $one" "$ms ms with a flush, $one ms with batch=1"
}

# held WAY OPTIONS: by how many milliseconds more than others a frame is held, of 14 that
# come 0.1 s apart. The first one waits for the encoder to be opened; the last two come
# early, as ffmpeg itself holds them until a next one or the end comes.
held()
{
    local pts now up='' down=null least='' most=''
    [ "$1" = host ] || up=hwupload, down=hwdownload,format=rgba
    make_graph "realtime,format=rgba,${up}v360batch_cuda=views=w=16 h=16$2" 1 "$down"
    while IFS=', ' read -r _ _ pts _; do
        ((pts && pts < 12)) || continue
        now=$((${EPOCHREALTIME/./} / 1000 - 100 * pts))
        ((now < ${least:-now + 1})) && least=$now
        ((now > ${most:-now - 1})) && most=$now
    done < <(LD_LIBRARY_PATH=$softcuda run_ffmpeg -init_hw_device cuda=c -filter_hw_device c \
        -f lavfi -i testsrc2=s=64x32:r=10:d=1.4 -filter_complex "$graph" "${maps[@]}" \
        -fps_mode passthrough -f framecrc -flush_packets 1 - | grep --line-buffered '^0')
    echo $((${most:-0} - ${least:-0}))
}

# judge_hold NAME LEAST MOST COMMAND ARGUMENT...: at most three times, as a busy machine may
# hold any process for a while
judge_hold()
{
    local ms try
    for try in 1 2 3; do
        ms=$("${@:4}")
        ! ((ms >= $2 && ms <= $3)) || break
    done
    expect "$1" "${ms:-0} >= $2 && ${ms:-0} <= $3" "$ms ms, at attempt $try"
}

# No frame of a slow source waits longer than the delay: the last one of a batch waits for
# nothing, so the first one is held for what it comes later. 60 ms are for threads that
# wake up.
pace_of_frames()
{
    local way
    for way in device host; do
        judge_hold "frames of the $way are held, and no longer than delay=0.45" 90 510 \
            held "$way" :batch=16:delay=0.45
        judge_hold "frames of the $way are not held with delay=0" 0 60 \
            held "$way" :batch=16:delay=0
    done
}
