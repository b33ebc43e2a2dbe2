#!/usr/bin/python3 -B
# Right values: samples are those that interpolation in double precision gives at the
# same positions, rounded to nearest.
# Licence: LGPL-2.1-or-later.
"""Compares samples with a double-precision interpolation of v360's kernels.

"same positions" are those of the grid, in 1/256 px; "exact" ones are not
rounded: the cost of rounding depends on how steep the image is, and is printed.
"""

import numpy as np

from lib import reference as ref
from lib.run import FORMATS, guarded, listed, main, views_remap

W, H = 512, 256
VIEWS = ref.preset('ring8', 96, 96, h_fov=90.) + [
    ref.view(180, 60, 20, 96, 96, 80.), ref.view(33.3, 90, 0, 96, 96, 80.),
    ref.view(-71.7, -90, 45, 96, 96, 80.)]

# An ideal rounding to integers leaves 1/sqrt(12) = 0.2887 LSB; 0.30 has room
# for the 4 % that sampling and ties add.
RMSE, BIAS = 0.30, 0.01

# Weights are integers of 2^14: at most WEIGHT off, except for the largest of a
# row, which makes the sum one.
WEIGHT = 2**-15


def noise(rng, shape, top):
    return rng.integers(0, top + 1, shape)


def photo(rng, shape, top):
    """1/f spectrum, as photographs have, over the full range."""
    fy = np.fft.fftfreq(shape[0])[:, None]
    fx = np.fft.fftfreq(shape[1])[None, :]
    f = np.maximum(np.hypot(fx, fy), 1 / max(shape))
    spectrum = np.fft.fft2(rng.normal(size=shape)) / f
    img = np.real(np.fft.ifft2(spectrum))
    img = 0.5 + img / (6 * img.std())
    return np.rint(np.clip(img, 0, 1) * top).astype(int)


def depth_of(fmt):
    return bin(FORMATS[fmt].mask).count('1')


