#!/usr/bin/python3 -B
# Every projection, as source and as view, without a second copy of its formulas:
# source -> projection -> flat ends where source -> flat ends, and stock v360 agrees on
# which way round everything is.
# Licence: LGPL-2.1-or-later.
"""Follows directions, encoded as colours, through projections.

Angles are in pixels of the image in between ("pitch", its mean pixel).
"""

import numpy as np

from lib import reference as ref
from lib.run import batch_graph, guarded, listed, main, remap

W, H = 512, 256
CUBE = 90 / 128
FRONT, BAND, ALL = range(3)
HALF = 'h_fov=180 v_fov=180'

# name: size, fields of the view that makes it, region, mean pixel in degrees.
# The input options are the fields with an i in front. FRONT: a cone is shown,
# BAND: all longitudes but not the poles, ALL: the whole sphere.
PROJECTIONS = {
    'equirect': (512, 256, '', ALL, 360 / 512),
    'hequirect': (256, 256, '', FRONT, 360 / 512),
    'flat': (256, 256, 'h_fov=120 v_fov=120', FRONT, 90 / 256),
    'fisheye': (256, 256, HALF, FRONT, 180 / 256),
    'dfisheye': (512, 256, 'h_fov=190 v_fov=190', ALL, 190 / 256),
    'c3x2': (384, 256, '', ALL, CUBE),
    'c6x1': (768, 128, '', ALL, CUBE),
    'c1x6': (128, 768, '', ALL, CUBE),
    'eac': (576, 324, '', ALL, CUBE),
    'cylindrical': (512, 164, 'h_fov=360 v_fov=90', BAND, 360 / 512),
    'cylindricalea': (512, 256, 'h_fov=360 v_fov=180', ALL, 360 / 512),
    'sg': (256, 256, HALF, FRONT, 180 / 256),
    'mercator': (512, 512, '', BAND, 360 / 512),
    'ball': (512, 512, '', FRONT, 360 / 512),
    'hammer': (512, 256, '', ALL, 360 / 512),
    'sinusoidal': (512, 256, '', ALL, 360 / 512),
    'pannini': (256, 256, 'h_fov=1', FRONT, 90 / 256),
    'tetrahedron': (512, 512, '', ALL, 360 / 512),
    'octahedron': (512, 512, '', ALL, 360 / 512),
    'barrel': (640, 256, '', ALL, 360 / 512),
    'barrelsplit': (384, 256, '', ALL, 360 / 512),
    'tsp': (512, 256, '', ALL, CUBE),
    'equisolid': (256, 256, HALF, FRONT, 180 / 256),
    'og': (256, 256, HALF, FRONT, 180 / 256),
}

CUBE_CASES = [('c3x2', 'rludfb', '012302'), ('c3x2', 'fbudlr', '000000'),
              ('c6x1', 'dbflur', '321012'), ('c1x6', 'lrbfud', '111111'),
              ('eac', 'lfrdbu', '213003'), ('c3x2', 'ubdrlf', '230121')]


# Projections for views only: test_projections() names them itself.
VIEW_ONLY = ('perspective',)

# Projections whose image does not fill its rectangle, though it wraps.
OUTLINE = ('hammer', 'sinusoidal')


def flat_views(region):
    angles = {FRONT: [(0, 0, 0), (18, -12, 30), (-15, 14, -100)],
              BAND: [(y, 0, 0) for y in range(0, 360, 40)],
              ALL: [(0, 0, 0), (60, 10, 20), (120, -20, 0), (180, 0, 50),
                    (240, 30, 0), (300, 5, 170), (30, 45, 0), (200, 60, 15),
                    (330, -50, 0), (140, -65, 80), (0, 90, 0), (45, -90, 0)]}
    return [ref.view(*a, w=64, h=64, h_fov=50.) for a in angles[region]]


def source_frames(width=W, height=H):
    rays = ref.equirect_rays(width, height)
    return [list(np.rint(np.moveaxis(rays, -1, 0) * 32000 + 32768))]


def directions(frame):
    """Decoded directions, and which samples show one (fill is not a unit vector)."""
    v = (np.moveaxis(np.array(frame, float), 0, -1) - 32768) / 32000
    length = np.linalg.norm(v, axis=-1)
    return v / np.maximum(length, 1e-9)[..., None], abs(length - 1) < 0.02


def angles(a, b):
    """Angles between unit vectors, exact for small ones, degrees."""
    return np.degrees(2 * np.arcsin(np.clip(
        np.linalg.norm(a - b, axis=-1) / 2, 0, 1)))


