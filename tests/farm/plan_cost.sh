#!/usr/bin/env bash
# What plan and merge of a long job of split360 take beyond what they must: the plan of an
# hour of 60 frames a second, and the merge of so many images that looking each one up
# among all of them would show. Licence: LGPL-2.1-or-later.
# shellcheck disable=SC2329 # called by name

. "$(dirname "${BASH_SOURCE[0]}")/../cli/lib/split360.sh"
cli=$root/tests/farm # where this file is
small=(--rig ring2 --size 16x16 --device cpu --quiet)

# long NAME SECONDS: so many seconds of a tiny video of 60 frames a second.
long() {
    ff -stream_loop $(($2 / 10 - 1)) -i ten.mp4 -c copy "$1"
}

make_sources() {
    ff -f lavfi -i testsrc2=s=64x32:r=60:d=10 -pix_fmt yuv420p -colorspace bt709 \
        -c:v libx264 -preset ultrafast -g 60 -bf 2 -b_strategy 0 ten.mp4
}

# cost COMMAND...: ms becomes the milliseconds of the processor that it takes, and its
# children.
cost() {
    local TIMEFORMAT='%3U %3S' times

    times=$({ time "$@" >log 2>&1; } 2>&1) || return
    ms=$(awk '{ print ($1 + $2) * 1000 }' <<<"$times")
}

scan() { "$FFMPEG" -nostdin -v error -i "$1" -map 0:v -c copy -f null -; }

# plan_takes NAME MILLISECONDS FILE [OPTION]...: the plan of 60 shards takes so much more
# than a scan of the packets at most; the median of five pairs.
plan_takes() {
    local name=$1 most=$2 file=$3 i ms plan pairs=()

    shift 3
    for i in 1 2 3 4 5; do
        rm -rf out
        cost "$split" plan "$file" out "${small[@]}" --shards 60 "$@" ||
            { fail "$name" "$(last)"; return; }
        plan=$ms
        cost scan "$file" || { fail "$name, a scan" "$(last)"; return; }
        pairs+=("$((plan - ms)) $plan $ms")
    done
    check "$name, shards" 60 "$(grep -o '"first":' out/.split360/farm/plan.json | wc -l)"
    read -r i plan ms < <(printf '%s\n' "${pairs[@]}" | sort -n | sed -n 3p)
    if ((i <= most)); then ok "$name" "$plan ms, a scan $ms ms"
    else fail "$name" "$plan ms, $i more than a scan; at most $most"; fi
}

test_plan() {
    local name

    long hour.mp4 3600
    for name in mkv ts; do ff -i hour.mp4 -c copy "hour.$name"; done
    for name in mp4 mkv ts; do plan_takes "plan of 216000 frames, $name" 2000 "hour.$name"; done
    plan_takes "plan of 216000 frames, --fps" 2000 hour.mp4 --fps 24
    plan_takes "plan of 216000 frames, --from, --every" 2000 hour.mp4 --from 1000 --every 7
}

# merge_of SECONDS: ms becomes what the merge of so much in four shards takes.
merge_of() {
    local i

    long some.mp4 "$1"
    rm -rf out
    run plan some.mp4 out "${small[@]}" --shards 4 || return
    for i in 0 1 2 3; do run task out "$i" --quiet || return; done
    cost "$split" merge out --quiet
}

# Twelve times the frames take twelve times as long, and not 144 times.
test_merge() {
    local ms few

    merge_of 20 || { fail "merge of 1200 frames" "$(last)"; return; }
    few=$ms
    merge_of 240 || { fail "merge of 14400 frames" "$(last)"; return; }
    if ((ms <= 24 * few)); then ok "merge of 12 times the frames" "$few ms, $ms ms"
    else fail "merge of 12 times the frames" "$few ms, $ms ms"; fi
}

run_tests "$@"
