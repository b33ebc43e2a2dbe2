#!/usr/bin/python3 -B
# Supersampling: the mean that it should be, no aliases, nothing shifted, and as many
# samples as a view needs. Licence: LGPL-2.1-or-later.
"""Compares supersample=n with means of larger views and with calculations in double.

The zone plate is cos(k t^2 / 2) of the angle t from the middle of the view, so
that the frequency rises with t. What a view shows there is compared with the
mean of the cosine over each sample of the view: cos() times sinc() of the local
frequency on either axis, which is right within 0.004 as the frequency hardly
changes in a sample. Such a mean is the best that a filter of samples without
overlap can do: what differs from it is aliases. Only samples count whose local
frequency is between 0.5 cycles a sample, the view's Nyquist frequency, and 1.0,
that of the finer grid of supersample=2: beyond, two samples on an axis cannot
know better.
"""

import re

import numpy as np

from lib import reference as ref
from lib.run import FORMATS, batch_graph, guarded, main, remap, run, view_text, views_remap

W, H = 512, 256
FORMATS['yuv444p12le'] = FORMATS['gray12le']._replace(planes=((1, 1, 1),) * 3)
# Straight on, across the seam, at a pole; at sizes that leave parts of blocks.
VIEWS = [ref.view(20, 10, 5, 62, 46, 90.), ref.view(180, -30, 0, 134, 38, 70.),
         ref.view(40, 90, 0, 34, 34, 80.)]


