#!/usr/bin/env bash
# A real COLMAP reads and uses the exported rig: rig_colmap.py with pycolmap in a virtual
# environment below build/. Arguments are those of rig_colmap.py.
# Environment: FFMPEG, V360RIG. Licence: LGPL-2.1-or-later.

# shellcheck source=tests/cli/lib/shell.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/shell.sh"
venv=$root/build/venv-pycolmap

have_pycolmap() {
    "$venv/bin/python" -c 'import pycolmap' 2>/dev/null
}

# Any python3 that can make environments: the distribution's may lack ensurepip.
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
exec "$venv/bin/python" -B "$cli/rig_colmap.py" "$@"
