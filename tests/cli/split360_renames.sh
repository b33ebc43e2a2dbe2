#!/usr/bin/env bash
# scripts/split360, killed at renames at the end of a job: a few of the moments
# that tests/crash/windows.py tries, the last ones among them. Environment: as
# there. Licence: LGPL-2.1-or-later.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$here/../crash/windows.py" --most 2 jpg-new mp4-replace masks-repair
