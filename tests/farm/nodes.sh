# Part of tests/farm/run-tests: nodes and the controller that die, after which the job ends
# with the bytes of a run without shards. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of lib.sh and jobs.sh

busy_node() { squeue -h -t R -o %N | sort -u | head -n 1; }

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

test_cluster_controller() {
    local name="kill -9 of the controller" old SPEED=0.3
    export SPEED
    submit_slowly "$name" || return
    old=$(<"$cluster/run/ctld")
    touch "$cluster/mark" # it writes new jobs to the disk some seconds later
    until_true 8 [ "$cluster/state/job_state" -nt "$cluster/mark" ] || fail "$name" "no state"
    has_process ffmpeg || fail "$name" "the tasks have ended"
    kill -9 "$old"
    until_true 5 eval "! alive ctld" || fail "$name" "it lives"
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
