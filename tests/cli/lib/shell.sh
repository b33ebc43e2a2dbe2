# The tests in bash source this: a line for each check, their sum at the end, and the
# choice of tests by name. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034 # variables for the tests

export LC_ALL=C # decimal points, letters and the order of names
passed=0 failed=0 skipped=0
cli=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root=${cli%/tests/cli}

ok() { # name, figures
    passed=$((passed + 1))
    printf 'ok - %s%s\n' "$1" "${2:+ ($2)}"
}

fail() { # name, what was seen
    failed=$((failed + 1))
    printf 'not ok - %s%s\n' "$1" "${2:+ ($2)}"
}

skip() { # name, reason
    skipped=$((skipped + 1))
    printf 'skip - %s (%s)\n' "$1" "$2"
}

# The end of what the last command has written into log.
last() { tail -n 2 log 2>/dev/null | tr '\n' ' '; }

check() { # name, expected, seen
    if [[ $2 == "$3" ]]; then ok "$1" "$3"
    else fail "$1" "expected $2, got $3; $(last)"; fi
}

# The sum; whether all is well.
sum_up() {
    printf '# %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    ((failed == 0))
}

finish() {
    sum_up
    exit
}

# The programs under test, and a folder tmp in which the test goes on. Both end with
# the test: the folder, and what it has mounted there.
begin() {
    export FFMPEG=${FFMPEG:-$root/build/ffmpeg}
    export FFPROBE=${FFPROBE:-$root/build/ffprobe}
    export V360RIG=${V360RIG:-$root/build/v360rig}
    tmp=$(mktemp -d) || exit 1
    mounted=
    trap '[[ -z $mounted ]] || umount "$mounted"; rm -rf "$tmp"' EXIT
    cd "$tmp" || exit 1
}

ff() { "$FFMPEG" -nostdin -v error -y "$@"; }

# select_tests [NAME]...: the array tests becomes the tests of these names; without a
# name it stays. --list prints it and ends.
select_tests() {
    local name
    if [[ ${1-} == --list ]]; then
        printf '%s\n' "${tests[@]}"
        exit 0
    fi
    for name; do
        [[ " ${tests[*]} " == *" $name "* ]] || {
            echo "${0##*/}: no test '$name'; --list prints their names" >&2
            exit 2
        }
    done
    (($# == 0)) || tests=("$@")
}

# find_tests: the array tests becomes the functions test_... of the script, in the
# order in which they stand there.
find_tests() {
    mapfile -t tests < <(sed -n 's/^\(test_[a-z0-9_]*\)() {.*/\1/p' "$cli/${0##*/}")
    ((${#tests[@]})) || { echo "${0##*/}: no test in $cli" >&2; exit 2; }
}

# run_tests [NAME]...: the tests of the script, or those named, after make_sources
# where there is such a function. This is the end of a script: with an exit behind it,
# functions that only a variable names would be unreachable for shellcheck.
run_tests() {
    local test
    find_tests
    select_tests "$@"
    ! declare -F make_sources >/dev/null || make_sources
    for test in "${tests[@]}"; do "$test"; done
    sum_up
}
