#!/usr/bin/env bash
# What the default build can read: pictures and videos that none of its own
# encoders make, and what a graph of views needs. The files of data/ are
# testsrc2 in 64x32, made with libaom, libheif, libjxl and libwebp.
# Licence: LGPL-2.1-or-later.
set -u
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export FFMPEG=${FFMPEG:-$root/build/ffmpeg}
# shellcheck source=tests/cli/lib/shell.sh
. "$here/lib/shell.sh"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
decoders=$("$FFMPEG" -v error -decoders)
filters=$("$FFMPEG" -v error -filters)

# reads FILE DECODER IMAGES [LIBRARY]: split360 makes so many images of each
# view. Only a machine without the library may have a build without it.
reads() {
    local out=$tmp/$1 n
    if ! grep -qw "$2" <<<"$decoders" && ! pkg-config --exists "${4:-zlib}"; then
        skip "reads $1" "built on a machine without $4"
        return
    fi
    "$root/scripts/split360" "$here/data/$1" "$out" --rig ring2 --size 32x32 \
        --device cpu --quiet >"$tmp/log" 2>&1
    n=$(find "$out/images/view_01" -name '*.jpg' -size +0 2>/dev/null | wc -l)
    if [ "$n" = "$3" ]; then ok "reads $1"; else fail "reads $1" "$n of $3 images: $(tail -n 1 "$tmp/log")"; fi
}

reads av1.mp4 libdav1d 3 'dav1d >= 1.0.0'
reads av1.avif libdav1d 1 'dav1d >= 1.0.0'
reads hevc.heic hevc 1
reads vardct.jxl libjxl 1 'libjxl >= 0.7.0'
reads lossy.webp webp 1

for filter in nullsink anullsink; do
    if grep -qw "$filter" <<<"$filters"; then ok "filter $filter"
    else fail "filter $filter" "not in $FFMPEG"; fi
done
if said=$("$FFMPEG" -nostdin -v error -f lavfi -i testsrc2=s=64x32:d=0.1 -filter_complex \
    "v360batch=ring2:w=16:h=16[a][b];[b]nullsink" -map "[a]" -f null - 2>&1); then
    ok "a view that nobody wants ends in nullsink"
else fail "a view that nobody wants ends in nullsink" "$said"; fi
finish
