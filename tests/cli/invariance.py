#!/usr/bin/python3 -B
# Company, order, threads, closed pads and the way in which a value is set change not a
# byte of a view; and what has to travel with the frames does so.
# Licence: LGPL-2.1-or-later.
"""Compares outputs of v360batch byte for byte."""

import glob
import json
import os
import re
import subprocess
import tempfile

import numpy as np

from lib import reference as ref
from lib.run import FFPROBE, FORMATS, ROOT, batch_graph, guarded, main, remap, run

W, H = 256, 128
RIGS = {
    'ring8': ref.preset('ring8', 48, 36, h_fov=75.),
    'colmap12': ref.preset('colmap12', 32, 32, h_fov=90.),
    'mixed': [dict(ref.view(*a, w=w, h=h, h_fov=f), name=f'v{i}')
              for i, (a, w, h, f) in enumerate([
                  ((0, 0, 0), 64, 48, 90.), ((33.3, 12, 5), 31, 47, 60.),
                  ((120.1, 12, 5), 31, 47, 60.),
                  ((-170, -80, 90), 50, 50, 110.),
                  ((180, 90, 0), 33, 33, 75.), ((0, 0, 0), 64, 48, 90.),
                  ((0.7, 0, 0), 64, 48, 90.), ((359.9, 0, 0), 64, 48, 90.)])],
}


