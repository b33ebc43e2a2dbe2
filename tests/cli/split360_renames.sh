#!/usr/bin/env bash
# scripts/split360 is killed at renames at the end of a job: a few of the moments that
# tests/crash/windows.py tries, the last ones among them. Arguments name other kinds of
# jobs; they and the environment are those of tests/crash/windows.py.
# Licence: LGPL-2.1-or-later.

kinds=(jpg-new mp4-replace masks-repair)
if [[ ${1-} == --list ]]; then
    printf '%s\n' "${kinds[@]}"
    exit
fi
(($# == 0)) || kinds=("$@")
exec "$(dirname "${BASH_SOURCE[0]}")/../crash/windows.py" --most 2 "${kinds[@]}"
