# The tests of jobs of scripts/split360 that are disturbed source this, rather than
# split360.sh alone. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034 # variables for the tests

# shellcheck source=tests/cli/lib/split360.sh
. "$(dirname "${BASH_SOURCE[0]}")/split360.sh"

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

# again NAME REFERENCE SOURCE OUTDIR [OPTION]...: the same command as before ends well,
# and gives what a run has given that was left alone.
again() {
    run "${@:3}" || fail "$1, the same command" "$(last)"
    same "$1" "$2" "$4"
}

# need FOLDER SOURCE [OPTION]...: FOLDER has what a run gives that was left alone.
need() { [[ -e $1 ]] || run "$2" "$1" "${@:3}" || fail "$1, a run that is left alone" "$(last)"; }

# tests/crash/failcall.c, which makes calls fail. Without a compiler the test is skipped.
need_failcall() { # name
    [[ -e failcall.so ]] ||
        ${CC:-cc} -shared -fPIC -O1 -o failcall.so "$cli/../crash/failcall.c" -ldl 2>err ||
        { skip "$1" "no C compiler: $(head -n 1 err)"; return 1; }
}

# failing PROGRAM CALL PATH NUMBER ERRNO COMMAND...: a command in which this call fails.
failing() {
    head -c 8 /dev/zero >calls
    rm -f failed
    FAILCALL_PROGRAM=$1 FAILCALL=$2 FAILCALL_MATCH=$3 FAILCALL_NUMBER=$4 FAILCALL_ACTION=$5 \
        FAILCALL_COUNT=$tmp/calls FAILCALL_LOG=$tmp/failed LD_PRELOAD=$tmp/failcall.so "${@:6}"
}

# killed_at CALL PATH COMMAND...: a command in which split360 is killed at this call.
killed_at() {
    failing split360 "$1" "$2" 1 self-before "${@:3}" 2>/dev/null
    [[ -s failed ]] || fail "killed at $1 of $2" "it never came to that: $(last)"
}

# The folder damaged: so many pictures of a kind, of which one is damaged in the middle.
make_damaged() { # number, number of the damaged one
    local file i
    file=damaged/$(printf %06d "$2").jpg
    rm -rf damaged
    mkdir damaged
    ff -f lavfi -i testsrc2=s=640x320:r=1:d="$1" -q:v 2 damaged/%06d.jpg
    i=$(($(stat -c %s "$file") / 2))
    printf '\377\323%.0s' {1..100} | dd of="$file" bs=1 seek="$i" conv=notrunc status=none
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
