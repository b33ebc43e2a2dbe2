#!/usr/bin/python3 -B
# Random jobs, and some chosen ones: every instruction set and any number of threads give
# the same bytes. Licence: LGPL-2.1-or-later.
"""FFMPEG names another program than build/ffmpeg, FLAGS the instruction sets,
separated by spaces; VERBOSE prints why jobs are refused.
"""

import os
import random
import re
import subprocess

from lib import run
from lib.run import main

FLAGS = os.environ.get('FLAGS', '0 avx2+fma3 all').split()
# The formats of lib/run.py that jobs take.
FORMATS = ('gray yuv420p yuvj422p yuv410p yuva420p gbrap rgba nv12 nv24 gray9le '
           'yuv420p10le yuv422p12le yuv444p14le yuva422p16le gray16le gbrp10le '
           'p010le p216le').split()
ALPHA = ('yuva420p', 'gbrap', 'rgba', 'yuva422p16le')
# Some projections are for views only. The usual ones, and interpolations, come often.
SOURCES = ['equirect'] * 11 + [name for name, use in run.listed('projections')
                               if use != 'view']
VIEWS = sorted(set(SOURCES)) + [name for name, use in run.listed('projections')
                                if use == 'view']
INTERPS = [name for name, _ in run.listed('interpolations')
           for _ in range(1 + (name in ('line', 'cube')))]
ANGLES = (0, 90, -90, 180, -180, 45, 1e-9, 0.703125)
FRAMES = 3


def some(rng, chance, text):
    return [text] if rng.random() < chance else []


def angle(rng, limit):
    value = (rng.choice([a for a in ANGLES if abs(a) <= limit]) if rng.random() < .3
             else rng.uniform(-limit, limit))
    return f'{value:.9g}'


def view(rng, base):
    """A view; most of a rig share size, pitch and roll, and so their grids."""
    if base and rng.random() < .6:
        return dict(base, yaw=angle(rng, 180))
    wide = rng.random() < .3
    v = dict(yaw=angle(rng, 180), pitch=angle(rng, 90),
             roll=angle(rng, 180) if rng.random() < .5 else 0,
             w=rng.choice((1, 2, 16, 64, 128, 160, rng.randint(1, 200))),
             h=rng.choice((1, 2, 4, 32, 64, rng.randint(1, 150))))
    v['h_fov'] = f'{(rng.uniform(5, 170) if wide else rng.uniform(5, 60)):.9g}'
    if rng.random() < .25:
        v.update(output=rng.choice(VIEWS), w=max(16, v['w']), h=max(16, v['h']))
    return v


def source_size(rng, projection):
    if projection == 'equirect' and rng.random() < .5:
        w = rng.choice((256, 1024, 1200, 2048, 4096))
        return w, w // 2
    return (rng.choice((16, 64, 100, rng.randint(8, 300))),
            rng.choice((24, 64, 100, rng.randint(8, 200))))


def source_options(rng):
    opts = []
    if rng.random() < .15:
        opts.append('in_stereo=' + rng.choice(('sbs', 'tb')))
        opts.append('eye=' + rng.choice(('left', 'right')))
    opts += some(rng, .1, f'in_pad={rng.uniform(0, 0.1):.4g}')
    opts += some(rng, .1, f'fin_pad={rng.randint(0, 4)}')
    opts += some(rng, .1, 'in_trans=1')
    opts += some(rng, .1, 'ih_flip=1') + some(rng, .1, 'iv_flip=1')
    opts += some(rng, .15, f'ih_fov={rng.uniform(20, 360):.4g}')
    return opts + some(rng, .15, f'iv_fov={rng.uniform(20, 180):.4g}')


def options(rng, projection, fmt):
    opts = ['input=' + projection, 'interp=' + rng.choice(INTERPS)]
    opts += source_options(rng) + some(rng, .1, f'h_offset={rng.uniform(-1, 1):.3g}')
    opts += some(rng, .15, 'rorder=' + rng.choice(('yrp', 'pyr', 'rpy')))
    for flip in ('h_flip', 'v_flip', 'd_flip'):
        opts += some(rng, .1, flip + '=1')
    if fmt in ALPHA:
        opts += some(rng, .5, 'alpha_mask=1')
    return ':'.join(opts + some(rng, .2, 'chroma_loc=topleft'))


def commands(rng, views):
    """sendcmd: a view or two get another value before frame 1 and frame 2."""
    lines = []
    for t in (1, 2):
        field = rng.choice(('yaw', 'pitch', 'roll', 'h_fov'))
        value = f'{rng.uniform(5, 160):.4g}' if field == 'h_fov' else \
            angle(rng, 90)
        lines.append(f'{t - 0.5:g} v360batch {rng.randrange(len(views))}.{field} {value}')
    return f"sendcmd=c='{';'.join(lines)}',"


