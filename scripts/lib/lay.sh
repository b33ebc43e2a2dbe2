# shellcheck shell=bash disable=SC2034,SC2154 # one program with the others
# Our files in FFmpeg's tree, as symbolic links: an edit here is the edit that
# compiles. Links that are right are left alone, so make does the minimum.

# lay FROM TO PATTERN...: link the files of FROM that match into src/TO. The
# links are relative: a checkout can be moved, and any path works.
lay()
{
    local from=$1 to=$2 up pattern file name want
    shift 2
    # shellcheck disable=SC2001 # ${//} has no such pattern
    up=$(sed 's,[^/][^/]*,..,g' <<<"$src_below_root/$to")
    drop_stale_links "$src/$to"
    for pattern; do
        for file in "$root/$from"/$pattern; do
            [ -f "$file" ] || continue
            name=${file##*/}
            want=$up/$from/$name
            [ "$(readlink "$src/$to/$name")" != "$want" ] || continue
            [ -L "$src/$to/$name" ] || [ ! -e "$src/$to/$name" ] || die \
                "FFmpeg $ffmpeg_version already has $to/$name" \
                "Rename ${file#"$root"/}, which would replace it."
            mkdir -p "$src/$to"
            ln -sfn "$want" "$src/$to/$name"
        done
    done
}

drop_stale_links()
{
    [ ! -d "$1" ] || find "$1" -maxdepth 1 -xtype l -delete
}

# lay_all BUILD
lay_all()
{
    local build=$1 src_below_root=${src#"$root"/} list
    lay libavfilter-src libavfilter '*.c' '*.h' '*.mak'
    lay libavfilter-src/x86 libavfilter/x86 '*.c' '*.h' '*.asm'
    lay cuda libavfilter '*.cu' '*.h'
    lay doc doc 'v360*.texi'
    lay tests/fate tests/fate '*.mak'
    lay tests/ref/fate tests/ref/fate '*'
    lay tests/filtergraphs tests/filtergraphs '*'
    lay tests/checkasm tests/checkasm '*.c'
    lay tools tools 'v360*.[ch]' 'v360*.html'
    lay tests/libavfilter libavfilter/tests '*.c' '*.h'
    # make does not see that an object has left the list.
    list=$(sha256_of "$src/libavfilter/v360batch.mak")
    [ "$(cat "$build/.objects" 2>/dev/null)" = "$list" ] ||
        rm -f "$build"{,-asan}/libavfilter/libavfilter.a
    printf '%s\n' "$list" >"$build/.objects"
}
