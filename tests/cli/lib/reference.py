# Reference geometry in double precision, typed in from the project's own
# definition (axes, angles, pixel centres, presets) and from v360's kernel
# formulas. It is of use because it shares nothing with the filter's code.
# Licence: LGPL-2.1-or-later.
"""Directions, rotations, positions, presets and interpolation kernels."""

import numpy as np

# Preset name -> (yaw, pitch) of each view, degrees.
def _ring(yaws, pitch):
    return [(float(y), float(pitch)) for y in yaws]


PRESETS = {
    'ring8': _ring(range(0, 360, 45), 0),
    'ring5': _ring(range(0, 360, 72), 0),
    'ring6@-20': _ring(range(0, 360, 60), -20),
    'cube6': _ring((0, 90, 180, 270), 0) + [(0, 90), (0, -90)],
    'colmap12': _ring((0, 90, 180, 270), -35) + _ring((0, 90, 180, 270), 0)
                + _ring((45, 135, 225, 315), 35),
    'colmap4': _ring((0, 90, 180, 270), 0),
    'nerfstudio8': _ring((180, 270, 0, 90), 0) + _ring((180, 0), 45)
                   + _ring((180, 0), -45),
    'nerfstudio14': _ring((180, 240, 300, 0, 60, 120), 0)
                    + _ring((180, 270, 0, 90), 45)
                    + _ring((180, 270, 0, 90), -45),
    'dome16': _ring(range(0, 360, 45), 0) + _ring((0, 90, 180, 270), 45)
              + _ring((0, 90, 180, 270), -45),
    'dome17': _ring(range(0, 360, 45), 0)
              + _ring(np.arange(22.5, 360, 45), 30) + [(0, 90)],
    'dense17': _ring(range(0, 360, 40), 0) + _ring((0, 90, 180, 270), 30)
               + _ring((0, 90, 180, 270), -30),
}
# Fields of view that a preset brings with it: (h_fov, v_fov).
PRESET_FOV = {'cube6': (90, 90), 'colmap12': (90, 90), 'colmap4': (90, 90),
              'nerfstudio8': (120, 120), 'nerfstudio14': (110, 110),
              'dome16': (110, 110), 'dome17': (90, 67.5),
              'dense17': (120, 120)}


def view(yaw=0., pitch=0., roll=0., w=64, h=64, h_fov=90., v_fov=None):
    """A flat view; v_fov None means square pixels."""
    return dict(yaw=yaw, pitch=pitch, roll=roll, w=w, h=h, h_fov=h_fov,
                v_fov=v_fov)


def preset(name, w=64, h=64, **kw):
    return [view(y, p, w=w, h=h, **kw) for y, p in PRESETS[name]]


def rotation(yaw, pitch, roll):
    """pano_from_cam = Ry(yaw) Rx(pitch) Rz(roll); right, down, forward."""
    y, p, r = np.radians([yaw, pitch, roll])
    ry = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0],
                   [-np.sin(y), 0, np.cos(y)]])
    rx = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)],
                   [0, np.sin(p), np.cos(p)]])
    rz = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0],
                   [0, 0, 1]])
    return ry @ rx @ rz


