# Sourced by split360: which part of the sphere the source shows, and whether it
# is one at all. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

# Sets projection, and area where the source is a part of a panorama: WxH+X+Y,
# the whole panorama and the place in it. Whoever gives --input knows better.
projection_of_source() {
    refuse_raw
    case ${src[projection]:-} in
    half*) projection=hequirect ;;
    tiled*) projection_of_bounds ;;
    mesh)
        die "the source says that a mesh is its projection, which cannot be read:" \
            "give --input, eac for a video of YouTube, hequirect for VR180" ;;
    cubemap* | fisheye* | rectilinear* | parametric*)
        die "the source says that it is ${src[projection]}: give --input" ;;
    *) projection=equirect ;;
    esac
}

# VR180 is often written as a panorama that lacks a quarter at each side.
projection_of_bounds() {
    projection=equirect
    [[ $area == "$((2 * width))x$height+$((width / 2))+0" ]] || return 0
    projection=hequirect area=
    say "a half sphere by the source's metadata: --input hequirect"
}

# The panorama that the source is a part of: the rest gets the colour of what
# views do not see.
use_area() {
    [[ $area =~ ^([0-9]{1,6})x([0-9]{1,6})\+([0-9]{1,6})\+([0-9]{1,6})$ ]] ||
        refuse_area "does not fit its size"
    local w=${BASH_REMATCH[1]} h=${BASH_REMATCH[2]} x=${BASH_REMATCH[3]} y=${BASH_REMATCH[4]}
    ((w <= 32768 && h <= 32768 && x + width <= w && y + height <= h)) ||
        refuse_area "does not fit its size"
    [[ -z $stereo ]] || refuse_area "cannot be used for a stereo source"
    [[ ${src[rotation]:-0} == 0 ]] || refuse_area "cannot be used for a turned source"
    [[ $format != mp4 ]] || ((x % 2 == 0 && y % 2 == 0 && w % 2 == 0 && h % 2 == 0)) ||
        refuse_area "is at an odd place, which mp4 does not allow"
    warn "the source is cropped, the part at $x,$y of a panorama of $w x $h: what it" \
        "lacks is black in the views; --input equirect takes it for a whole one"
    eye_w=$w eye_h=$h frame_h=$h pad=pad=$w:$h:$x:$y
    odd_area=$((x % 2 || y % 2 || w % 2 || h % 2))
}

refuse_area() { # why
    die "the source says that it is cropped, a part of a panorama of $area, which $1" \
        "($width x $height): --input equirect takes it for a whole one"
}

# Files of two lenses as they are before a program of the camera's maker has made
# a panorama of them.
refuse_raw() {
    local file=${sources[0]:-$input} other maker="the program of the camera's maker"
    [[ -z ${src[projection]:-} ]] || return 0
    case ${file,,} in
    *.insv | *.insp) raw "a raw file of an Insta360 camera, two fisheye pictures" "Insta360 Studio" ;;
    *.osv) raw "a raw file of a DJI camera, two fisheye videos" "DJI Studio" ;;
    *.360) raw "a raw file of a GoPro MAX, two videos of three faces each" "GoPro Player" ;;
    esac
    other=${file/_00_/_10_}
    [[ $other != "$file" ]] || other=${file/_10_/_00_}
    if ((width == height)) && [[ $other != "$file" && -e $other ]]; then
        raw "one of the two files of two lenses, beside ${other##*/}" "$maker"
    elif ((!still)) && [[ ${#tracks[@]} == 2 && ${tracks[0]##* } == "${tracks[1]##* }" ]]; then
        ((width != height)) || raw "a raw file of two lenses, two square videos" "$maker"
        ((width < 3 * height)) || raw "a raw file of two videos of three faces each" "$maker"
    elif ((width == 2 * height)) && [[ -z $stereo ]] && has_circles "$file"; then
        raw "two fisheye circles side by side, not a panorama" "$maker"
    fi
}

raw() { # what, whose program stitches it
    local how="; of its first video alone, --input fisheye makes views"
    ((width != 2 * height)) ||
        how="; --input dfisheye makes views of two ideal lenses of 180 degrees, with a seam"
    ((width < 3 * height)) || how=
    die "${sources[0]:-$input} is $1: make a panorama of it with $2$how"
}

# Dark corners, as around a circle, in both halves of the first frame.
has_circles() { # file
    "$FFMPEG" -nostdin -v quiet -i "$1" -map "0:$stream" -frames:v 1 \
        -vf scale=128:64:flags=area,format=gray -f rawvideo - | "$V360JOB" circles
}

# Views that look where the source shows nothing, by what they see of a white one.
warn_of_blind_views() {
    local i outputs=() blind=()
    [[ ! $projection =~ ^e(quirect)?$ || -n $pad ]] || return 0
    rm -rf "$work/seen"
    mkdir "$work/seen" || die "cannot write to $outdir"
    for i in "${!names[@]}"; do
        outputs+=(-map "[v$i]" -frames:v 1 -f rawvideo "seen/$i")
    done
    (cd "$work" && "$FFMPEG" -nostdin -v quiet -y -f lavfi -i "color=white:s=${width}x$height" \
        -filter_complex "format=gray,${pad:+$pad,}${batch_filter/interp=$interp/interp=near}$pads" \
        "${outputs[@]}") </dev/null || : # the job itself will tell why
    for i in "${!names[@]}"; do
        [[ ! -s $work/seen/$i || $("$V360JOB" levels <"$work/seen/$i") != *' 0' ]] ||
            blind+=("${names[i]}")
    done
    rm -rf "$work/seen"
    ((!${#blind[@]})) || warn "${#blind[@]} of ${#names[@]} views see nothing of the source:" \
        "${blind[*]:0:12}$( ((${#blind[@]} <= 12)) || echo ' …'); --rig or --views chooses others"
}
