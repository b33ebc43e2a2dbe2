# Part of tests/farm/run-tests: how many shards a plan has.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of lib.sh and jobs.sh

# What cannot be cut is one shard, and the plan says why.
test_hand_one_shard() {
    local name
    ff -f lavfi -i testsrc2=s=128x64:r=10:d=4 -c:v mjpeg -bsf:v \
        'setts=pts=if(eq(N\,20)\,PTS+DURATION\,PTS)' -fps_mode passthrough twice.mkv
    check "a time stamp is there twice" 1 "$("$FFPROBE" -v error -show_entries packet=pts \
        -of csv=p=0 twice.mkv | sort | uniq -d | wc -l)"
    source_of missing "without time stamps" || path=
    for name in twice.mkv $path; do
        divided "not to be cut: $name" 1 "$name" "${small[@]}"
        plan "$name" "${small[@]}"
        check "$name: and why" yes "$(grep -q '"why_one":[[:space:]]*"[^"]' \
            "out/$farm_folder/plan.json" && echo yes)"
    done
    source_of open "what can be cut" || return
    plan "$path" "${small[@]}"
    check "what can be cut has no such word" yes "$(grep -q '"why_one":[[:space:]]*""' \
        "out/$farm_folder/plan.json" && echo yes)"
}

# The command for people: it prints what to do; the same again goes on.
# ffmpeg takes a second for each of the source, so the 24 frames that are timed take 2.4 at
# least, and all of them 240: four shards of a minute, more where the machine is busy.
test_hand_auto() {
    local n
    ff -f lavfi -i testsrc2=s=32x16:r=10:d=240 -c:v libx264 -preset ultrafast -g 50 long.mp4
    rm -rf out
    slowly run plan long.mp4 out "${small[@]}" || fail "a plan without a number" "$(last)"
    n=$(shards out)
    if ((n >= 4 && n <= 100)); then ok "--shards auto by the time that frames take" "$n shards"
    else fail "--shards auto by the time that frames take" "$n shards; $(last)"; fi
    check "what was timed is gone" 0 "$(find out/.split360 -name '*.jpg' -o -name 'task.*' | wc -l)"
    sends "videos of unlike encoders" "encoded alike" "$split" long.mp4 out2 --shards 2 \
        --format mp4 --encoder auto
}

# Without --shards the job goes on behind the shards that are there, with a plan or after it
# was cancelled.
test_hand_taken_over() {
    local how
    begin_job "shards that are taken over" || return
    for how in "" --cancel; do
        rm -rf out
        run "${job[@]}" --shards 8
        tasks out 0 1 2 5
        [[ -z $how ]] || run "$how" out || fail "$how" "$(last)"
        "$split" "${job[@]:0:2}" "${small[@]:0:6}" >log 2>&1 || fail "taken over $how" "$(last)"
        check "three of eight shards are taken over $how" "27" \
            "$(sed -n 's/.*going on after frame //p' log)"
        same "taken over $how" one out
    done
}
