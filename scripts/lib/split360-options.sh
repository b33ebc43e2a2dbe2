# Sourced by split360: the command line. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034

usage() {
    cat <<END
usage: split360 INPUT OUTDIR [options]
       split360 --demo OUTDIR [options]

Splits a 360 video or picture into perspective views:
OUTDIR/images/VIEW/000001.jpg, with the same names in every view.

  --rig R         preset: ring8 (default), ringN, ringN@PITCH, cube6, colmap12,
                  colmap4, nerfstudio8, nerfstudio14, dome16, dome17, dense17,
                  fibonacciN
  --views FILE    a rig file instead: one view a line, as yaw=45 pitch=-30
  --size WxH      size of a view; default: what the source's resolution fills,
                  at most 1920x1920 for rings
  --fov H[xV]     field of view in degrees of views that give none themselves;
                  default: the preset's, else 90
  --format F      jpg (default), png or mp4 (OUTDIR/videos/VIEW.mp4)
  --quality N     jpg: 1 (best) to 31, default 2; mp4: CRF 0 to 51, default 18
  --fps N         frames per second taken from the source; default: all
  --from T --to T part of the source, in seconds or HH:MM:SS.mmm
  --interp K      near line lagrange9 cube (default) lanc sp16 gauss mitchell
  --input P       projection of the source, as v360batch's input; default: what
                  its metadata say, else equirect
  --stereo S      2d, sbs or tb; default: what the metadata say, else 2d
  --eye E         left (default), right or both, for a stereo source
  --device D      auto (default) or cpu
  --force         replace what OUTDIR holds
  --quiet         no progress, errors and warnings only
  --demo          make a short panorama video and split that
END
}

bad() { die "$1 '$3': expected $2"; } # option, what, value

