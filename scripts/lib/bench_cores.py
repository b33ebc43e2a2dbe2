# Wall time by processors, for scripts/bench-job. Licence: LGPL-2.1-or-later.
"""A folder job on one processor and on two, where the machine has two to itself."""

import os
import shutil

from bench_run import by_length, reduce

# The project's goal for two processors by one is 0.6. 0.67 was measured with other
# programs running, who may take the second processor without being seen here.
BOUND = 0.75
ALONE = 0.95    # processor time by wall time, below which others take a share


def siblings(cpu):
    """Processors of the same core."""
    path = '/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list' % cpu
    try:
        with open(path, encoding='ascii') as f:
            return f.read().strip()
    except OSError:
        return str(cpu)


def pair():
    """Two processors of different cores, or of one if there is no other."""
    mine = sorted(os.sched_getaffinity(0))
    for other in mine[1:]:
        if siblings(other) != siblings(mine[0]):
            return [mine[0], other], True
    return mine[:2], False


def cores(job, a):
    """Print how wall time divides. @return whether the bound is exceeded, which
    counts only where nothing else ran."""
    cpus, apart = pair()
    if len(cpus) < 2 or not shutil.which('taskset'):
        print('skip - bench-job: wall time by processors: one processor, or no taskset')
        return 0
    rows = {1: [], 2: []}
    for _ in range(a.runs):
        for n, taken in rows.items():
            on = ['taskset', '-c', ','.join(map(str, cpus[:n]))]
            taken.append(by_length(lambda length, on=on: on + job.whole(length),
                                   job.frames)())
    # What else a machine does only adds to wall time.
    one, two = (reduce(taken, min) for taken in rows.values())
    ratio = two['wall'] / one['wall']
    alone = max(r['cpu all'] / r['wall all'] for r in rows[1])
    text = ('bench-job: %s: wall time with two processors is %.2f of that with one '
            '(%.0f and %.0f ms)' % (job.title, ratio, two['wall'], one['wall']))
    if not apart or alone < ALONE:
        print('\nskip - %s: %s' % (text, 'others had %.0f %% of the processor' % (
            100 - 100 * alone) if apart else 'they share a core'))
        return 0
    print('\n%s - %s (bound %.2f)' % ('ok' if ratio <= BOUND else 'not ok', text,
                                      BOUND), flush=True)
    return ratio > BOUND
