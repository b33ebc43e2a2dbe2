#!/usr/bin/python3 -B
# Right geometry: every output sample shows the place of the panorama that it should.
# This is for the distribution's Python, of which python3-numpy is a package.
# Licence: LGPL-2.1-or-later.
"""Decodes the sampled position from 16-bit panoramas whose colour encodes it.

--stock runs stock v360 instead, which must fail: it stretches source
positions to 0...W-1, so it is up to half a pixel off at the edges.
"""

import sys

import numpy as np

from lib import reference as ref
from lib.run import batch_graph, guarded, listed, main, remap, views_remap

STOCK = '--stock' in sys.argv
W, H = 512, 256

# Ramps that linear interpolation reproduces exactly: SLOPE levels a pixel,
# integers at sample centres, so only the output's rounding to whole levels
# (two roundings at most) blurs a decoded position.
PERIOD, SLOPE = 64, 2000
DECODING = 1 / SLOPE
# Positions are rounded to 1/256 px; in x the offset of the yaw is rounded
# as well. The project's own bound, 0.01 px more, is wider: both are printed.
LIMIT_X = 2 / 512 + DECODING
LIMIT_Y = 1 / 512 + DECODING
ALLOWED = 0.01 + 1 / 512


def even_wave(t):
    """Triangle wave, 0 at t = 0, PERIOD, ...: its ramps are straight."""
    return np.abs((t + PERIOD / 2) % PERIOD - PERIOD / 2)


def odd_wave(t):
    return even_wave(t + PERIOD / 4) - PERIOD / 4


