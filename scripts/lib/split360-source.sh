# Sourced by split360: what the source is. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

# Fill the array src (width, pix_fmt, …) with what there is to know of the video
# that is taken, and set width, height, its number stream, and still, which is 1
# for a picture.
probe_source() {
    local text
    [[ -e $1 ]] || die "no such file: $1"
    [[ -f $1 && -r $1 ]] || die "cannot read $1"
    text=$("$FFPROBE" -v error -show_entries "stream=index,codec_name,codec_type,width,height,\
sample_aspect_ratio,pix_fmt,color_range,color_space,color_transfer,chroma_location,\
avg_frame_rate,nb_frames,duration:stream_disposition=attached_pic,\
dependent:stream_side_data=projection,type,rotation:format=format_name,duration,start_time" "$1" 2>&1) ||
        die "cannot read $1 as a video or picture: ${text##*$'\n'}"
    read_streams "$text"
    [[ -n ${src[width]:-} ]] || die "no video stream in $1"
    # The reader of MP4 knows no mesh and says so.
    [[ $text != *'Unknown projection type: mshp'* ]] || src[projection]=mesh
    width=${src[width]} height=${src[height]} stream=${src[index]} still=0
    [[ ! ${src[format_name]:-} =~ ^image2|_pipe$ && ! ${1,,} =~ \.(avif|heic)$ ]] || still=1
    ((!still)) || turn_still "$1"
    ((still || ${#tracks[@]} < 2)) || warn "$1 has ${#tracks[@]} videos" \
        "($(printf '%s\n' "${tracks[@]}" | paste -s -d ';' | sed 's/;/, /g')): number $stream is taken"
    # What ffmpeg takes off the time stamps of the source, in microseconds.
    offset_us=$(awk "BEGIN { printf \"%.0f\", ${src[start_time]:-0} * 1e6 + $from_us }")
}

# The orientation in the EXIF of a picture is known when that is decoded.
turn_still() {
    local turned
    turned=$("$FFPROBE" -v quiet -select_streams "$stream" -read_intervals '%+#1' \
        -show_entries frame_side_data=rotation -of default=nw=1:nk=1 "$1" |
        grep -xE -m 1 -- '-?(90|180|270)') || return 0
    src[rotation]=$turned
    [[ $turned == *180 ]] || width=${src[height]} height=${src[width]}
}

# Of what ffprobe says of a file: src is its largest video and the file itself,
# tracks all its videos, streams the number of all its streams. Values become parts
# of sums, in which bash and awk would run a command: no text of the file's author
# may be asked for, whose line ends make lines of their own, and no value counts
# that has other letters than those of numbers and FFmpeg's own words.
read_streams() { # text
    local key value part= foreign='[!A-Za-z0-9_.,:/ ()-]'
    local -A one=()
    declare -gA src=()
    tracks=() streams=0
    while IFS='=' read -r key value; do
        case $key in
        '[STREAM]' | '[FORMAT]') one=() ;;
        '[/STREAM]') add_stream ;;
        '[/FORMAT]') for part in "${!one[@]}"; do src[file_$part]=${one[$part]}; done ;;
        *) case $value in '' | N/A | unknown | 0/0 | 0:1 | *$foreign*) ;;
            *) one[${key:-none}]=$value ;; esac ;;
        esac
    done <<<"$1"
    src[start_time]=${src[file_start_time]:-} src[format_name]=${src[file_format_name]:-}
}

# A cover is no video, nor is what belongs to another picture.
add_stream() {
    local key
    streams=$((one[index] < streams ? streams : one[index] + 1)) # groups repeat some
    [[ ${one[codec_type]:-} == video && ${one[DISPOSITION:attached_pic]:-0} == 0 &&
        ${one[DISPOSITION:dependent]:-0} == 0 &&
        " ${tracks[*]}" != *" ${one[index]}: "* ]] || return 0
    ((${one[width]:-0} > 0 && ${one[height]:-0} > 0)) || return 0
    # ffmpeg turns its frames as a player does.
    [[ ! ${one[rotation]:-} =~ ^-?(90|270)$ ]] || {
        key=${one[width]}
        one[width]=${one[height]} one[height]=$key
    }
    tracks+=("${one[index]}: ${one[codec_name]:-unknown} ${one[width]}x${one[height]}")
    ((one[width] * one[height] > ${src[width]:-0} * ${src[height]:-0})) || return 0
    src=()
    for key in "${!one[@]}"; do src[$key]=${one[$key]}; done
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
    [[ -n $projection ]] || projection_of_source
    if [[ -z $stereo ]]; then
        case ${src[type]:-} in
        "top and bottom"*) stereo=tb ;;
        "side by side"*) stereo=sbs ;;
        esac
        [[ -z $stereo ]] || say "stereo $stereo by the source's metadata," \
            "${eye:-left} eye; --stereo 2d to ignore"
    fi
    [[ $stereo != 2d ]] || stereo=
    [[ ${src[rotation]:-0} == 0 ]] || warn "the source's metadata turn it by" \
        "${src[rotation]} degrees, as players show it: so it is split"
    eye_w=$width eye_h=$height frame_h=$height pad='' odd_area=0
    [[ -z $area ]] || use_area
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
