# The Python tests share this: programs, formats, results, the choice of tests by name,
# and runs of ffmpeg on raw planes. FFMPEG, FFPROBE and V360RIG name other
# programs than those of build/. Licence: LGPL-2.1-or-later.
"""Runs v360batch, or stock v360 once per view, on arrays; prints results."""

import argparse
import collections
import functools
import os
import subprocess
import sys
import tempfile
import traceback

import numpy as np

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '../../..'))
for _name in ('ffmpeg', 'ffprobe', 'v360rig'):
    os.environ.setdefault(_name.upper(), os.path.join(ROOT, 'build', _name))
    # Tests go on in another folder. A name alone is one for PATH.
    if os.sep in os.environ[_name.upper()]:
        os.environ[_name.upper()] = os.path.abspath(os.environ[_name.upper()])
FFMPEG, FFPROBE, V360RIG = (os.environ[_name] for _name in ('FFMPEG', 'FFPROBE', 'V360RIG'))
SPLIT360 = os.environ.get('SPLIT360', os.path.join(ROOT, 'scripts', 'split360'))

Format = collections.namedtuple('Format', 'dtype planes mask')


def _format(mask, *planes):
    """mask: which bits of a sample may be set. planes: (sx, sy, components) of each."""
    return Format(np.uint16 if mask > 0xff else np.uint8, planes, mask)


_ONE, _ALL, _420, _422 = (1, 1, 1), ((1, 1, 1),) * 3, ((2, 2, 1),) * 2, ((2, 1, 1),) * 2
FORMATS = {
    'gray': _format(0xff, _ONE),
    'gray9le': _format(0x1ff, _ONE),
    'gray10le': _format(0x3ff, _ONE),
    'gray12le': _format(0xfff, _ONE),
    'gray16le': _format(0xffff, _ONE),
    'gbrp': _format(0xff, *_ALL),
    'gbrp10le': _format(0x3ff, *_ALL),
    'gbrp16le': _format(0xffff, *_ALL),
    'gbrap': _format(0xff, *_ALL, _ONE),
    'rgb0': _format(0xff, (1, 1, 4)),
    'rgba': _format(0xff, (1, 1, 4)),
    'yuv410p': _format(0xff, _ONE, (4, 4, 1), (4, 4, 1)),
    'yuv420p': _format(0xff, _ONE, *_420),
    'yuvj420p': _format(0xff, _ONE, *_420),
    'yuva420p': _format(0xff, _ONE, *_420, _ONE),
    'yuv420p10le': _format(0x3ff, _ONE, *_420),
    'yuv420p16le': _format(0xffff, _ONE, *_420),
    'yuv422p': _format(0xff, _ONE, *_422),
    'yuvj422p': _format(0xff, _ONE, *_422),
    'yuv422p12le': _format(0xfff, _ONE, *_422),
    'yuv422p16le': _format(0xffff, _ONE, *_422),
    'yuva422p16le': _format(0xffff, _ONE, *_422, _ONE),
    'yuv444p': _format(0xff, *_ALL),
    'yuv444p14le': _format(0x3fff, *_ALL),
    'nv12': _format(0xff, _ONE, (2, 2, 2)),
    'nv24': _format(0xff, _ONE, (1, 1, 2)),
    'p010le': _format(0xffc0, _ONE, (2, 2, 2)),
    'p016le': _format(0xffff, _ONE, (2, 2, 2)),
    'p216le': _format(0xffff, _ONE, (2, 1, 2)),
}


class Report:
    """Lines `ok - name (figures)`, and their sum."""

    def __init__(self):
        self.failed = self.passed = self.skipped = 0
        self.options = None     # set by main()

    def check(self, good, name, detail=''):
        detail = ' '.join(str(detail).split())[-1000:]
        print(f"{'ok' if good else 'not ok'} - {name}{detail and f' ({detail})'}", flush=True)
        self.failed += not good
        self.passed += bool(good)
        return good

    def skip(self, name, reason):
        print(f'skip - {name} ({reason})', flush=True)
        self.skipped += 1

    def sum_up(self):
        print(f'# {self.passed} passed, {self.failed} failed, {self.skipped} skipped')


