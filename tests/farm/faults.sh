# Part of tests/farm/run-tests: faults of a cluster, after each of which the job ends with
# the bytes of a run without shards. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of lib.sh and jobs.sh

busy_node() { squeue -h -t R -o %N | sort -u | head -n 1; }
dead() { ! kill -0 "$@" 2>/dev/null; } # number of a process

# kill_node NAME NODE: all that runs there dies at once.
kill_node() {
    local victims
    mapfile -t victims < <(node_processes "$2")
    ((${#victims[@]} >= 4)) || fail "$1" "only ${#victims[@]} processes on $2"
    kill -9 "${victims[@]}" 2>/dev/null # some end by themselves without their parents
    until_true 5 eval '! alive '"$2" || fail "$1" "the slurmd of $2 lives"
    [[ -z $(node_processes "$2") ]] || fail "$1" "processes of $2 live"
}

test_cluster_node_lost() {
    local name="kill -9 of a node that stays away" node
    submit_slowly "$name" || return
    node=$(busy_node)
    kill_node "$name" "$node"
    whole "$name"
    check "$name: it is down, its tasks ran elsewhere" "down, yes, 8 COMPLETED" "$(
        sinfo -h -n "$node" -o %T | tr -d '*'), $( (($(restarted) > 0)) && echo yes), $(
        states split360-out)"
}

test_cluster_node_reboots() {
    local name="kill -9 of a node that comes back" node
    submit_slowly "$name" || return
    node=$(busy_node)
    kill_node "$name" "$node"
    start_node "$node"
    whole "$name"
    check "$name: its tasks ran again" "yes, 8 COMPLETED" "$(
        (($(restarted) > 0)) && echo yes), $(states split360-out)"
}

test_cluster_slurmd() {
    local name="kill -9 of a slurmd whose tasks go on" node before
    submit_slowly "$name" || return
    node=$(busy_node)
    mapfile -t before < <(processes ffmpeg)
    kill -9 "$(<"$cluster/run/$node")"
    until_true 5 eval "! alive $node" || fail "$name" "it lives"
    check "$name: they do" yes "$(kill -0 "${before[@]}" && echo yes)"
    start_node "$node"
    whole "$name"
    check "$name: none ran again" "0, 8 COMPLETED" "$(restarted), $(states split360-out)"
}

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

test_cluster_controller() {
    local name="kill -9 of the controller" old SPEED=0.3
    export SPEED
    submit_slowly "$name" || return
    old=$(<"$cluster/run/ctld")
    touch "$cluster/mark" # it writes new jobs to the disk some seconds later
    until_true 8 [ "$cluster/state/job_state" -nt "$cluster/mark" ] || fail "$name" "no state"
    has_process ffmpeg || fail "$name" "the tasks have ended"
    kill -9 "$old"
    until_true 5 dead "$old" || fail "$name" "it lives"
    start_controller
    whole "$name"
    check "$name: no task ran again" "0, 8 COMPLETED" "$(restarted), $(states split360-out)"
}

test_cluster_drain() {
    local name="a node that is drained" before
    submit_slowly "$name" || return
    scontrol update nodename=w2 state=drain reason=test || fail "$name" "scontrol"
    before=$(jobs_of_out split360-out | grep -c ' w2$')
    whole "$name"
    check "$name: it gets no more tasks" "$before" "$(jobs_of_out split360-out | grep -c ' w2$')"
    scontrol update nodename=w2 state=resume
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
