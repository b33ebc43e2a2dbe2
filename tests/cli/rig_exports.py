#!/usr/bin/python3 -B
# Files that v360rig exports, against the formats' test vectors, and against images that
# ffmpeg makes. Environment: FFMPEG, V360RIG (default: build/).
# Licence: LGPL-2.1-or-later.
"""Checks rig_config.json, cameras.txt, transforms.json, masks, coverage."""

import functools
import json
import re

import numpy as np

from lib import reference as ref
from lib import run
from lib.run import rig

S = 0.707106781186548

# (yaw, pitch) -> w, x, y, z, for a reference view at (0, 0).
QUATERNIONS = [
    ((45, 0), (0.923879532511287, 0, -0.38268343236509, 0)),
    ((90, 0), (S, 0, -0.707106781186547, 0)),
    ((180, 0), (0, 0, 1, 0)),
    ((45, 30), (0.892399100832523, -0.239117618394335, -0.369643810614386,
                0.099045760541288)),
    ((0, -30), (0.965925826289068, 0.258819045102521, 0, 0)),
    ((0, 90), (S, -0.707106781186547, 0, 0)),
]
# h_fov -> fx of a view 1920 wide.
FOCAL = {60: 1662.7688, 75: 1251.0964, 90: 960, 96: 864.3879, 100: 805.5356,
         110: 672.1992, 120: 554.2563}
NERF = [[S, -0.353553391, -0.612372436, 0], [-S, -0.353553391, -0.612372436, 0],
        [0, 0.866025404, -0.5, 0], [0, 0, 0, 1]]


def views_file(views):
    with open('views.txt', 'w') as f:
        f.write('\n'.join(views) + '\n')
    return 'views.txt'


def rotation_of(quaternion):
    """The matrix of a Hamilton quaternion w, x, y, z."""
    w, x, y, z = quaternion
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]])


def read_colmap():
    """-> [(name, cam_from_rig, w, h, fx, fy, cx, cy)], by both files."""
    with open('rig_config.json') as f:
        rigs = json.load(f)
    with open('cameras.txt') as f:
        lines = [line.split() for line in f if not line.startswith('#')]
    cams = []
    for entry, line in zip(rigs[0]['cameras'], lines):
        q = entry.get('cam_from_rig_rotation', [1, 0, 0, 0])
        cams.append((entry['image_prefix'].rstrip('/'), rotation_of(q),
                     int(line[2]), int(line[3]), *map(float, line[4:])))
    return rigs, lines, cams


def xmp_field(name, field):
    with open(name + '.xmp') as f:
        return re.search(rf'xcr:{field}="([^"]*)"', f.read())[1]


def test_colmap(rep):
    views = ['yaw=0 pitch=0'] + [f'yaw={yaw} pitch={pitch}' for (yaw, pitch), _ in QUATERNIONS]
    rig('colmap', '--views', views_file(views), '--source', '3840x1920',
        '-o', '.')
    rigs, lines, cams = read_colmap()
    worst = 0
    for entry, (_, want) in zip(rigs[0]['cameras'][1:], QUATERNIONS):
        got, want = np.array(entry['cam_from_rig_rotation']), np.array(want)
        worst = max(worst, min(abs(got - want).max(), abs(got + want).max()))
    # The vectors are given to 15 digits.
    rep.check(worst <= 1e-12, 'rig_config.json: test vectors',
              f'{worst:.1e} at most')
    first, others = rigs[0]['cameras'][0], rigs[0]['cameras'][1:]
    good = (len(rigs) == 1 and first['ref_sensor'] is True and
            not [k for k in first if k.startswith('cam_from_rig')] and
            not [e for e in others if e.get('ref_sensor')] and
            all(e['cam_from_rig_translation'] == [0, 0, 0] for e in others))
    rep.check(good, 'rig_config.json: one reference, without a pose, rest at 0',
              f"{len(rigs[0]['cameras'])} cameras")
    good = all(e['image_prefix'] == f'view_{i:02}/' and
               e['camera_model_name'] == 'PINHOLE' and
               e['camera_params'] == [float(x) for x in lines[i][4:]] and
               lines[i][:4] == [str(i + 1), 'PINHOLE', '960', '960']
               for i, e in enumerate(rigs[0]['cameras']))
    rep.check(good, 'cameras.txt and rig_config.json agree',
              ' '.join(lines[0]))


