# Part of tests/farm/run-tests: faults of tasks and merges on a cluster, after which the job
# ends with the bytes of a run without shards. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of lib.sh and jobs.sh

dead() { ! kill -0 "$@" 2>/dev/null; } # number of a process

test_cluster_ffmpeg() {
    local name="kill -9 of a task's ffmpeg" victim
    submit_slowly "$name" || return
    victim=$(processes ffmpeg | head -n 1)
    kill -9 "$victim" || fail "$name" "it had ended"
    until_true 5 dead "$victim" || fail "$name" "it lives"
    whole "$name"
    check "$name: one more task" "8 COMPLETED 1 FAILED" "$(states split360-out)"
}

test_cluster_merge() {
    local name="kill -9 of the merge"
    need_cluster "$name" && begin_job "$name" && need_failcall "$name" || return
    failing split360 rename '.split360/manifest.json$' 1 self-before submit "$name"
    whole "$name"
    check "$name: it died, and no task ran again" "yes, 8 COMPLETED" "$(
        [[ -s failed ]] && echo yes), $(states split360-out)"
}

test_cluster_disk() {
    local name="no space left in one task"
    need_cluster "$name" && begin_job "$name" && need_failcall "$name" || return
    failing ffmpeg write images/view_01 9 28 submit "$name"
    whole "$name"
    check "$name: that was, and one more task" "yes, 8 COMPLETED 1 FAILED" "$(
        [[ -s failed ]] && echo yes), $(states split360-out)"
}

# What is lost is submitted again, and nothing else.
test_cluster_lost() {
    local name="a file and a marker lost"
    need_cluster "$name" && begin_job "$name" || return
    plan "$path" "${small[@]}"
    tasks out || fail "$name" "$(last)"
    rm "out/.split360/images/view_01/000030.jpg"
    truncate -s -1 "out/$farm_folder/5.done"
    first_job=$(next_job)
    run merge out --submit slurm || fail "$name: merge" "$(last)"
    whole "$name"
    check "$name: two tasks" "2 COMPLETED" "$(states split360-out)"
}

# A task that never ends well: three rounds, and then its number is told.
test_cluster_rounds() {
    local name="a task that always fails"
    need_cluster "$name" && begin_job "$name" || return
    # shellcheck disable=SC2016 # expands in that script
    wrap "$FFMPEG" never <<'END'
case "${SLURM_ARRAY_TASK_ID-} $*" in '3 '*' -i '*image2*) exit 1 ;; esac
END
    FFMPEG=$tmp/never submit "$name" || return
    until_true 60 no_jobs || fail "$name" "$(squeue -h | xargs)"
    check "$name: no result, and which" "no, yes" "$([[ -e out/manifest.json ]] || echo no), $(
        tail -n 3 "out/$farm_folder/merge.log" | grep -qE '(^|[^0-9])3([^0-9]|$)' && echo yes)"
    check "$name: tries" "7 COMPLETED 4 FAILED" "$(states split360-out)"
    submit "$name"
    whole "$name, and then does not"
}

test_cluster_twice() {
    local name="the same command twice"
    submit_slowly "$name" || return
    run "${job[@]}" --submit slurm --shards 8 || fail "$name: the second" "$(last)"
    whole "$name"
    check "$name: eight tasks" "8 COMPLETED" "$(states split360-out)"
}

test_cluster_status() {
    local name="--status on a cluster"
    submit_slowly "$name" || return
    run --status out || fail "$name" "$(last)"
    check "$name" "yes, yes" "$(grep -q 'of 8' log && echo yes), $(grep -q 'w[123]' log && echo yes)"
    whole "$name"
}

test_cluster_cancel() {
    local name="--cancel on a cluster"
    submit_slowly "$name" || return
    run --cancel out || fail "$name" "$(last)"
    until_true 20 no_jobs || fail "$name: jobs" "$(squeue -h | xargs)"
    until_true 5 no_process ffmpeg || fail "$name: a task goes on" "$(processes ffmpeg)"
    check "$name: nothing is published" no "$([[ -e out/manifest.json ]] || echo no)"
    submit "$name"
    whole "$name, then anew"
}