def main(module, add_options=lambda parser: None, prepare=lambda: None):
    """Runs the functions test_...(rep) of a module, given by globals(), in their
    order, or those that the command line names, in a folder of their own, which
    prepare() may fill. Ends the program, with 1 if any check failed."""
    tests = {name: f for name, f in module.items() if name.startswith('test_')}
    parser = argparse.ArgumentParser(
        description=module['__doc__'], formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('names', metavar='NAME', nargs='*', help='tests to run, by default all')
    parser.add_argument('--list', action='store_true', help='print the names of all tests')
    add_options(parser)
    rep = Report()
    rep.options = parser.parse_args()
    if rep.options.list:
        print(*tests, sep='\n')
        sys.exit()
    for name in rep.options.names:
        if name not in tests:
            parser.error(f"no test '{name}'; --list prints their names")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        prepare()
        for name in rep.options.names or tests:
            try:
                tests[name](rep)
            except Exception as error:
                traceback.print_exc()
                rep.check(False, name, repr(error))
        os.chdir(ROOT)
    rep.sum_up()
    sys.exit(rep.failed > 0)


def guarded(func):
    """A check that cannot run has failed; the checks after it still run."""
    @functools.wraps(func)
    def inner(rep, *args, **kw):
        try:
            return func(rep, *args, **kw)
        except (RuntimeError, ValueError, IndexError) as e:
            given = ' '.join(a for a in args if isinstance(a, str))
            return rep.check(False, f'{func.__name__} {given}',
                             ' / '.join(str(e).strip().splitlines()[-2:]))
    return inner


def view_text(views):
    """The views= option: fields by spaces, views by |."""
    return '|'.join(' '.join(f'{k}={v}' for k, v in vw.items()
                             if v is not None) for vw in views)


def batch_graph(views, options='', rig=None):
    pads = ''.join(f'[o{i}]' for i in range(len(views)))
    what = 'rig=' + rig if rig else 'views=' + view_text(views)
    return f"[0:v]v360batch={what}{options and ':' + options}{pads}"


def stock_graph(views, options=''):
    """split + one stock v360 a view, whose angles must lie within +-180."""
    n = len(views)
    parts = [f'[0:v]split={n}' + ''.join(f'[i{i}]' for i in range(n))]
    for i, vw in enumerate(views):
        vw = dict(vw, **{k: (vw.get(k, 0) + 180) % 360 - 180
                         for k in ('yaw', 'roll')})
        if vw.get('h_fov') and not vw.get('v_fov'):
            tan = np.tan(np.radians(vw['h_fov']) / 2) * vw['h'] / vw['w']
            vw['v_fov'] = np.degrees(2 * np.arctan(tan))
        vw.setdefault('output', 'flat')
        fields = ':'.join(f'{k}={v}' for k, v in vw.items()
                          if v is not None and k != 'name')
        parts.append(f"[i{i}]v360=input=e:{fields}{options and ':' + options}[o{i}]")
    return ';'.join(parts)


def pack(frames, fmt):
    """Frames (lists of planes; components on a last axis) -> raw bytes."""
    dtype = FORMATS[fmt].dtype
    return b''.join(np.ascontiguousarray(p, dtype).tobytes()
                    for f in frames for p in f)


def unpack(data, fmt, w, h):
    dtype, planes, _ = FORMATS[fmt]
    shapes = [(-(-h // sy), -(-w // sx)) + ((n,) if n > 1 else ())
              for sx, sy, n in planes]
    sizes = [int(np.prod(s)) for s in shapes]
    flat = np.frombuffer(data, dtype)
    if not len(flat) or len(flat) % sum(sizes):
        raise ValueError(f'{len(flat)} samples are not whole frames of {w}x{h} {fmt}')
    frames = []
    for one in flat.reshape(-1, sum(sizes)):
        parts = np.split(one, np.cumsum(sizes)[:-1])
        frames.append([p.reshape(s) for p, s in zip(parts, shapes)])
    return frames


def rig(*args, silent=False):
    """The output of v360rig, which has to end well; if it is to be silent, without a
    word on standard error."""
    done = subprocess.run([V360RIG, *args], capture_output=True)
    if done.returncode or (silent and done.stderr):
        raise RuntimeError(f"v360rig {' '.join(args)}: {done.stderr.decode()}")
    return done.stdout.decode()


def listed(what):
    """Lines of `v360rig projections`, presets or interpolations, as lists of words."""
    return [line.split() for line in rig(what).splitlines()]


def ffmpeg(*args, **kw):
    """The output of ffmpeg, which has to end well."""
    return subprocess.run([FFMPEG, '-nostdin', '-v', 'error', '-y', *args], check=True,
                          capture_output=True, **kw).stdout


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
               f'{size[0]}x{size[1]}'] + list(in_args) + ['-i', source,
                                                  '-filter_complex', graph]
        for i, out in enumerate(outputs):
            cmd += ['-map', f'[o{i}]'] + list(out_args)
            cmd += ['-f', 'rawvideo', '-pix_fmt', (out + (fmt,))[2],
                    os.path.join(tmp, f'{i}.raw')]
        done = run(cmd)
        if done.returncode:
            said = done.stderr.decode(errors='replace')[-2000:]
            raise RuntimeError(f'{FFMPEG} failed, status {done.returncode}: {graph}\n{said}')
        result = []
        for i, out in enumerate(outputs):
            with open(os.path.join(tmp, f'{i}.raw'), 'rb') as f:
                result.append(unpack(f.read(), (out + (fmt,))[2], *out[:2]))
        return result


def views_remap(frames, fmt, size, views, options='', stock=False, **kw):
    graph = (stock_graph if stock else batch_graph)(views, options)
    return remap(frames, fmt, size, graph,
                 [(vw['w'], vw['h']) for vw in views], **kw)