def options(name, prefix=''):
    text = PROJECTIONS[name][2].split()
    return ''.join(f':{prefix}{t}' for t in text)


def batch_out(name, extra=''):
    w, h = PROJECTIONS[name][:2]
    return f'v360batch=views=output={name} {PROJECTIONS[name][2]}:w={w}:h={h}{extra}'


def stock_out(name, extra=''):
    w, h = PROJECTIONS[name][:2]
    return f'v360=input=e:output={name}:w={w}:h={h}{options(name)}{extra}'


def batch_in(name, views, extra=''):
    graph = batch_graph(views, f"input={name}{options(name, 'i')}{extra}")
    return graph.replace('[0:v]', '')


def through(first, name, extra_in=''):
    """Angle errors of flat views through a projection, in its pixels, and
    the share of samples that show anything."""
    views = flat_views(PROJECTIONS[name][3])
    got = remap(source_frames(), 'gbrp16le', (W, H),
                f'[0:v]{first}[p];[p]{batch_in(name, views, extra_in)}',
                [(v['w'], v['h']) for v in views])
    errs, shown = [], []
    for frames, vw in zip(got, views):
        seen, valid = directions(frames[0])
        shown.append(valid)
        errs.append(angles(seen, ref.view_rays(vw))[valid])
    return (np.concatenate(errs) / PROJECTIONS[name][4],
            np.mean(np.concatenate(shown)))


def figures(err, shown):
    if not err.size:
        return 'nothing shown'
    median, most = np.percentile(err, (50, 90))
    return (f'{100 * shown:.1f} % shown, px off: median {median:.4f}, 90 % {most:.4f}, '
            f'worst {err.max():.3f}')


@guarded
def round_trip(rep, name):
    """Exact inverses: chords for arcs between samples 0.7 degrees apart cost
    0.002 px, twice 1/512 px is quantisation: 0.02 has room for pixels half as
    wide as the mean one. Up to a tenth of the samples may lie at an edge that
    interpolation cannot cross, and are at most a pixel off, or three where
    pixels are stretched threefold (tsp, the poles of cylindricalea).
    Images with an outline (OUTLINE) have the fill colour beyond it, of which
    nothing is mixed in: all samples show a direction."""
    err, shown = through(batch_out(name), name)
    good = (err.size and shown > 0.97 and np.percentile(err, 50) < 0.02
            and np.percentile(err, 90) < 0.15 and err.max() < 3
            and (name not in OUTLINE or shown == 1))
    rep.check(good, f'equirect -> {name} -> flat', figures(err, shown))


@guarded
def against_stock(rep, name, what, first, extra_in=''):
    """Stock's own errors are half a pixel of either image, and at the edges of faces
    a whole pixel; a face or an axis the wrong way round gives tens of pixels."""
    err, shown = through(first, name, extra_in)
    good = (err.size and shown > 0.9 and np.percentile(err, 50) < 1
            and np.percentile(err, 90) < 1.5)
    rep.check(good, what, figures(err, shown))


@guarded
def same_image(rep, what, ours, stock, size, pitch):
    """Both filters' images of the same projection show the same directions."""
    got = remap(source_frames(), 'gbrp16le', (W, H),
                f'[0:v]split[a][b];[a]{ours}[o0];[b]{stock}[o1]',
                [size, size])
    (a, in_a), (b, in_b) = (directions(g[0]) for g in got)
    both = in_a & in_b
    err = angles(a, b)[both] / pitch
    # Stock is half a source pixel off at the edges of the source, and half a pixel of
    # the image at those of the image.
    good = (both.mean() > 0.3 and np.percentile(err, 50) < 1
            and np.percentile(err, 90) < 1.5)
    rep.check(good, what, figures(err, both.mean()))


def test_rotation_orders(rep):
    fov = 'yaw=%s:pitch=%s:roll=%s:w=64:h=64:h_fov=60:v_fov=60:rorder=%s'
    for order in ('ypr', 'yrp', 'pyr', 'pry', 'ryp', 'rpy'):
        args = fov % (70, -40, 25, order)
        same_image(rep, f'rorder={order} turns as v360 does',
                   'v360batch=views=name=a:' + args,
                   'v360=input=e:output=flat:' + args, (64, 64), 360 / W)