def noise(fmt, seed=1):
    rng = np.random.default_rng(seed)
    mask = FORMATS[fmt].mask
    return [rng.integers(0, 1 << 16, (-(-H // sy), -(-W // sx), n)) & mask
            for sx, sy, n in FORMATS[fmt].planes]


def mean(plane, n, shift=0):
    """Means of n x n samples, ties up, of values that are shifted to the left."""
    h, w = plane.shape[0] // n, plane.shape[1] // n
    total = (plane.astype(np.int64) >> shift).reshape(h, n, w, n, -1).sum((1, 3))
    return ((2 * total + n * n) // (2 * n * n) << shift).reshape(
        (h, w) + plane.shape[2:])


def larger(views, n):
    return [dict(vw, w=n * vw['w'], h=n * vw['h']) for vw in views]


@guarded
def same_as_mean(rep, fmt, interp, options=''):
    options += 'interp=' + interp
    mask = FORMATS[fmt].mask
    shift = mask.bit_length() - bin(mask).count('1')
    source = [noise(fmt)]
    plain = views_remap(source, fmt, (W, H), VIEWS, options)
    wrong, count = 0, 0
    for n in (1, 2, 3, 4):
        fine = plain if n == 1 else views_remap(source, fmt, (W, H), larger(VIEWS, n), options)
        got = views_remap(source, fmt, (W, H), VIEWS, f'{options}:ss={n}')
        for a, b in zip(fine, got):
            for p, q in zip(a[0], b[0]):
                wrong += (mean(p, n, shift) != q).sum()
                count += q.size
    rep.check(wrong == 0, f'{fmt} {interp} {options.split(":")[0]}: means of larger views',
              f'{wrong} of {count} samples wrong, n = 1 to 4')


def test_means(rep):
    for fmt in ('gray', 'rgba', 'gray16le', 'yuv444p12le'):
        for interp in ('near', 'line', 'cube'):
            same_as_mean(rep, fmt, interp)
    # In their middle, chroma samples of a larger view lie evenly in those of the view.
    for fmt in ('yuv420p', 'nv12', 'p010le', 'yuv422p'):
        for interp in ('line', 'cube'):
            same_as_mean(rep, fmt, interp, 'chroma_loc=center:')


def finer_places(vw, plane, n):
    """Source positions, in 1/256 px, of n x n places around each sample of a plane."""
    w, h = plane.size(vw['w'], vw['h'])
    step = ((np.arange(n) + 0.5) / n - 0.5)
    i = (np.arange(w)[:, None] + step).ravel()
    j = (np.arange(h)[:, None] + step).ravel()
    u, v = plane.to_luma(*np.meshgrid(i, j))
    tx, ty = ref.half_extents(vw)
    rays = np.stack([(2 * u / vw['w'] - 1) * tx, (2 * v / vw['h'] - 1) * ty,
                     np.ones_like(u)], -1)
    rays = ref.normalised(rays) @ ref.rotation(0, vw['pitch'], vw['roll']).T
    x, y = plane.from_luma(*ref.equirect_uv(rays, W, H))
    offset = np.rint(vw['yaw'] / 360 * (W // plane.sx) * 256)
    return (np.rint(x * 256) + offset) / 256, np.rint(y * 256) / 256


@guarded
def chroma_places(rep, fmt, loc, n):
    """Samples of chroma lie around its own place, wherever that is."""
    source = noise(fmt)
    vw = VIEWS[0]
    got = views_remap([source], fmt, (W, H), [vw], f'chroma_loc={loc}:ss={n}')[0][0]
    off = []
    for plane, out, (sx, sy, parts) in zip(source, got, FORMATS[fmt].planes):
        x, y = finer_places(vw, ref.Plane(sx, sy, loc if sx > 1 else 'center'), n)
        for c in range(parts):
            fine = np.rint(ref.interpolate(plane[..., c].astype(float), x, y))
            want = fine.reshape(out.shape[0], n, out.shape[1], n).mean((1, 3))
            off.append((out.reshape(*out.shape[:2], -1)[..., c] - want).ravel())
    off = np.concatenate(off)
    # The last rounding leaves 1/sqrt(12) = 0.289, or n n values of which half are ties
    # 1/sqrt(8); a tie of the kernel's own rounding may go the other way, 1 / (n n) each.
    limit = 0.36
    rms = np.sqrt(np.mean(off**2))
    rep.check(rms < limit and np.abs(off).max() <= 0.51 + 2 / n**2,
              f'{fmt} {loc}, n = {n}: like a calculation in double',
              f'{off.size} samples, RMSE {rms:.4f}, worst {np.abs(off).max():.3f}; '
              f'limit {limit}')


def test_chroma(rep):
    for loc in ('left', 'center', 'topleft'):
        for fmt in ('yuv420p', 'nv12', 'yuv422p'):
            for n in (2, 3, 4):
                chroma_places(rep, fmt, loc, n)


def plate(rays, k, axis):
    return np.cos(k / 2 * np.arccos(np.clip(rays @ axis, -1, 1))**2)


def zone_plate(w, h, k, axis):
    """16 bits; made in bands, as directions of 8K take much memory."""
    out = np.full((h, w), 32768, np.uint16)
    lon = (2 * (np.arange(w) + 0.5) / w - 1) * np.pi
    lat = (1 - 2 * (np.arange(h) + 0.5) / h) * np.pi / 2
    ring = np.stack([np.sin(lon), np.zeros(w), np.cos(lon)], -1)
    cols = np.abs(lon) < 1      # what the view shows, and some more
    for j in np.flatnonzero(np.abs(lat) < 0.75):
        rays = np.cos(lat[j]) * ring[cols]
        rays[:, 1] = -np.sin(lat[j])
        out[j, cols] = np.rint(32768 + 30000 * plate(rays, k, axis))
    return out


def plate_in_view(vw, k):
    """Means of the plate over the view's samples, and their local frequencies."""
    cam = ref.camera_rays(vw)
    f = vw['w'] / 2 / np.tan(np.radians(vw['h_fov'] / 2))
    r = np.hypot(cam[..., 0], cam[..., 1])
    t = np.arctan(r)
    rate = k * t / (1 + r * r) / (2 * np.pi * f)    # cycles a sample, away from the middle
    fx, fy = rate * cam[..., 0] / r, rate * cam[..., 1] / r
    return np.cos(k / 2 * t * t) * np.sinc(fx) * np.sinc(fy), np.hypot(fx, fy)


# How far below n = 1 the means of n = 2, 3 and 4 must be, in dB. The responses of these
# means and of a kernel are known: over those frequencies they leave 24.7, 38.7 and 29.5
# dB by line, 19.9, 28.9 and 36.1 by cube, if the kernel had no images beyond the source's
# own Nyquist frequency. It has, and by line they are most of what n = 3 leaves. 23.5,
# 21.8, 26.7 and 20.0, 27.4, 35.4 were measured: these are whole numbers below.
BELOW = {'line': (23, 21, 26), 'cube': (19, 27, 35)}


@guarded
def plate_aliases(rep, interp):
    """At 3.8 samples of the source in one of the view."""
    size, vw = (7680, 3840), ref.view(0, 0, 0, 640, 360, 90.)
    k = 12000               # 1.0 cycles a sample 10 degrees from the middle
    source = zone_plate(*size, k, np.array([0., 0., 1.]))
    want, rate = plate_in_view(vw, k)
    # Farther out the view shows fewer samples in one, and the rate sinks again.
    middle = np.hypot(*ref.camera_rays(vw)[..., :2].transpose(2, 0, 1)) < 0.3
    band = (rate >= 0.5) & (rate <= 1.0) & middle
    views = [dict(vw, ss=n) for n in (1, 2, 3, 4)]
    got = views_remap([[source]], 'gray16le', size, views, 'interp=' + interp)
    level = [10 * np.log10(np.mean(((g[0][0] - 32768.) / 30000 - want)[band]**2))
             for g in got]
    text = ', '.join(f'n = {n + 1}: {d:.1f}' for n, d in enumerate(level))
    below = [level[0] - d for d in level[1:]]
    rep.check(all(d >= least for d, least in zip(below, BELOW[interp])) and band.sum() > 7000,
              f'zone plate, {interp}: aliases are below those of n = 1',
              f'dB, {text}; below n = 1 {", ".join(f"{d:.1f}" for d in below)}, '
              f'at least {BELOW[interp]}; {band.sum()} samples')


def test_zone_plate(rep):
    for interp in ('line', 'cube'):
        plate_aliases(rep, interp)


def dot(rays, centre, sigma):
    """A Gaussian of the distance, which the chord is for what is so small."""
    return np.exp(-((rays - centre)**2).sum(-1) / (2 * sigma * sigma))


def centroid(image, window):
    part = image[window].astype(float)
    j, i = np.mgrid[window]
    return np.array([(part * i).sum(), (part * j).sum()]) / part.sum()


@guarded
def dots(rep, what, fmt, loc, n):
    """Dots have the centroids of the same dots at the view's samples, in double."""
    size, vw = (4096, 2048), ref.view(33, -12, 7, 320, 240, 90., None)
    planes = [ref.Plane(sx, sy, loc if sx > 1 else 'center')
              for sx, sy, _ in FORMATS[fmt].planes]
    source = [np.zeros(p.size(*size)[::-1], np.uint16) for p in planes]
    places, worst = [], 0
    for x, y in ((60, 50), (160, 120), (260, 190), (90, 180), (220, 60.5)):
        cam = np.array([(2 * x / 320 - 1), (2 * y / 240 - 1) * 0.75, 1])
        places.append(ref.rotation(33, -12, 7) @ ref.normalised(cam))
    for p, out in zip(planes, source):
        # 2 samples of the view's plane, in radians at its middle.
        sigma = 2 * p.sx / 160
        rays = ref.equirect_rays(*size, p)
        for c in places:
            near = rays @ c > np.cos(6 * sigma)
            out[near] = np.rint(60000 * dot(rays[near], c, sigma))
    got = views_remap([source], fmt, size, [vw], f'chroma_loc={loc}:ss={n}')[0][0]
    for p, out in zip(planes, got):
        rays = ref.view_rays(vw, p)
        for c in places:
            want = dot(rays, c, 2 * p.sx / 160)
            j, i = np.unravel_index(want.argmax(), want.shape)
            window = np.s_[max(j - 14, 0):j + 15, max(i - 14, 0):i + 15]
            # Beyond the other dots' reach.
            off = centroid(out, window) - centroid(np.where(want > 1e-7, want, 0), window)
            worst = max(worst, np.abs(off).max())
    rep.check(worst < 0.01, f'dots of {what} at {loc}, n = {n}',
              f'{len(places)} dots, off by {worst:.4f} px; limit 0.01')


def test_no_shift(rep):
    for loc in ('left', 'center'):
        for n in (1, 2, 3, 4):
            dots(rep, 'luma and chroma', 'yuv420p16le', loc, n)


def log_of(source, options, size, *before):
    """What the filter says of a frame."""
    graph = f"color=s={size}:d=0.1,format=gray,{''.join(before)}v360batch={options}"
    done = run(['-v', 'verbose', '-f', 'lavfi', '-i', graph, '-f', 'null', '-'])
    text = done.stderr.decode(errors='replace')
    if done.returncode:
        raise RuntimeError(text)
    return text


def chosen(text):
    """(samples, n) of each view, in order."""
    return [(float(m), int(n)) for m, n in re.findall(
        r'shows ([0-9.]+) samples of the source in one of its own: supersample=(\d)', text)]


@guarded
def auto(rep, what, size, options, views, want):
    """want: the n of each view; each view alone, as outputs of -lavfi are one."""
    found = []
    for vw in views:
        found += chosen(log_of(what, f'{options}ss=auto:views={vw}', size))[-1:]
    rep.check([n for _, n in found] == want, 'auto, ' + what,
              f'{found}, expected {want}')


def test_auto(rep):
    def square(*sizes):
        return [f'w={w} h={w}' for w in sizes]

    # 512 of 360 degrees are 81.5 in a radian; a view of 90 degrees has w / 2 there.
    auto(rep, 'equirect: 3.82, 2.00, 1.99, 2.04, 6.04, 8.15 samples', '7680x3840', 'h_fov=90:',
         ['w=640 h=360'] + square(1223, 1228, 1200, 405, 300), [2, 1, 1, 2, 4, 4])
    auto(rep, 'equirect, straight up and down', '512x256', 'h_fov=90:v_fov=90:',
         [vw + f' pitch={p}' for vw in square(90, 80, 40, 30) for p in (0, 90, -90)],
         [1] * 3 + [2] * 3 + [3] * 3 + [3] * 3)
    # A face of 128 shows in a view of 90 degrees and the same size one sample in one.
    auto(rep, 'c3x2', '384x256', 'input=c3x2:h_fov=90:v_fov=90:',
         square(128, 65, 63, 40, 31), [1, 1, 2, 2, 3])
    # 256 in 180 degrees: 81.5 in a radian, on the axis.
    auto(rep, 'fisheye', '256x256', 'input=fisheye:ih_fov=180:iv_fov=180:h_fov=60:v_fov=60:',
         square(60, 42, 30, 20), [1, 2, 2, 3])


def test_warning(rep):
    for w, warns in ((42, False), (40, False), (20, True)):
        text = log_of('', f'ss=auto:views=w={w} h={w} h_fov=90', '512x256')
        said = re.findall(r'shows ([0-9.]+) samples .*looks at [0-9]+ .*should be ([0-9.]+) times', text)
        m = 512 / (2 * np.pi) / (w / 2)
        good = bool(said) == warns and (not warns or (
            abs(float(said[-1][0]) - m) <= 0.051 and abs(float(said[-1][1]) - m / 8) <= 0.051))
        rep.check(good, f'{m:.1f} samples in one: {"a" if warns else "no"} warning', f'{said}')


def test_commands(rep):
    """The number goes with the view, and the picture is that of the number."""
    # 30 degrees: 0.9 samples; 130: 3.5 of them.
    text = log_of('', 'ss=auto:views=name=a w=100 h=100 h_fov=30', '512x256',
                  'sendcmd=c=0.04 v360batch a.h_fov 130,')
    rep.check([n for _, n in chosen(text)][-2:] == [1, 2], 'auto after a command',
              f'{chosen(text)}')
    source = [noise('gray', seed) for seed in (1, 1)]
    vw = dict(ref.view(0, 0, 0, 100, 100, 130.), name='a')
    got = remap(source, 'gray', (W, H),
                "[0:v]sendcmd=c=0.04 v360batch a.h_fov 130,v360batch=ss=auto:views="
                + view_text([dict(vw, h_fov=30.)]) + '[o0]', [(100, 100)])[0]
    want = [views_remap(source[:1], 'gray', (W, H), [dict(vw, h_fov=f, ss=n)])[0][0][0]
            for f, n in ((30., 1), (130., 2))]
    rep.check(len(got) == 2 and all((g[0] == p).all() for g, p in zip(got, want)),
              'frames before and after a command', f'{len(got)} frames')


def test_soft_edges(rep):
    """Colour and alpha beside what a source does not show are means, too."""
    views = [ref.view(20, 10, 5, 96, 96, 110.)]
    options = 'input=flat:ih_fov=90:iv_fov=53.13010235:fill=0x102030:alpha_mask=1'
    planes = [np.full((H, W), 200)] * 4
    for n in (1, 2, 3, 4):
        fine = remap([planes], 'gbrap', (W, H), batch_graph(larger(views, n), options),
                     [(96 * n, 96 * n)])[0][0]
        got = views_remap([planes], 'gbrap', (W, H), views, options + f':ss={n}')[0][0]
        bad = sum((mean(p, n) != q).sum() for p, q in zip(fine, got))
        levels = len(np.unique(got[3]))
        # An edge at an angle has most of the n n + 1 means.
        rep.check(bad == 0 and levels == (2 if n == 1 else levels) and levels > n * n / 2 + 1,
                  f'edge of a source, n = {n}', f'{levels} levels of alpha, {bad} samples wrong')


if __name__ == '__main__':
    main(globals())