def test_stereo(rep):
    """The distance of the eyes is not known: each has a rig, without a pose between."""
    args = ['ring2', '--size', '64x64', '--eye', 'both', '-o', '.']
    rig('colmap', *args)
    with open('rig_config.json') as f:
        rigs = json.load(f)
    names = [[c['image_prefix'] for c in r['cameras']] for r in rigs]
    refs = [[c.get('ref_sensor', False) for c in r['cameras']] for r in rigs]
    rep.check(names == [['view_00_left/', 'view_01_left/'],
                        ['view_00_right/', 'view_01_right/']] and
              refs == [[True, False]] * 2, 'rig_config.json: a rig an eye',
              names)
    rig('realityscan', *args)
    guids = [xmp_field(n[:-1], 'Rig') for r in names for n in r]
    rep.check(guids[0] == guids[1] != guids[2] == guids[3],
              'XMP: a rig an eye', guids[0])


def test_focal_lengths(rep):
    views = [f'h_fov={f} w=1920 h=1080' for f in FOCAL]
    rig('colmap', '--views', views_file(views), '-o', '.')
    cams = read_colmap()[2]
    worst = max(max(abs(c[4] - f), abs(c[5] - c[4]))
                for c, f in zip(cams, FOCAL.values()))
    # The values are given to four places.
    rep.check(worst <= 5.1e-5 and len(cams) == len(FOCAL) and
              all(c[6:] == (960, 540) for c in cams),
              'fx of 1920 pixels, fy the same, principal point in the middle',
              f'{worst:.1e} at most')
    rig('colmap', '--views', views_file(['h_fov=90 v_fov=60 w=80 h=60']),
        '-o', '.')
    got, want = read_colmap()[2][0][5], 30 / np.tan(np.radians(30))
    rep.check(abs(got - want) < 1e-9, 'fy of its own field of view', got)


def test_nerfstudio(rep):
    path = views_file(['yaw=45 pitch=30 w=100 h=80', 'yaw=0 w=100 h=80'])
    t = json.loads(rig('nerfstudio', '--views', path))
    worst = abs(np.array(t['frames'][0]['transform_matrix']) - NERF).max()
    rep.check(worst < 1e-9, 'transforms.json: test vector',
              f'{worst:.1e} at most, given to 9 digits')
    good = (t['camera_model'] == 'OPENCV' and t['w'] == 100 and t['h'] == 80 and
            t['fl_x'] == t['fl_y'] == 50 and t['cx'] == 50 and t['cy'] == 40 and
            not any(t[k] for k in ('k1', 'k2', 'p1', 'p2')) and
            t['applied_transform'] == [[1, 0, 0, 0], [0, 0, 1, 0],
                                       [0, -1, 0, 0]] and
            'rig only' in t['v360rig'])
    rep.check(good, 'transforms.json: one lens for all, says it is a rig', '')
    path = views_file(['yaw=45 w=100 h=80', 'yaw=0 w=90 h=80'])
    t = json.loads(rig('nerfstudio', '--views', path))
    rep.check([f['w'] for f in t['frames']] == [100, 90] and 'fl_x' not in t,
              'transforms.json: lenses on all frames or none', '')


def test_realityscan(rep):
    path = views_file(['name=a yaw=45 pitch=30 w=100 h=80',
                            'name=b roll=20 h_fov=60 w=100 h=80'])
    text = []
    for instance in ('000001', '000002'):
        rig('realityscan', '--views', path, '-o', '.', '--instance', instance)
        text += [open(n + '.xmp').read() for n in 'ab']
    field = [dict(re.findall(r'xcr:(\w+)="([^"]*)"', t)) for t in text]
    # World axes X right, Y forward, Z up; rows are the camera's axes there.
    worst = 0
    for f, angles in zip(field, ((45, 30, 0), (0, 0, 20))):
        world = ref.rotation(*angles).T @ [[1, 0, 0], [0, 0, -1], [0, 1, 0]]
        got = np.array(f['Rotation'].split(), float).reshape(3, 3)
        worst = max(worst, abs(got - world).max())
    focal = [float(f['FocalLength35mm']) for f in field]
    rep.check(worst < 1e-12 and abs(focal[0] - 18) < 1e-9 and
              abs(focal[1] - 18 / np.tan(np.radians(30))) < 1e-9,
              'XMP: rotation and focal length', f'{worst:.1e}')
    rep.check(len({f['Rig'] for f in field}) == 1 and
              field[0]['RigInstance'] == field[1]['RigInstance'] !=
              field[2]['RigInstance'] and
              [f['RigPoseIndex'] for f in field] == ['0', '1'] * 2,
              'XMP: one rig, an instance a panorama, an index a view', '')


