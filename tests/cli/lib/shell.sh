# Sourced by the command-line tests: one line a check, and the sum at the end.
# Licence: LGPL-2.1-or-later.
# shellcheck shell=bash

export LC_ALL=C # decimal points, letters and the order of names
passed=0 failed=0 skipped=0

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

finish() {
    printf '# %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    exit $((failed > 0))
}
