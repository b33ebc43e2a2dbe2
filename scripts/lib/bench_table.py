# What scripts/bench-job prints and checks. Licence: LGPL-2.1-or-later.
"""The table of whole jobs, the bounds of --check, and what encoders cost."""

import os
import statistics

from bench_jobs import machine
from bench_run import by_length, has_encoder, measured, run

NAMES = {'ours': 'split360', 'v360': 'split + v360, same encoder',
         'v360 mjpeg': 'split + v360, mjpeg', 'opencv': 'OpenCV', 'colmap': 'COLMAP'}
# Bounds of --check. The goals of the video job are 1.25 times decoder and encoder
# alone, and three times the speed of others. They are not reached: measured were 1.38
# to 1.65, 2.4 times v360 and 1.5 to 1.6 times OpenCV, whose loop takes but 2.3 times
# the bound; for folders 1.29 to 1.47, 1.7 to 2.2 and 1.5 to 2.8 times. With other
# programs running repeats differ by 10 to 20 %, and so much are these off.
OF_BOUND = {'video to JPEG': 1.75, 'folder of JPEGs to JPEG': 1.65,
            'folder of JPEGs to PNG': 1.55}
FASTER = {'video to JPEG': {'v360 mjpeg': 1.9, 'opencv': 1.2},
          'folder of JPEGs to JPEG': {'v360 mjpeg': 1.6, 'opencv': 1.2},
          'folder of JPEGs to PNG': {'v360': 1.3, 'opencv': 2.1}}
COLUMNS = ('job', 'with', 'decode', 'colours, remap', 'encode, write', 'all',
           'of the bound', 'wall', 'images/s', 'peak MiB', 'KB an image')


def heading(a):
    print('%s. %d panoramas, %d views of %dx%d, medians of %d interleaved runs, load '
          '%.1f; milliseconds a panorama, of processor time but for wall time.\n' % (
              machine(), a.frames, a.views, a.size, a.size, a.runs,
              os.getloadavg()[0]))
    print('| %s |' % ' | '.join(COLUMNS))
    print('| --- | --- |' + ' ---: |' * 9, flush=True)


def stages(name, rows):
    """Decoding, views, the rest; None for what is not known apart."""
    row = rows[name]
    if 'remap' in row:
        return row['decode'], row['remap'], row['encode']
    views = rows.get(name.split()[0] + ' views')
    if not views:
        return None, None, None
    decode = rows['decoder']['cpu']
    return decode, views['cpu'] - decode, row['cpu'] - views['cpu']


def show(job, rows):
    """The lines of a job."""
    bound = rows['decoder']['cpu'], rows['encoder']['cpu']
    print('| %s | decoder and encoder alone | %.0f | | %.0f | %.0f | 1 | | | | |' % (
        job.title, *bound, sum(bound)))
    for name, title in NAMES.items():
        if name not in rows:
            continue
        row = rows[name]
        parts = ['' if ms is None else '%.0f' % ms for ms in stages(name, rows)]
        # Where other programs run, a longer job may even take less wall time.
        wall = ('%.0f | %.1f' % (row['wall'], 1000 * job.views / row['wall'])
                if row['wall'] > 0 else '|')
        print('| %s | %s | %s | %.0f | %.2f | %s | %.0f | %.0f |' % (
            job.title, title, ' | '.join(parts), row['cpu'], row['cpu'] / sum(bound),
            wall, row['peak'], row['bytes'] / 1000), flush=True)


def result(good, text):
    print('%s - bench-job: %s' % ('ok' if good else 'not ok', text), flush=True)
    return not good


def encoders(jobs, a):
    """What options of the encoders cost, for views in memory. @return 0"""
    codecs = {'jpg': [['-c:v', 'mjpeg', '-q:v', '2'],
                      ['-c:v', 'mjpeg', '-q:v', '2', '-huffman', 'default']],
              'png': [['-c:v', 'png', '-pred', pred, '-compression_level', level]
                      for pred in ('none', 'sub', 'up', 'avg', 'paeth', 'mixed')
                      for level in '13']}
    if has_encoder('libturbojpeg'):
        codecs['jpg'] += [['-c:v', 'libturbojpeg', '-quality', q]
                          for q in ('75', '85', '90', '92', '95')]
    print('%s, load %.1f; views of %dx%d, medians of %d interleaved runs.\n' % (
        machine(), os.getloadavg()[0], a.size, a.size, a.runs))
    print('| encoder | processor ms a view | KB |\n| --- | ---: | ---: |', flush=True)
    for job in jobs:
        job.keep_views()
        of = {' '.join(c[1:]): c for c in [job.codec(), *codecs[job.format]]}
        tasks = {name: by_length(lambda n, c=c: job.encoder(n, c), job.frames)
                 for name, c in of.items()}
        for name, row in measured(tasks, a.runs, statistics.median).items():
            run([*job.encoder('one', of[name])[:-2], 'image2pipe', 'images'])
            print('| `%s` | %.1f | %.0f |' % (
                name, row['cpu'] / job.views,
                os.path.getsize('images') / job.views / 1000), flush=True)
    return 0


def check(job, rows):
    """A line for each bound. @return how many are not kept"""
    ours = rows['ours']['cpu']
    alone = rows['decoder']['cpu'] + rows['encoder']['cpu']
    bound = OF_BOUND[job.title]
    bad = result(ours <= bound * alone, '%s: %.2f times decoder and encoder alone '
                 '(bound %.2f)' % (job.title, ours / alone, bound))
    for name, bound in FASTER[job.title].items():
        if name not in rows:
            print('skip - bench-job: %s: %s is not here' % (job.title, NAMES[name]))
            continue
        times = rows[name]['cpu'] / ours
        bad += result(times >= bound, '%s: %.1f times as fast as %s (bound %.1f)' % (
            job.title, times, NAMES[name], bound))
    return bad
