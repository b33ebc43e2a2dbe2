#!/usr/bin/python3 -B
# Right colours: what outputs ask for is what double precision makes of the same view.
# Licence: LGPL-2.1-or-later.
"""Compares converted views with the formulas of Rec. ITU-T H.273 in double precision.

A view is remapped in the format of its source, and converted then. So the reference
takes the view as the filter sends it where nothing is asked for but that its chroma
has the places that the conversion needs; interpolates or averages chroma; and applies
the matrix, from Kr and Kb alone.
"""

import itertools
import re
import subprocess

import numpy as np

from lib import reference as ref
from lib.run import FFMPEG, FFPROBE, FORMATS, Format, ffmpeg, main, pack, unpack
from values import depth_of, photo, shift_of

W, H = 512, 256
W_VIEW, H_VIEW = 331, 243     # odd sizes: the last chroma sample is half outside

# An ideal rounding leaves 1/sqrt(12) = 0.2887; 0.30 has room for the 4 % that sampling
# and ties add. Coefficients of 16 bits add 2^-14 of the range at most, which is 0.016
# levels of 8 bits, if the mean is of one sign everywhere; they are of either sign.
RMSE, BIAS = 0.30, 0.01

# Kr and Kb of H.273, table 4.
MATRICES = {'bt709': (0.2126, 0.0722), 'fcc': (0.30, 0.11), 'bt470bg': (0.299, 0.114),
            'smpte170m': (0.299, 0.114), 'smpte240m': (0.212, 0.087),
            'bt2020nc': (0.2627, 0.0593)}
PLACES = {'left': (0, 1), 'center': (1, 1), 'topleft': (0, 0), 'top': (1, 0),
          'bottomleft': (0, 2), 'bottom': (1, 2)}   # in halves of a step

# Formats that are sent only. An order: which of R, G, B, A a component is.
FORMATS.update({
    'rgb24': Format(np.uint8, ((1, 1, 3),), 0xff),
    'bgr24': Format(np.uint8, ((1, 1, 3),), 0xff),
    'rgb48le': Format(np.uint16, ((1, 1, 3),), 0xffff),
    'rgb48be': Format('>u2', ((1, 1, 3),), 0xffff),
    'rgba64be': Format('>u2', ((1, 1, 4),), 0xffff),
    'bgra': Format(np.uint8, ((1, 1, 4),), 0xff),
    'argb': Format(np.uint8, ((1, 1, 4),), 0xff),
    'bgr0': Format(np.uint8, ((1, 1, 4),), 0xff),
    'gray16be': Format('>u2', ((1, 1, 1),), 0xffff),
    'yuv440p': Format(np.uint8, ((1, 1, 1), (1, 2, 1), (1, 2, 1)), 0xff),
    'yuv411p': Format(np.uint8, ((1, 1, 1), (4, 1, 1), (4, 1, 1)), 0xff),
    'yuv444p10msble': Format(np.uint16, ((1, 1, 1),) * 3, 0xffc0),
    'yuv422p10le': Format(np.uint16, ((1, 1, 1), (2, 1, 1), (2, 1, 1)), 0x3ff),
    'yuv444p10le': Format(np.uint16, ((1, 1, 1),) * 3, 0x3ff),
    'yuv444p12le': Format(np.uint16, ((1, 1, 1),) * 3, 0xfff),
    'yuv444p16le': Format(np.uint16, ((1, 1, 1),) * 3, 0xffff),
    'yuva422p': Format(np.uint8, ((1, 1, 1), (2, 1, 1), (2, 1, 1), (1, 1, 1)), 0xff),
    'yuva444p': Format(np.uint8, ((1, 1, 1),) * 4, 0xff),
    'nv16': Format(np.uint8, ((1, 1, 1), (2, 1, 2)), 0xff),
    'p210le': Format(np.uint16, ((1, 1, 1), (2, 1, 2)), 0xffc0),
    'p410le': Format(np.uint16, ((1, 1, 1), (1, 1, 2)), 0xffc0),
    'nv21': Format(np.uint8, ((1, 1, 1), (2, 2, 2)), 0xff),
})
ORDER = {'rgb24': 'rgb', 'bgr24': 'bgr', 'rgb48le': 'rgb', 'rgb48be': 'rgb',
         'rgba64be': 'rgba', 'rgba': 'rgba', 'rgb0': 'rgbx', 'bgr0': 'bgrx', 'bgra': 'bgra',
         'argb': 'argb', 'gbrp': 'gbr', 'gbrp10le': 'gbr', 'gbrp16le': 'gbr', 'gbrap': 'gbra',
         'nv21': 'yvu'}


