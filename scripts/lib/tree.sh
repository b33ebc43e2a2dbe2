# shellcheck shell=bash disable=SC2034,SC2154 # one program with the others
# FFmpeg's source tree in build/src: unpacked once, hooked by the patches.

src=                # the tree, build/src
ffmpeg_version=     # its version
series_dir=         # patches/<series> that is for it

# A short word that changes when what FFMPEG_SRC names does.
source_id()
{
    if [ -z "${FFMPEG_SRC:-}" ]; then
        echo "release $(sha256_of "$sources_file")"
    elif [ -d "$FFMPEG_SRC" ]; then
        echo "tree $(cd "$FFMPEG_SRC" && find . -path ./.git -prune -o \
            -type f -printf '%p %s %T@\n' | sort | sha256sum)"
    elif [ -f "$FFMPEG_SRC" ]; then
        echo "tarball $(sha256_of "$FFMPEG_SRC")"
    else
        die "FFMPEG_SRC=$FFMPEG_SRC is neither a folder nor a file" \
            "Let it name FFmpeg's source, or unset it to have it fetched."
    fi
}

# series_for VERSION: set series_dir. A later release of the same major version
# gets the newest series there is.
series_for()
{
    local version=$1 minor=${1#*.} series=
    series=${version%%.*}.${minor%%.*}
    [ ! -d "$root/patches/$series" ] || {
        series_dir=$root/patches/$series
        return 0
    }
    series=$(cd "$root/patches" && printf '%s\n' "${version%%.*}".* |
             sort -V | tail -n 1)
    if [ -d "$root/patches/$series" ] && version_ge "$version" "$series"; then
        warn "no patches for FFmpeg $version; trying those for $series"
        series_dir=$root/patches/$series
        return 0
    fi
    die "FFmpeg $version is not supported" \
        "There are patches for: $(cd "$root/patches" && echo *)." \
        "Let FFMPEG_SRC name one of these, or unset it to have it fetched."
}

version_of_tree()
{
    local version=
    [ ! -f "$1/RELEASE" ] || read -r version <"$1/RELEASE" || true
    [ -f "$1/configure" ] && [ -d "$1/libavfilter" ] || version=
    printf '%s\n' "${version%.git}"
}

# unpack INTO: FFmpeg's source from wherever it can be had.
unpack()
{
    local from=${FFMPEG_SRC:-}
    if [ -z "$from" ]; then
        fetch_tarball ffmpeg 9.0 '9.0*' '9.*' || die \
            "FFmpeg's source could not be had; this was tried:" \
            "${tried[@]}" \
            "Fetch a release tarball of FFmpeg 9.0 by other means and run" \
            "  FFMPEG_SRC=ffmpeg-9.0.2.tar.xz $0"
        from=$fetched
    fi
    note "FFmpeg's source: $from"
    mkdir -p "$1"
    if [ -d "$from" ]; then
        (cd "$from" && tar -cf - --exclude=./.git .) | tar -xf - -C "$1" || die \
            "cannot copy $from to $1" "Is there space for it, and may it be read?"
    else
        tar -xf "$from" -C "$1" --strip-components=1 || die \
            "cannot unpack $from to $1" \
            "Is there space for it, and is it a tarball of FFmpeg's source?"
    fi
}

# prepare_tree BUILD: bring build/src up to date. A tree that came from
# FFMPEG_SRC stays in use until build/src is removed or FFMPEG_SRC is set anew.
prepare_tree()
{
    local build=$1 id old=
    src=$build/src
    id=$(source_id) || exit 1
    [ ! -f "$build/.source" ] || read -r old <"$build/.source"
    if [ -d "$src" ] && [ -z "${FFMPEG_SRC:-}" ] && [ -n "$old" ]; then
        [ "${old%% *}" = release ] || id=$old
    fi
    if [ ! -d "$src" ] || [ "$id" != "$old" ]; then
        new_tree "$build"
        printf '%s\n' "$id" >"$build/.source"
    fi
    ffmpeg_version=$(version_of_tree "$src")
    series_for "$ffmpeg_version"
}

# Objects of another source are of no use, even where they look newer: FFmpeg's
# tarballs carry the dates of the release.
new_tree()
{
    local build=$1 version
    rm -rf "$build/src.new"
    unpack "$build/src.new"
    version=$(version_of_tree "$build/src.new")
    [ -n "$version" ] || die "this is not FFmpeg's source: ${FFMPEG_SRC:-$fetched}" \
        "It has no configure, RELEASE or libavfilter. Let FFMPEG_SRC name one that" \
        "has, or unset it to have it fetched."
    series_for "$version"
    rm -rf "$build-asan"
    find "$build" -mindepth 1 -maxdepth 1 ! -name src.new ! -name .lock \
         ! -name nvc ! -name packages.log ! -name .not_had -exec rm -rf {} +
    mv "$build/src.new" "$build/src"
}

# apply_patches BUILD: hook our files into the tree. Every patched file starts
# from the copy in build/orig, so a changed series needs no new tree, and only
# files that come out different are touched.
apply_patches()
{
    local build=$1 id patch file
    id=$(cat "$series_dir/series" "$series_dir"/*.patch | sha256sum)
    [ "$(cat "$build/.patched" 2>/dev/null)" != "$id" ] || return 0
    mkdir -p "$build/orig"
    rm -rf "$build/stage" "$build/.patched"
    sed -n 's,^+++ b/,,p' "$series_dir"/*.patch | while read -r file; do
        [ -f "$src/$file" ] || continue
        mkdir -p "$(dirname "$build/orig/$file")"
        [ -e "$build/orig/$file" ] || cp -p "$src/$file" "$build/orig/$file"
    done
    cp -a "$build/orig" "$build/stage"
    while read -r patch; do
        case $patch in '' | '#'*) continue ;; esac
        patch -s -p1 -N --no-backup-if-mismatch -d "$build/stage" \
              <"$series_dir/$patch" || die \
            "$patch does not apply to FFmpeg $ffmpeg_version" \
            "The patches are made against the first release in $sources_file."
    done <"$series_dir/series"
    (cd "$build/orig" && find . -type f) | while read -r file; do
        cmp -s "$build/stage/$file" "$src/$file" ||
            cp "$build/stage/$file" "$src/$file"
    done
    rm -rf "$build/stage"
    printf '%s\n' "$id" >"$build/.patched"
    note "FFmpeg $ffmpeg_version with ${series_dir#"$root"/}"
}
