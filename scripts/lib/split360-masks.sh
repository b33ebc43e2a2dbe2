# Sourced by split360: masks. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2001,SC2034,SC2154 # sed works on each line

# One gray picture a view in work/owner, from the rig alone.
make_owner_masks() {
    ((owner_masks)) || return 0
    rm -rf "$work/owner"
    "$V360RIG" owner-masks "${rig_args[@]}" -o "$work/owner" 2>"$log" ||
        die "no owner masks: $(plain "$log" | tail -n 2)"
}

probe_mask() {
    mask_id=
    [[ -n $mask ]] || return 0
    mask_id=$("$V360JOB" source "$mask" 2>&1) || die "cannot read the mask $mask: $mask_id"
    local text
    text=$("$FFPROBE" -v error -select_streams v:0 -show_entries \
        stream=codec_name,width,height,pix_fmt -of csv=p=0 "$mask" 2>&1) ||
        die "cannot read the mask $mask: ${text##*$'\n'}"
    [[ $text == *",$width,$height,"* ]] || die "the mask $mask is of another size," \
        "$(cut -d , -f 2,3 <<<"$text"), not $width,$height as the source"
    mask_still=0
    case ${text%%,*} in png | mjpeg | tiff | webp | bmp | pgm | gif | exr) mask_still=1 ;; esac
    mask_filter=format=gray
    case ${text##*,} in
    *rgba* | *argb* | *bgra* | *abgr* | yuva* | ya* | gbrap* | pal8) # what is both light and solid
        mask_filter="format=rgba,split[light][solid];[light]format=gray[light];"
        mask_filter+="[solid]alphaextract[solid];[light][solid]blend=all_mode=darken" ;;
    esac
    warn_of_mask
}

# A mask that decides nothing is a mistake. Of a video some key frames are looked
# at, and each must be so.
warn_of_mask() {
    local low high hint=
    read -r low high < <("$FFMPEG" -nostdin -v quiet -skip_frame nokey -i "$mask" -map 0:v:0 \
        -frames:v 20 -vf "$mask_filter" -f rawvideo - | "$V360JOB" levels)
    [[ -n ${high:-} ]] || return 0
    ((high > 1 || low == high)) || hint=": its values are 0 and 1, not 0 and 255"
    ((high >= 128)) || warn "the mask $mask keeps nothing, no value is over 127 of 255$hint"
    ((low < 128)) || warn "the mask $mask leaves nothing out, all values are over 127 of 255"
}

# The user's mask goes through the same rig as the images, nearest and binary,
# and a view's share of it is multiplied with the owner mask.
split_mask() { # folder of the result
    local i graph rc=0 inputs=() outputs=() select=$select_filter
    ((mask_still)) && select=
    inputs=(-i "$mask")
    ((mask_still)) || inputs=(${from:+-ss "$from"} ${to:+-to "$to"} "${inputs[@]}")
    graph="[0:v:0]${select}$mask_filter,lut=y='255*gte(val,128)',"
    graph+=${pad:+$pad,}${batch_filter/interp=$interp/interp=near}$pads
    for i in "${!names[@]}"; do
        mkdir -p "$work/$1/${names[i]}" || die "cannot write to $outdir"
        if ((owner_masks)); then
            inputs+=(-i "owner/${names[i]}.pgm")
            graph+=";[v$i][$((i + 1)):v]blend=all_mode=multiply[m$i]"
            outputs+=(-map "[m$i]")
        else
            outputs+=(-map "[v$i]")
        fi
        outputs+=(-bitexact -fps_mode passthrough -c:v png -pix_fmt gray
            -threads 1 "$1/${names[i]}/%06d.png")
    done
    ffmpeg --quiet -- "${inputs[@]}" -filter_complex "$graph" "${outputs[@]}" || rc=$?
    ((rc == 0)) || fail_ffmpeg "$rc"
}

# Owner masks alone: the same pictures as PNG.
convert_owner_masks() { # folder of the result
    local name rc=0 i=0 args=() inputs=()
    for name in "${names[@]}"; do
        mkdir -p "$work/$1/$name" || die "cannot write to $outdir"
        inputs+=(-i "owner/$name.pgm")
        args+=(-map "$i:v" -bitexact -c:v png -threads 1 -frames:v 1 "$1/$name/%06d.png")
        i=$((i + 1))
    done
    ffmpeg --quiet -- "${inputs[@]}" "${args[@]}" || rc=$?
    ((rc == 0)) || fail_ffmpeg "$rc"
}

# The images of a view, of this job or, where only masks have gone, of OUTDIR.
# Fails where a folder is there and cannot be read.
image_names() { # view
    local dir from=()
    for dir in "$work/images/$1" "$outdir/images/$1"; do
        [[ ! -d $dir || ($dir != "$work"/* && $state != repair) ]] || from+=("$dir")
    done
    ((${#from[@]})) || return 0
    find "${from[@]}" -maxdepth 1 -name "*.$format" \
        ! -name '*.mask.png' -printf '%f\n' 2>/dev/null | sort -u
    [[ ${PIPESTATUS[*]} == "0 0" ]]
}

make_masks() {
    local name n still=1
    [[ -n $mask || $owner_masks == 1 ]] || return 0
    rm -rf "$work/raw" "$work/masks"
    make_owner_masks
    if [[ -n $mask ]]; then
        split_mask raw
        still=$mask_still
    else
        convert_owner_masks raw
    fi
    n=$(find "$work/raw/${names[0]}" -type f | wc -l)
    ((still || n == frames)) || die "the mask $mask gives $n frames, the source $frames"
    for name in "${names[@]}"; do name_masks "$name" "$still"; done
    rm -rf "$work/raw"
}

# Under the name that the reader looks for; one file for all if it stands still.
name_masks() { # view, still
    local to=masks/$1 list
    [[ $reader != realityscan ]] || to=images/$1
    mkdir -p "$work/$to"
    list=$(image_names "$1") || die "cannot read the images of view $1 in $outdir"
    case $reader in
    nerfstudio) list=$(sed "s/\.$format\$/.png/" <<<"$list") ;;
    realityscan) list=$(sed 's/$/.mask.png/' <<<"$list") ;;
    *) list=$(sed 's/$/.png/' <<<"$list") ;;
    esac
    if (($2)); then
        (cd "$work/$to" && "$V360JOB" link "$work/raw/$1/000001.png" <<<"$list") ||
            die "cannot write to $outdir"
    else
        paste -d / <(find "$work/raw/$1" -type f | sort) <(echo "$list") |
            while IFS= read -r line; do
                mv "${line%.png/*}.png" "$work/$to/${line##*/}" || exit 1
            done || die "cannot write to $outdir"
    fi
}
