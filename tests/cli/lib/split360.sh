# The tests of scripts/split360 source this: runs of it, and what they must give.
# FFMPEG, FFPROBE and V360RIG name other programs than those of build/, SPLIT360 another
# one than scripts/split360.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034 # variables for the tests

# shellcheck source=tests/cli/lib/shell.sh
. "$(dirname "${BASH_SOURCE[0]}")/shell.sh"
begin
split=${SPLIT360:-$root/scripts/split360}
options=() # of each job that `anew` begins
locale=    # of split360, if it is to be another one than that of the test

# run ARGUMENT...: split360, with what it says in log.
run() { env ${locale:+"LC_ALL=$locale"} "$split" "$@" >log 2>&1; }

# anew SOURCE [OPTION]...: a job whose OUTDIR is out, which is not there before.
anew() {
    rm -rf out
    run "$1" out "${options[@]}" "${@:2}"
}

# job SOURCE [OPTION]...: the same, which has to end well.
job() { anew "$@" || fail "a job of $1" "$(last)"; }

count() { find "$1/images/view_00" -type f 2>/dev/null | wc -l; }

# keys OUTDIR NAME: values of this key of manifest.json.
keys() {
    sed -n "s/^[[:space:]]*\"$2\":[[:space:]]*\"\{0,1\}\([^\",]*\).*/\1/p" "$1/manifest.json"
}

# takes NAME IMAGES WORDS SOURCE [OPTION]...: so many images of each view, and a
# message that holds WORDS. Without WORDS, no warning.
takes() {
    local name=$1 n=$2 words=$3
    shift 3
    if ! anew "$@"; then fail "$name" "$(last)"
    elif [[ -n $words ]] && ! grep -q -e "$words" log; then fail "$name" "no '$words' in: $(last)"
    elif [[ -z $words ]] && grep 'warning' log; then fail "$name" "a warning"
    else check "$name" "$n images" "$(count out) images"; fi
}

# refuse NAME WORDS ARGUMENT...: split360 ends with an error that holds WORDS.
refuse() {
    local name=$1 words=$2
    shift 2
    if run "$@"; then fail "$name" "exit 0"
    elif ! grep -qi "error: .*$words" log; then fail "$name" "no '$words' in: $(last)"
    else ok "$name" "$(grep -o 'error: .*' log | head -n 1 | cut -c 1-100)"; fi
}

# refuse_source NAME WORDS SOURCE [OPTION]...: the same of a job, of which nothing is
# left, and which says one sentence.
refuse_source() {
    local name=$1 words=$2
    shift 2
    if anew "$@"; then fail "$name" "exit 0"
    elif ! grep -qi "error: .*$words" log; then fail "$name" "no '$words' in: $(last)"
    elif [[ -e out ]]; then fail "$name" "left $(find out | head -n 4 | tr '\n' ' ')"
    elif [[ $(grep -c 'error' log) != 1 ]]; then fail "$name" "more than one sentence: $(<log)"
    else ok "$name" "$(grep -o 'error: .*' log | cut -c 1-100)"; fi
}

# wrap PROGRAM [FILE] <TEXT: FILE, by default ./wrap, does what TEXT says, lines of sh
# that may use "$real", and then what PROGRAM does.
wrap() {
    local file=${2:-wrap}
    # shellcheck disable=SC2016 # expands in that script
    { printf "#!/bin/sh\nreal='%s'\n" "$1"; cat; echo 'exec "$real" "$@"'; } >"$file"
    chmod +x "$file"
}
