"""check_counters.py FILE: the counters of "planted correct", by hand.

The kernel "fill" runs in 8 blocks of 128 threads, of which 1000 write 4 bytes
each. All threads run 9 instructions, branch and return included, those that
write 3 more: 31 whole warps and one of 8 lanes store.
"""
import json
import sys

with open(sys.argv[1], encoding="ascii") as file:
    counters = json.load(file)
kernel = counters["kernels"][0]
expected = {
    "launches": 1, "allocations": 1, "frees": 1, "peak": 4000,
    "live_at_exit": 0, "syncs": 2,
    "syncs_by_call": {"cuMemFree_v2": 1, "cuMemcpyDtoH_v2": 1},
    "name": "fill", "threads": 1024, "blocks": 8,
    "shapes": [{"grid": [8, 1, 1], "block": [128, 1, 1], "shared": 0,
                "launches": 1}],
    "instructions": 1024 * 9 + 1000 * 3,
    "store_global": {"requests": 32, "sectors": 125, "bytes": 4000, "lines": 32,
                     "wavefronts": 32},
    "unique_sectors_written": 125, "unique_sectors_read": 0,
}
wrong = 0
for key, value in expected.items():
    got = counters[key] if key in counters else kernel.get(key)
    if got != value:
        print(f"{key}: {got}, not {value}")
        wrong += 1
copies = counters["copies"]
if copies["d2h"]["pageable"] != {"calls": 1, "bytes": 4000} or \
        copies["h2d"]["pageable"]["calls"] or copies["d2h"]["pinned"]["calls"]:
    print("copies:", copies)
    wrong += 1
print(f"{len(expected) + 1} figures, {wrong} wrong")
sys.exit(wrong > 0)
