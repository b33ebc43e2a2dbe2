# Sourced by split360: a folder or a glob of panoramas as the source.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154

extensions='.*\.(jpe?g|png|tiff?|webp|bmp|exr|avif|heic|jxl|dng)'

# Sets folder, and for a folder or glob the array sources, in natural order.
find_source() {
    local list
    folder=0 sources=() source_name=$input area=
    if [[ -d $input ]]; then
        list=$(list_folder)
    elif [[ ! -e $input && $input == *[]*?[]* ]]; then
        # What a character is depends on the locale of whoever wrote the glob.
        list=$({ LC_ALL=$user_locale; compgen -G "$input"; } 2>/dev/null)
    else
        probe_source "$input"
        scan_one
        source_id="$("$V360JOB" source "$input" 2>&1)" || die "cannot read $input: $source_id"
        read_tags "$input"
        return
    fi
    folder=1
    [[ -n $list ]] || die "cannot read $input: no picture in it"
    [[ -z $fps$from$to ]] || die "--fps, --from and --to are for videos, $input is many pictures"
    [[ $naming == number ]] || die "--names pts is for videos, $input is many pictures"
    mapfile -t sources < <(sort -V <<<"$list")
    source_id="${#sources[@]} pictures, SHA-256 $({ printf '%s\n' "${sources[@]##*/}"
        printf '%s\0' "${sources[@]}" | xargs -0 "$V360JOB" source 2>&1; } |
        sha256sum | cut -c 1-64)"
    scan_sources
}

# The pictures of a folder, also where they or it are links. macOS lays a file
# ._NAME beside each NAME on foreign disks. The rest is counted, for a picture
# that has another ending is easily missed.
list_folder() {
    local rest
    find -L "$input" -maxdepth 1 -type f -regextype egrep -iregex "$extensions" ! -name '._*'
    rest=$(find -L "$input" -mindepth 1 -maxdepth 1 ! -name '.*' \
        ! \( -type f -regextype egrep -iregex "$extensions" \) \
        \( -type d -printf '/folders\n' -o -type l -printf '/links to nothing\n' -o \
        -printf '%f\n' \) |
        sed -E 's/.*(\.[A-Za-z0-9]{1,8})$/\1 files/; t; s,^/,,; t; s/.*/other files/' |
        sort | uniq -c | sed -E 's/^ +//' | paste -s -d ';' | sed 's/;/, /g')
    [[ -z $rest ]] || say "not taken from $input: $rest"
}

# The same look at a single source as at each of many.
scan_one() {
    local state what
    printf '%s\n' "$input" >"$work/sources" || die "cannot write to $outdir"
    IFS=$'\t' read -r state what _ < <("$V360JOB" scan "$work/sources")
    [[ $state == ok ]] || die "cannot read $input: $what"
    take_area "$what"
}

# Whoever gives --input has said what the pictures show.
take_area() { # what v360job scan says of a picture
    [[ -n $projection || $1 != *' of '* ]] || area=${1##* of }
}

# All must be as the first one that can be read: one rig for all of them.
scan_sources() {
    local state what path first='' good=() n=0
    : >"$work/skipped" || die "cannot write to $outdir"
    while IFS=$'\t' read -r state what path; do
        [[ -z $projection || $state != ok ]] || what=${what% of *}
        [[ $state != ok || -n $first ]] || first=$what
        if [[ $state == ok && $what == "$first" ]]; then
            good+=("$path")
            continue
        fi
        [[ $state != ok ]] || what="it is $what, the first one is $first"
        ((keep_going)) || die "cannot use $path: $what; --keep-going leaves it out"
        leave_out "$path" "$what"
        n=$((n + 1))
    done < <(printf '%s\n' "${sources[@]}" >"$work/sources" &&
        "$V360JOB" scan "$work/sources")
    ((${#good[@]})) || die "cannot read any picture of $input: ${what:-}"
    sources=("${good[@]}")
    take_area "$first"
    probe_source "${sources[0]}"
    read_tags "${sources[0]}"
}

leave_out() { # path, reason
    warn "left out: $1: $2"
    printf '%s: %s\n' "$1" "$2" >>"$work/skipped"
    left_out=$((left_out + 1))
}

# Pictures of which no frame came, found by an earlier run or by this one.
drop_undecodable() {
    local path list=()
    [[ -s $work/undecodable ]] || return 0
    ((keep_going)) || die "cannot decode $(head -n 1 "$work/undecodable");" \
        "--keep-going leaves it out"
    for path in "${sources[@]}"; do
        if grep -qxF -- "$path" "$work/undecodable"; then
            leave_out "$path" "cannot be decoded"
        else
            list+=("$path")
        fi
    done
    ((${#list[@]})) || die "cannot decode any picture of $input"
    sources=("${list[@]}")
}

# Fewer frames than pictures, or errors: which are bad, and the images from the
# first of them on go.
find_undecodable() { # number of the first one that may be bad
    local i rc first='' name text bad=()
    say "looking for the pictures that cannot be decoded"
    for ((i = $1; i < ${#sources[@]}; i++)); do
        rc=0
        text=$("$FFMPEG" -nostdin -v error -i "${sources[i]}" -frames:v 1 -f framemd5 - 2>&1) ||
            rc=$?
        # Killed, or a signal that ffmpeg itself has met: that tells nothing of it.
        [[ $rc != 1[34][0-9] && $rc != 129 && $rc != 255 ]] ||
            die "ffmpeg was ended by a signal ($rc); the same command goes on from there"
        text=$(grep -v '^#' <<<"$text") # a good one: a line with its checksum and no other
        [[ $text != '0,'* || $text == *$'\n'* ]] || continue
        bad+=("${sources[i]}")
        first=${first:-$i}
    done
    [[ -n $first ]] || return 1
    for name in "${names[@]}"; do
        find "$work/images/$name" -name "*.$format" | sort | tail -n +$((first + 1)) |
            xargs -r -d '\n' rm -f
    done
    # In this order: the logs are all that tells of the damage until it is noted,
    # and then no image may be there whose number is another one by that.
    { "$V360JOB" flush "$work" && { cat "$work/undecodable" 2>/dev/null
        printf '%s\n' "${bad[@]}"; } | "$V360JOB" store "$work/undecodable"; } 2>"$log" ||
        die "cannot write to $outdir: $(<"$log")"
    rm -f "$work"/log.*
}

concat_list() {
    local path
    echo 'ffconcat version 1.0'
    for path; do
        printf "file '%s'\nduration 1\n" "${path//\'/\'\\\'\'}"
    done
}

# What the source says of itself: time, place, and how the panorama lies.
read_tags() {
    local text gpano
    mapfile -t tags < <({ "$FFPROBE" -v quiet -select_streams "$stream" -read_intervals '%+#1' \
        -show_entries format_tags:stream_tags:frame_tags -of default=nw=1 "$1"
        head -c 1048576 "$1" | grep -aoE 'GPano:[A-Za-z]+(="[^"<>]*"|>[^<>]*<)' |
            sed -E 's/[>=]"?/=/; s/["<]$//'; } | tr -d '\r' | grep -aE '^[A-Za-z:_. -]+=' |
        grep -avE '^TAG:(encoder|vendor_id|handler_name|DURATION)' | awk -F= '!seen[$1]++')
}