def random_job(rng):
    projection, fmt = rng.choice(SOURCES), rng.choice(sorted(FORMATS))
    views = []
    for _ in range(rng.choice((1, 2, 3, 5, 9))):
        views.append(view(rng, views and rng.choice(views)))
    cmd = commands(rng, views) if rng.random() < .3 else ''
    return (fmt, source_size(rng, projection), views,
            options(rng, projection, fmt), cmd)


def noise(rng, fmt, size):
    _, planes, mask = run.FORMATS[fmt]
    wide = mask > 0xff
    n = sum(-(-size[0] // sx) * -(-size[1] // sy) * c << wide for sx, sy, c in planes)
    data = int.from_bytes(rng.randbytes(n), 'little')
    data &= int.from_bytes(mask.to_bytes(1 + wide, 'little') *
                           (n >> wide), 'little')
    return data.to_bytes(n, 'little')


def checksums(job, flags, threads):
    """Checksums of all pads, or the error; and the graph."""
    fmt, size, views, opts, cmd = job
    pads = [f'[o{i}]' for i in range(len(views))]
    graph = (f"[0:v]{cmd}v360batch=views={run.view_text(views)}{opts and ':' + opts}"
             + ''.join(pads))
    args = ['-v', 'error', '-cpuflags', flags,
            '-filter_complex_threads', str(threads), '-f', 'rawvideo',
            '-pix_fmt', fmt, '-s', f'{size[0]}x{size[1]}', '-r', '1', '-i', 'in.raw',
            '-filter_complex', graph]
    names = [f'{i}.md5' for i in range(len(views))]
    for pad, name in zip(pads, names):
        args += ['-map', pad, '-f', 'framemd5', name]
    try:
        done = run.run(args, timeout=300)
    except subprocess.TimeoutExpired:
        return 'hangs', graph
    if done.returncode:
        log = done.stderr.decode(errors='replace')
        return (done.returncode, re.sub(r'0x[0-9a-f]{6,}', '', log)), graph
    result = []
    for name in names:
        with open(name, encoding='ascii') as f:
            result.append([line for line in f if line[0] != '#'])
    return result, graph


def refused(result):
    """Whether a job ended with an orderly error, as jobs without sense do."""
    return isinstance(result, tuple) and result[0] > 0 and \
        'Sanitizer' not in result[1] and 'runtime error' not in result[1] and \
        'v360' in result[1]


def compare(rep, number, job, rng):
    """Whether the job made frames. Reports what differs."""
    with open('in.raw', 'wb') as f:
        for _ in range(FRAMES):
            f.write(noise(rng, job[0], job[1]))
    runs = [(flags, n) for flags in FLAGS for n in (1, 3)]
    results = [checksums(job, *r) for r in runs]
    first, graph = results[0]
    fmt, (w, h) = job[:2]
    what = f'job {number}: {fmt} {w}x{h} {graph}'
    for r, (result, _) in zip(runs, results):
        if isinstance(result, list) and result == first:
            continue
        if refused(result) and refused(first):
            if os.environ.get('VERBOSE'):
                print(what, result[1])
            continue
        if isinstance(result, list) and isinstance(first, list):
            result = f'pads {[i for i, (a, b) in enumerate(zip(first, result)) if a != b]} differ'
        rep.check(False, what, f'flags {r[0]}, {r[1]} threads: {result}')
        return False
    return isinstance(first, list)


# Found by random jobs, or by thought.
CHOSEN = [
    # all taps of a window beyond the seam
    ('gray', (2048, 1024), [dict(yaw=10, pitch=65, h_fov=60, w=720, h=720)],
     '', ''),
    # chroma that wraps by half a sample
    ('yuv420p', (1201, 601), [dict(yaw=y, h_fov=60, w=480, h=48)
                              for y in (0, 150, -170)], 'interp=cube', ''),
]


def test_chosen(rep):
    rng = random.Random(0)
    good = sum(compare(rep, f'chosen {i}', job, rng)
               for i, job in enumerate(CHOSEN))
    rep.check(good == len(CHOSEN), 'chosen jobs: same bytes',
              f'{good} of {len(CHOSEN)}')


def test_random(rep):
    n, seed = rep.options.jobs, rep.options.seed
    before, good = rep.failed, 0
    for i in range(n):
        rng = random.Random(f'{seed} {i}')
        good += compare(rep, f'{i} of seed {seed}', random_job(rng), rng)
    rep.check(good > n // 2 and rep.failed == before, 'random jobs: same bytes',
              f"{good} of {n}, {n - good - rep.failed + before} refused, flags {' '.join(FLAGS)}")


def add_options(parser):
    parser.add_argument('--jobs', type=int, default=160, help='number of random jobs')
    parser.add_argument('--seed', type=int, default=20)


if __name__ == '__main__':
    main(globals(), add_options)
