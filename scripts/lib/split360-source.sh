# Sourced by split360: what the source is. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

# Fill the array src (width, pix_fmt, …) and width, height.
probe_source() {
    local key value text
    [[ -e $1 ]] || die "no such file: $1"
    [[ -f $1 && -r $1 ]] || die "cannot read $1"
    text=$("$FFPROBE" -v error -select_streams v:0 -show_entries \
        "stream=codec_name,width,height,sample_aspect_ratio,pix_fmt,color_range,\
color_space,color_transfer,chroma_location,avg_frame_rate,nb_frames:\
stream_side_data=projection,type:format=duration,start_time" -of default=nw=1 "$1" 2>&1) ||
        die "cannot read $1 as a video or picture: ${text##*$'\n'}"
    declare -gA src=()
    while IFS='=' read -r key value; do
        case $value in '' | N/A | unknown | 0/0 | 0:1) continue ;; esac
        src[$key]=$value
    done <<<"$text"
    [[ -n ${src[width]:-} && ${src[width]} -gt 0 ]] || die "no video stream in $1"
    width=${src[width]} height=${src[height]}
    # What ffmpeg takes off the time stamps of the source, in microseconds.
    offset_us=$(awk "BEGIN { printf \"%.0f\", ${src[start_time]:-0} * 1e6 + $from_us }")
}

# A panorama of its own: six walls from six sources, straight lines on each.
make_demo() {
    local wall=s=512x512:r=10:d=2
    [[ ! -s $1 ]] || return 0
    say "making a demo panorama"
    "$FFMPEG" -nostdin -v error -filter_complex "
testsrc=${wall}[right];smptehdbars=${wall}[left];gradients=$wall:seed=1:speed=0.02[up];
sierpinski=s=512x512:r=10:seed=1,trim=duration=2[down];testsrc2=${wall}[front];
mandelbrot=s=512x512:r=10,trim=duration=2[back];
[right][left][up][down][front][back]hstack=6,v360=c6x1:e:w=2048:h=1024:interp=cube,
format=yuvj420p" -bitexact -c:v mjpeg -q:v 2 -f mp4 -y "$1.new" 2>"$log" ||
        die "cannot make the demo: $(tail -n 3 "$log")"
    mv "$1.new" "$1" || die "cannot write to $outdir"
}

describe_source() {
    [[ -n $projection ]] || case ${src[projection]:-} in
    *half*) projection=hequirect ;;
    cubemap* | tiled* | fisheye*)
        die "the source says that it is ${src[projection]}: give --input" ;;
    *) projection=equirect ;;
    esac
    if [[ -z $stereo ]]; then
        case ${src[type]:-} in
        "top and bottom"*) stereo=tb ;;
        "side by side"*) stereo=sbs ;;
        esac
        [[ -z $stereo ]] || say "stereo $stereo by the source's metadata," \
            "${eye:-left} eye; --stereo 2d to ignore"
    fi
    [[ $stereo != 2d ]] || stereo=
    eye_w=$width eye_h=$height
    [[ $stereo != sbs ]] || eye_w=$((width / 2))
    [[ $stereo != tb ]] || eye_h=$((height / 2))
    [[ $projection != equirect && $projection != e ]] || check_equirect
    [[ -n $size || -n $views_file || $rig != ring* ]] || default_size
    set_colour_chain
}

check_equirect() {
    local sar=${src[sample_aspect_ratio]:-1:1} ratio hint=
    ((eye_w >= 8 && eye_h >= 4)) ||
        die "the source, $width x $height, is too small for an equirect"
    ratio=$((100 * eye_w * ${sar%:*} / (eye_h * ${sar#*:})))
    ((ratio >= 97 && ratio <= 103)) && hint='; top-bottom stereo? --stereo tb'
    ((ratio >= 390 && ratio <= 410)) && hint='; side-by-side stereo? --stereo sbs'
    ((ratio >= 195 && ratio <= 205)) || warn "the source is not 2:1 as an equirect" \
        "is, but $((ratio / 100)).$(printf %02d $((ratio % 100))):1$hint"
}

# As many pixels as the source has in the middle of a view, so that nothing is
# invented, and no more than users of ring8 expect.
default_size() {
    local quarter # pixels of the source for 90 degrees
    case $projection in
    equirect | e | dfisheye) quarter=$((eye_w / 4)) ;;
    hequirect | he | fisheye) quarter=$((eye_w / 2)) ;;
    c3x2 | eac) quarter=$((eye_w / 3)) ;;
    c6x1) quarter=$((eye_w / 6)) ;;
    *) return ;;
    esac
    size_w=$(awk -v q="$quarter" -v fov="${fov_h:-90}" -v pi=3.14159265358979 \
        'BEGIN { w = q * 4 / pi * sin(fov * pi / 360) / cos(fov * pi / 360)
                 w = fov == 90 ? q : w
                 print (w > 1920 ? 1920 : w < 2 ? 2 : int(w / 2) * 2) }')
    size_h=$size_w
    [[ -z $fov_v ]] || size_h=$(awk -v w="$size_w" -v h="$fov_h" -v v="$fov_v" \
        -v r=0.00872664625997165 \
        'BEGIN { n = w * sin(v * r) / cos(v * r) * cos(h * r) / sin(h * r)
                 print (n > 16384 ? 16384 : n < 2 ? 2 : int(n / 2) * 2) }')
    size=${size_w}x$size_h
}

# Colours are converted once, before the split, and only where the written
# format asks for it: after it the work would be done once a view. What a JPEG
# reader assumes is BT.601, full range and centred chroma; the video is mostly
# BT.709, limited and left. scale forgets the siting unless it is told.
set_colour_chain() {
    local fmt=${src[pix_fmt]} loc=${src[chroma_location]:-} full=0 to
    [[ $fmt == yuvj* || ${src[color_range]:-} == pc ]] && full=1
    [[ $loc =~ ^(left|center|topleft|top|bottomleft|bottom)$ ]] ||
        { ((full)) && loc=center || loc=left; }
    colour=scale=in_chroma_loc=$loc:flags=accurate_rnd+bitexact+full_chroma_int
    [[ ${src[color_transfer]:-} != linear ]] || colour+=:out_transfer=srgb
    case $format-$fmt in
    png-*9* | png-*10* | png-*12* | png-*14* | png-*16* | png-*48* | png-*64* | \
        png-*f32*) colour+=:out_range=pc,format=gbrp16le ;;
    png-*) colour+=:out_range=pc,format=gbrp ;;
    mp4-yuv420p | mp4-yuvj420p | mp4-yuv420p10le) colour= ;;
    mp4-*) colour+=:out_color_matrix=bt709:out_range=tv:out_chroma_loc=left,format=yuv420p ;;
    jpg-*)
        case $fmt in
        *420* | nv12 | nv21 | p01* | gray*) to=yuv420p ;;
        *422* | nv16 | p21* | uyvy*) to=yuv422p ;;
        *) to=yuv444p ;;
        esac
        [[ $full$to == 1${fmt/yuvj/yuv} &&
            ${src[color_space]:-bt470bg} =~ ^(bt470bg|smpte170m)$ &&
            $loc == center ]] && colour= && return
        colour+=:out_range=pc:out_color_matrix=bt601:out_chroma_loc=center
        colour+=,format=$to
        ;;
    esac
}
