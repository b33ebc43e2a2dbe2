# Sourced by split360: values of options. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

bad() { die "$1 '$3': expected $2"; } # option, what, value

# T in milliseconds; digits only, so that bash can compare it.
milliseconds() { # option, T
    local re='^(([0-9]{1,2}:)?[0-5]?[0-9]:[0-5]?[0-9]|[0-9]{1,6})(\.[0-9]{1,6})?$'
    [[ $2 =~ $re ]] || bad "$1" "seconds or HH:MM:SS.mmm" "$2"
    local part sum=0 parts fraction=${BASH_REMATCH[3]#.}000000
    IFS=: read -ra parts <<<"${BASH_REMATCH[1]}"
    for part in "${parts[@]}"; do sum=$((sum * 60 + 10#$part)); done
    us=$((sum * 1000000 + 10#${fraction:0:6})) ms=$((us / 1000))
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

check_count() { # option, value
    [[ $2 =~ ^[0-9]{1,6}$ && $2 == *[1-9]* ]] || bad "$1" "a number from 1" "$2"
}

# Which frames, under which names, for whom.
check_project() {
    [[ -z $every ]] || { check_count --every "$every"; every=$((10#$every)); }
    [[ -z $sharpest ]] || { check_count --sharpest "$sharpest"; sharpest=$((10#$sharpest)); }
    [[ -z $every || -z $sharpest ]] || die "--every and --sharpest exclude each other"
    [[ " number pts " == *" $naming "* ]] || bad --names "number or pts" "$naming"
    case $reader in
    '' | colmap | nerfstudio | realityscan) ;;
    *) bad --for "colmap, nerfstudio or realityscan" "$reader" ;;
    esac
    [[ -z $mask || -r $mask ]] || die "cannot read the mask $mask"
    [[ $format != mp4 ]] || [[ -z $mask$reader && $owner_masks == 0 && $naming == number ]] ||
        die "masks, --for and --names are for images, not for mp4"
}
