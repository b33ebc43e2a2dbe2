# Part of tests/farm/run-tests: faults, one after the other, of tasks that are begun by
# hand. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2153,SC2154 # variables of lib.sh and jobs.sh

all_done() { # name: tasks again, and the merge
    tasks out || fail "$1: a task again" "$(last)"
    merged "$1"
}

# One task, twice at once; both end well, and so does a third.
test_fault_twice() {
    local pids i
    begin_job "twice at once" || return
    plan "$path" "${small[@]}"
    tasks out 0 1 2 4 5 6 7
    pids=()
    for i in 1 2; do
        slowly "$split" task out 3 >"log.$i" 2>&1 &
        pids+=($!)
    done
    until_true 5 has_processes ffmpeg 2 || fail "one task twice at once" "they were not"
    for i in "${pids[@]}"; do wait "$i" || fail "one task twice at once" "$? of one of them"; done
    run task out 3
    check "and once more: it is done" "0, 8" "$?, $(markers out)"
    merged "one task twice at once"
}

# kill_task WHAT: shard 3 begins, and that process of it is killed after some time.
kill_task() {
    local task victims SPEED=0.1 # far slower than a busy machine finds and kills it
    export SPEED
    slowly "$split" task out 3 >log 2>&1 &
    task=$!
    until_true 5 has_process ffmpeg || fail "kill $1" "it never ran: $(last)"
    sleep "0.$((RANDOM % 9))"
    mapfile -t victims < <(processes "$1")
    kill -9 "${victims[@]:-none}" || fail "kill $1" "it had ended"
    wait "$task"
    echo $? >status
    until_true 5 no_process ffmpeg || fail "kill $1" "its ffmpeg lives on"
}

test_fault_killed() {
    local what n
    begin_job "tasks that are killed" || return
    for what in split360 ffmpeg; do
        plan "$path" "${small[@]}"
        tasks out 0 1 2 4 5 6 7
        for n in 1 2 3; do
            kill_task "$what" 2>/dev/null
            [[ $(<status) != 0 && $(markers out) == 7 ]] ||
                fail "kill -9 of $what, no. $n" "status $(<status), $(markers out) markers"
        done
        sends "kill -9 of $what: no merge" "[^0-9]3[^0-9]*$" "$split" merge out
        all_done "kill -9 of $what, thrice (SEED=$SEED)"
    done
}

# damage NAME COMMAND...: after all tasks, COMMAND; the merge finds it, the task mends it.
damage() {
    local name=$1
    shift
    plan "$path" "${small[@]}"
    tasks out
    (cd out/.split360 && "$@") || fail "$name" "no damage"
    sends "$name: the merge finds it" "[^0-9]3[^0-9]*$" "$split" merge out
    run task out 3 || fail "$name: the task again" "$(last)"
    merged "$name"
}

test_fault_lost() {
    begin_job "published files" || return
    damage "a published file that is deleted" rm images/view_01/000030.jpg
    damage "a published file that is empty" truncate -s 0 images/view_00/000029.jpg
    damage "a published file of other bytes" eval \
        "printf 'x' | dd of=images/view_00/000035.jpg bs=1 seek=300 conv=notrunc status=none"
    damage "a published file of another shard" cp images/view_00/000010.jpg images/view_00/000030.jpg
    damage "two files exchanged" eval "mv images/view_00/000030.jpg x &&
        mv images/view_00/000031.jpg images/view_00/000030.jpg && mv x images/view_00/000031.jpg"
}

test_fault_markers() {
    begin_job "markers" || return
    damage "a marker that is deleted" rm farm/3.done
    damage "a marker that is empty" truncate -s 0 farm/3.done
    damage "a marker that lacks its last byte" truncate -s -1 farm/3.done
    damage "a marker without its last lines" sed -i \$d farm/3.done
    damage "a marker with a falsified sum" sed -i '2s/[0-9a-f]\{6\} /012345 /' farm/3.done
    damage "a marker that lacks a file" sed -i 3d farm/3.done
    damage "a marker of another shard" cp farm/2.done farm/3.done
    damage "a marker of another plan" sed -i '1s/\(shard 3 of \)./\1x/' farm/3.done
}

# Killed or failing at a call; then the same again.
test_fault_calls() {
    local call
    begin_job "tasks and calls" || return
    need_failcall "tasks and calls" || return
    while read -r -a call; do
        plan "$path" "${small[@]}"
        tasks out 0 1 2 4 5 6 7
        failing "${call[@]}" run task out 3 2>/dev/null && fail "${call[*]}: a task" "exit 0"
        [[ -s failed ]] || fail "${call[*]}" "it never came to that: $(last)"
        all_done "in a task: ${call[*]}"
    done <<END
split360 rename images/view_ 1 self-before
split360 rename images/view_ 7 self-after
split360 rename 3.done$ 1 self-before
split360 rename 3.done$ 1 5
ffmpeg write images/ 4 28
ffmpeg rename view_01 3 5
END
    while read -r -a call; do
        plan "$path" "${small[@]}"
        tasks out
        failing "${call[@]}" run merge out 2>/dev/null && fail "${call[*]}: a merge" "exit 0"
        [[ -s failed ]] || fail "${call[*]}" "it never came to that: $(last)"
        merged "in the merge: ${call[*]}"
    done <<END
split360 rename .split360/manifest.json$ 1 self-before
split360 rename out/images$ 1 self-after
split360 rename out/manifest.json$ 1 28
END
}
