# Part of tests/farm/run-tests: plan, tasks in any order and merge by hand, without Slurm.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of lib.sh and jobs.sh

# Every frame of every shape of video is that of a run without shards.
test_hand_shapes() {
    local shape
    for shape in $("$here/sources.py"); do
        [[ $shape != missing ]] || continue # see the next test
        source_of "$shape" "by hand, $shape" || continue
        divided "by hand, $shape" 8 "$path" "${small[@]}"
    done
}

test_hand_choices() {
    local words
    source_of vfr "frames that are chosen" || return
    while read -r words; do
        # shellcheck disable=SC2086 # words
        divided "by hand, $words" 8 "$path" "${small[@]}" $words
    done <<END
--every 3
--fps 7
--fps 20 --every 2
--sharpest 3
--names pts
--names us --format png
--from 1.37 --to 5.04
--from 2 --fps 11 --names pts
--every 2 --format tif
--format png --interp near
END
    source_of gaps "--fps with gaps" || return
    divided "by hand, --fps with gaps" 8 "$path" "${small[@]}" --fps 10
}

make_masks() {
    [[ ! -e mask.png ]] || return
    ff -f lavfi -i "color=white:s=128x64,drawbox=t=fill:c=black:w=40:h=30" -frames:v 1 mask.png
    ff -f lavfi -i "color=white:s=128x64:r=10:d=7.2,drawbox=t=fill:c=black:w=40:h=30:x=10*t" \
        -c:v ffv1 mask.mkv
}

test_hand_masks() {
    local words
    make_masks
    source_of edit "masks and poses" || return
    while read -r words; do
        # shellcheck disable=SC2086 # words
        divided "by hand, $words" 8 "$path" "${small[@]}" --rig cube6 $words
    done <<END
--owner-masks
--owner-masks --mask mask.png --format png
--mask mask.png --for nerfstudio
--for realityscan --format png
--for colmap --owner-masks --every 2
END
    source_of cfr "a video of masks" || return
    divided "by hand, a video of masks" 8 "$path" "${small[@]}" --mask mask.mkv
    divided "by hand, a video of masks, --sharpest" 8 "$path" "${small[@]}" --mask mask.mkv \
        --sharpest 3
}

test_hand_pictures() {
    local i
    rm -rf panos
    mkdir panos
    ff -f lavfi -i testsrc2=s=128x64:r=1:d=21 -q:v 2 panos/p%d.jpg
    divided "a folder of 21 pictures" 8 panos "${small[@]}"
    divided "each second of them, masks" 8 panos "${small[@]}" --every 2 --owner-masks
    divided "a glob" 8 'panos/p1*.jpg' "${small[@]}" --format png
    for i in {8..21}; do rm "panos/p$i.jpg"; done
    divided "more shards than pictures" 7 panos "${small[@]}"
    : >panos/p4.jpg
    divided "a picture that is left out" 6 panos "${small[@]}" --keep-going
}

# The number of a shard is an argument, or what an engine says.
test_hand_indices() {
    local i=0 name names=(SLURM_ARRAY_TASK_ID AWS_BATCH_JOB_ARRAY_INDEX JOB_COMPLETION_INDEX)
    begin_job "numbers by engines" || return
    plan "$path" "${small[@]}"
    for name in "${names[@]}"; do
        env "$name=$i" "$split" task out >log 2>&1 || fail "a task by $name" "$(last)"
        check "a task by $name" "$((++i)), yes" "$(markers out), $(
            [[ -s out/$farm_folder/$((i - 1)).done ]] && echo yes)"
    done
    sends "a task without a number" "error" "$split" task out
    sends "a shard that is not there" "error" "$split" task out 8
    sends "a number that is none" "error" "$split" task out 1x
    sends "a task without a plan" "has no plan" "$split" task nothing 0
    sends "a merge without a plan" "error" "$split" merge nothing
    sends "a merge that lacks shards" "3.*4.*5.*6.*7" "$split" merge out
    tasks out 3 4 5 6 7 || fail "the other tasks" "$(last)"
    merged "by numbers of engines"
}

test_hand_command() {
    begin_job "--shards" || return
    run "${job[@]}" --shards 8 || fail "--shards 8" "$(last)"
    check "--shards 8 makes a plan and says how to go on" "8, yes, yes" "$(shards out), $(
        grep -q task log && echo yes), $(grep -q merge log && echo yes)"
    run "${job[@]}" --shards 5
    check "another number, before any task" 5 "$(shards out)"
    run "${job[@]}" --shards 8
    cp "out/$farm_folder/plan.json" before
    tasks out 1 5
    run "${job[@]}" --shards 8 || fail "the same command again" "$(last)"
    check "it keeps the plan" yes "$(cmp before "out/$farm_folder/plan.json" && echo yes)"
    sends "another rig" "rig: was ring2, now ring4" "$split" "${job[@]}" --rig ring4 --shards 8
    tasks out
    merged "--shards 8"
    rm -rf out
    run "${job[@]}" --shards auto || fail "--shards auto" "$(last)"
    tasks out && merged "--shards auto, $(shards out)"
    run "${job[@]}" --shards 8
    check "a whole job has nothing to do" no "$([[ -e out/.split360 ]] || echo no)"
}

test_hand_parallel() {
    begin_job "GNU parallel" || return
    if ! parallel --version 2>/dev/null | grep -q GNU; then
        skip "GNU parallel" "it is not installed"
        return
    fi
    run "${job[@]}" --shards 8 --submit parallel || fail "--submit parallel" "$(last)"
    same "--submit parallel" one out
    rm -rf out
    run "${job[@]}" --shards 8
    tasks out 2 6
    run "${job[@]}" --shards 8 --submit parallel || fail "--submit parallel goes on" "$(last)"
    same "--submit parallel goes on" one out
    rm -rf 'b{}c{#}'
    run "$path" 'b{}c{#}' "${small[@]}" --shards 2 --submit parallel
    same "--submit parallel into a folder whose name is a pattern to it" one 'b{}c{#}'
}
