# shellcheck shell=bash disable=SC2154 # one program with the others
# Messages, and the few small things that every script needs.

note() { printf '%s\n' "-- $*"; }
warn() { printf '%s\n' "warning: $*" >&2; }

# die LINE...: the first line is what failed, the others what to do.
die()
{
    printf '%s\n' "error: $1" >&2
    shift
    [ $# -eq 0 ] || printf '       %s\n' "$@" >&2
    exit 1
}

# The last resort for a command whose failure no sentence foresees. A subshell
# leaves the word to the shell that it is of.
unforeseen()
{
    trap - ERR
    [ "$BASH_SUBSHELL" = 0 ] || exit 1
    die "a command of ${0##*/} failed; its own message is above" \
        "Is there space on the disk, and may $root/build be written?"
}

have() { command -v "$1" >/dev/null 2>&1; }

sha256_of() { sha256sum <"$1" | cut -d ' ' -f 1; }

# version_ge A B: is version A at least version B?
version_ge()
{
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

cache_dir()
{
    if [ -n "${V360BATCH_CACHE:-}" ]; then
        printf '%s\n' "$V360BATCH_CACHE/v360batch"
    else
        printf '%s\n' "${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/v360batch"
    fi
}

# One run at a time for a build folder; a second one waits.
lock_build()
{
    mkdir -p "$1" || die "cannot make the folder $1"
    have flock || return 0
    exec 9>"$1/.lock"
    flock -n 9 && return 0
    note "another run works on $1; waiting for it"
    flock 9
}
