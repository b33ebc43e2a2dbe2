# Sourced by split360: the command line. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

usage() {
    cat <<END
usage: split360 INPUT OUTDIR [options]
       split360 --demo OUTDIR [options]
       split360 --verify OUTDIR

Splits a 360 video or picture, a folder of panoramas or a quoted glob of them
into perspective views: OUTDIR/images/VIEW/000001.jpg, with the same names in
every view. The same command again goes on with a job that was interrupted.

  --rig R         preset: ring8 (default; nothing beyond 45 degrees up or down),
                  ringN, ringN@PITCH, cube6, colmap12, colmap4, nerfstudio8,
                  nerfstudio14, dome16, dome17, dense17, fibonacciN
  --views FILE    a rig file instead: one view a line, as yaw=45 pitch=-30
  --size WxH      size of a view; default: what the source's resolution fills,
                  at most 1920x1920 for rings
  --fov H[xV]     field of view in degrees of views that give none themselves;
                  default: the preset's, else 90
  --format F      jpg (default), png or mp4 (OUTDIR/videos/VIEW.mp4, no sound)
  --quality N     jpg: 1 (best) to 31, default 2; mp4: CRF 0 to 51, default 18
  --fps N         frames per second taken from the source; default: all
  --every N       each Nth frame only
  --sharpest N    of N frames each, the sharpest one (by blurdetect), after --fps
                  and --every: --sharpest 15 alone is 2 a second of 30
  --from T --to T part of the source, in seconds or HH:MM:SS.mmm
  --interp K      near line lagrange9 cube (default) lanc sp16 gauss mitchell
  --input P       projection of the source, as v360batch's input; default: what
                  its metadata say, else equirect
  --stereo S      2d, sbs or tb; default: what the metadata say, else 2d
  --eye E         left (default), right or both, for a stereo source
  --device D      auto (default), cuda or cpu: where views are made
  --encoder E     of mp4: cpu (default), nvenc, or auto: nvenc if it opens.
                  Its bytes depend on the GPU
  --names K       number (default): 000001; pts: milliseconds in the source
  --for R         reader: colmap, nerfstudio or realityscan; default: colmap's
                  files where the rig allows
  --owner-masks   masks that give every direction to one view only: for training,
                  not for matching
  --mask FILE     mask of the panorama, picture or video of its size; black is
                  left out
  --keep-going    list and leave out what cannot be read, do not stop there
  --verify        compare the files of OUTDIR with its manifest.json
  --force         replace what OUTDIR holds
  --quiet         no progress, errors and warnings only
  --json-progress progress on stdout, one JSON object a line
  --demo          make a short panorama video and split that
  --no-deps       if FFmpeg has to be built first: install no packages for it

An option's value is a word of its own: --fps 2. Exit status: 0 done, 1 an error,
130 interrupted. doc/split360.md tells more, also which preset sees what.
END
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
    [[ -z $from ]] || { milliseconds --from "$from"; from_ms=$ms from_us=$us; }
    [[ -z $to ]] || { milliseconds --to "$to"; to_ms=$ms; }
    [[ -z $to ]] || ((to_ms > ${from_ms:-0})) || bad --to "a time after --from" "$to"
    check_project
    case $device in
    auto | cpu | cuda) ;;
    *) bad --device "auto, cuda or cpu" "$device" ;;
    esac
    case $encoder-$format in
    auto-* | cpu-* | nvenc-mp4) ;;
    nvenc-*) die "--encoder nvenc is for --format mp4, not for $format" ;;
    *) bad --encoder "auto, cpu or nvenc" "$encoder" ;;
    esac
}

parse_options() {
    # Photogrammetry wants all the detail that the source has: cube, the
    # sharpest kernel without visible ringing; line is faster and softer.
    rig=ring8 views_file='' size='' fov='' fov_h='' fov_v='' format=jpg quality=''
    fps='' from='' to='' interp=cube projection='' stereo='' eye='' device=auto
    from_ms='' to_ms='' from_us=0 size_w='' size_h='' force=0 quiet=0 demo=0
    every='' sharpest='' naming=number reader='' mask='' owner_masks=0
    keep_going=0 verify=0 json=0 encoder=cpu no_deps=()
    local key args=() rig_given=0
    while (($#)); do
        key=$1
        shift
        case $key in
        -h | --help) usage; exit 0 ;;
        --force) force=1 ; continue ;;
        --quiet) quiet=1 ; continue ;;
        --demo) demo=1 ; continue ;;
        --no-deps) no_deps=(--no-deps) ; continue ;;
        --owner-masks) owner_masks=1 ; continue ;;
        --keep-going) keep_going=1 ; continue ;;
        --verify) verify=1 ; continue ;;
        --json-progress) json=1 ; continue ;;
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
        --every) every=$1 ;;
        --sharpest) sharpest=$1 ;;
        --names) naming=$1 ;;
        --for) reader=$1 ;;
        --mask) mask=$1 ;;
        --from) from=$1 ;;
        --to) to=$1 ;;
        --interp) interp=$1 ;;
        --input) projection=$1 ;;
        --stereo) stereo=${1/#auto/} ;;
        --eye) eye=$1 ;;
        --device) device=$1 ;;
        --encoder) encoder=$1 ;;
        *) die "unknown option $key; see --help" ;;
        esac
        shift
    done
    ((demo || verify)) && args=('' "${args[@]}")
    ((${#args[@]} == 2)) ||
        die "expected INPUT and OUTDIR (or --demo or --verify and OUTDIR); see --help"
    input=${args[0]} outdir=${args[1]}
    [[ -n $outdir ]] || die "OUTDIR is empty"
    [[ $outdir == /* ]] || outdir=$PWD/$outdir
    [[ $mask == /* || -z $mask ]] || mask=$PWD/$mask
    [[ $input == /* || -z $input ]] || input=$PWD/$input
    [[ -z $views_file ]] || ((!rig_given)) || die "--rig and --views exclude each other"
    [[ -z $views_file || -r $views_file ]] || die "cannot read the rig file $views_file"
    check_options
}
