#!/usr/bin/env bash
# What the default build can read: pictures and videos that none of its own encoders
# make, and what a graph of views needs. The files of data/ are testsrc2 in 64x32, made
# with libaom, libheif, libjxl and libwebp. Licence: LGPL-2.1-or-later.
set -u

# shellcheck source=tests/cli/lib/split360.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/split360.sh"
options=(--rig ring2 --size 32x32 --device cpu --quiet)
decoders=$("$FFMPEG" -v error -decoders)
filters=$("$FFMPEG" -v error -filters)

# reads FILE DECODER IMAGES [LIBRARY]: split360 makes so many images of each view. Only a
# machine without the library may have a build without it.
reads() {
    if ! grep -qw "$2" <<<"$decoders" && ! pkg-config --exists "${4:-zlib}"; then
        skip "reads $1" "built on a machine without $4"
        return
    fi
    anew "$cli/data/$1"
    check "reads $1" "$3 images" \
        "$(find out/images/view_01 -name '*.jpg' -size +0 2>/dev/null | wc -l) images"
}

test_read() {
    reads av1.mp4 libdav1d 3 'dav1d >= 1.0.0'
    reads av1.avif libdav1d 1 'dav1d >= 1.0.0'
    reads hevc.heic hevc 1
    reads vardct.jxl libjxl 1 'libjxl >= 0.7.0'
    reads lossy.webp webp 1
}

test_sinks() {
    local filter said
    for filter in nullsink anullsink; do
        if grep -qw "$filter" <<<"$filters"; then ok "filter $filter"
        else fail "filter $filter" "not in $FFMPEG"; fi
    done
    if said=$(ff -f lavfi -i testsrc2=s=64x32:d=0.1 -filter_complex \
        "v360batch=ring2:w=16:h=16[a][b];[b]nullsink" -map "[a]" -f null - 2>&1); then
        ok "a view that nobody wants ends in nullsink"
    else fail "a view that nobody wants ends in nullsink" "$said"; fi
}

run_tests "$@"
