"""check_streams.py STATS TRACE BATCHES LEAST MOST: the virtual time of "streams".

The makespan has to lie between LEAST and MOST times what its busiest engine
takes. The trace has an entry of each batch on each engine, in three streams,
and no two of an engine at once; its sums are those of the counters.
"""
import json
import sys

with open(sys.argv[1], encoding="ascii") as file:
    virtual = json.load(file)["virtual_time"]
with open(sys.argv[2], encoding="ascii") as file:
    entries = [e for e in json.load(file)["traceEvents"] if e["ph"] == "X"]
batches, least, most = int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5])
wrong = []
engines = ("to_device", "compute", "to_host")
at_once = 0
for row, engine in enumerate(engines, 1):
    spans = sorted((e["ts"], e["ts"] + e["dur"]) for e in entries if e["tid"] == row)
    streams = {e["args"]["stream"] for e in entries if e["tid"] == row}
    if len(spans) != batches or len(streams) != 1:
        wrong.append(f"{engine}: {len(spans)} entries of streams {streams}")
    # half of a thousandth for each number that the trace rounds
    if abs(sum(b - a for a, b in spans) - virtual[engine]) > .001 * len(spans):
        wrong.append(f"{engine}: the trace has another sum")
    if any(a[1] > b[0] + .0015 for a, b in zip(spans, spans[1:])):
        wrong.append(f"{engine}: two at once")
for e in entries:
    middle = e["ts"] + e["dur"] / 2
    at_once = max(at_once, len({o["tid"] for o in entries if o["tid"] and
                                o["ts"] <= middle < o["ts"] + o["dur"]}))
waits = [e for e in entries if e["tid"] == 0]
if len(waits) != 1 or virtual["host_waits"] != 1:
    wrong.append(f"{len(waits)} waits of the host")
ratio = virtual["makespan"] / max(virtual[e] for e in engines)
if not least <= ratio <= most:
    wrong.append(f"the ratio is not in [{least}, {most}]")
print("; ".join(wrong + [
    f"{virtual['machine']}: makespan {virtual['makespan']:.0f} us, "
    f"{ratio:.3f} of the busiest engine, {at_once} engines at once"]))
sys.exit(len(wrong) > 0)
