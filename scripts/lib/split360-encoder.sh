# Sourced by split360: which ffmpeg it is, and what every view is encoded with.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

# What ffmpeg says of itself. It is a setting, so an empty one would refuse the
# same command afterwards.
ask_version() {
    local text
    text=$("$FFMPEG" -version) || text=
    [[ $text == *$'\nconfiguration: '* ]] ||
        die "$FFMPEG does not tell its version and configuration"
    ffmpeg_version=${text%%$'\n'*} configuration=${text#*$'\nconfiguration: '}
    ffmpeg_version=${ffmpeg_version%% Copyright*} configuration=${configuration%%$'\n'*}
}

# Frames of the source go through one for one with their own time stamps. Each
# output has its encoder in a thread of its own, so threads inside an encoder
# only help while there are fewer views than cores.
set_encoder() {
    local cores
    cores=$(nproc)
    threads=$(((cores + ${#names[@]} - 1) / ${#names[@]}))
    case $format in
    # Fixed Huffman tables save a tenth or more of a folder's CPU time, for 2 to
    # 9 % more bytes of the same pixels.
    jpg) coding=(-c:v mjpeg -huffman default -q:v "$quality") ;;
    # Of scripts/bench-job: a quarter of the default's CPU time, 3 % more bytes.
    png) coding=(-c:v png -pred avg -compression_level 1) ;;
    mp4) if [[ $encoder == cpu ]] || ! use_nvenc; then use_x26x; fi ;;
    esac
}

use_x26x() {
    local name
    encoder=cpu
    name=$("$FFMPEG" -v error -encoders | grep -o 'libx26[45] ' | head -n 1)
    [[ -n $name ]] || die "this ffmpeg was built without libx264 and libx265"
    coding=(-c:v "${name% }" -crf "$quality")
    [[ $name != libx265* ]] || coding+=(-tag:v hvc1) # what players look for
}

# NVENC's bytes depend on the GPU and its driver, so it is asked for. There are
# as many sessions as views, which a driver may not allow: all are opened here.
# FFmpeg's h264_nvenc takes 8 bits only.
use_nvenc() {
    local name=h264_nvenc i outputs=() reason
    [[ ${src[pix_fmt]} != yuv420p10le ]] || name=hevc_nvenc
    coding=(-c:v "$name" -preset p5 -rc vbr -cq "$quality" -b:v 0)
    [[ $name != hevc* ]] || coding+=(-tag:v hvc1)
    for i in "${names[@]}"; do outputs+=(-map 0:v "${coding[@]}" -f null -); done
    if "$FFMPEG" -nostdin -v error -f lavfi -i "nullsrc=s=${size:-1920x1080}:r=25:d=0.2" \
        -pix_fmt yuv420p "${outputs[@]}" >/dev/null 2>"$log"; then
        encoder=nvenc
        return 0
    fi
    reason="$name does not open for ${#names[@]} views: $(
        sed -n '1s/^\(\[[^]]*\] *\)*//p' "$log")"
    [[ $encoder == auto ]] || die "--encoder nvenc: $reason"
    say "the CPU encodes: $reason"
    return 1
}
