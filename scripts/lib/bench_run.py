# How scripts/bench-job runs and measures. Licence: LGPL-2.1-or-later.
"""Processes whose output is shown only if they fail; costs by the difference of two
lengths, so that what a job takes once is left out."""

import functools
import json
import os
import shutil
import subprocess
import sys

from bench_jobs import FFMPEG, measure

def run(cmd):
    """@return wall seconds, processor seconds, peak MiB"""
    with open('log', 'w+', encoding='utf-8', errors='replace') as log:
        try:
            return measure(cmd, log)
        except SystemExit:
            log.seek(0)
            print(log.read()[-2000:], file=sys.stderr)
            raise


def ffmpeg(*args):
    run([FFMPEG, '-nostdin', '-v', 'error', '-y', *args])


def ask(*cmd):
    return subprocess.run(cmd, stdout=subprocess.PIPE, check=True,
                          stderr=subprocess.DEVNULL).stdout.decode()


@functools.lru_cache(None)
def has_encoder(name):
    return ' %s ' % name in ask(FFMPEG, '-v', 'error', '-encoders')


@functools.lru_cache(None)
def python_with(*modules):
    """A python3 that has the modules: $PYTHON, that of PATH or the system's."""
    for python in (os.environ.get('PYTHON'), 'python3', '/usr/bin/python3'):
        if python and shutil.which(python) and not subprocess.run(
                [python, '-c', 'import ' + ', '.join(modules)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                check=False).returncode:
            return python
    return None


def empty(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)


def size(folder):
    """Of the files below it that are images of views: mean bytes."""
    sizes = [os.path.getsize(os.path.join(at, name))
             for at, _, names in os.walk(folder) for name in names
             if 'masks' not in at and 'preview' not in name and
             name.endswith(('.jpg', '.png'))]
    return sum(sizes) / len(sizes) if sizes else 0


def by_length(make, frames):
    """A task: what make(length) costs for 'one' and for 'all', which has `frames`
    panoramas more. What it prints as JSON are costs of its stages."""
    def task():
        taken = {'frames': frames}
        for length in ('one', 'all'):
            empty('out')
            wall, cpu, taken['peak'] = run(make(length))
            taken['cpu ' + length], taken['wall ' + length] = cpu, wall
            for stage, seconds in told().items():
                taken['%s %s' % (stage, length)] = seconds
        taken['bytes'] = size('out')
        return taken
    return task


def told():
    with open('log', encoding='utf-8', errors='replace') as f:
        lines = f.read().splitlines()
    return json.loads(lines[-1]) if lines and lines[-1].startswith('{') else {}


def reduce(rows, of):
    """Costs of a panorama, from the rounds of a task: milliseconds."""
    row = {key: of([r[key] for r in rows]) for key in rows[0]}
    for key in [key[:-4] for key in row if key.endswith(' all')]:
        row[key] = 1000 * (row[key + ' all'] - row[key + ' one']) / row['frames']
    return row


def measured(tasks, runs, of):
    """Name -> costs; the tasks take turns."""
    rows = {name: [] for name in tasks}
    for _ in range(runs):
        for name, task in tasks.items():
            rows[name].append(task())
    return {name: reduce(taken, of) for name, taken in rows.items()}
