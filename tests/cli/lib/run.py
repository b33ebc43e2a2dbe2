# What the Python checks share: running ffmpeg on raw planes, and reporting.
# Licence: LGPL-2.1-or-later.
"""Runs v360batch, or stock v360 once per view, on arrays; prints results."""

import functools
import os
import subprocess
import sys
import tempfile

import numpy as np

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '../../..'))
FFMPEG = os.environ.get('FFMPEG', os.path.join(ROOT, 'build', 'ffmpeg'))

# Pixel format -> (sample type, [(sx, sy, components) of each plane]).
FORMATS = {
    'gray': (np.uint8, [(1, 1, 1)]),
    'gray10le': (np.uint16, [(1, 1, 1)]),
    'gray12le': (np.uint16, [(1, 1, 1)]),
    'gray16le': (np.uint16, [(1, 1, 1)]),
    'gbrp16le': (np.uint16, [(1, 1, 1)] * 3),
    'gbrp': (np.uint8, [(1, 1, 1)] * 3),
    'gbrap': (np.uint8, [(1, 1, 1)] * 4),
    'yuv444p': (np.uint8, [(1, 1, 1)] * 3),
    'yuv420p': (np.uint8, [(1, 1, 1)] + [(2, 2, 1)] * 2),
    'yuvj420p': (np.uint8, [(1, 1, 1)] + [(2, 2, 1)] * 2),
    'yuv422p': (np.uint8, [(1, 1, 1)] + [(2, 1, 1)] * 2),
    'yuv420p10le': (np.uint16, [(1, 1, 1)] + [(2, 2, 1)] * 2),
    'yuv420p16le': (np.uint16, [(1, 1, 1)] + [(2, 2, 1)] * 2),
    'yuv422p16le': (np.uint16, [(1, 1, 1)] + [(2, 1, 1)] * 2),
    'nv12': (np.uint8, [(1, 1, 1), (2, 2, 2)]),
    'p010le': (np.uint16, [(1, 1, 1), (2, 2, 2)]),
    'p016le': (np.uint16, [(1, 1, 1), (2, 2, 2)]),
    'rgb0': (np.uint8, [(1, 1, 4)]),
}


class Report:
    """Lines `ok - name (figures)`; finish() exits 1 if any check failed."""

    def __init__(self):
        self.failed = self.passed = self.skipped = 0

    def check(self, good, name, detail):
        print('%s - %s (%s)' % ('ok' if good else 'not ok', name, detail),
              flush=True)
        self.failed += not good
        self.passed += bool(good)
        return good

    def skip(self, name, reason):
        print('skip - %s (%s)' % (name, reason), flush=True)
        self.skipped += 1

    def finish(self):
        print('# %d passed, %d failed, %d skipped' % (
            self.passed, self.failed, self.skipped))
        sys.exit(1 if self.failed else 0)


def guarded(func):
    """A check that cannot run has failed; those after it still run."""
    @functools.wraps(func)
    def inner(rep, *args, **kw):
        try:
            return func(rep, *args, **kw)
        except (RuntimeError, ValueError, IndexError) as e:
            given = ' '.join(a for a in args if isinstance(a, str))
            return rep.check(False, '%s %s' % (func.__name__, given),
                             ' / '.join(str(e).strip().splitlines()[-2:]))
    return inner


def view_text(views):
    """The views= option: fields by spaces, views by |."""
    return '|'.join(' '.join('%s=%s' % (k, v) for k, v in vw.items()
                             if v is not None) for vw in views)


def batch_graph(views, options='', rig=None):
    pads = ''.join('[o%d]' % i for i in range(len(views)))
    what = 'rig=' + rig if rig else 'views=' + view_text(views)
    return '[0:v]v360batch=%s%s%s' % (what, options and ':' + options, pads)


def stock_graph(views, options=''):
    """split + one stock v360 a view, whose angles must lie within +-180."""
    n = len(views)
    parts = ['[0:v]split=%d%s' % (n, ''.join('[i%d]' % i for i in range(n)))]
    for i, vw in enumerate(views):
        vw = dict(vw, **{k: (vw.get(k, 0) + 180) % 360 - 180
                         for k in ('yaw', 'roll')})
        if vw.get('h_fov') and not vw.get('v_fov'):
            tan = np.tan(np.radians(vw['h_fov']) / 2) * vw['h'] / vw['w']
            vw['v_fov'] = np.degrees(2 * np.arctan(tan))
        vw.setdefault('output', 'flat')
        fields = ':'.join('%s=%s' % kv for kv in vw.items()
                          if kv[1] is not None and kv[0] != 'name')
        parts.append('[i%d]v360=input=e:%s%s[o%d]' %
                     (i, fields, options and ':' + options, i))
    return ';'.join(parts)


def pack(frames, fmt):
    """Frames (lists of planes; components on a last axis) -> raw bytes."""
    dtype = FORMATS[fmt][0]
    return b''.join(np.ascontiguousarray(p, dtype).tobytes()
                    for f in frames for p in f)


def unpack(data, fmt, w, h):
    dtype, layout = FORMATS[fmt]
    shapes = [(-(-h // sy), -(-w // sx)) + ((n,) if n > 1 else ())
              for sx, sy, n in layout]
    sizes = [int(np.prod(s)) for s in shapes]
    flat = np.frombuffer(data, dtype)
    if not len(flat) or len(flat) % sum(sizes):
        raise ValueError('%d samples are no whole frames of %dx%d %s' %
                         (len(flat), w, h, fmt))
    frames = []
    for one in flat.reshape(-1, sum(sizes)):
        parts = np.split(one, np.cumsum(sizes)[:-1])
        frames.append([p.reshape(s) for p, s in zip(parts, shapes)])
    return frames


def run(args, **kw):
    return subprocess.run([FFMPEG, '-hide_banner', '-nostdin', '-y'] + args,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw)


def remap(frames, fmt, size, graph, outputs, in_args=(), out_args=()):
    """Feed raw frames through a graph with pads [o0]..; -> frames per pad.

    outputs: (w, h) of each pad, or (w, h, pixel format).
    """
    with tempfile.TemporaryDirectory() as tmp:
        source = os.path.join(tmp, 'in.raw')
        with open(source, 'wb') as f:
            f.write(pack(frames, fmt))
        cmd = ['-v', 'error', '-f', 'rawvideo', '-pix_fmt', fmt, '-s',
               '%dx%d' % size] + list(in_args) + ['-i', source,
                                                  '-filter_complex', graph]
        for i, out in enumerate(outputs):
            cmd += ['-map', '[o%d]' % i] + list(out_args)
            cmd += ['-f', 'rawvideo', '-pix_fmt', (out + (fmt,))[2],
                    os.path.join(tmp, '%d.raw' % i)]
        done = run(cmd)
        if done.returncode:
            raise RuntimeError('%s failed, status %d: %s\n%s' % (
                FFMPEG, done.returncode, graph,
                done.stderr.decode(errors='replace')[-2000:]))
        result = []
        for i, out in enumerate(outputs):
            with open(os.path.join(tmp, '%d.raw' % i), 'rb') as f:
                result.append(unpack(f.read(), (out + (fmt,))[2], *out[:2]))
        return result


def views_remap(frames, fmt, size, views, options='', stock=False, **kw):
    graph = (stock_graph if stock else batch_graph)(views, options)
    return remap(frames, fmt, size, graph,
                 [(vw['w'], vw['h']) for vw in views], **kw)
