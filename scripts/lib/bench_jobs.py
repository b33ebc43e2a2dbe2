# What scripts/bench runs and how it measures. Licence: LGPL-2.1-or-later.
"""Rigs, command lines of the variants, time and memory of processes."""

import functools
import json
import math
import os
import re
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
FFMPEG = os.environ.get('FFMPEG', os.path.join(ROOT, 'build', 'ffmpeg'))
V360RIG = os.path.join(os.path.dirname(FFMPEG), 'v360rig')
PYTHON = '/usr/bin/python3'
OPENCV = os.path.join(ROOT, 'scripts', 'lib', 'bench_opencv.py')
SOURCE = 7680, 3840
# rig and what tells it from others: views, width, height of a view of 90 degrees
RIGS = {
    'ring8': (8, 1920, 1080),
    'colmap12': (12, 1920, 1080),
    'cube6': (6, 1920, 1920),
    'fibonacci24': (24, 1920, 1080),
    'ring8@small': (8, 640, 360),   # the source has 3.8 times as many a degree
    'ring8@ss2': (8, 640, 360),     # the same with 2 x 2 samples for each
}


def has_vbmi():
    with open('/proc/cpuinfo', encoding='ascii', errors='replace') as f:
        return 'avx512_vbmi2' in f.read()


def has_avx2():
    with open('/proc/cpuinfo', encoding='ascii', errors='replace') as f:
        return ' avx2 ' in f.read()


def levels():
    return (['all'] if has_vbmi() else []) + (['avx2'] if has_avx2() else [])


def pads(n):
    return ''.join('[o%d]' % i for i in range(n))


def ours(rig, interp):
    n, w, h = RIGS[rig]
    ss = 2 if rig.endswith('@ss2') else 1
    return '[0:v]v360batch=rig=%s:interp=%s:w=%d:h=%d:h_fov=90:ss=%d%s' % (
        rig.split('@')[0], interp, w, h, ss, pads(n))


@functools.lru_cache(None)
def poses(rig):
    """Yaw, pitch, roll of the views, in degrees."""
    n, w, h = RIGS[rig]
    out = subprocess.run([V360RIG, 'show', rig.split('@')[0], '--size', '%dx%d' % (w, h),
                          '--fov', '90'], stdout=subprocess.PIPE, check=True)
    rows = [line.split() for line in out.stdout.decode().splitlines()]
    first = rows[0].index('yaw')
    views = [tuple(map(float, row[first:first + 3])) for row in rows[1:n + 1]]
    assert len(views) == n
    return views


def stock(rig, interp):
    n, w, h = RIGS[rig]
    v_fov = 2 * math.degrees(math.atan(h / w))
    graph = '[0:v]split=%d%s' % (n, ''.join('[i%d]' % i for i in range(n)))
    for i, (yaw, pitch, roll) in enumerate(poses(rig)):
        graph += (';[i%d]v360=input=e:output=flat:interp=%s:w=%d:h=%d:yaw=%g:'
                  'pitch=%g:roll=%g:h_fov=90:v_fov=%g[o%d]' % (
                      i, {'cube': 'cubic'}.get(interp, interp), w, h, yaw,
                      pitch, roll, v_fov, i))
    return graph


@functools.lru_cache(None)
def has_opencv():
    return not subprocess.run([PYTHON, '-c', 'import cv2, numpy'],
                              stderr=subprocess.DEVNULL, check=False).returncode


def opencv(rig, interp, frames, threads):
    _, w, h = RIGS[rig]
    return [PYTHON, '-B', OPENCV, json.dumps({
        'source': SOURCE, 'views': poses(rig), 'size': [w, h],
        'interp': interp, 'frames': frames, 'threads': threads})]


def command(graph, n, frames, fmt, threads, level, log='error'):
    cmd = [FFMPEG, '-nostdin', '-v', log]
    if level != 'all':
        # processors with AVX2 have FMA, which FFmpeg counts as another flag
        cmd += ['-cpuflags', {'avx2': 'avx2+fma3'}.get(level, level)]
    cmd += ['-f', 'lavfi', '-i', 'color=c=gray:s=%dx%d:r=30,format=%s' % (
        *SOURCE, fmt), '-filter_complex_threads', str(threads),
        '-filter_complex', graph]
    for i in range(n):
        cmd += ['-map', '[o%d]' % i, '-frames:v', str(frames), '-f', 'null',
                '-']
    return cmd


