# Part of tests/farm/run-tests: arrays of Slurm that nobody disturbs.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2154 # variables of lib.sh and jobs.sh

# array NAME SHAPE [OPTION]...: on the cluster as without shards, by tasks on three nodes.
array() {
    local name=$1
    need_cluster "$name" && source_of "$2" "$name" || return
    job=("$path" out "${small[@]}" "${@:3}")
    rm -rf one out
    run "$path" one "${job[@]:2}" || fail "$name: without shards" "$(last)"
    submit "$name" || return
    whole "$name"
    check "$name: its jobs" "8 COMPLETED, 1 COMPLETED, 3 nodes" "$(states split360-out), $(
        states split360-out-merge), $(jobs_of_out split360-out | cut -d ' ' -f 3 | sort -u |
        wc -l) nodes"
}

test_array_cfr() { array "an array, cfr, JPEG" cfr; }

test_array_vfr() { array "an array, vfr, PNG" vfr --format png --names us; }

test_array_open() {
    make_masks
    array "an array, open groups, masks" open --owner-masks --mask mask.png
}

test_array_edit() {
    make_masks
    array "an array, edit list, PNG, masks" edit --format png --mask mask.png
}

test_array_ts() { array "an array, MPEG-TS" ts --every 2; }

# The engine is asked for GPUs, and gives each task one.
test_array_gpus() {
    local name="an array with GPUs" LD_LIBRARY_PATH=$root/build/softcuda
    need_cluster "$name" && source_of cfr "$name" || return
    if ! "$FFMPEG" -v error -filters | grep -qw v360batch_cuda; then
        skip "$name" "$FFMPEG has no v360batch_cuda"
        return
    fi
    "$root/tests/softcuda/build" "$LD_LIBRARY_PATH" >log 2>&1 || { fail "$name" "$(last)"; return; }
    export LD_LIBRARY_PATH
    job=("$path" out --rig ring2 --size 32x32 --quiet --device cuda)
    rm -rf one out
    run "$path" one "${job[@]:2}" || fail "$name: without shards" "$(last)"
    submit "$name" || return
    until_true 60 no_jobs || fail "$name" "$(squeue -h | xargs)"
    check "$name: each task has one" 8 "$(squeue -h -r -t all -n split360-out -o '%A %T %b' |
        awk -v first="$first_job" '$1 >= first' | grep -c 'COMPLETED gres[:/]gpu[:=]1$')"
    # A merge may run where there is no GPU, so it does not say where frames were made.
    sed -i '/^\t\t"backend":/d' one/manifest.json out/manifest.json
    same "$name" one out
}