def noise_frames(fmt, n=2, size=(W, H), seed=1):
    rng = np.random.default_rng(seed)
    dtype, planes, mask = FORMATS[fmt]
    # Samples of yuv420p10le may lie beyond their depth: see beyond_depth().
    mask = 0xffff if fmt == 'yuv420p10le' else mask
    top = 1 << (8 * np.dtype(dtype).itemsize)
    return [[rng.integers(0, top, (-(-size[1] // sy), -(-size[0] // sx), c))
             & mask for sx, sy, c in planes] for _ in range(n)]


def sizes(views):
    return [(v['w'], v['h']) for v in views]


def bytes_of(pads):
    return [b''.join(np.ascontiguousarray(p).tobytes() for f in pad for p in f)
            for pad in pads]


def together(frames, fmt, views, options='', threads=None, **kw):
    args = ['-filter_complex_threads', str(threads)] if threads else []
    return bytes_of(remap(frames, fmt, (W, H), batch_graph(views, options),
                          sizes(views), in_args=args, **kw))


def alone(frames, fmt, views, options=''):
    n = len(views)
    graph = f'[0:v]split={n}' + ''.join(f'[i{i}]' for i in range(n))
    for i, vw in enumerate(views):
        graph += ';' + batch_graph([vw], options).replace(
            '[0:v]', f'[i{i}]').replace('[o0]', f'[o{i}]')
    return bytes_of(remap(frames, fmt, (W, H), graph, sizes(views)))


def differing(a, b):
    return [i for i, (p, q) in enumerate(zip(a, b)) if p != q] + \
        (['count'] if len(a) != len(b) else [])


def same(rep, name, a, b):
    bad = differing(a, b)
    # A view may be black, where it sees nothing of the source; not all are.
    nothing = not a or not all(a) or not any(any(p) for p in a)
    rep.check(not bad and not nothing, name,
              'no output' if nothing else f'pads that differ: {bad}' if bad
              else f'{len(a)} pads, {sum(map(len, a))} bytes')


@guarded
def company_order_threads(rep, rig, fmt, options):
    views, frames = RIGS[rig], noise_frames(fmt)
    what = ' '.join((rig, fmt, options))
    one = together(frames, fmt, views, options, 1)
    same(rep, 'N views are N filters: ' + what, one,
         alone(frames, fmt, views, options))
    same(rep, '1, 2 and 3 threads: ' + what, one * 2,
         together(frames, fmt, views, options, 2) +
         together(frames, fmt, views, options, 3))
    same(rep, 'any order of views: ' + what, one[::-1],
         together(frames, fmt, views[::-1], options))


@guarded
def preset_is_text(rep, name):
    frames, views = noise_frames('yuv420p'), RIGS[name]
    w, h, h_fov = (views[0][k] for k in ('w', 'h', 'h_fov'))
    graph = batch_graph(views, f'w={w}:h={h}:h_fov={h_fov:g}', name)
    got = remap(frames, 'yuv420p', (W, H), graph, sizes(views))
    same(rep, f'rig={name} is its views as text', bytes_of(got),
         together(frames, 'yuv420p', views))


@guarded
def high_bits(rep, interp):
    """P010 is yuv420p10 << 6."""
    views, msb = RIGS['mixed'], noise_frames('p010le')
    lsb = [[y >> 6, uv[..., :1] >> 6, uv[..., 1:] >> 6] for y, uv in msb]
    graph = batch_graph(views, 'interp=' + interp)
    a, b = (remap(frames, fmt, (W, H), graph, sizes(views))
            for frames, fmt in ((msb, 'p010le'), (lsb, 'yuv420p10le')))
    shifted = [[[np.asarray(y) >> 6, np.asarray(uv)[..., 0] >> 6,
                 np.asarray(uv)[..., 1] >> 6] for y, uv in pad] for pad in a]
    same(rep, 'p010le is yuv420p10le << 6, ' + interp, bytes_of(shifted),
         bytes_of(b))


@guarded
def beyond_depth(rep, interp):
    """A raw file's samples beyond their depth count as its largest value."""
    views, noise = RIGS['mixed'], noise_frames('yuv420p10le')
    clipped = [[np.minimum(p, 1023) for p in planes] for planes in noise]
    graph = batch_graph(views, 'interp=' + interp)
    want = bytes_of(remap(clipped, 'yuv420p10le', (W, H), graph, sizes(views)))
    for flags in ('all', '0'):
        same(rep, f'samples beyond their depth, {interp}, CPU flags {flags}', bytes_of(remap(
                noise, 'yuv420p10le', (W, H), graph, sizes(views),
                in_args=['-cpuflags', flags])), want)


@guarded
def test_wrap(rep):
    """A place that is the source's width to the right is column 0 for the
    widest kernel, too: its last tap has a weight at each phase. The source is
    so narrow that its seam is not copied."""
    w, h = 64, 32
    source = np.random.default_rng(3).integers(0, 256, (h, w, 1))
    views = [dict(ref.view(yaw, 0, 0, w=w, h=h), output='equirect')
             for yaw in (0, 360 * 5 / w, 360 * 63 / w)]
    for v in views:
        del v['h_fov'], v['v_fov']
    for flags in ('all', '0'):
        got = [np.asarray(pad[0][0]) for pad in remap(
            [[source]], 'gray', (w, h), batch_graph(views, 'interp=gauss'),
            sizes(views), in_args=['-cpuflags', flags])]
        bad = [yaw for yaw, view in zip((5, 63), got[1:])
               if not np.array_equal(view, np.roll(got[0], -yaw, axis=1))]
        rep.check(not bad and got[0].std() > 0,
                  f'columns that are wrapped, CPU flags {flags}', str(bad))


@guarded
def test_closed_pads(rep):
    """A pad that ends early changes nothing on the others."""
    frames, views = noise_frames('yuv420p', 6), RIGS['ring8']
    full = together(frames, 'yuv420p', views)
    graph = batch_graph(views).replace('[o2]', '[x]') + \
        ';[x]trim=end_frame=1[o2]'
    got = bytes_of(remap(frames, 'yuv420p', (W, H), graph, sizes(views)))
    one = len(full[2]) // 6
    same(rep, 'a pad closed after a frame', got,
         full[:2] + [full[2][:one]] + full[3:])
    # The filter must also end when nobody listens any more.
    graph = batch_graph(views)
    for i in range(8):
        graph = graph.replace(f'[o{i}]', f'[x{i}]')
        graph += f';[x{i}]trim=end_frame={1 + i % 3}[o{i}]'
    got = bytes_of(remap(frames, 'yuv420p', (W, H), graph, sizes(views)))
    same(rep, 'all pads closed early', got,
         [f[:one * (1 + i % 3)] for i, f in enumerate(full)])


@guarded
def stereo(rep, fmt, layout, eye):
    views = RIGS['mixed'][:4]
    size, second = {'sbs': ((2 * W, H), (W, 0)),
                    'tb': ((W, 2 * H), (0, H))}[layout]
    frames = noise_frames(fmt, 2, size)
    got = remap(frames, fmt, size, batch_graph(
        views, f'in_stereo={layout}:eye={eye}'), sizes(views))
    x, y = second if eye == 'right' else (0, 0)
    crop = f'crop={W}:{H}:{x}:{y},'
    mono = remap(frames, fmt, size, batch_graph(views).replace(
        '[0:v]', '[0:v]' + crop), sizes(views))
    same(rep, f'{layout}, {eye} eye is a crop, {fmt}',
         bytes_of(got), bytes_of(mono))


@guarded
def test_both_eyes(rep):
    views = RIGS['mixed'][:2]
    each = [dict(v, eye=e) for v in views for e in ('left', 'right')]
    each = [dict(v, name=f'e{i}') for i, v in enumerate(each)]
    frames, size = noise_frames('gray', 1, (W, 2 * H)), (W, 2 * H)
    one = remap(frames, 'gray', size, batch_graph(each, 'in_stereo=tb'),
                sizes(each))
    pair = [dict(v, eye='both') for v in views]
    two = remap(frames, 'gray', size, batch_graph(pair, 'in_stereo=tb')
                + '[o2][o3]', sizes(each))
    same(rep, 'eye=both is left, then right', bytes_of(two), bytes_of(one))


@guarded
def command(rep, target, field, value, view):
    """Commands set absolute values, and touch one view."""
    n = 6
    frames = noise_frames('yuv420p', n)
    start = [dict(v, name='abc'[i]) for i, v in enumerate(RIGS['mixed'][:3])]
    # The command is sent twice: a relative one would move the view twice.
    script = ';'.join(f'{t:g} v360batch {target}.{field} {value:g}'
                      for t in (0.07, 0.15))
    graph = batch_graph(start).replace(
        '[0:v]', f"[0:v]sendcmd=c='{script}',")
    got = bytes_of(remap(frames, 'yuv420p', (W, H), graph, sizes(start)))
    then = [dict(v) for v in start]
    then[view][field] = value
    before = together(frames, 'yuv420p', start)
    after = together(frames, 'yuv420p', then)
    cut = [2 * len(b) // n for b in before]     # frames 0, 1 at 0, 0.04 s
    want = [b[:c] + a[c:] for a, b, c in zip(after, before, cut)]
    bad = differing(got, want)
    rep.check(before[view] != after[view] and not bad,
              f'command {target}.{field} {value:g}',
              f'pads that differ: {bad}' if bad
              else 'as configured from the start')


def probe(graph, entries):
    done = subprocess.run(
        [FFPROBE, '-v', 'error', '-f', 'lavfi', '-i', graph, '-of', 'json',
         '-show_entries', entries], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors='replace')[-1000:])
    return json.loads(done.stdout)


@guarded
def test_carried(rep):
    """Metadata, aspect ratio and timestamps on the frames of each pad."""
    source = "testsrc2=s=128x64:r=25:d=0.4,select='not(eq(n,3))',setsar=9/16"
    text = 'name=a yaw=30 h_fov=80|name=b yaw=-200 pitch=-45 roll=7 h_fov=60'
    got = probe(source + ',v360batch=views=' + text +
                ':w=32:h=32[out0][out1]', 'frame')['frames']
    inputs = probe(source, 'frame=pts,duration')['frames']
    want = [('a', 30, 0, 0, 80, 80), ('b', 160, -45, 7, 60, 60)]
    keys = ('yaw', 'pitch', 'roll', 'h_fov', 'v_fov')
    for i, values in enumerate(want):
        frames = [f for f in got if f['stream_index'] == i]
        bad = [f.get('tags') for f in frames if
               f.get('tags', {}).get('lavfi.v360batch.view') != values[0]
               or any(angle_off(f['tags'].get('lavfi.v360batch.' + k), v)
                      for k, v in zip(keys, values[1:]))]
        rep.check(frames and not bad, 'metadata of view ' + values[0],
                  str(bad[0]) if bad else f'{len(frames)} frames')
        sar = {f.get('sample_aspect_ratio') for f in frames}
        rep.check(sar == {'1:1'}, 'square samples of view ' + values[0],
                  str(sar))
        times = [[f.get(k) for k in ('pts', 'duration')] for f in frames]
        rep.check(times == [[f.get(k) for k in ('pts', 'duration')]
                            for f in inputs] and times,
                  'timestamps of view ' + values[0], str(times[:4]))


@guarded
def test_stream_side_data(rep):
    """Encoders and muxers are told of the stream apart from its frames."""
    def stereo(name):
        done = subprocess.run([FFPROBE, '-v', 'error', '-show_entries',
                               'stream_side_data', name],
                              stdout=subprocess.PIPE, check=True)
        return b'stereo' in done.stdout.lower()
    with tempfile.TemporaryDirectory() as tmp:
        names = [os.path.join(tmp, n) for n in ('in.mkv', 'out.mkv')]
        for args in (['-f', 'lavfi', '-i', 'testsrc2=s=64x64:d=0.1',
                      '-metadata:s:v', 'stereo_mode=top_bottom'],
                     ['-i', names[0], '-filter_complex',
                      'v360batch=in_stereo=tb:views=w=32 h=32']):
            target = names['-filter_complex' in args]
            done = run(args + ['-c:v', 'ffv1', target])
            assert done.returncode == 0, done.stderr[-1000:]
        before, after = map(stereo, names)
    rep.check(before and not after, 'no stereo side data on flat streams',
              f'source {before}, view {after}')


def angle_off(text, value):
    """Angles may be written wrapped; %g typically keeps 1e-3 degrees."""
    try:
        return abs((float(text) - value + 180) % 360 - 180) > 1e-3
    except (TypeError, ValueError):
        return True


@guarded
def test_spherical_side_data(rep):
    clips = glob.glob(os.path.join(ROOT, '..', 'shared', 'data', '*tb.mp4'))
    if not clips:
        rep.skip('spherical side data', 'no clip in ../shared/data has any')
        return
    def count(graph):
        done = run(['-i', clips[0], '-filter_complex', graph, '-map', '[o]',
                    '-frames:v', '2', '-f', 'null', '-'])
        log = done.stderr.decode(errors='replace').lower()
        assert done.returncode == 0, log[-1000:]
        return log.count('side data - spherical'), \
            log.count('side data - stereo'), log.count(' n: ')
    if b' showinfo ' not in run(['-v', 'error', '-filters']).stdout:
        rep.skip('spherical side data', 'this ffmpeg has no showinfo filter')
        return
    before = count('[0:v]showinfo[o]')
    after = count('[0:v]v360batch=views=w=64 h=64:in_stereo=tb,showinfo[o]')
    rep.check(before[0] and not any(after[:2]) and after[2],
              'no spherical nor stereo side data on flat views',
              f'spherical {before[0]} -> {after[0]}, stereo {before[1]} -> {after[1]}')


def checksums(source, graph, delay):
    """Of all frames of the pads o0, o1 and so on, with their time stamps."""
    graph = graph.replace('v360batch=', f'v360batch=delay={delay}:')
    pads = sorted(set(re.findall(r'\[o\d+\]', graph)))
    done = run(['-i', source, '-filter_complex', graph] +
               [arg for pad in pads for arg in ('-map', pad)] +
               ['-f', 'framemd5', '-'])
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors='replace'))
    return [line for line in done.stdout.decode().splitlines() if line[0] != '#']


@guarded
def test_pairs(rep):
    """Frames that are remapped by two are those that are remapped one by one, with the
    colours of the source and with others."""
    for colours in ('', ',format=yuv444p', ',format=rgb24'):
        graph = ('v360batch=w=48:h=36:views=yaw=10|pitch=20|pitch=50 yaw=180[a][b][c];' +
                 ';'.join(f'[{pad}]null{colours}[o{i}]' for i, pad in enumerate('abc')))
        for n in (1, 2, 5, 8):
            with tempfile.TemporaryDirectory() as tmp:
                name = os.path.join(tmp, 'in.mkv')
                run(['-f', 'lavfi', '-i', 'testsrc2=s=256x128:r=25', '-frames:v', str(n),
                     '-c:v', 'ffv1', name])
                one, two = (checksums(name, graph, d) for d in (0, 1000))
            rep.check(one == two and len(one) == 3 * n, f'pairs of {n} frames{colours}',
                      f'{len(one)} and {len(two)} views')


@guarded
def test_sizes_change(rep):
    """ffmpeg configures another filtergraph, and no frame is lost in the first one."""
    first, second = 'v360batch=output=equirect:w=128:h=64:views=pitch=-3', \
        'v360batch=w=32:h=32:views=yaw=60'
    with tempfile.TemporaryDirectory() as tmp:
        name = os.path.join(tmp, 'in.mjpeg')
        with open(name, 'wb') as f:
            # The filter holds the last frame of even numbers: the first goes at once.
            for size, n in (('256x128', 4), ('128x64', 3), ('64x32', 2), ('256x128', 4)):
                done = run(['-f', 'lavfi', '-i', f'testsrc2=s={size}:r=25', '-frames:v',
                            str(n), '-f', 'mjpeg', '-'])
                f.write(done.stdout)
        for graph in (f'{second}[o0]', f'{first}[p];[p]{second}[o0]',
                      f'[p]{second}[o0];[0:v]{first}[p]',
                      f'{first}[p];[p]{first}[q];[q]{second}[o0]'):
            one, two = (checksums(name, graph, d) for d in (0, 1000))
            rep.check(one == two and len(one) == 13, f'sizes change: {graph}',
                      f'{len(one)} and {len(two)} frames of 13')


@guarded
def test_seam(rep):
    """Views across the seam take the way of all others, in all planes."""
    done = run(['-v', 'debug', '-f', 'lavfi', '-i', 'testsrc2=s=1024x512:d=0.04',
                '-filter_complex', batch_graph(RIGS['ring8'], 'w=256:h=144', 'ring8')] +
               [arg for i in range(8) for arg in ('-map', f'[o{i}]')] + ['-f', 'null', '-'])
    shares = re.findall(rb'at borders ([0-9.]+) %', done.stderr)
    rep.check(shares and float(shares[-1]) == 0, 'no sample of a ring is at a border',
              f'{shares}')


def test_company(rep):
    for rig in RIGS:
        for fmt, options in (('yuv420p', ''), ('nv12', 'interp=cube'),
                             ('gray16le', 'interp=near')):
            company_order_threads(rep, rig, fmt, options)
    for fmt, options in (
            ('rgb0', ''), ('p010le', 'interp=lanc'),
            ('yuv422p', 'chroma_loc=topleft'),
            ('gbrap', 'alpha_mask=1:input=fisheye'),
            ('yuv420p', 'input=dfisheye:fill=red'), ('gray', 'input=eac'),
            ('gray', 'input=c3x2'), ('gray', 'input=cylindrical'),
            ('yuv420p', 'rorder=rpy')):
        company_order_threads(rep, 'mixed', fmt, options)


def test_presets(rep):
    preset_is_text(rep, 'ring8')
    preset_is_text(rep, 'colmap12')


def test_depth(rep):
    for interp in ('line', 'cube', 'sp16'):
        high_bits(rep, interp)
    for interp in ('cube', 'sp16'):
        beyond_depth(rep, interp)


def test_stereo(rep):
    for fmt in ('yuv420p', 'nv12', 'gray16le'):
        for layout in ('sbs', 'tb'):
            for eye in ('left', 'right'):
                stereo(rep, fmt, layout, eye)


def test_commands(rep):
    for args in (('a', 'yaw', 30, 0), ('1', 'pitch', -20, 1),
                 ('c', 'roll', 15, 2), ('b', 'h_fov', 50, 1),
                 ('a', 'yaw', 270, 0)):
        command(rep, *args)


if __name__ == '__main__':
    main(globals())
