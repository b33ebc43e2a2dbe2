# Part of tests/farm/run-tests: sources that change, and decoders that are not exact.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of lib.sh and jobs.sh

test_fault_source() {
    local before
    begin_job "the source" || return
    cp "$path" changing.mp4
    plan changing.mp4 "${small[@]}"
    tasks out 0 1 2
    before=$(find out/.split360/images | wc -l)
    ff -f lavfi -i testsrc2=s=128x64:r=10:d=7.2 -c:v libx264 -bf 2 -preset veryfast -y changing.mp4
    sends "a source replaced after the plan" "source.*(chang|was|not)" "$split" task out 4
    check "nothing of it is published" "$before" "$(find out/.split360/images | wc -l)"
    cp "$path" changing.mp4
    touch -d 2001-01-01 changing.mp4 # the same bytes, later or earlier
    tasks out || fail "the source is back" "$(last)"
    rm -rf one
    run changing.mp4 one "${small[@]}"
    merged "the source is back"
}

# inexact NAME FILTER WORDS: an ffmpeg whose frames went through FILTER makes shard 3, and
# the merge, which says so, has all made again in one piece.
inexact() {
    local name=$1 status
    sed "s/FILTER/$2/" <<'END' | wrap "$FFMPEG" inexact
for word; do
    shift
    case $word in *v360batch=*) word=$(printf '%s' "$word" | sed "s/v360batch=/FILTER,&/") ;; esac
    set -- "$@" "$word"
done
END
    plan "$path" "${small[@]}"
    tasks out 0 1 2 4 5 6 7
    FFMPEG=$tmp/inexact run task out 3
    status=$?
    run merge out || fail "$name: merge" "$(last)"
    check "$name: it is seen" "$3" "$status $(grep -o 'shard [0-9] does not begin\|made apart' log | xargs)"
    same "$name" one out
}

# Damage ends the job at once, until a command says that it is to go on.
test_fault_damage() {
    local good
    begin_job "a source that is damaged" || return
    good=$path
    ff -f lavfi -i testsrc2=s=128x64:r=10:d=8 -c:v mjpeg -q:v 2 -pix_fmt yuvj420p damaged.mkv
    python3 - damaged.mkv <<'END'
import sys
with open(sys.argv[1], 'r+b') as file:
    data = file.read()
    file.seek(data.index(b'\xff\xd8', len(data) // 2))
    file.write(bytes(400)) # no frame at all, for what is in the place of damage may vary
END
    plan damaged.mkv "${small[@]}"
    tasks out
    check "damage: one task has failed" "7, damaged" \
        "$(markers out), $(head -qn 1 out/"$farm_folder"/*.failed)"
    sends "damage: the merge gives up, and says where" "damaged at" "$split" merge out
    run plan damaged.mkv out "${small[@]}" --keep-going || fail "going on" "$(last)"
    tasks out
    rm -rf one
    run damaged.mkv one "${small[@]}" --keep-going
    merged "damage: with --keep-going"
    path=$good
}

test_fault_inexact() {
    begin_job "decoders that are not exact" || return
    inexact "other frames in one shard" vflip "0 shard 3 does not begin shard 4 does not begin made apart"
    inexact "a frame too few in one shard" "select='not(eq(n,4))'" "1 made apart"
}