def test_other_options(rep):
    """Mirrors, offsets and the padding of cube faces, as v360 has them."""
    view = 'yaw=70:pitch=-40:roll=25:w=64:h=64:h_fov=60:v_fov=60:'
    for option in ('h_flip=1', 'v_flip=1', 'd_flip=1', 'ih_flip=1',
                   'iv_flip=1', 'in_trans=1', 'h_offset=0.3',
                   'v_offset=-0.2', 'h_flip=1:iv_flip=1:in_trans=1'):
        same_image(rep, option + ' is v360\'s',
                   'v360batch=views=name=a:' + view + option,
                   'v360=input=e:output=flat:' + view + option,
                   (64, 64), 360 / W)
    for name, out, into in (('c3x2', 'out_pad=0.05', 'in_pad=0.05'),
                            ('c6x1', 'fout_pad=4', 'fin_pad=4'),
                            ('c1x6', 'out_pad=0.03', 'in_pad=0.03'),
                            ('eac', 'out_pad=0.04', 'in_pad=0.04')):
        against_stock(rep, name, f'stock {name}, {out} -> flat',
                      stock_out(name, ':' + out), ':' + into)
        same_image(rep, f'equirect -> {name}, {out} is stock\'s',
                   batch_out(name, ':' + out), stock_out(name, ':' + out),
                   PROJECTIONS[name][:2], PROJECTIONS[name][4])


def test_all_are_here(rep):
    names = {use: [n for n, u in listed('projections') if u == use] for use in ('both', 'view')}
    missing = set(names['both']) ^ set(PROJECTIONS) | set(names['view']) ^ set(VIEW_ONLY)
    rep.check(not missing, 'all projections are tested', ' '.join(sorted(missing)) or
              f"{len(names['both'])}, and {len(names['view'])} for views only")


def test_projections(rep):
    for name in PROJECTIONS:
        w, h, _, _, pitch = PROJECTIONS[name]
        round_trip(rep, name)
        against_stock(rep, name, f'stock {name} -> flat', stock_out(name))
        same_image(rep, f'equirect -> {name} is stock\'s', batch_out(name),
                   stock_out(name), (w, h), pitch)
    same_image(rep, 'equirect -> perspective is stock\'s',
               'v360batch=views=output=perspective v_fov=2:w=256:h=256',
               'v360=input=e:output=perspective:v_fov=2:w=256:h=256',
               (256, 256), 180 / 256)


def inside(name, w, h, step):
    """Which samples of an image, or of its chroma in the middle of 2x2, lie inside."""
    x = ((np.arange(-(-w // step)) + 0.5) * step / w * 2 - 1)[None]
    y = ((np.arange(-(-h // step)) + 0.5) * step / h * 2 - 1)[:, None]
    if name == 'hammer':
        return x * x + y * y <= 1 + 1e-9
    return abs(x) <= np.cos(y * np.pi / 2) + 1e-9


def test_outlines(rep):
    """Nothing from beyond an outline is mixed into any view: samples inside are 200."""
    views = [ref.view(*a, w=40, h=30, h_fov=80.) for a in
             ((180, 0, 0), (170, 20, 30), (-160, 70, 0), (0, 90, 0), (90, -85, 45), (0, 0, 0))]
    for name in OUTLINE:
        for interp, *_ in listed('interpolations'):
            for w, h in ((512, 256), (97, 64), (20, 120), (7, 5), (2, 2)):
                frame = [np.where(inside(name, w, h, step), 200, 10) for step in (1, 2, 2)]
                for option in ('', ':in_trans=1', ':ih_flip=1:iv_flip=1'):
                    turned = 'trans' in option
                    got = remap([[p.T for p in frame] if turned else frame], 'yuv420p',
                                (h, w) if turned else (w, h),
                                batch_graph(views, f'input={name}:interp={interp}:'
                                            f'chroma_loc=center:fill=black{option}'),
                                [(v['w'], v['h']) for v in views])
                    least = min(p.min() for frames in got for p in frames[0])
                    most = max(p.max() for frames in got for p in frames[0])
                    if (least, most) != (200, 200):
                        rep.check(False, f'{name} {w}x{h} {interp}{option}', f'{least} to {most}')
                        return
    rep.check(True, 'nothing from beyond an outline', ' '.join(OUTLINE))


def test_cube_orders(rep):
    for name, order, turns in CUBE_CASES:
        what = f'{name}, faces {order}, turned {turns}'
        out = f':out_forder={order}:out_frot={turns}'
        against_stock(rep, name, 'stock ' + what + ' -> flat',
                      stock_out(name, out),
                      f':in_forder={order}:in_frot={turns}')
        same_image(rep, f'equirect -> {what} is stock\'s',
                   batch_out(name, out), stock_out(name, out),
                   PROJECTIONS[name][:2], PROJECTIONS[name][4])


if __name__ == '__main__':
    main(globals())