def test_realityscan_portrait(rep):
    """35 mm film is 36 mm along the longer side, upright or not."""
    path = views_file(['name=tall h_fov=60 w=60 h=100',
                            'name=wide h_fov=60 w=100 h=60'])
    rig('realityscan', '--views', path, '-o', '.', '--instance', '1')
    got = [float(xmp_field(n, 'FocalLength35mm')) for n in ('tall', 'wide')]
    want = [w / 2 / np.tan(np.radians(30)) * 36 / 100 for w in (60, 100)]
    rep.check(abs(np.array(got) - want).max() < 1e-9,
              'XMP: focal length of an upright view', f'{got[0]:.4f}, {got[1]:.4f}')


def read_pgm(path):
    with open(path, 'rb') as f:
        magic, size, top = f.readline(), f.readline(), f.readline()
        w, h = map(int, size.split())
        data = np.frombuffer(f.read(), np.uint8)
    if magic != b'P5\n' or top != b'255\n' or len(data) != w * h:
        raise ValueError(f'{path} is not a whole PGM file')
    return data.reshape(h, w)


def owner_masks(rep, name, size=96):
    rig('owner-masks', '--rig', name, '--size', f'{size}x{size}', '-o', '.')
    rig('colmap', '--rig', name, '--size', f'{size}x{size}', '-o', '.')
    cams = read_colmap()[2]
    masks = [read_pgm(c[0] + '.pgm') for c in cams]
    axes = np.array([c[1].T[:, 2] for c in cams])
    rng = np.random.default_rng(5)
    rays = ref.normalised(rng.normal(size=(20000, 3)))
    near = rays @ axes.T
    owned = np.zeros(len(rays), int)
    seen = np.zeros(len(rays), bool)
    wrong = 0
    best = np.sort(near, 1)
    # A direction within a pixel and a half of the border of two views may fall into
    # pixels whose centres lie on the same side of that border.
    inner = np.arccos(best[:, -2]) - np.arccos(best[:, -1]) > 3 * 2 / size
    for i, c in enumerate(cams):
        r = rays @ c[1].T
        with np.errstate(divide='ignore', invalid='ignore'):
            x = c[4] * r[:, 0] / r[:, 2] + c[6]
            y = c[5] * r[:, 1] / r[:, 2] + c[7]
        inside = (r[:, 2] > 0) & (x > 0) & (y > 0) & (x < size) & (y < size)
        value = np.zeros(len(rays), bool)
        value[inside] = masks[i][y[inside].astype(int),
                                 x[inside].astype(int)] == 255
        mine = near.argmax(1) == i
        wrong += int((value != mine)[inside & inner].sum())
        owned += value
        seen |= inside & mine
    once = (owned == 1)[inner & seen]
    values = set(np.unique(masks))
    rep.check(not wrong and once.all() and not owned[~seen & inner].any() and
              values <= {0, 255}, f'owner masks of {name}: each direction once',
              f'{len(rays)} directions, {(~inner).sum()} too near a border to tell, '
              f'{100 * seen.mean():.1f} % seen')


def test_owner_ties(rep):
    """Views of one axis are equally near to each direction: the first view owns all."""
    path = views_file(['name=a yaw=10 pitch=5', 'name=b yaw=10 pitch=5 roll=90',
                            'name=c yaw=10 pitch=5 h_fov=40'])
    rig('owner-masks', '--views', path, '--size', '32x32', '-o', '.')
    values = [np.unique(read_pgm(n + '.pgm')).tolist() for n in 'abc']
    rep.check(values == [[255], [0], [0]], 'owner masks: a tie has one owner', values)


def shares(text):
    return {m[0]: float(m[1]) for m in re.findall(r'^(0|1|2|3\+) +([\d.]+)%$',
                                                  text, re.M)}