def ramps(w, h):
    """Planes that encode x twice and y three times.

    The x waves' period divides w / 2, so they go on across the poles. Of the
    y waves one has its corners on the poles; the odd ones pass through 0
    there and change sign with the half of the panorama, as the way across a
    pole does. Where one is bent, or breaks, another is straight.
    """
    x, y = np.meshgrid(np.arange(w), np.arange(h) + 0.5)
    side = [np.where((x + s) % w < w // 2, 1, -1) for s in (0, w // 4)]
    planes = [SLOPE * even_wave(x), SLOPE * even_wave(x + PERIOD // 4),
              SLOPE * even_wave(y)]
    return planes + [32768 + SLOPE * s * odd_wave(y) for s in side]


def unfold(level, t, slope=SLOPE):
    """Position near t whose even wave has that level."""
    k = np.floor(t / (PERIOD / 2))
    up = level / slope
    return k * PERIOD / 2 + np.where(k % 2 == 0, up, PERIOD / 2 - up)


def decode(planes, x, y, w):
    """Positions that samples of the ramps show, near the expected (x, y)."""
    p = [q.astype(float) for q in planes]
    bend = np.abs((x + PERIOD / 4) % (PERIOD / 2) - PERIOD / 4)
    dx = np.where(bend >= 4, unfold(p[0], x),
                  unfold(p[1], x + PERIOD // 4) - PERIOD // 4)
    t = y + 0.5
    near_break = np.minimum(x % (w // 2), w // 2 - x % (w // 2)) < 4
    level = np.where(near_break, p[4], p[3]) - 32768
    half = np.where(near_break, (x + w // 4) % w, x % w) < w // 2
    odd = unfold(np.where(half, level, -level) + SLOPE * PERIOD / 4,
                 t + PERIOD / 4) - PERIOD / 4
    bend = np.abs((t + PERIOD / 4) % (PERIOD / 2) - PERIOD / 4)
    return dx, np.where(bend >= 4, unfold(p[2], t), odd) - 0.5


def direction_planes(rays):
    """Directions as three planes, for the coarse check."""
    return list(np.rint(np.moveaxis(rays, -1, 0) * 32000 + 32768))


def encoded(plane, width, height):
    return ramps(*plane.size(width, height)) + \
        direction_planes(ref.equirect_rays(width, height, plane))


def errors(planes, vw, plane, width, height):
    """Position errors in px of the plane, and the largest angle in degrees."""
    x, y = ref.source_xy(vw, width, height, plane)
    w = width // plane.sx
    dx, dy = decode(planes[:5], x, y, w)
    rays = ref.view_rays(vw, plane)
    # At the pole itself longitude means nothing.
    ex = np.where(np.hypot(rays[..., 0], rays[..., 2]) < 1e-9, 0, dx - x)
    seen = np.moveaxis(np.array(planes[5:8], float), 0, -1) - 32768
    cosine = (ref.normalised(seen) * rays).sum(-1)
    return ex, dy - y, np.degrees(np.arccos(np.clip(cosine, -1, 1))).max()


def check_errors(rep, name, found):
    """found: (ex, ey, angle) of each view."""
    mx = max(np.abs(f[0]).max() for f in found)
    my = max(np.abs(f[1]).max() for f in found)
    angle = max(f[2] for f in found)
    # A pixel spans 0.7 degrees (1.4 of chroma): a larger angle is a wrong place,
    # which the periodic ramps could miss.
    good = mx <= LIMIT_X and my <= LIMIT_Y and angle < 1.0
    rep.check(good, name,
              f'{sum(f[0].size for f in found)} samples, worst x {mx:.5f} y {my:.5f} px, '
              f'{angle:.3f} deg; limits {LIMIT_X:.5f} {LIMIT_Y:.5f}, allowed {ALLOWED:.5f}')


@guarded
def luma_positions(rep, name, views, options='', rig=None, size=(W, H)):
    planes = encoded(ref.LUMA, *size)
    frames = [planes[0:3], planes[3:6], planes[6:8] + planes[:1]]
    if rig and not STOCK:
        got = remap(frames, 'gbrp16le', size,
                    batch_graph(views, options, rig),
                    [(v['w'], v['h']) for v in views])
    else:
        got = views_remap(frames, 'gbrp16le', size, views, options, STOCK)
    found = [errors((g[0] + g[1] + g[2])[:8], vw, ref.LUMA, *size)
             for g, vw in zip(got, views)]
    check_errors(rep, name, found)


@guarded
def chroma_positions(rep, name, fmt, plane, options, views, in_args=()):
    """Chroma samples must show the places where they sit, given the siting."""
    planes = encoded(plane, W, H)
    luma = np.full((H, W), 32768)
    pairs = [planes[k:k + 2] for k in range(0, 8, 2)]
    if fmt.startswith('p0'):
        frames = [[luma, np.stack(p, -1)] for p in pairs]
    else:
        frames = [[luma] + p for p in pairs]
    got = views_remap(frames, fmt, (W, H), views, options, STOCK,
                      in_args=in_args, out_args=in_args)
    found = []
    for view_frames, vw in zip(got, views):
        chroma = []
        for f in view_frames:
            chroma += list(np.moveaxis(f[1], -1, 0)
                           if fmt.startswith('p0') else f[1:])
        found.append(errors(chroma, vw, plane, W, H))
    if plane.co_y:
        # With siting topleft a chroma row lies 1/4 row from the pole, so
        # its mirror image is not a row: samples that touch it are left out.
        for k, vw in enumerate(views):
            y = ref.source_xy(vw, W, H, plane)[1]
            clear = (y > 0) & (y < H // plane.sy - 1)
            found[k] = tuple(e * clear for e in found[k][:2]) + found[k][2:]
    check_errors(rep, name, found)


def random_rig(seed=1, n=12):
    rng = np.random.default_rng(seed)
    views = []
    for _ in range(n):
        w, h = (int(s) for s in rng.integers(20, 140, 2))
        views.append(ref.view(*np.round(rng.uniform(
            (-720, -90, -360), (720, 90, 360)), 3), w=w, h=h,
            h_fov=float(np.round(rng.uniform(20, 140), 3))))
    # The seam and both poles, also with a sample centre just on them.
    for yaw, pitch, roll, side in ((180, 0, 33, 65), (-180, 10, 0, 64),
                                   (17, 90, 0, 65), (-100, -90, 45, 65),
                                   (0, 90, 0, 64), (179.99, -89.99, 180, 64)):
        views.append(ref.view(yaw, pitch, roll, w=side, h=side, h_fov=70.))
    return views


def stable_tops(views):
    """The same views with even sizes, as 4:2:0 planes need them."""
    return [dict(v, w=v['w'] & ~1, h=v['h'] & ~1) for v in views]


@guarded
def test_straight_lines(rep):
    """Great circles are straight lines of a flat view, where they belong."""
    rng = np.random.default_rng(7)
    normals = ref.normalised(rng.normal(size=(3, 3)))
    rays = ref.equirect_rays(W, H)
    frame = [np.rint(32768 + 32000 * (rays @ n)) for n in normals]
    views = ref.preset('ring8', 160, 120, h_fov=90.) + [
        ref.view(*a, w=160, h=120, h_fov=90.)
        for a in ((20, 35, 10), (180, -60, 80), (5, 90, 0), (77, -90, 33))]
    got = views_remap([frame], 'gbrp16le', (W, H), views, '', STOCK)
    worst = bend = points = 0
    for frames, vw in zip(got, views):
        cam = ref.camera_rays(vw)
        f = vw['w'] / 2 / np.tan(np.radians(vw['h_fov']) / 2)
        for level, n in zip(frames[0], normals):
            xs, ys, off = crossings(level, cam, ref.rotation(
                vw['yaw'], vw['pitch'], vw['roll']).T @ n, f)
            if len(xs) < 20:
                continue
            pts = np.stack([xs, ys], 1) - (xs.mean(), ys.mean())
            bend = max(bend, np.abs(
                pts @ np.linalg.svd(pts, full_matrices=False)[2][1]).max())
            worst, points = max(worst, np.abs(off).max()), points + len(xs)
    # A view's pixel spans at most W f^-1 / 2 pi = 1.02 source px, so this is
    # a bound in either: quantisation (0.004), chords for arcs between source
    # samples (0.0016) and 16-bit rounding (0.005), added up.
    rep.check(worst < 0.012 and bend < 0.012 and points > 1000,
              'great circles are straight lines',
              f'{points} points, off the line {worst:.4f} px, bent {bend:.4f} px; limit 0.012')


def crossings(level, cam, n, f):
    """Points at which a sampled linear function changes sign along x or y, and how
    far they are from the line n.(x, y, f) = 0, in px."""
    g = (level.astype(float) - 32768) * np.linalg.norm(cam, axis=-1)
    steep_x = abs(n[0]) > abs(n[1])
    if steep_x:
        g, cam = g.T, cam.transpose(1, 0, 2)
    j, i = np.nonzero(np.sign(g[:-1]) * np.sign(g[1:]) < 0)
    t = g[j, i] / (g[j, i] - g[j + 1, i])
    p = cam[j, i] * (1 - t)[:, None] + cam[j + 1, i] * t[:, None]
    off = f * (p @ n) / np.hypot(n[0], n[1])
    return p[:, 0] * f, p[:, 1] * f, off


def test_presets(rep):
    luma_positions(rep, 'positions of ring8',
                   ref.preset('ring8', 96, 64, h_fov=90.),
                   'w=96:h=64:h_fov=90', 'ring8')
    for name in (name for name, n in listed('presets') if n != 'N'):
        if name not in ref.PRESETS:
            rep.check(False, 'positions of ' + name, 'lib/reference.py does not know it')
            continue
        # With w and h, only the horizontal field of view is the preset's own.
        luma_positions(rep, 'positions of ' + name,
                       ref.preset(name, 64, 64, h_fov=float(ref.PRESET_FOV[name][0])),
                       'w=64:h=64', name)
    luma_positions(rep, 'positions of ring6@-20',
                   ref.preset('ring6@-20', 64, 48, h_fov=75.),
                   'w=64:h=48:h_fov=75', 'ring6@-20')
    luma_positions(rep, 'positions of dome17, but of 75 degrees',
                   ref.preset('dome17', 64, 48, h_fov=75.),
                   'w=64:h=48:h_fov=75', 'dome17')
    luma_positions(rep, 'positions of colmap12 at its own size, W/4 x H/2',
                   ref.preset('colmap12', 128, 128, h_fov=90., v_fov=90.),
                   '', 'colmap12')
    luma_positions(rep, 'positions of nerfstudio8 at its own size, '
                   'sqrt(W H / 8)', ref.preset(
                       'nerfstudio8', 128, 128, h_fov=120., v_fov=120.),
                   '', 'nerfstudio8')


def test_random_rig(rep):
    rig = random_rig()
    luma_positions(rep, 'positions of a random rig', rig)
    luma_positions(rep, 'positions with h_fov and v_fov', [
        dict(v, v_fov=100. - v['h_fov'] / 2) for v in rig])
    luma_positions(rep, 'positions with d_fov', [
        dict(v, h_fov=None, d_fov=v['h_fov']) for v in rig])
    # Where W / 360 is not a whole number the yaw's offset is rounded, too.
    luma_positions(rep, 'positions on another width',
                   rig, size=(640, 320))


def few_views():
    rig = random_rig()
    return stable_tops(rig[-8:] + rig[:3])


def test_chroma(rep):
    for fmt, sx, sy in (('yuv420p16le', 2, 2), ('p016le', 2, 2),
                        ('yuv422p16le', 2, 1)):
        if STOCK and fmt == 'p016le':
            continue        # stock v360 does not take this format
        for loc in ('left', 'center', 'topleft'):
            chroma_positions(rep, f'chroma of {fmt} at {loc}', fmt,
                             ref.Plane(sx, sy, loc), 'chroma_loc=' + loc
                             if not STOCK else '', few_views())
    for loc in () if STOCK else ('left', 'center'):
        chroma_positions(rep, 'chroma of views of odd sizes at ' + loc,
                         'yuv420p16le', ref.Plane(2, 2, loc),
                         'chroma_loc=' + loc, random_rig())


def test_auto_siting(rep):
    """Siting auto: the frame's own; else left, and center for full range."""
    if STOCK:
        return              # stock v360 does not know of siting
    views = few_views()
    for what, loc, args in (
            ('limited range', 'left', ['-color_range', 'tv']),
            ('full range', 'center', ['-color_range', 'pc'])):
        chroma_positions(rep, 'chroma, siting unspecified, ' + what,
                         'yuv420p16le', ref.Plane(2, 2, loc), '', views, args)
    for loc in ('left', 'center', 'topleft'):
        chroma_positions(rep, 'chroma of a frame that says ' + loc,
                         'yuv420p16le', ref.Plane(2, 2, loc), '', views,
                         ['-chroma_sample_location', loc])


if __name__ == '__main__':
    main(globals(), lambda parser: parser.add_argument(
        '--stock', action='store_true', help="FFmpeg's v360 instead: must fail"))
