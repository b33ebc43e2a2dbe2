#!/usr/bin/env bash
# The exported rig read and used by a real COLMAP: rig_colmap.py with pycolmap
# in a virtual environment below build/. Environment: FFMPEG, V360RIG.
# Licence: LGPL-2.1-or-later.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$(dirname "$here")")
venv=$root/build/venv-pycolmap
# shellcheck source=tests/cli/lib/shell.sh
. "$here/lib/shell.sh"

have_pycolmap() {
    "$venv/bin/python" -c 'import pycolmap' 2>/dev/null
}

# Some python3 that can make environments: the distribution's may lack ensurepip.
install() {
    local python
    for python in /usr/bin/python3 python3; do
        rm -rf "$venv"
        "$python" -m venv "$venv" >/dev/null 2>&1 && break
    done
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --timeout 20 --retries 1 'pycolmap>=3.12' numpy 2>&1 | tail -n 1
}

if ! have_pycolmap; then
    reason=$(install)
    if ! have_pycolmap; then
        skip "COLMAP reads the rig" "no pycolmap: ${reason:-python3 makes no environment}"
        finish
    fi
fi
exec "$venv/bin/python" -B "$here/rig_colmap.py"