class Plane:
    """Where the samples of a plane sit among the luma samples.

    sx, sy: subsampling; co_x, co_y: whether a chroma sample coincides with the
    first of its luma samples (siting left / top) or sits at their centre.
    """

    def __init__(self, sx=1, sy=1, siting='center'):
        self.sx, self.sy = sx, sy
        self.co_x = siting in ('left', 'topleft')
        self.co_y = siting == 'topleft'

    def size(self, w, h):
        return -(-w // self.sx), -(-h // self.sy)

    def to_luma(self, i, j):
        """Sample index -> luma position, whose sample centres lie at +0.5."""
        return (self.sx * i + 0.5 if self.co_x else self.sx * (i + 0.5),
                self.sy * j + 0.5 if self.co_y else self.sy * (j + 0.5))

    def from_luma(self, u, v):
        return ((u - 0.5) / self.sx if self.co_x else u / self.sx - 0.5,
                (v - 0.5) / self.sy if self.co_y else v / self.sy - 0.5)


LUMA = Plane()


def half_extents(vw):
    """Tangents of half the fields of view; a d_fov spans the diagonal."""
    w, h = vw['w'], vw['h']
    if vw.get('d_fov'):
        t = np.tan(np.radians(vw['d_fov']) / 2) / np.hypot(w, h)
        return t * w, t * h
    tx = np.tan(np.radians(vw['h_fov']) / 2)
    return tx, (np.tan(np.radians(vw['v_fov']) / 2) if vw['v_fov']
                else tx * h / w)


def camera_rays(vw, plane=LUMA):
    """Unnormalised rays of a flat view's samples, shape (h, w, 3)."""
    w, h = plane.size(vw['w'], vw['h'])
    i, j = np.meshgrid(np.arange(w, dtype=float), np.arange(h, dtype=float))
    u, v = plane.to_luma(i, j)
    tx, ty = half_extents(vw)
    return np.stack([(2 * u / vw['w'] - 1) * tx,
                     (2 * v / vw['h'] - 1) * ty, np.ones_like(u)], -1)


def normalised(rays):
    return rays / np.linalg.norm(rays, axis=-1, keepdims=True)


def view_rays(vw, plane=LUMA):
    r = rotation(vw['yaw'], vw['pitch'], vw['roll'])
    return normalised(camera_rays(vw, plane)) @ r.T


def equirect_uv(rays, width, height):
    """Luma position (u, v) of directions in an equirect image."""
    x, y, z = np.moveaxis(rays, -1, 0)
    lam = np.arctan2(x, z)
    phi = -np.arctan2(y, np.hypot(x, z))
    return (1 + lam / np.pi) / 2 * width, (1 - 2 * phi / np.pi) / 2 * height


def equirect_rays(width, height, plane=LUMA):
    """Directions of an equirect image's samples."""
    w, h = plane.size(width, height)
    i, j = np.meshgrid(np.arange(w, dtype=float), np.arange(h, dtype=float))
    u, v = plane.to_luma(i, j)
    lam = (2 * u / width - 1) * np.pi
    phi = (1 - 2 * v / height) * np.pi / 2
    return np.stack([np.cos(phi) * np.sin(lam), -np.sin(phi),
                     np.cos(phi) * np.cos(lam)], -1)


def source_xy(vw, width, height, plane=LUMA):
    """Exact source index (x, y) of each sample of a view's plane."""
    return plane.from_luma(
        *equirect_uv(view_rays(vw, plane), width, height))


def source_xy_fixed(vw, width, height, plane=LUMA):
    """The same in 1/256 px: grid of yaw 0, plus the offset of the yaw."""
    x, y = source_xy(dict(vw, yaw=0.), width, height, plane)
    wp = width // plane.sx
    offset = np.rint(vw['yaw'] / 360 * wp * 256)
    return (((np.rint(x * 256) + offset) % (wp * 256)).astype(np.int64),
            np.rint(y * 256).astype(np.int64))


def _lanczos(t):
    x = np.pi * (t[:, None] - np.arange(4) + 1)
    return np.sinc(x / np.pi) * np.sinc(x / 2 / np.pi)


def _gauss(t):
    x = t[:, None] - np.arange(4) + 1
    return np.exp(-2.5 * x * x)


def _mitchell(t):
    b = c = 1 / 3
    p0, p2, p3 = (6 - 2 * b) / 6, (-18 + 12 * b + 6 * c) / 6, \
                 (12 - 9 * b - 6 * c) / 6
    q0, q1, q2, q3 = (8 * b + 24 * c) / 6, (-12 * b - 48 * c) / 6, \
                     (6 * b + 30 * c) / 6, (-b - 6 * c) / 6
    x = np.abs(t[:, None] - np.arange(4) + 1)
    near = (p0 + x * x * (p2 + x * p3)) * \
           (p0 + x * x * (p2 + x * p3 / 2) / 4)
    far = (q0 + x * (q1 + x * (q2 + x * q3))) * \
          (q0 + x * (q1 + x * (q2 + x / 2 * q3) / 2) / 2)
    return np.where(x < 1, near, np.where(x < 2, far, 0))


# Kernel -> (offset of the first tap, weights for fractions t); v360's names
# and formulas, near aside, whose rounding is part of its definition.
KERNELS = {
    'line': (0, lambda t: np.stack([1 - t, t], 1)),
    'lagrange9': (0, lambda t: np.stack(
        [(t - 1) * (t - 2) / 2, -t * (t - 2), t * (t - 1) / 2], 1)),
    'cube': (-1, lambda t: np.stack(
        [-t / 3 + t**2 / 2 - t**3 / 6, 1 - t / 2 - t**2 + t**3 / 2,
         t + t**2 / 2 - t**3 / 2, -t / 6 + t**3 / 6], 1)),
    'lanc': (-1, _lanczos),
    'sp16': (-1, lambda t: np.stack(
        [((-t / 3 + .8) * t - 7 / 15) * t, ((t - 1.8) * t - .2) * t + 1,
         ((1.2 - t) * t + .8) * t, ((t / 3 - .2) * t - 2 / 15) * t], 1)),
    'gauss': (-1, _gauss),
    'mitchell': (-1, _mitchell),
}


def weights(kernel, t):
    w = KERNELS[kernel][1](np.asarray(t, dtype=float))
    return w / w.sum(1, keepdims=True)


def fetch(image, xi, yi):
    """Samples of an equirect plane; wraps, and crosses the poles."""
    h, w = image.shape
    over = (yi < 0) | (yi >= h)
    yi = np.where(yi < 0, -1 - yi, np.where(yi >= h, 2 * h - 1 - yi, yi))
    return image[yi, np.where(over, xi + w // 2, xi) % w]


def interpolate(image, x, y, kernel='line'):
    """Value of an equirect plane at index positions (x, y)."""
    if kernel == 'near':
        return fetch(image, np.floor(x + .5).astype(int),
                     np.floor(y + .5).astype(int)).astype(float)
    first = KERNELS[kernel][0]
    xi, yi = np.floor(x).astype(int), np.floor(y).astype(int)
    wx, wy = (weights(kernel, (p - i).ravel()).reshape(*x.shape, -1)
              for p, i in ((x, xi), (y, yi)))
    out = np.zeros(x.shape)
    for b in range(wy.shape[-1]):
        for a in range(wx.shape[-1]):
            out += (wx[..., a] * wy[..., b]
                    * fetch(image, xi + first + a, yi + first + b))
    return out