def measure(cmd, log=None):
    """Wall seconds, processor seconds and peak MiB of one process; processor
    seconds are with those of its children. What it says goes into the file log."""
    start = time.monotonic()
    child = subprocess.Popen(cmd, stdout=log, stderr=log)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit('bench: status %d: %s' % (child.returncode, ' '.join(cmd)))
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def variants(rig, interp, fmt, threads, others='v360 OpenCV'):
    """Name -> command of a number of frames; ours and the others named."""
    n = RIGS[rig][0]
    names = {'all': 'AVX-512', 'avx2': 'AVX2', '0': 'C'}
    found = {}
    if 'v360' in others:
        found['v360'] = functools.partial(
            command, stock(rig, interp), n, fmt=fmt, threads=threads,
            level='all')
    for level in levels() or ['0']:
        found['v360batch ' + names[level]] = functools.partial(
            command, ours(rig, interp), n, fmt=fmt, threads=threads,
            level=level)
    if 'OpenCV' in others and fmt == 'yuv420p' and has_opencv():
        found['OpenCV'] = lambda frames: opencv(rig, interp, frames, threads)
    return found


def job(runs, frames, found, quick=False):
    """Variant -> (first wall, first cpu, peak, wall ms, cpu ms a frame).

    Medians of the runs of each length, in turn for all variants. quick does
    without the run of two frames and takes the least: what else a machine does
    only adds to it.
    """
    lengths = sorted({1, 2 - quick, 2 + frames - quick})
    short, long = lengths[-2:]
    of = min if quick else statistics.median
    taken = {name: {n: [] for n in lengths} for name in found}
    for _ in range(runs):
        for name, cmd in found.items():
            for n in lengths:
                taken[name][n].append(measure(cmd(n)))
    rows = {}
    for name, by_length in taken.items():
        t = {n: [of(column) for column in zip(*results)]
             for n, results in by_length.items()}
        rows[name] = (*t[1], *(1000 * (t[long][i] - t[short][i]) / frames
                               for i in (0, 1)))
    return rows


def paths(rig, interp, fmt, level):
    """Share of the samples that the fast kernels made, in per cent."""
    cmd = command(ours(rig, interp), RIGS[rig][0], 1, fmt, 2, level, 'debug')
    log = subprocess.run(cmd, stderr=subprocess.PIPE, check=True).stderr
    shares = [(float(u), float(i)) for u, i in re.findall(
        rb'samples in blocks ([\d.]+) %, inside ([\d.]+) %', log)]
    return max(shares)


def grids_ms(level, runs=5):
    """Processor time for eight grids of 1920x1080 that share nothing: what a
    frame takes more with them than with views that share one grid. The best of
    some runs each."""
    def best(view):
        views = '|'.join(view % (5 * i) for i in range(1, 9))
        graph = '[0:v]v360batch=views=%s:w=1920:h=1080:h_fov=90%s' % (views,
                                                                      pads(8))
        cmd = command(graph, 8, 1, 'yuv420p', 2, level)
        return min(measure(cmd)[1] for _ in range(runs))

    return (best('pitch=%d') - best('pitch=40 yaw=%d')) * 1000 * 8 / 7


def per_sample(ms, rig):
    n, w, h = RIGS[rig]
    return ms * 1e6 / (n * w * h * 1.5)


def machine():
    model = 'unknown processor'
    with open('/proc/cpuinfo', encoding='ascii', errors='replace') as f:
        for line in f:
            if line.startswith('model name'):
                model = line.split(':', 1)[1].strip()
                break
    version = subprocess.run([FFMPEG, '-version'], stdout=subprocess.PIPE,
                             check=True).stdout.decode().split()[2]
    return '%s, %d processors, FFmpeg %s' % (
        model, len(os.sched_getaffinity(0)), version)
