# Sourced by the tests of scripts/split360: its programs, and a folder of the test's
# own, in which it goes on. FFMPEG, FFPROBE, V360RIG and V360JOB name other programs
# than those of build/. Licence: LGPL-2.1-or-later.
# shellcheck shell=bash disable=SC2034 # for the tests

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root=$(dirname "$(dirname "$here")")
export FFMPEG=${FFMPEG:-$root/build/ffmpeg}
export FFPROBE=${FFPROBE:-$root/build/ffprobe}
export V360RIG=${V360RIG:-$root/build/v360rig}
export V360JOB=${V360JOB:-$root/build/v360job}
split=$root/scripts/split360
# shellcheck source=tests/cli/lib/shell.sh
. "$here/lib/shell.sh"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
