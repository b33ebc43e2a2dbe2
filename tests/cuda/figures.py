#!/usr/bin/env python3
"""figures.py COUNTERS GOLDENS COMPILER: what the kernel costs.

COUNTERS are softcuda's of ring8 NV12 line, 8 views of 480x270 out of a
1920x960 panorama, one batch of 8 frames. Licence: LGPL-2.1-or-later."""
import json
import math
import sys

W, H, SW, SH, VIEWS, FRAMES = 480, 270, 1920, 960, 8, 8


def touched_rows(step):
    """Samples of the source that the ring sees, as bytes of NV12: for each
    column the rows between the view's lower and upper edge there, and one
    more for the second tap. The views' field of view is 90 degrees wide."""
    w, h = SW // step, SH // step
    edge = H / W                       # tan of half the vertical field
    rows = 0
    for x in range(w):
        yaw = (x / w * 360) % 45       # the view looks at a multiple of 45
        yaw = math.radians(min(yaw, 45 - yaw))
        # near the middle of a view its edge is furthest from the horizon
        rows += 2 * math.degrees(math.atan(edge * math.cos(yaw))) / 180 * h + 1
    return rows * (1 if step == 1 else 2)


def main():
    kernel = json.load(open(sys.argv[1]))["kernels"][0]
    samples = W * H * VIEWS * FRAMES
    instructions = kernel["instructions"] / samples
    outputs = W * H * 3 // 2 * VIEWS
    source = touched_rows(1) + touched_rows(2)
    sectors = (kernel["unique_sectors_read"] +
               kernel["unique_sectors_written"]) * 32 / FRAMES
    ratio = sectors / (outputs + source)
    store = kernel["store_global"]
    filled = store["bytes"] / kernel["unique_sectors_written"] / 32
    words = store["bytes"] / (outputs * FRAMES)
    failed = 0

    def check(good, text):
        nonlocal failed
        failed += not good
        print("%s %s" % ("ok" if good else "not ok", text))

    check(instructions <= 30, "PTX instructions per luma sample: %.2f"
          % instructions)
    check(ratio <= 1.15, "DRAM bytes: %.3f of outputs and touched source"
          % ratio)
    check(filled >= 0.999 and words <= 1.001, "stored sectors are full: "
          "%.3f of their bytes, %.2f sectors a request"
          % (filled, store["sectors"] / store["requests"]))
    goldens = dict(line.rstrip("\n").rsplit(": ", 1)
                   for line in open(sys.argv[2]) if not line.startswith("#"))
    seen = "%.2f %.3f" % (instructions, ratio)
    # a compiler without a golden has only the limits above to meet
    golden = goldens.get(sys.argv[3])
    check(golden in (None, seen), "figures of %s: %s, golden %s"
          % (sys.argv[3], seen, golden))
    return failed > 0


sys.exit(main())
