#!/usr/bin/python3 -B
# Licence: LGPL-2.1-or-later.
"""Jobs in shards give the very folder of a single run, or fail as that does: random videos
of tests/cli/lib/shapes.py, random options, random numbers of shards, tasks in any order.
Where a task fails, or the merge makes all in one piece, that is counted, and is an error
where more than one job in ten does so. SPLIT360 names another program.
"""

import collections
import json
import os
import random
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../cli'))
from lib import shapes
from lib.run import SPLIT360, main
from split360_exact import OPTIONS, plan

JOBS_A_SOURCE = 3


def call(*args):
    return subprocess.run([SPLIT360, *args], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=100, check=False)


def random_options(rng):
    options = []
    if rng.random() < .6:
        begin = rng.uniform(0, 5)
        options += ['--from', f'{begin:.3f}']
        if rng.random() < .5:
            options += ['--to', f'{begin + rng.uniform(.3, 4):.3f}']
    if rng.random() < .25:
        options += ['--fps', rng.choice(('2', '3.7', '10', '25', '30000/1001'))]
    if rng.random() < .25:
        options += ['--every', str(rng.choice((2, 3, 7)))]
    elif rng.random() < .2:
        options += ['--sharpest', str(rng.choice((2, 5)))]
    if rng.random() < .2:
        options += ['--names', rng.choice(('pts', 'us'))]
    return options


def compare(rng, path, options, shards, counts):
    """What is wrong with a job in shards, or None."""
    base = [path, *OPTIONS, '--quiet', *options]
    for folder in ('one', 'out'):
        shutil.rmtree(folder, ignore_errors=True)
    one = call(base[0], 'one', *base[1:])
    planned = call('plan', base[0], 'out', *base[1:], '--shards', str(shards))
    tasks = []
    if not planned.returncode:
        with open('out/.split360/farm/plan.json', encoding='utf-8') as file:
            tasks = list(range(len(json.load(file)['shards'])))
    rng.shuffle(tasks)
    failed = sum(call('task', 'out', str(i)).returncode for i in tasks)
    merged = call('merge', 'out')
    if one.returncode:
        counts['refused'] += 1
        return None if planned.returncode or merged.returncode else 'a single run fails'
    if planned.returncode:
        return f'no plan: {planned.stderr[-200:]}'
    counts['jobs'] += 1
    counts['in shards'] += len(tasks) > 1
    counts['in one piece'] += failed > 0 or b'one piece' in merged.stderr
    if merged.returncode:
        return f'no merge: {merged.stderr[-200:]}'
    diff = subprocess.run(['diff', '-r', 'one', 'out'], capture_output=True, check=False)
    return diff.stdout[:200] if diff.returncode else None


def test_cuts(rep):
    """Random jobs."""
    rng = random.Random(rep.options.seed)
    counts = collections.Counter()
    wrong = 0
    for i, shape in enumerate(plan(rng, rep.options.count)):
        path, why = shapes.make(shape, f's{i}')
        if not path:
            counts['not made'] += 1
            continue
        for k in range(JOBS_A_SOURCE):
            options, shards = random_options(rng) if k else [], rng.choice((2, 3, 8, 11))
            why = compare(rng, path, options, shards, counts)
            if why:
                rep.check(False, f"{', '.join(shape)}: {' '.join(options)}, {shards} shards", why)
                wrong += 1
        os.unlink(path)
    what = ', '.join(f'{n} {name}' for name, n in sorted(counts.items()))
    rep.check(counts['in shards'] and not wrong, 'jobs in shards are those of single runs', what)
    rep.check(counts['in one piece'] * 10 <= counts['jobs'], 'and nearly all are cut', what)


def add_options(parser):
    parser.add_argument('--count', type=int, default=8, help='sources, of three jobs each')
    parser.add_argument('--seed', type=int, default=1, help='of the random choices')


if __name__ == '__main__':
    main(globals(), add_options)