def test_coverage(rep):
    text = rig('coverage', '--rig', 'cube6', '--source', '3840x1920')
    got = shares(text)
    rep.check(got == {'0': 0, '1': 100, '2': 0, '3+': 0},
              'coverage: cube6 sees all once', got)
    line = [s for s in text.splitlines() if s.startswith('front')][0].split()
    # In the middle of a view a degree has fx pi / 180 pixels.
    want = 480 * np.pi / 180
    rep.check(abs(float(line[1]) - want) < 0.01 and
              abs(float(line[3]) - 3840 / 360) < 0.01,
              'coverage: pixels per degree', ' '.join(line))
    got = shares(rig('coverage', '--rig', 'ring2', '--fov', '90x90'))
    rep.check(abs(got['0'] - 200 / 3) < 0.01 and abs(got['1'] - 100 / 3) < 0.01,
              'coverage: two faces of a cube', got)
    text = rig('coverage', '--rig', 'ring1', '--source', '3840x1920',
               '--size', '300x300')
    rep.check('throws pixels away' in text, 'coverage: a small view', '')
    text = rig('coverage', '--rig', 'ring1', '--source', '3840x1920',
               '--size', '3000x3000')
    rep.check('invents pixels' in text, 'coverage: a large view', '')


def minified(*args):
    """name -> samples, auto and the verdict that coverage prints of each view."""
    rows = rig('coverage', *args).splitlines()
    at = [s.startswith('view ') for s in rows].index(True) + 1
    return {s.split()[0]: (float(s.split()[7]), int(s.split()[8]), ' '.join(s.split()[9:]))
            for s in rows[at:]}


def test_minification(rep):
    """By hand: in the middle of a flat view a sample is 2 tan(fov / 2) / w radians wide, and
    a panorama has W / 2 pi samples in a radian. Figures have two decimals."""
    per_radian = 7680 / (2 * np.pi)
    for size, fov, want in (('640x640', 90, per_radian * 2 / 640),
                            ('640x360', 90, per_radian * 2 / 640),
                            ('1920x1920', 90, per_radian * 2 / 1920),
                            ('640x640', 60, per_radian * 2 * np.tan(np.pi / 6) / 640),
                            ('300x300', 90, per_radian * 2 / 300),
                            ('200x200', 90, per_radian * 2 / 200)):
        # up and tilted too: no direction has more detail than another
        for rig_name in ('ring4', 'cube6', 'ring3@35'):
            got = minified('--rig', rig_name, '--source', '7680x3840', '--size', size,
                           '--fov', str(fov))
            n = min(max(int(np.ceil(want / 2)), 1), 4)
            # A central difference of an eighth of a sample is off by less than 1e-4 of it.
            bad = [v for v in got.values() if abs(v[0] - want) > 0.0055 or v[1] != n]
            rep.check(not bad, f'coverage: samples of {rig_name}, {size}, {fov} degrees',
                      bad or f'{want:.3f}, supersample={n}')
    got = minified('--rig', 'ring1', '--source', '7680x3840', '--size', '640x640')['view_00']
    rep.check(got[:2] == (3.82, 2) and got[2].endswith(
        'shows 3.8 samples of the source in one of its own; supersample=2'),
              'coverage: what a small view throws away', got)
    got = minified('--rig', 'ring1', '--source', '7680x3840', '--size', '200x200')['view_00']
    rep.check(got[:2] == (12.22, 4) and 'it should be 1.53 times as large' in got[2],
              'coverage: a view too small for any supersample', got)


def test_intrinsics(rep):
    """What other programs get does not depend on supersample."""
    for command, *args in (('nerfstudio',), ('colmap', '-o', 'ss')):
        texts = []
        for more in ([], ['--supersample', '3'], ['--supersample', 'auto']):
            text = rig(command, '--rig', 'ring4', '--source', '7680x3840', *args, *more)
            texts.append(text + (open('ss/rig_config.json').read() if args else ''))
        rep.check(len(set(texts)) == 1 and len(texts[0]) > 100,
                  f'{command}: the same with any supersample', f'{len(texts[0])} bytes')


