# What scripts/bench --farm measures. Licence: LGPL-2.1-or-later.
"""Processor time of a job in shards against the same job in one run.

Also how long a shard is goes by processor time, so that it hardly depends on what
else the machine does; on several processors a task of so much work ends sooner.
"""

import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from bench_jobs import FFMPEG, measure

SPLIT360 = os.path.join(os.path.dirname(FFMPEG), 'split360')
SHARDS = 8
# The project's goal, in per cent, for shards of so many seconds.
BOUND, AT = 15, 60
PART = 120      # frames that are encoded; the source is these again and again
TIMED = 120     # frames that are made to see how long one takes


def cost(*args):
    """Processor seconds of split360 and all that it runs."""
    with open('log', 'w+', encoding='utf-8', errors='replace') as log:
        try:
            return measure([SPLIT360, *args], log)[1]
        except SystemExit:
            log.seek(0)
            print(log.read(), file=sys.stderr)
            raise


def ffmpeg(*args):
    subprocess.run([FFMPEG, '-nostdin', '-v', 'error', '-y', *args], check=True)


def make_part():
    """A panorama as cameras write them, with two seconds between key frames; in
    groups that refer to one another where there is x265."""
    encoders = subprocess.run([FFMPEG, '-v', 'error', '-encoders'], check=True,
                              stdout=subprocess.PIPE).stdout
    code = (['-c:v', 'libx265', '-x265-params',
             'keyint=60:min-keyint=60:scenecut=0:open-gop=1:log-level=error']
            if b' libx265 ' in encoders else
            ['-c:v', 'libx264', '-g', '60', '-bf', '2'])
    ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=3840x1920:r=30,noise=alls=6:allf=t',
           '-frames:v', str(PART), '-pix_fmt', 'yuv420p', '-colorspace',
           'bt709', *code, '-preset', 'ultrafast', '-f', 'mp4', 'part')


def loop(frames):
    ffmpeg('-stream_loop', str(frames // PART), '-i', 'part', '-c', 'copy',
           '-frames:v', str(frames), '-f', 'mp4', 'pano')


def in_one():
    shutil.rmtree('one', ignore_errors=True)
    return cost('pano', 'one', '--device', 'cpu')


def in_shards():
    """Processor seconds of the plan, the tasks and the merge."""
    shutil.rmtree('many', ignore_errors=True)
    plan = cost('plan', 'pano', 'many', '--device', 'cpu', '--shards',
                str(SHARDS))
    tasks = sum(cost('task', 'many', str(i)) for i in range(SHARDS))
    return plan, tasks, cost('merge', 'many')


def same():
    """Whether both ways gave the same, which a manifest has the sums of."""
    texts = []
    for folder in ('one', 'many'):
        with open(os.path.join(folder, 'manifest.json'), 'rb') as f:
            texts.append(f.read())
    return texts[0] == texts[1]


def measure_farm(runs, seconds):
    """Print the table, and a line for the bound. @return whether it is kept"""
    make_part()
    loop(TIMED)
    frames = max(math.ceil(SHARDS * seconds * TIMED / in_one()), 2 * SHARDS)
    loop(frames)
    rows = []
    for _ in range(runs):
        rows.append((in_one(), *in_shards()))
        if not same():
            sys.exit('bench: %d shards gave other bytes than one run' % SHARDS)
    one, plan, tasks, merge = map(statistics.median, zip(*rows))
    more = statistics.median(sum(row[1:]) - row[0] for row in rows)
    print('\n| shards | frames | one run s | plan s | tasks s | merge s | '
          'more | more a shard s |\n|' + ' ---: |' * 8)
    print('| %d of %g s | %d | %.1f | %.2f | %.1f | %.2f | %.1f %% | %.2f |' % (
        SHARDS, seconds, frames, one, plan, tasks, merge, 100 * more / one,
        more / SHARDS))
    at = 100 * more / one * seconds / AT
    print('%s - %d shards of %d s would take %.1f %% more processor time than '
          'one run (bound %d %%)' % ('ok' if at <= BOUND else 'not ok', SHARDS,
                                     AT, at, BOUND), flush=True)
    return at <= BOUND


def farm(runs, seconds):
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            return measure_farm(runs, seconds)
        finally:
            os.chdir(before)
