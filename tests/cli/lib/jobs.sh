# Sourced by the tests of scripts/split360 as a job: a folder of their own with
# sources, and how a run is judged. Environment as for split360_basic.sh.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034 # for the tests

# shellcheck source=tests/cli/lib/split360.sh
. "$(dirname "${BASH_SOURCE[0]}")/split360.sh"
mounted=
trap '[[ -z $mounted ]] || umount "$mounted"; rm -rf "$tmp"' EXIT

ff() { "$FFMPEG" -nostdin -v error "$@"; }
run() { "$split" "$@" >log 2>&1; }
last() { tail -n 2 log | tr '\n' ' '; }

check() { # name, expected, seen
    if [[ $2 == "$3" ]]; then ok "$1" "$3"; else fail "$1" "expected $2, got $3"; fi
}

same() { # name, folder, folder
    local text
    if [[ -n $(find "$2" "$3" -maxdepth 1 -name '.split360*') ]]; then
        fail "$1" "a private folder is left"
    elif text=$(diff -r "$2" "$3" 2>&1); then
        ok "$1" "$(find "$3" -type f | wc -l) files"
    else
        fail "$1" "$(head -n 3 <<<"$text")"
    fi
}

refuse() { # name, word, arguments of split360
    local name=$1 word=$2
    shift 2
    if run "$@"; then fail "$name" "exit 0"
    elif ! grep -q "error: .*$word" log; then fail "$name" "$(last)"
    else ok "$name" "$(grep -o 'error: .*' log | head -n 1 | cut -c 1-90)"; fi
}

keys() { # value of a key of manifest.json, by name
    sed -n "s/^[[:space:]]*\"$2\":[[:space:]]*\"\{0,1\}\([^\",]*\).*/\1/p" "$1/manifest.json"
}

make_sources() {
    local i
    ff -f lavfi -i testsrc2=s=640x320:r=30:d=3 -pix_fmt yuv420p -c:v mjpeg -q:v 3 pano.mkv
    ff -f lavfi -i testsrc2=s=640x320:r=30:d=3 -pix_fmt yuv420p -c:v libx264 -g 12 -bf 2 \
        -preset veryfast pano.mp4 2>/dev/null || ff -i pano.mkv -c copy pano.mp4
    mkdir panos
    for i in 1 2 3 9 10 11; do
        ff -f lavfi -i "testsrc2=s=320x160:r=1:d=20,trim=start=$i" -frames:v 1 -q:v 2 panos/p$i.jpg
    done
}
