#!/usr/bin/env python3
"""overlap.py TRACE: how many kernels and how many copies to the host run, in softcuda's
virtual time, while something is copied to the device. Licence: LGPL-2.1-or-later."""

import json
import sys


def main():
    trace = json.load(open(sys.argv[1], encoding="utf-8"))
    events = trace["traceEvents"] if isinstance(trace, dict) else trace
    rows = {1: [], 2: [], 3: []}      # copies to the device, compute, copies to the host
    for e in events:
        if e.get("ph") == "X" and e["tid"] in rows and e["dur"] > 0:
            rows[e["tid"]].append((e["ts"], e["ts"] + e["dur"]))
    for row in (2, 3):
        print(sum(any(a < end and b > start for a, b in rows[1]) for start, end in rows[row]))


main()
