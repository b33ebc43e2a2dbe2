# Sourced by split360: the filter on an NVIDIA GPU. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

# What frames look like on the device, as near to the graph's format as there
# is: the same components, so the same values come back.
device_format() {
    local format=${src[pix_fmt]}
    [[ $graph != *format=* ]] || format=$(grep -o 'format=[a-z0-9]*' <<<"$graph" |
        tail -n 1 | cut -d= -f2)
    case $format in
    gbrp) sw=bgr0 ;;
    yuvj420p) sw=yuv420p ;;
    yuvj422p) sw=yuv422p ;;
    yuvj444p) sw=yuv444p ;;
    yuv420p10le) sw=yuv420p10 ;;
    yuv420p | yuv422p | yuv444p) sw=$format ;;
    *) reason="there are no CUDA frames of $format"; return 1 ;;
    esac
}

device_works() {
    if ! "$FFMPEG" -v error -filters 2>/dev/null | grep -qw v360batch_cuda ||
        ! "$FFMPEG" -v error -filters 2>/dev/null | grep -qw hwupload_cuda; then
        reason="this ffmpeg was built without CUDA filters"
        return 1
    fi
    "$FFMPEG" -v error -f lavfi -i nullsrc=s=64x64:d=0.04 \
        -vf format=nv12,hwupload_cuda -f null - >/dev/null 2>&1 && return 0
    reason="no CUDA device opens"
    return 1
}

# The filter with its pads for the run, the device's own in v360batch's place.
# Settings and manifest keep the CPU's: the bytes are the same.
use_device() {
    local i reason='' sw=''
    run_filter=$batch_filter$pads
    if [[ $device == cpu ]]; then
        say "on the CPU: --device cpu"
        return 0
    fi
    if ! device_works || ! device_format; then
        [[ $device == auto ]] || die "--device cuda: $reason"
        say "on the CPU: $reason"
        return 0
    fi
    say "on the GPU: frames of $sw are uploaded, views are downloaded"
    backend=cuda
    run_filter=${batch_filter/v360batch=/format=$sw,hwupload_cuda,v360batch_cuda=}${pads//\[v/[c}
    for i in "${!names[@]}"; do
        run_filter+=";[c$i]hwdownload,format=${sw}[v$i]"
    done
}