def order_of(fmt):
    return ORDER.get(fmt, 'yuva')


def is_rgb(fmt):
    return 'r' in order_of(fmt)


def is_gray(fmt):
    return fmt.startswith('gray')


def steps(fmt):
    """Luma samples between two chroma samples."""
    planes = FORMATS[fmt].planes
    return planes[1][:2] if len(planes) > 1 and not is_rgb(fmt) else (1, 1)


def components(planes, fmt):
    """The planes of a frame as components by letter."""
    parts = [plane[..., c] if plane.ndim == 3 else plane for plane in planes
             for c in range(plane.shape[2] if plane.ndim == 3 else 1)]
    return {k: p.astype(np.int64) >> shift_of(fmt) for k, p in zip(order_of(fmt), parts)
            if k != 'x'}


def convert(frame, fmt, to, options='', tags='', want='', cpuflags=None, width=W_VIEW):
    """A view of a frame, in a format, by the filter alone: no scale may help."""
    graph = (f'[0:v]setparams={tags or "range=tv"},v360batch=views=yaw=170 pitch=20 roll=5 '
             f'w={width} h={H_VIEW} h_fov=80:interp=cube{options and ":" + options},'
             f'format=pix_fmts={to}{want and ":" + want}')
    with open('in.raw', 'wb') as f:
        f.write(pack([frame], fmt))
    flags = ['-cpuflags', cpuflags] if cpuflags else []
    done = subprocess.run(
        [FFMPEG, *flags, '-nostdin', '-y', '-v', 'verbose', '-f', 'rawvideo', '-pix_fmt', fmt,
         '-s', f'{W}x{H}', '-i', 'in.raw', '-filter_complex', graph, '-f', 'rawvideo', 'out.raw'],
        capture_output=True)
    said = done.stderr.decode(errors='replace')
    if done.returncode or 'auto_scale' in said:
        raise RuntimeError(f'{graph}: {said[-1500:]}')
    with open('out.raw', 'rb') as f:
        return unpack(f.read(), to, width, H_VIEW)[0]


def real(parts, fmt, full):
    """Values of 0 to 1, and of -1/2 to 1/2 for chroma."""
    depth = depth_of(fmt)
    unit, top = 2.0 ** (depth - 8), 2.0 ** depth - 1
    out = {}
    for name, p in parts.items():
        if name in 'uv':
            out[name] = (p - 2.0 ** (depth - 1)) / (top if full else 224 * unit)
        else:
            limited = not full and name == 'y'
            out[name] = (p - 16 * unit) / (219 * unit) if limited else p / top
    return out


def levels(values, fmt, full):
    """The same, from values to samples that are not rounded."""
    depth = depth_of(fmt)
    unit, top = 2.0 ** (depth - 8), 2.0 ** depth - 1
    out = {}
    for name, v in values.items():
        if name in 'uv':
            out[name] = v * (top if full else 224 * unit) + 2.0 ** (depth - 1)
        else:
            limited = not full and name == 'y'
            out[name] = v * 219 * unit + 16 * unit if limited else v * top
        out[name] = np.clip(out[name], 0, top)
    return out


def to_rgb(v, kr, kb):
    r = v['y'] + 2 * (1 - kr) * v['v']
    b = v['y'] + 2 * (1 - kb) * v['u']
    return {'r': r, 'b': b, 'g': (v['y'] - kr * r - kb * b) / (1 - kr - kb)}


def to_yuv(v, kr, kb):
    y = kr * v['r'] + (1 - kr - kb) * v['g'] + kb * v['b']
    return {'y': y, 'u': (v['b'] - y) / 2 / (1 - kb), 'v': (v['r'] - y) / 2 / (1 - kr)}