# T in milliseconds; digits only, so that bash can compare it.
milliseconds() { # option, T
    local re='^(([0-9]{1,2}:)?[0-5]?[0-9]:[0-5]?[0-9]|[0-9]{1,6})(\.[0-9]{1,6})?$'
    [[ $2 =~ $re ]] || bad "$1" "seconds or HH:MM:SS.mmm" "$2"
    local part sum=0 parts fraction=${BASH_REMATCH[3]#.}000
    IFS=: read -ra parts <<<"${BASH_REMATCH[1]}"
    for part in "${parts[@]}"; do sum=$((sum * 60 + 10#$part)); done
    ms=$((sum * 1000 + 10#${fraction:0:3}))
}

check_fov() {
    local part
    [[ $fov == *x* ]] && fov_v=${fov#*x}
    fov_h=${fov%%x*}
    for part in "$fov_h" ${fov_v:+"$fov_v"}; do
        [[ $part =~ ^(0*1[0-7][0-9]|0*[0-9]{1,2})(\.[0-9]{1,6})?$ && $part == *[1-9]* ]] ||
            bad --fov "degrees above 0 and below 180, as 90 or 90x60" "$fov"
    done
}

check_size() {
    [[ $size =~ ^[0-9]{1,5}x[0-9]{1,5}$ ]] || bad --size "as 1920x1080" "$size"
    size_w=$((10#${size%x*})) size_h=$((10#${size#*x}))
    ((size_w >= 2 && size_h >= 2 && size_w <= 16384 && size_h <= 16384)) ||
        bad --size "2x2 to 16384x16384" "$size"
    [[ $format != mp4 ]] || ((size_w % 2 == 0 && size_h % 2 == 0)) ||
        bad --size "an even width and height for mp4" "$size"
}

check_options() {
    case $format in
    jpg) kind=images; range='1 31'; quality=${quality:-2} ;;
    png)
        kind=images range='0 0'
        [[ -z $quality ]] || die "--quality means nothing for png, it is lossless"
        quality=0
        ;;
    mp4) kind=videos; range='0 51'; quality=${quality:-18} ;;
    *) bad --format "jpg, png or mp4" "$format" ;;
    esac
    if [[ ! $quality =~ ^[0-9]{1,2}$ ]] ||
        ((10#$quality < ${range% *} || 10#$quality > ${range#* })); then
        bad --quality "${range/ / to }" "$quality"
    fi
    [[ " near line lagrange9 cube lanc sp16 gauss mitchell " == *" $interp "* ]] ||
        bad --interp "near line lagrange9 cube lanc sp16 gauss mitchell" "$interp"
    [[ " 2d sbs tb " == *" ${stereo:-2d} "* ]] || bad --stereo "2d, sbs or tb" "$stereo"
    [[ " left right both " == *" ${eye:-left} "* ]] ||
        bad --eye "left, right or both" "$eye"
    [[ $projection =~ ^[a-z0-9]*$ ]] || bad --input "a projection" "$projection"
    [[ $rig =~ ^[A-Za-z0-9@.+-]+$ ]] || bad --rig "the name of a preset" "$rig"
    [[ -z $fov ]] || check_fov
    [[ -z $size ]] || check_size
    [[ -z $fps || ($fps =~ ^[0-9]{1,6}([/.][0-9]{1,6})?$ && ! $fps =~ ^[0.]+(/|$) &&
        ! $fps =~ /0+$) ]] || bad --fps "a positive number or fraction" "$fps"
    [[ -z $from ]] || { milliseconds --from "$from"; from_ms=$ms; }
    [[ -z $to ]] || { milliseconds --to "$to"; to_ms=$ms; }
    [[ -z $to ]] || ((to_ms > ${from_ms:-0})) || bad --to "a time after --from" "$to"
    case $device in
    auto | cpu) ;;
    cuda) die "--device cuda is not available in this version; use cpu or auto" ;;
    *) bad --device "auto or cpu" "$device" ;;
    esac
}

parse_options() {
    # Photogrammetry wants all the detail that the source has: cube, the
    # sharpest kernel without visible ringing; line is faster and softer.
    rig=ring8 views_file='' size='' fov='' fov_h='' fov_v='' format=jpg quality=''
    fps='' from='' to='' interp=cube projection='' stereo='' eye='' device=auto
    from_ms='' to_ms='' size_w='' size_h='' force=0 quiet=0 demo=0
    local key args=() rig_given=0
    while (($#)); do
        key=$1
        shift
        case $key in
        -h | --help) usage; exit 0 ;;
        --force) force=1 ; continue ;;
        --quiet) quiet=1 ; continue ;;
        --demo) demo=1 ; continue ;;
        --) args+=("$@"); break ;;
        --*) (($#)) || die "$key needs a value" ;;
        *) args+=("$key"); continue ;;
        esac
        case $key in
        --rig) rig=$1 rig_given=1 ;;
        --views) views_file=$1 ;;
        --size) size=$1 ;;
        --fov) fov=$1 ;;
        --format) format=$1 ;;
        --quality) quality=$1 ;;
        --fps) fps=$1 ;;
        --from) from=$1 ;;
        --to) to=$1 ;;
        --interp) interp=$1 ;;
        --input) projection=$1 ;;
        --stereo) stereo=${1/#auto/} ;;
        --eye) eye=$1 ;;
        --device) device=$1 ;;
        *) die "unknown option $key; see --help" ;;
        esac
        shift
    done
    ((demo)) && args=('' "${args[@]}")
    ((${#args[@]} == 2)) || die "expected INPUT and OUTDIR (or --demo and OUTDIR); see --help"
    input=${args[0]} outdir=${args[1]}
    [[ -n $outdir ]] || die "OUTDIR is empty"
    [[ $outdir == /* ]] || outdir=$PWD/$outdir
    [[ $input == /* || -z $input ]] || input=$PWD/$input
    [[ -z $views_file ]] || ((!rig_given)) || die "--rig and --views exclude each other"
    [[ -z $views_file || -r $views_file ]] || die "cannot read the rig file $views_file"
    check_options
}
