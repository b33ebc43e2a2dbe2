# Part of tests/farm/run-tests: a full disk, and what --status and --cancel do, by hand.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of lib.sh and jobs.sh

test_disk_full() {
    begin_job "a full disk" || return
    mkdir -p disk
    if ! mount -t tmpfs -o size=2m farm disk 2>/dev/null; then
        skip "a full disk" "cannot mount a tmpfs"
        return
    fi
    mounted=$tmp/disk
    run plan "$path" disk/out "${small[@]}" --shards 8 || fail "a plan on it" "$(last)"
    tasks disk/out 0 1 2
    head -c 4m /dev/zero >disk/filler 2>/dev/null
    sends "a full disk" "no space left" "$split" task disk/out 3
    check "the shard has no marker" 3 "$(markers disk/out)"
    check "the disk was full" 0 "$(df --output=avail disk | tail -n 1 | tr -d ' ')"
    rm disk/filler
    tasks disk/out || fail "with more space, the tasks" "$(last)"
    run merge disk/out || fail "with more space, the merge" "$(last)"
    same "a full disk, then more space" one disk/out
    umount "$mounted" && mounted=
}

test_status() {
    begin_job "--status" || return
    plan "$path" "${small[@]}"
    run --status out || fail "--status of a plan" "$(last)"
    check "--status of a plan" yes "$(grep -qE '(^|[^0-9])0 of 8([^0-9]|$)' log && echo yes)"
    tasks out 0 3 4
    run --status out || fail "--status of three shards" "$(last)"
    check "--status of three shards" yes "$(grep -qE '(^|[^0-9])3 of 8([^0-9]|$)' log && echo yes)"
    check "--status changes nothing" "8, 3" "$(shards out), $(markers out)"
    sends "--status of no job" "error" "$split" --status nothing
    tasks out
    merged "--status in between"
}

test_cancel() {
    local task
    begin_job "--cancel" || return
    plan "$path" "${small[@]}"
    tasks out 0 1
    slowly "$split" task out 3 >log.task 2>&1 &
    task=$!
    until_true 5 has_process ffmpeg || fail "--cancel" "no task runs: $(<log.task)"
    run --cancel out || fail "--cancel" "$(last)"
    wait "$task"
    check "--cancel: a task that runs publishes nothing more" "1, no" \
        "$?, $([[ -e out/$farm_folder/3.done ]] || echo no)"
    sends "--cancel: a task finds no plan" "error" "$split" task out 4
    sends "--cancel: a merge finds no plan" "error" "$split" merge out
    run "${job[@]}" --shards 8 || fail "anew after --cancel" "$(last)"
    tasks out || fail "anew after --cancel" "$(last)"
    merged "anew after --cancel"
}