def dots():
    """Directions all around, about 14 degrees apart, none on the seam."""
    i = np.arange(200)
    y = 1 - (2 * i + 1) / 200
    a = np.radians(i * 137.50776405003785 + 11)
    return np.stack([np.sqrt(1 - y * y) * np.sin(a), y,
                     np.sqrt(1 - y * y) * np.cos(a)], 1)


@functools.lru_cache(None)
def panorama(w, h, sigma):
    """Round blobs on the sphere; with 16 bits, rounding does not matter."""
    rays = ref.equirect_rays(w, h).reshape(h, w, 3)
    image = np.zeros((h, w))
    for d in dots():
        row = (0.5 + np.arcsin(d[1]) / np.pi) * h
        reach = 6 * sigma / np.pi * h
        rows = slice(max(int(row - reach), 0), int(row + reach) + 2)
        image[rows] += np.exp((rays[rows] @ d - 1) / sigma ** 2)
    return np.minimum(image * 60000, 65535)


def found_at(image, cam, ray, sigma):
    """Centre of gravity on the sphere of a blob -> (found, expected) x, y.

    None where the view does not hold all of the blob. Pixels are weighted by their
    solid angle, as a round blob is not a round patch of the image away from its middle.
    """
    _, m, w, h, fx, fy, cx, cy = cam
    r = m @ ray
    if r[2] < 0.2:
        return None
    x, y = fx * r[0] / r[2] + cx, fy * r[1] / r[2] + cy
    reach = 5 * sigma * max(fx, fy) / r[2] ** 2
    if min(x, y, w - x, h - y) < reach:
        return None
    xs = np.arange(int(x - reach), int(x + reach) + 1)
    ys = np.arange(int(y - reach), int(y + reach) + 1)
    dirs = np.stack(np.broadcast_arrays((xs + 0.5 - cx) / fx,
                                        ((ys + 0.5 - cy) / fy)[:, None], 1.), -1)
    norm = np.linalg.norm(dirs, axis=-1, keepdims=True)
    dirs, weight = dirs / norm, image[ys[0]:ys[-1] + 1, xs[0]:xs[-1] + 1]
    near = dirs @ r > np.cos(4 * sigma)
    mean = ((weight * near / norm[..., 0] ** 3)[..., None] * dirs).sum((0, 1))
    return np.array([fx * mean[0] / mean[2] + cx, fy * mean[1] / mean[2] + cy,
                     x, y])


@run.guarded
def images(rep, what, args, first):
    """first: rotation of the reference view in the panorama."""
    w, h, sigma = 4096, 2048, np.radians(0.4)
    args = list(args) + ['--source', f'{w}x{h}']
    rig('colmap', *args, '-o', '.')
    cams = read_colmap()[2]
    graph = rig('filtergraph', *args).strip()
    for i, c in enumerate(cams):
        graph = graph.replace(f'[{c[0]}]', f'[o{i}]')
    pads = run.remap([[panorama(w, h, sigma)]], 'gray16le', (w, h), graph,
                     [(c[2], c[3]) for c in cams])
    off = []
    for cam, frames in zip(cams, pads):
        plane = frames[0][0].astype(float)
        for ray in dots():
            at = found_at(plane, cam, first.T @ ray, sigma)
            if at is not None:
                off.append(np.hypot(*(at[:2] - at[2:])))
    rep.check(len(off) > 50 and max(off) < 0.05, 'images and exported cameras agree: ' + what,
              f'{len(off)} dots, {max(off, default=0):.4f} px at most, '
              f'{np.mean(off or [0]):.4f} in the mean')


def test_images(rep):
    own = views_file([
        'name=ref h_fov=80 w=900 h=700',
        'name=tilted yaw=-160 pitch=25 roll=35 h_fov=100 w=1000 h=600',
        'name=tall yaw=70 pitch=-50 roll=-120 h_fov=60 v_fov=95 w=500 h=900',
        'name=top pitch=90 h_fov=90 w=800 h=800'])
    images(rep, 'views of all kinds', ['--views', own], np.eye(3))
    images(rep, 'cube6', ['--rig', 'cube6'], np.eye(3))
    images(rep, 'colmap12', ['--rig', 'colmap12'],
           ref.rotation(0, -35, 0))


def test_owner_masks(rep):
    for name in ('cube6', 'ring8', 'colmap12', 'dome17', 'fibonacci20'):
        owner_masks(rep, name)


if __name__ == '__main__':
    run.main(globals())
