# Sourced by split360: the filter on an NVIDIA GPU. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

# FFmpeg's copies to and from the device leave out the last row of chroma of an
# odd height.
is_odd() { # a height, or w= and h= of views
    [[ $1 =~ [13579]($|[^0-9]) ]]
}

odd_height() {
    is_odd "$frame_h" || is_odd "${size#*x}" ||
        { [[ -n $views_file ]] && is_odd "$(grep -oE '\b[wh]=[0-9]+' "$work/views.txt")"; }
}

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
    [[ $encoder != nvenc || $sw != yuv420p10 ]] || sw=p010 # what NVENC takes
    [[ $sw != *420* && $sw != p010 ]] || ! odd_height || {
        reason="4:2:0 of an odd height does not come back whole"
        return 1
    }
}

device_works() {
    if ! "$FFMPEG" -v error -filters 2>/dev/null | grep -qw v360batch_cuda; then
        reason="this ffmpeg was built without CUDA filters"
        return 1
    fi
    "$FFMPEG" -v error "${gpu[@]}" -f lavfi -i nullsrc=s=64x64:d=0.04 \
        -vf format=nv12,hwupload -f null - >/dev/null 2>&1 && return 0
    reason="no CUDA device opens"
    return 1
}

# Whether NVDEC gives the very samples that the CPU would: of codecs whose
# decoding is defined to the bit, and in a format that loses no chroma. One
# frame is decoded to see that it comes in the device's memory. FFmpeg copies
# pictures out of NVDEC, so a batch takes none of its surfaces.
nvdec_works() {
    ((!folder)) || { reason="many pictures"; return 1; }
    ! is_odd "$height" || { reason="an odd height"; return 1; }
    # ffmpeg turns no frames that lie in the device's memory.
    [[ ${src[rotation]:-0} == 0 ]] || { reason="it is turned by its metadata"; return 1; }
    case ${src[codec_name]:-} in
    h264 | hevc | vp8 | vp9 | av1) ;;
    *) reason="not all decoders of ${src[codec_name]:-it} give the same bytes"; return 1 ;;
    esac
    case ${src[pix_fmt]} in
    yuv420p | yuvj420p) surface=nv12 ;;
    yuv420p10le) surface=p010 ;;
    yuv420p12le) surface=p012 ;;
    yuv444p | yuvj444p) surface=yuv444p ;;
    *) reason="NVDEC gives no frames like ${src[pix_fmt]}"; return 1 ;;
    esac
    "$FFMPEG" -nostdin -v error "${gpu[@]}" "${nvdec[@]}" -i "$input" -map "0:$stream" -frames:v 1 \
        -vf "hwdownload,format=$surface" -f null - >/dev/null 2>"$log" && return 0
    reason="NVDEC: $(sed -n '1s/^\(\[[^]]*\] *\)*//p' "$log")"
    return 1
}

# Where the frames come from: sets how, input_device, fetch, which brings them
# back, before_colour, which does so where colours are to be converted, and
# upload, to come after that. The CPU's scale converts them, for its bytes.
use_nvdec() {
    local nvdec=(-hwaccel cuda -hwaccel_device gpu -hwaccel_output_format cuda) surface reason
    input_device=("${gpu[@]}")
    if ! nvdec_works; then
        how="the CPU decodes ($reason), frames are uploaded as $sw"
        return 0
    fi
    input_device+=("${nvdec[@]}")
    fetch=hwdownload,format=$surface,format=${src[pix_fmt]},
    if [[ -n $colour ]]; then
        before_colour=$fetch
        how="NVDEC decodes, frames come back for their colours and are uploaded as $sw"
    else
        upload='' sw=$surface
        how="NVDEC decodes, frames stay there as $sw"
    fi
}

# The filter with its pads for the run, the device's own in v360batch's place.
# Settings and manifest keep the CPU's: the bytes are the same. Decoder and filter
# share one device, so one context: a second one takes some hundred MB, and is
# refused where a GPU is for one process alone, as on most clusters.
use_device() {
    local gpu=(-init_hw_device cuda=gpu -filter_hw_device gpu)
    local i reason='' sw='' how upload back=${src[pix_fmt]} last=
    [[ $encoder != nvenc ]] || last=", NVENC encodes the views"
    run_filter=$batch_filter$pads before_colour='' fetch='' input_device=()
    if [[ $device == cpu ]]; then
        say "on the CPU: --device cpu$last"
        return 0
    fi
    if ! device_works || ! device_format; then
        [[ $device == auto ]] || die "--device cuda: $reason"
        say "on the CPU: $reason$last"
        return 0
    fi
    upload=format=$sw,hwupload,
    use_nvdec
    backend=cuda
    run_filter=${batch_filter/v360batch=/${upload}v360batch_cuda=}
    if [[ $encoder == nvenc ]]; then
        run_filter+=$pads
        say "on the GPU: $how$last"
        return 0
    fi
    run_filter+=${pads//\[v/[c}
    [[ -z $upload ]] || back=$sw
    for i in "${!names[@]}"; do
        run_filter+=";[c$i]hwdownload,format=$sw"
        [[ $back == "$sw" ]] || run_filter+=,format=$back
        run_filter+="[v$i]"
    done
    say "on the GPU: $how, views are downloaded"
}
