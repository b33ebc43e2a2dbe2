# Part of tests/cuda/run-tests: runs of ffmpeg with and without the device.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of run-tests

# graph FILTER FORMAT VIEWS TAIL: sets graph and maps. TAIL comes after each
# output; framemd5 wants them all in one file, in a fixed order.
make_graph()
{
    local i outs='' tails=''
    maps=()
    for ((i = 0; i < $2; i++)); do
        outs+="[o$i]"
        tails+=";[o$i]$3[d$i]"
        maps+=(-map "[d$i]")
    done
    graph="$1$outs$tails"
}

run_ffmpeg() { timeout "${limit:-100}" "$ffmpeg" -nostdin -v "${level:-error}" "$@"; }

# Sets beyond: a source of yuv420p10 whose samples have bits beyond their depth, which
# only a raw file can have.
need_beyond()
{
    local raw=$work/beyond.raw
    [ -e "$raw" ] || run_ffmpeg -f lavfi -i "${small/d=0.2/d=0.04},format=rgb24" -f rawvideo "$raw"
    beyond="movie=$raw:f=rawvideo:format_opts=video_size=192x96\\\\:pixel_format=yuv420p10le"
}

# sent: a sendcmd for both filters, which V stands for. It has to be in the
# filter's own graph: in a lavfi source it would reach nothing.

# on_cpu SOURCE FORMAT OPTIONS VIEWS [TAIL]: framemd5 of all pads
on_cpu()
{
    make_graph "${sent:+${sent//V/v360batch},}format=$2,v360batch=$3" "$4" \
        "${5:-null}"
    run_ffmpeg -f lavfi -i "$1" -filter_complex "$graph" "${maps[@]}" \
        -f framemd5 - | grep -v '^#'
}

# on_cuda SOURCE FORMAT OPTIONS VIEWS [TAIL]: the same on the device
on_cuda()
{
    make_graph "${sent:+${sent//V/v360batch_cuda},}format=$2,hwupload,v360batch_cuda=$3" "$4" \
        "hwdownload,format=$2,${5:-null}"
    LD_LIBRARY_PATH=$softcuda run_ffmpeg -init_hw_device cuda=c \
        -filter_hw_device c -f lavfi -i "$1" -filter_complex "$graph" \
        "${maps[@]}" -f framemd5 - | grep -v '^#'
}

# same NAME SOURCE FORMAT OPTIONS VIEWS [BATCH [TAIL]]
same()
{
    local name=$1 batch=${6:-batch=3} frames
    on_cpu "$2" "$3" "$4" "$5" "${7:-}" >"$work/cpu" 2>"$work/cpu.err"
    on_cuda "$2" "$3" "$4:$batch" "$5" "${7:-}" >"$work/cuda" 2>"$work/cuda.err"
    frames=$(wc -l <"$work/cpu")
    if [ -n "${sent:-}" ] && cmp -s "$work/cpu" <(sent='' on_cpu "${@:2:4}" "${7:-}"); then
        fail "cuda: $name" "the commands change nothing"
    elif [ "$frames" -gt 0 ] && cmp -s "$work/cpu" "$work/cuda"; then
        ok "cuda: $name" "$frames frames as on the CPU"
    else
        fail "cuda: $name" "$(diff "$work/cpu" "$work/cuda" | grep -c '^<') \
of $frames frames differ; $(head -c 300 "$work/cuda.err")"
    fi
}

# counter NAME FILE: a number of softcuda's counters
counter() { sed -n "s/^ *\"$1\": \\([0-9]*\\),*\$/\\1/p" "$2" | head -n 1; }

# expect NAME CONDITION FIGURES: an arithmetic condition
expect()
{
    if (($2)); then ok "cuda: $1" "$3"; else fail "cuda: $1" "$3; not $2"; fi
}
