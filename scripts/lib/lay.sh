# shellcheck shell=bash disable=SC2034,SC2154 # one program with the others
# Our files in FFmpeg's tree, as symbolic links: an edit here is the edit that
# compiles. A folder of ours is laid path by path over the folder of FFmpeg's
# that it is named after. Links that are right are left alone, so make does the
# minimum.

# Each folder, the one of FFmpeg's that it goes over, and the names in it.
laid_folders="
libavcodec-src     libavcodec                 *
libavfilter-src    libavfilter                *
cuda               libavfilter/v360batch/cuda *
doc                doc                        *.texi
tests/fate         tests/fate                 *
tests/ref          tests/ref                  *
tests/checkasm     tests/checkasm             *
tests/filtergraphs tests/filtergraphs         *
tests/libavfilter  libavfilter/tests          *
tools              tools                      *
"

# The links that there shall be, a line each: path in build/src, target. The
# targets are relative: a checkout can be moved, and any path works.
links_wanted()
{
    local from to names
    while read -r from to names; do
        [ -z "$from" ] || find "$root/$from" -type f -name "$names" \
            ! -name '.*' ! -name '*~' -printf "$from $to %P\n"
    done <<<"$laid_folders" | awk '{
        path = $2 "/" $3
        target = "../../" $1 "/" $3
        for (i = gsub("/", "/", path); i > 0; i--)
            target = "../" target
        print path "\t" target }' | sort
}

# The links of ours that there are: those which lead out of build/src.
links_present()
{
    find "$src" -type l -printf '%P\t%l\n' | awk -F '\t' '{
        depth = gsub("/", "/", $1)
        if (match($2, "^([.][.]/)+") && RLENGTH / 3 > depth + 1)
            print }' OFS='\t' | sort
}

# lay_all BUILD
lay_all()
{
    local build=$1 wanted present path target list
    wanted=$(links_wanted)
    present=$(links_present)
    comm -13 <(cut -f 1 <<<"$wanted") <(cut -f 1 <<<"$present") |
        (cd "$src" && xargs -r -d '\n' rm -f)
    comm -23 <(echo "$wanted") <(echo "$present") |
        while IFS=$'\t' read -r path target; do
            [ -L "$src/$path" ] || [ ! -e "$src/$path" ] || die \
                "FFmpeg $ffmpeg_version already has $path" \
                "Rename ${target##*../}, which would replace it."
            mkdir -p "$(dirname "$src/$path")"
            ln -sfn "$target" "$src/$path"
        done
    # make does not see that an object has left the list.
    list=$(sha256_of "$src/libavfilter/v360batch/Makefile")
    [ "$(cat "$build/.objects" 2>/dev/null)" = "$list" ] ||
        rm -f "$build"{,-asan}/libavfilter/libavfilter.a
    printf '%s\n' "$list" >"$build/.objects"
}
