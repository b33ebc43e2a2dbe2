# Part of tests/farm/run-tests: the cluster, and jobs on it.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of lib.sh and jobs.sh

cluster='' no_cluster=''

# need_cluster NAME: it runs, with three idle nodes and no job; else the test is skipped.
need_cluster() {
    local missing
    if [[ -z $no_cluster ]]; then
        missing=$(cluster_missing)
        if [[ -n $missing ]]; then
            no_cluster="not installed: ${missing% }; Debian's slurm-wlm and munge have it"
        else
            chmod 711 "$tmp" # munged wants its socket where all can reach it
            [[ -z $cluster ]] || scancel --quiet --user "$(id -un)" --full
            cluster_up "$tmp/cluster" 2>up.err && return
            fail "the cluster starts" "$(tail -n 2 up.err | tr '\n' ' ')"
            no_cluster="the cluster does not start"
        fi
    fi
    skip "$1" "$no_cluster"
    return 1
}

end_cluster() {
    [[ -n $cluster ]] || return 0
    [[ -z ${FARM_KEEP-} ]] || cp -r "$cluster/log" "$FARM_KEEP"
    cluster_down "$cluster" || fail "no process of the cluster is left" "$(node_processes '')"
}

no_jobs() { local jobs; jobs=$(squeue -h 2>/dev/null) && [[ -z $jobs ]]; }

# Jobs since the last submit: number, name, state, node; a line for each task of an array.
jobs_of_out() { # name
    squeue -h -r -t all -n "$1" -o '%A %T %N' | awk -v first="$first_job" '$1 >= first'
}
restarted() { squeue -h -r -t all -O RestartCnt,JobArrayID | awk -v id="$first_job" '
    $1 > 0 && $2 ~ "^" id "_"' | wc -l; }
states() { jobs_of_out "$1" | cut -d ' ' -f 2 | sort | uniq -c | xargs; } # name

next_job() { scontrol show config | sed -n 's/^NEXT_JOB_ID *= //p'; }

# submit NAME [OPTION]...: the job of begin_job, as an array.
submit() {
    first_job=$(next_job)
    run "${job[@]}" --submit slurm --shards 8 "${@:2}" || { fail "$1: submit" "$(last)"; return 1; }
}

# submit_slowly NAME: the same, once its tasks run on three nodes.
submit_slowly() {
    need_cluster "$1" && begin_job "$1" && slowly submit "$1" || return
    until_true 20 has_processes ffmpeg 3 ||
        { fail "$1" "no tasks: $(squeue -h); $(tail -qn 2 "out/$farm_folder"/*.log)"; return 1; }
}

# whole NAME: the jobs end, and out is what a run gives that was not divided.
whole() {
    if ! until_true 60 no_jobs; then
        fail "$1: jobs that do not end" "$(squeue -h | xargs)"
        scancel --quiet --user "$(id -un)"
    elif [[ ! -e out/manifest.json ]]; then
        fail "$1: no result" "$(tail -qn 2 "out/$farm_folder/merge.log" | xargs)"
    else
        same "$1" one out
    fi
}
