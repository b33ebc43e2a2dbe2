# Part of tests/farm/run-tests: jobs in shards, and what they must give.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of run-tests and jobs.sh

farm_folder=.split360/farm
small=(--rig ring2 --size 32x32 --device cpu --quiet)
RANDOM=${SEED:=$$}

# source_of NAME: path is a video of that shape; else the test NAME is skipped.
source_of() { # name, test
    path=$(echo "$1".*)
    [[ -f $path ]] || path=$("$here/sources.py" "$1") || { skip "$2" "$path"; return 1; }
}

# Put into any order; SEED repeats it.
shuffled() {
    local i
    for i; do echo "$RANDOM $i"; done | sort -n | cut -d ' ' -f 2
}

shards() { grep -o '"first"' "$1/$farm_folder/plan.json" 2>/dev/null | wc -l; } # outdir
indices() { seq 0 $(($(shards "$1") - 1)); } # outdir
markers() { find "$1/$farm_folder" -name '*.done' 2>/dev/null | wc -l; } # outdir

# plan SOURCE [OPTION]...: out is a folder with a plan of eight shards.
plan() {
    rm -rf out
    run plan "$1" out "${@:2}" --shards 8 || { fail "a plan of $1" "$(last)"; return 1; }
}

# tasks OUTDIR [INDEX]...: those shards, or all, in any order, two at a time.
tasks() {
    local outdir=$1
    shift
    (($#)) || mapfile -t < <(indices "$outdir")
    # shellcheck disable=SC2046 # numbers
    printf '%s\n' $(shuffled "${@:-${MAPFILE[@]}}") |
        xargs -P 2 -I INDEX "$split" task "$outdir" INDEX >log 2>&1
}

# merged NAME: out is whole after a merge, and is what a run gives that was not divided.
merged() {
    run merge out || { fail "$1: merge" "$(last)"; return; }
    same "$1" one out
}

# divided NAME SHARDS SOURCE [OPTION]...: a run, and plan, tasks and merge, give the same.
divided() {
    local name=$1 number=$2 seen
    shift 2
    rm -rf one
    run "$1" one "${@:2}" || { fail "$name: without shards" "$(last)"; return; }
    plan "$@" || return
    seen=$(shards out)
    [[ $seen == "$number" ]] || { fail "$name: shards" "$seen, not $number; $(last)"; return; }
    tasks out || { fail "$name: a task" "$(last)"; return; }
    merged "$name"
}

# sends NAME WORDS COMMAND...: it ends with an error that holds WORDS.
sends() {
    local name=$1 words=$2
    shift 2
    if "$@" >log 2>&1; then fail "$name" "exit 0"
    elif ! grep -qiE "$words" log; then fail "$name" "no '$words' in: $(last)"
    else ok "$name" "$(grep -m 1 -iE "$words" log | cut -c 1-100)"; fi
}

# Numbers of the processes called so that work in a folder of this test; of ffmpeg only
# those that make images, not those that are asked something.
processes() { # name
    local cwd
    find /proc/[0-9]*/cwd -lname "$tmp*" 2>/dev/null | while read -r cwd; do
        [[ $(<"${cwd%cwd}comm") == "$1"* ]] || continue
        [[ $1 != ffmpeg ]] || grep -q image2 "${cwd%cwd}cmdline" || continue
        cut -d / -f 3 <<<"$cwd"
    done 2>/dev/null
}

# until_true SECONDS COMMAND...: until it succeeds; whether that was in time.
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.1
    done
}

has_processes() { (($(processes "$1" | wc -l) >= $2)); } # name, number
has_process() { [[ -n $(processes "$1") ]]; }
no_process() { [[ -z $(processes "$1") ]]; }

# An ffmpeg that takes a second for each of the source, so that there is time to disturb it.
make_slow() {
    # shellcheck disable=SC2016 # expands in that script
    [[ -x slow ]] || wrap "$FFMPEG" slow <<'END'
case "$*" in *image2*' -i '* | *' -i '*image2*)
    exec "$real" -readrate "${SPEED:-1}" -readrate_initial_burst 0.001 "$@" ;;
esac
END
}

# slowly COMMAND...: with that ffmpeg.
slowly() {
    make_slow
    FFMPEG=$tmp/slow "$@"
}

# A job in shards that tests disturb: one is its run without shards, out its plan.
begin_job() { # name, [OPTION]...
    source_of open "$1" || return
    job=("$path" out "${small[@]}" "${@:2}")
    rm -rf one out
    run "$path" one "${job[@]:2}" || { fail "$1: without shards" "$(last)"; return 1; }
}