def upsample(chroma, step, place, n, axis):
    """Chroma at the places of luma, between neighbours; the last one goes on."""
    if step == 1:
        return chroma
    at = (np.arange(n) - (step - 1) * place / 2) / step
    i, w = np.floor(at).astype(int), at - np.floor(at)
    last = chroma.shape[axis] - 1
    a = np.take(chroma, np.clip(i, 0, last), axis)
    b = np.take(chroma, np.clip(i + 1, 0, last), axis)
    shape = [-1 if k == axis else 1 for k in range(2)]
    w = w.reshape(shape)
    return a * (1 - w) + b * w


def mean(fine, step, place, axis):
    """The mean over as many samples as become one; where the result lies on a sample,
    the outer ones count half."""
    if step == 1:
        return fine
    n, last = -(-fine.shape[axis] // step), fine.shape[axis] - 1
    centre = (step - 1) * place / 2
    if centre % 1:
        taps = [(i, 1) for i in range(step)]
    else:
        taps = [(int(centre) + i, 1 if abs(i) < step // 2 else 0.5)
                for i in range(-step // 2, step // 2 + 1)]
    return sum(np.take(fine, np.clip(np.arange(n) * step + i, 0, last), axis) * w / step
               for i, w in taps)


def middle(fmt, to):
    """A format with the samples of fmt whose chroma has the places that it is remapped
    to, for an output in another format."""
    (a, b), (c, d) = steps(fmt), steps(to)
    if is_rgb(fmt) or is_gray(fmt) or steps(fmt) == (1, 1):
        return fmt
    x, y = (1, 1) if is_rgb(to) or is_gray(to) else (min(a, c), min(b, d))
    if (x, y) == steps(fmt):
        return fmt
    name = {(1, 1): '444', (2, 1): '422', (2, 2): '420', (1, 2): '440', (4, 1): '411'}[x, y]
    if fmt.startswith('yuv'):
        kind, depth = fmt.rstrip('0123456789le').split('4')[0], fmt.split('p')[1]
        return f'{kind}{name}p{depth}'
    return {'nv12': {'444': 'nv24', '422': 'nv16'},
            'p010le': {'444': 'p410le', '422': 'p210le'}}[fmt][name]


def expected(mid, fmt, to, matrix_in, matrix_out, full_in, full_out, place_out):
    """Samples of the output, not rounded, from the view in its source's format."""
    v = real(components(mid, fmt), fmt, full_in)
    sx, sy = steps(fmt)
    tx, ty = (1, 1) if is_rgb(to) or is_gray(to) else steps(to)
    px, py = place_out
    if is_gray(fmt):
        v.update(u=np.zeros_like(v['y']), v=np.zeros_like(v['y']))
    at_luma = dict(v)
    for k in 'uv':
        if k in v:
            at_luma[k] = upsample(upsample(v[k], sx, px, W_VIEW, 1), sy, py, H_VIEW, 0)

    def change(values):
        if is_rgb(fmt) == is_rgb(to) and (is_rgb(fmt) or is_gray(to) or
                                          matrix_in == matrix_out):
            return values
        if is_rgb(fmt):
            return to_yuv(values, *MATRICES[matrix_out])
        rgb = to_rgb(values, *MATRICES[matrix_in])
        return rgb if is_rgb(to) else to_yuv(rgb, *MATRICES[matrix_out])

    out = change({k: at_luma[k] for k in at_luma if k != 'a'})
    if (tx, ty) != (1, 1):
        # U and V do not depend on Y; from RGB they do, of the same samples.
        fine = {k: mean(mean(p, tx // sx, px, 1), ty // sy, py, 0) for k, p in v.items()
                if k in 'uvrgb'}
        if not is_rgb(fmt):
            fine['y'] = np.zeros_like(fine['u'])
        chroma = change(fine)
        out['u'], out['v'] = chroma['u'], chroma['v']
    if is_gray(to):
        out = {'y': out['y']}
    if 'a' in order_of(to) and len(order_of(to)) == len(set(order_of(to))) and \
            (len(FORMATS[to].planes) == 4 or FORMATS[to].planes[0][2] == 4):
        out['a'] = v.get('a', np.ones((H_VIEW, W_VIEW)))
    return levels(out, to, full_out)


def source(fmt, seed=5):
    """A photograph in random colours, in the format's layout."""
    rng = np.random.default_rng(seed)
    planes = []
    for sx, sy, n in FORMATS[fmt].planes:
        comps = [photo(rng, (-(-H // sy), -(-W // sx)), (1 << depth_of(fmt)) - 1)
                 << shift_of(fmt) for _ in range(n)]
        planes.append(comps[0] if n == 1 else np.stack(comps, -1))
    return planes


def compare(rep, fmt, to, matrix_in='bt709', matrix_out='bt470bg', full_in=False, full_out=True,
            place_in='left', place_out=None):
    place_out = place_out or place_in
    full_in, full_out = (f or is_rgb(x) or is_gray(x) for f, x in ((full_in, fmt),
                                                                 (full_out, to)))
    name = (f"{fmt} {matrix_in} {'full' if full_in else 'limited'} {place_in} -> {to} "
            f"{matrix_out} {'full' if full_out else 'limited'} {place_out}")
    tags = (f"range={'pc' if full_in else 'tv'}:colorspace={matrix_in}:"
            f'chroma_location={place_in}')
    want = ('' if is_rgb(to) or is_gray(to) else
            f"color_spaces={matrix_out}:color_ranges={'pc' if full_out else 'tv'}")
    as_is = ('' if is_rgb(fmt) or is_gray(fmt) else
             f"color_spaces={matrix_in}:color_ranges={'pc' if full_in else 'tv'}")
    frame = source(fmt)
    places = f'out_chroma_loc={place_out}'
    try:
        mid_fmt = middle(fmt, to)
        mid = convert(frame, fmt, mid_fmt, places, tags, as_is)
        got = components(convert(frame, fmt, to, places, tags, want), to)
    except RuntimeError as error:
        return rep.check(False, name, str(error))
    want = expected(mid, mid_fmt, to, matrix_in, matrix_out, full_in, full_out,
                    PLACES[place_out])
    unit = 2.0 ** (depth_of(to) - 8)  # all in levels of 8 bits
    worst = rms = bias = 0
    for k, w in want.items():
        if got[k].shape != w.shape:
            return rep.check(False, name, f'{k}: {got[k].shape}, not {w.shape}')
        d = (got[k] - w) / unit
        worst, rms = max(worst, np.abs(d).max()), max(rms, np.sqrt((d * d).mean()))
        bias = max(bias, abs(d.mean()))
    extra = [k for k in got if k not in want]
    rep.check(rms <= RMSE and bias <= BIAS and worst <= 0.55 and not extra, name,
              f'RMSE {rms:.3f}, mean {bias:.4f}, worst {worst:.3f}')


def test_matrices(rep):
    """Every matrix to every other, and to RGB and back."""
    for a, b in itertools.permutations(MATRICES, 2):
        compare(rep, 'yuv420p', 'yuv420p', a, b)
    for a in MATRICES:
        compare(rep, 'yuv420p', 'rgb24', a)
        compare(rep, 'gbrp', 'yuv420p', matrix_out=a, full_out=False)


def test_ranges(rep):
    for fmt, a, b in itertools.product(('yuv420p', 'yuv444p', 'yuv420p10le'), (0, 1), (0, 1)):
        compare(rep, fmt, 'yuv420p', full_in=bool(a), full_out=bool(b))
        if a != b:
            compare(rep, fmt, fmt, 'bt709', 'bt709', bool(a), bool(b))


def test_places(rep):
    for a, b in itertools.product(PLACES, PLACES):
        compare(rep, 'yuv420p', 'yuv420p', place_in=a, place_out=b)
    for a, fmt in itertools.product(PLACES, ('gbrp', 'yuv444p', 'yuv422p')):
        compare(rep, fmt, 'yuv420p', place_out=a)


def test_gray(rep):
    """Gray is gray in every format: R, G and B are one, and chroma is none."""
    ramp = np.tile(np.linspace(0, 1, W), (H, 1))
    for fmt, full, to in itertools.product(('yuv420p', 'yuv444p', 'yuv420p10le', 'nv12', 'gbrp',
                                            'gray'), (0, 1),
                                           ('rgb24', 'gbrp16le', 'yuv420p', 'yuv444p16le',
                                            'p010le')):
        top, unit = (1 << depth_of(fmt)) - 1, 1 << depth_of(fmt) >> 8
        middle = unit * 128
        low, high = (0, top) if full or is_rgb(fmt) or is_gray(fmt) else (16 * unit, 235 * unit)
        luma = np.rint(low + ramp * (high - low)).astype(int) << shift_of(fmt)
        frame = []
        for sx, sy, n in FORMATS[fmt].planes:
            plane = luma if not frame or is_rgb(fmt) else np.full((H // sy, W // sx),
                                                                  middle << shift_of(fmt))
            frame.append(plane if n == 1 else np.stack([plane] * n, -1))
        tags = f"range={'pc' if full else 'tv'}:colorspace=bt709"
        want = '' if is_rgb(to) else 'color_spaces=bt2020nc:color_ranges=tv'
        got = components(convert(frame, fmt, to, tags=tags, want=want), to)
        if is_rgb(to):
            off = max(np.abs(got['r'] - got[k]).max() for k in 'gb')
        else:
            off = max(np.abs(got[k] - (1 << depth_of(to) - 1)).max() for k in 'uv')
        rep.check(off == 0, f"gray of {fmt} {'full' if full else 'limited'} in {to}",
                  f'{off} levels off')


def test_tags(rep):
    """Frames say what their samples are; what is not converted keeps its tags."""
    graph = ('[0:v]setparams=range=tv:colorspace=bt709:chroma_location=left,'
             'v360batch=rig=ring3:w=16:h=16:{}[a][b][c];'
             '[a]format=pix_fmts=yuv420p:color_spaces=bt470bg:color_ranges=pc,showinfo[d];'
             '[b]format=pix_fmts=rgb24,showinfo[e];[c]showinfo[f]')
    outputs = [w for pad in 'def' for w in ('-map', f'[{pad}]', '-f', 'null', '-')]
    for options, first, last in (('interp=near', 'pc bt470bg left', 'tv bt709 left'),
                                 ('out_chroma_loc=center', 'pc bt470bg center',
                                  'tv bt709 center')):
        done = subprocess.run(
            [FFMPEG, '-nostdin', '-v', 'info', '-f', 'lavfi', '-i',
             'color=s=64x32:d=0.04,format=yuv420p', '-filter_complex', graph.format(options),
             *outputs], capture_output=True, check=True)
        said = done.stderr.decode()
        place = dict(re.findall(r'(showinfo_\d+).* n: +0 .* cl:(\w+)', said))
        seen = {f'{colour} {place.get(name)}' for name, colour in
                re.findall(r'(showinfo_\d+).* color_range:(\w+ color_space:\w+)', said)}
        rep.check(seen == {w.replace(' ', ' color_space:', 1) for w in
                           (first, 'pc gbr unspecified', last)},
                  f'tags with {options}', sorted(seen))


def shown(source_filter, graph, *options):
    """Format, range and matrix of what an encoder gets."""
    ffmpeg('-f', 'lavfi', '-i', source_filter, '-filter_complex', graph, '-frames:v', '1', *options,
           'out.nut')
    return ' '.join(subprocess.run(
        [FFPROBE, '-v', 'error', '-show_entries', 'stream=pix_fmt,color_range,color_space', '-of',
         'default=nk=1:nw=1', 'out.nut'], capture_output=True, check=True).stdout.decode().split())


def test_nothing_asked(rep):
    """What no one has asked for does not change: encoders choose as they did."""
    view = 'v360batch=views=w=300 h=200'
    if b' libx264 ' not in ffmpeg('-encoders'):
        rep.skip('what encoders choose', 'this build has no libx264')
        return
    for fmt, want in (('yuva420p', 'yuv420p unknown unknown'),
                      ('yuv440p', 'yuv444p unknown unknown'),
                      ('gbrp', 'yuv444p tv smpte170m'), ('rgba', 'yuv444p tv smpte170m'),
                      ('yuv420p', 'yuv420p unknown unknown'), ('yuvj420p', 'yuvj420p pc')):
        got = shown(f'testsrc2=s=640x320,format={fmt}', view, '-c:v', 'libx264')
        rep.check(got.startswith(want), f'libx264 of {fmt}', got)


def test_untagged(rep):
    """Without a matrix anywhere, there is no conversion between matrices, whatever the sizes
    of source and view; from RGB there is one, which FFmpeg reads without a tag as well."""
    source_of = 'color=c=red:s={},format=yuv420p,setparams=range=tv'
    for size, view, to in itertools.product(('2048x1024', '320x160'), ('1300x650', '300x200'),
                                            ('yuv444p', 'yuv420p10le')):
        w, h = view.split('x')
        graph = (f'v360batch=views=w={w} h={h}|w={w} h={h}[a][b];[a]format={to},scale=flags='
                 'accurate_rnd,format=yuv444p16[c];[b]scale=flags=accurate_rnd,format=yuv444p16[d]')
        ffmpeg('-f', 'lavfi', '-i', source_of.format(size), '-filter_complex', graph,
               *(w for pad in 'cd' for w in ('-map', f'[{pad}]', '-frames:v', '1', '-f', 'rawvideo',
                                             f'{pad}.raw')))
        sums = [np.fromfile(f'{pad}.raw', '<u2').reshape(3, -1).mean(1) / 256 for pad in 'cd']
        off = np.abs(sums[0] - sums[1]).max()
        rep.check(off < 0.6, f'{to} of {size} to {view} keeps its colours', f'{off:.2f} levels')
    for size in ('2048x1024', '320x160'):
        data = ffmpeg('-f', 'lavfi', '-i', f'color=c=red:s={size},format=gbrp', '-filter_complex',
                      'v360batch=views=w=1300 h=650,format=yuv444p,format=rgb24', '-frames:v', '1',
                      '-f', 'rawvideo', '-')
        seen = np.frombuffer(data, np.uint8).reshape(-1, 3).mean(0)
        # two roundings and swscale's own, each below a level of 219
        rep.check(np.abs(seen - (255, 0, 0)).max() < 4, f'red of {size} by YUV is red', seen)


def test_instruction_sets(rep):
    """The bytes of C, whatever the processor has, for widths of all remainders."""
    for fmt, to, want in (('yuv420p', 'yuv420p', 'color_spaces=bt470bg:color_ranges=pc'),
                          ('yuv420p', 'rgb24', ''), ('gbrp', 'yuv420p', ''),
                          ('yuv420p10le', 'yuv420p', 'color_spaces=bt470bg:color_ranges=pc'),
                          ('yuv420p', 'gbrp16le', ''),
                          ('yuv420p16le', 'yuv420p16le', 'color_spaces=bt2020nc:color_ranges=tv')):
        frame, sums = source(fmt), set()
        for flags in ('0', 'avx2', None):
            seen = []
            for w in (W_VIEW, 64, 65, 78, 79, 31, 17):
                seen.append([p.tobytes() for p in convert(frame, fmt, to, want=want,
                                                          tags='range=tv:colorspace=bt709',
                                                          cpuflags=flags, width=w)])
            sums.add(str(seen))
        rep.check(len(sums) == 1, f'{fmt} -> {to}: one result', f'{len(sums)} results')


def test_formats(rep):
    """From every kind of layout and depth to every other."""
    sources = ('yuv420p', 'yuv422p', 'yuv440p', 'yuv411p', 'yuv410p', 'yuv444p', 'yuv420p10le',
               'yuv422p12le', 'yuv444p14le', 'yuv420p16le', 'yuva420p', 'nv12', 'p010le', 'nv24',
               'gbrp', 'gbrp10le', 'gbrp16le', 'gbrap', 'rgba', 'rgb0', 'gray', 'gray10le')
    outputs = ('yuv420p', 'yuv422p', 'yuv444p', 'yuv420p10le', 'yuv420p16le', 'nv12', 'nv21',
               'p010le', 'yuv444p10msble', 'gbrp', 'gbrp16le', 'rgb24', 'bgr24', 'rgb48be',
               'rgb48le', 'rgba64be', 'rgba', 'argb', 'bgra', 'bgr0', 'gbrap', 'yuva420p', 'gray',
               'gray16le', 'gray16be')
    for i, (fmt, to) in enumerate(itertools.product(sources, outputs)):
        if fmt == to or (rep.options.names == [] and i % 3):
            continue
        compare(rep, fmt, to)


if __name__ == '__main__':
    main(globals())