def planes_of(fmt, make, rng):
    """Random planes in the format's layout, values at its depth."""
    top = (1 << depth_of(fmt)) - 1
    out = []
    for sx, sy, n in FORMATS[fmt].planes:
        shape = (H // sy, W // sx)
        comps = [make(rng, shape, top) for _ in range(n)]
        out.append(comps[0] if n == 1 else np.stack(comps, -1))
    return out


def shift_of(fmt):
    return FORMATS[fmt].mask.bit_length() - depth_of(fmt)


def expected(plane, vw, geometry, kernel, exact, top):
    if exact:
        x, y = ref.source_xy(vw, W, H, geometry)
    else:
        x, y = (p / 256 for p in ref.source_xy_fixed(vw, W, H, geometry))
    comps = plane[..., None] if plane.ndim == 2 else plane
    got = [ref.interpolate(comps[..., c].astype(float), x, y, kernel)
           for c in range(comps.shape[-1])]
    got = np.clip(np.stack(got, -1), 0, top)
    return got[..., 0] if plane.ndim == 2 else got


def differences(fmt, make, kernel, stock=False, seed=3):
    """Output minus expectation, in LSB: at the same positions, and exact."""
    planes = planes_of(fmt, make, np.random.default_rng(seed))
    top, shift = (1 << depth_of(fmt)) - 1, shift_of(fmt)
    options = 'interp=' + kernel
    if not stock and len(planes) > 1 and FORMATS[fmt].planes[1][0] > 1:
        options += ':chroma_loc=left'
    got = views_remap([[p << shift for p in planes]], fmt, (W, H), VIEWS,
                      options, stock)
    diffs = [[], []]
    low_bits = 0
    for frames, vw in zip(got, VIEWS):
        for plane, out, (sx, sy, _) in zip(planes, frames[0], FORMATS[fmt].planes):
            low_bits |= int(np.bitwise_or.reduce(
                out.ravel() & ((1 << shift) - 1)))
            geometry = ref.Plane(sx, sy, 'left') if sx > 1 else ref.LUMA
            for exact in (0, 1):
                want = expected(plane, vw, geometry, kernel, exact, top)
                diffs[exact].append(((out >> shift) - want).ravel())
    return np.concatenate(diffs[0]), np.concatenate(diffs[1]), low_bits


def rms(d):
    return np.sqrt(np.mean(d * d))


@guarded
def line_values(rep, what, fmt):
    """The bound that the project has set; the figures of stock v360 for comparison."""
    make = {'noise': noise, 'photo': photo}[what]
    same, exact, low = differences(fmt, make, 'line')
    text = (f'RMSE {rms(same):.4f}, bias {same.mean():+.4f} LSB; '
            f'at exact positions {rms(exact):.4f}, {exact.mean():+.4f}')
    if fmt == 'gray':
        error, bias = stock_figures(make)
        text += f'; stock v360 {error:.4f}, {bias:+.4f}'
    limit = limits('line', depth_of(fmt))[0]
    rep.check(rms(same) <= limit and abs(same.mean()) <= BIAS and not low,
              f'{what} of {fmt}, line',
              text + f'; limits {limit:.2f}, {BIAS:.2f}')


def limits(kernel, bits):
    """RMSE and largest error for white noise of that depth.

    line: the four weights follow from the rounded product of two phases, so
    they are off by +e -e -e +e, e <= WEIGHT: noise (RMS of its range:
    1/sqrt(12)) makes 2 e / sqrt(12) of full scale of it, 4 LSB at 16 bits.
    Within 10 bits that is 0.02 LSB, and the project's bound holds as it is.

    Kernels of 3 and 4 taps: two passes. In each, weight errors are
    independent, so their RMS is sqrt(4) WEIGHT / sqrt(3), and at worst all
    add up, 7 WEIGHT with the largest one. What is kept between the passes has
    6 fractional bits (8 bits) or 17 - depth: half of that at worst, times 1.3,
    the largest sum of absolute weights.
    """
    full = (1 << bits) - 1
    if kernel == 'line':
        noisy = 0 if bits <= 10 else full * 2 * WEIGHT / np.sqrt(12)
        return np.hypot(RMSE, noisy), 0.51 + 2 * full * WEIGHT
    between = 2.0 ** (bits - 17) if bits > 8 else 1 / 64
    return (np.sqrt(RMSE**2 + between**2 / 12
                    + (full * WEIGHT)**2 * 8 / 3),
            0.51 + 1.3 * between / 2 + 14 * full * WEIGHT)


def stock_figures(make):
    """Stock's arithmetic alone: against its own positions, 0...W-1."""
    plane = planes_of('gray', make, np.random.default_rng(3))[0]
    got = views_remap([[plane]], 'gray', (W, H), VIEWS, '', stock=True)
    diffs = []
    for frames, vw in zip(got, VIEWS):
        u, v = ref.equirect_uv(ref.view_rays(vw), W, H)
        want = ref.interpolate(plane.astype(float), u * (W - 1) / W,
                               v * (H - 1) / H)
        diffs.append((frames[0][0] - want).ravel())
    d = np.concatenate(diffs)
    return rms(d), d.mean()


@guarded
def kernel_values(rep, kernel, fmt):
    """All kernels, against their formulas."""
    same, exact, _ = differences(fmt, noise, kernel)
    limit, worst = limits(kernel, depth_of(fmt))
    # A position at a tie of its rounding may go either way.
    most = np.percentile(np.abs(same), 99.9)
    rep.check(rms(same) <= limit and most <= worst, f'noise of {fmt}, {kernel}',
              f'RMSE {rms(same):.4f}, worst of 99.9 % {most:.4f} LSB; '
              f'limits {limit:.4f}, {worst:.4f}; at exact positions {rms(exact):.4f}')


@guarded
def nearest_values(rep, fmt):
    """near takes a source sample, the nearest one; ties are left out."""
    plane = planes_of(fmt, noise, np.random.default_rng(4))[0]
    got = views_remap([[plane]], fmt, (W, H), VIEWS, 'interp=near')
    wrong = count = 0
    for frames, vw in zip(got, VIEWS):
        x, y = ref.source_xy(vw, W, H)
        want = ref.interpolate(plane, x, y, 'near')
        # 3/512 px: both roundings of a position, and a margin.
        clear = (abs(x % 1 - .5) > 3 / 512) & (abs(y % 1 - .5) > 3 / 512)
        wrong += (clear & (frames[0][0] != want)).sum()
        count += clear.sum()
    rep.check(wrong == 0 and count > 0.9 * len(VIEWS) * 96 * 96,
              'near takes the nearest sample, ' + fmt,
              f'{wrong} of {count} samples wrong')


@guarded
def flat_fields(rep, kernel, fmt):
    """Weights add up to one: a plain field stays plain, to the last bit."""
    views = [VIEWS[1], VIEWS[8], VIEWS[9]]
    top, shift = (1 << depth_of(fmt)) - 1, shift_of(fmt)
    levels = (0, 1, top // 2, top - 1, top)
    frames = [[np.full((H // sy, W // sx, n), level << shift)
               for sx, sy, n in FORMATS[fmt].planes] for level in levels]
    got = views_remap(frames, fmt, (W, H), views, 'interp=' + kernel)
    bad = sorted({level for v in got for f, level in zip(v, levels)
                  if any((p != level << shift).any() for p in f)})
    rep.check(not bad, f'a plain field stays plain, {kernel} {fmt}',
              f'levels that changed: {bad}' if bad else '5 levels')


@guarded
def no_overshoot(rep, kernel, fmt):
    """Kernels with negative lobes stay in range, and do reach its ends."""
    top, shift = (1 << depth_of(fmt)) - 1, shift_of(fmt)
    rng = np.random.default_rng(6)
    planes = [(p & 1) * top << shift for p in planes_of(fmt, noise, rng)]
    got = views_remap([planes], fmt, (W, H), VIEWS[:9], 'interp=' + kernel)
    flat = np.concatenate([p.ravel() for v in got for p in v[0]])
    low = int(np.bitwise_or.reduce(flat & ((1 << shift) - 1)))
    rep.check(flat.max() == top << shift and flat.min() == 0 and not low,
              f'no overshoot in {fmt}, {kernel}',
              f'range {flat.min() >> shift}...{flat.max() >> shift} of 0...{top}, low bits {low}')


@guarded
def test_fill_and_alpha(rep):
    """Beyond a flat source's edges: the fill colour, and alpha 0."""
    vw = ref.view(20, 10, 5, 96, 96, 110.)
    rays = ref.view_rays(vw)
    x, y = rays[..., 0] / rays[..., 2], rays[..., 1] / rays[..., 2]
    edge = np.maximum(np.abs(x), np.abs(y) * 2)   # of 90 by 53.13 degrees
    inside = (edge < 0.999) & (rays[..., 2] > 0)
    outside = (edge > 1.001) | (rays[..., 2] <= 0)
    options = 'input=flat:ih_fov=90:iv_fov=53.13010235:fill=0x102030'
    for fmt, extra in (('gbrp', ''), ('gbrap', ':alpha_mask=1')):
        n = len(FORMATS[fmt].planes)
        planes = [np.full((H, W), 200)] * n
        got = views_remap([planes], fmt, (W, H), [vw], options + extra)[0][0]
        fill = (0x20, 0x30, 0x10, 0)
        shown = 4 * (200,)   # alpha, too: the source's own
        bad = sum(((p != a) & inside).sum() + ((p != b) & outside).sum()
                  for p, a, b in zip(got, shown, fill))
        rep.check(bad == 0 and inside.sum() > 1000 and outside.sum() > 1000,
                  f"fill colour{' and alpha' if n == 4 else ''} beyond the source, {fmt}",
                  f'{bad} samples wrong, {inside.sum()} shown, {outside.sum()} filled')


def test_bilinear(rep):
    for fmt in ('gray', 'gray10le', 'yuv420p', 'nv12', 'rgb0', 'yuv420p10le',
                'p010le', 'gray16le'):
        line_values(rep, 'noise', fmt)
    for fmt in ('gray', 'gray10le'):
        line_values(rep, 'photo', fmt)


def test_all_are_here(rep):
    taps = {kernel: len(ref.weights(kernel, [0.5])[0]) for kernel in ref.KERNELS}
    # v360rig counts the taps of a row that are read: the first one of lagrange9 has weight 0.
    want = [('near', 1)] + [(k, 4 if n == 3 else n) for k, n in taps.items()]
    rep.check([(name, int(n)) for name, n in listed('interpolations')] == want,
              'all interpolations are tested', ' '.join(f'{name}:{n}' for name, n in want))


def test_kernels(rep):
    for kernel in ref.KERNELS:
        for fmt in ('gray', 'gray10le', 'gray16le'):
            kernel_values(rep, kernel, fmt)


def test_nearest(rep):
    for fmt in ('gray', 'gray16le'):
        nearest_values(rep, fmt)


def test_plain_fields(rep):
    for kernel in ['near'] + list(ref.KERNELS):
        for fmt in ('yuv420p', 'nv12', 'rgb0', 'gbrap', 'gray10le', 'p010le',
                    'gray12le', 'p016le'):
            flat_fields(rep, kernel, fmt)


def test_overshoot(rep):
    for kernel in ('cube', 'lanc', 'sp16', 'lagrange9'):
        for fmt in ('yuv420p10le', 'gray12le', 'p010le'):
            no_overshoot(rep, kernel, fmt)


if __name__ == '__main__':
    main(globals())
