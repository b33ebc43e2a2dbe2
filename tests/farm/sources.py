#!/usr/bin/python3 -B
"""sources.py NAME: writes a small video of that shape, NAME.ENDING, and prints the name of
the file; without NAME prints the names. Of a shape that cannot be made here it prints the
reason, and the exit status is 1. Licence: LGPL-2.1-or-later.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../cli'))
try:
    from lib import shapes
except ImportError as error: # numpy
    sys.exit(print(error) or 1)

BFRAMES, OPEN, WHOLE = 'h264 with B-frames', 'h264 with open groups', 'as it is'
SHAPES = {
    'cfr': ('h264', 'mp4', 'even', WHOLE),
    'vfr': (BFRAMES, 'mkv', 'jitter', WHOLE),
    'gaps': (BFRAMES, 'mp4', 'gaps', 'with sound that is earlier'),
    'rate': (BFRAMES, 'mp4', 'odd rate', WHOLE),
    'open': (OPEN, 'mp4', 'even', WHOLE),
    'cra': ('hevc with CRA', 'mp4', 'even', WHOLE),
    'refresh': ('h264 with intra refresh', 'mkv', 'even', WHOLE),
    'group': ('h264, one group', 'mp4', 'even', WHOLE),
    'edit': (BFRAMES, 'mp4', 'even', 'cut within a group'),
    'openedit': (OPEN, 'mov', 'jitter', 'cut within a group, far in'),
    'negative': (BFRAMES, 'mov', 'negative', WHOLE),
    'fragments': (BFRAMES, 'cmaf', 'even', WHOLE),
    'live': (OPEN, 'live', 'jitter', WHOLE),
    'ts': (OPEN, 'ts', 'even', WHOLE),
    'far': (BFRAMES, 'ts', 'far', 'with sound that is later'),
    'crats': ('hevc with CRA', 'ts', 'jitter', WHOLE),
    'ffv1': ('ffv1', 'nut', 'gaps', WHOLE),
    'mjpeg': ('mjpeg', 'mov', 'even', WHOLE),
    'missing': (BFRAMES, 'ts', 'missing', WHOLE),
}


def main(name=None):
    if name is None:
        print(*SHAPES)
        return 0
    path, why = shapes.make(SHAPES[name], name, size='128x64') \
        if SHAPES[name] in shapes.shapes() else (None, 'no encoder or muxer for it')
    print(path or why.strip().replace('\n', ' ')[-100:])
    return 0 if path else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
