# Sourced by split360: colours. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

# The matrix that YUV samples of the source stand for, empty where there is
# none. HD video that says nothing is BT.709 to players; what else says nothing
# is BT.601, to them and to FFmpeg. Pictures have BT.601 by their formats.
find_matrix() {
    matrix=${src[color_space]:-} guessed=
    case ${src[pix_fmt]} in
    yuv* | nv[1-4]* | p[0-4]* | uyvy* | yuyv* | vuy* | ayuv* | xv* | y21*) ;;
    *) matrix=; return ;;
    esac
    [[ -z $matrix ]] || return 0
    matrix=smpte170m
    ((!still && (width >= 1280 || height > 576))) || return 0
    matrix=bt709 guessed=:in_color_matrix=bt709
}

# Colours are converted once, before the split, and only where the written
# format asks for it: after it the work would be done once a view. What a JPEG
# reader assumes is BT.601, full range and centred chroma; the video is mostly
# BT.709, limited and left. scale forgets the siting unless it is told.
set_colour_chain() {
    local fmt=${src[pix_fmt]} loc=${src[chroma_location]:-} full=0 to first
    local flags=flags=accurate_rnd+bitexact+full_chroma_int
    [[ $fmt == yuvj* || ${src[color_range]:-} == pc ]] && full=1
    [[ $loc =~ ^(left|center|topleft|top|bottomleft|bottom)$ ]] ||
        { ((full)) && loc=center || loc=left; }
    find_matrix
    colour=scale=in_chroma_loc=$loc:$flags$guessed
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
        ((!odd_area)) || to=yuv444p # whose chroma can be moved by a pixel
        if [[ $full$to == 1${fmt/yuvj/yuv} && $loc == center &&
            $matrix =~ ^(bt470bg|smpte170m)$ ]]; then
            colour=
        elif [[ $matrix =~ ^(bt709|bt2020nc|bt2020c|smpte240m|fcc)$ ]]; then
            # In one step, scale goes by packed RGB, for which it has no SIMD.
            colour+=:out_range=pc,format=gbrp,scale=$flags
        fi
        [[ -z $colour ]] ||
            colour+=:out_range=pc:out_color_matrix=bt601:out_chroma_loc=center,format=$to
        ;;
    esac
    [[ -z $pad ]] || colour+=${colour:+,}$pad
    warn_of_colours
}

# What comes out may look other than in a player, and nothing of it is wrong.
warn_of_colours() {
    [[ -z $guessed || -z $colour ]] || warn "the source does not say which colour" \
        "matrix it has: taken as BT.709, as players do with HD"
    case $format-${src[pix_fmt]}-${src[color_transfer]:-} in
    mp4-yuv420p10le-* | png-*1[0-6]*-*) ;;
    *-smpte2084) warn_of_hdr PQ ;;
    *-arib-std-b67) warn_of_hdr HLG ;;
    esac
}

warn_of_hdr() {
    warn "the source is HDR ($1): its values go into 8 bits as they are, not" \
        "tone-mapped, and look flat; convert it to SDR before, or take --format png" \
        "for 16 bits"
}
