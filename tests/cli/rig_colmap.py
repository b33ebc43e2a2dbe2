# The exported rig in a real COLMAP (pycolmap): sensors, poses, frames, and a
# reconstruction of a rendered sequence. Run by rig_colmap.sh.
# Licence: LGPL-2.1-or-later.
"""A room with textured walls, panoramas along a known path, SfM by the rig."""

import functools
import json
import os

import numpy as np
import pycolmap

from lib import reference as ref
from lib import run

RIG, SIZE, W, H, FRAMES = 'ring4', 320, 1280, 640, 8
ARGS = ['--rig', RIG, '--size', f'{SIZE}x{SIZE}']
NAMES = [f'view_{i:02}' for i in range(4)]
HALF = np.array([3., 2., 4.])      # of the room, from its middle


def noise(rng, n):
    """Texture with detail at all scales, 0 to 1."""
    image = np.zeros((n, n))
    for cells in (8, 16, 32, 64, 128):
        image += np.kron(rng.random((cells, cells)),
                         np.ones((n // cells,) * 2)) / cells ** 0.25
    return (image - image.min()) / (image.max() - image.min())


def render(position, rays, walls):
    """The walls of a box, seen from inside in these directions."""
    t = np.full(rays.shape[:2], np.inf)
    image = np.zeros(rays.shape[:2])
    for axis in range(3):
        for side in (-1, 1):
            with np.errstate(divide='ignore'):
                d = (side * HALF[axis] - position[axis]) / rays[..., axis]
            hit = (d > 0) & (d < t)
            t[hit] = d[hit]
            p = position + d[hit][:, None] * rays[hit]
            a, b = [(p[:, k] / HALF[k] + 1) / 2 for k in range(3) if k != axis]
            wall = walls[2 * axis + (side > 0)]
            n = len(wall)
            image[hit] = wall[np.clip((b * n).astype(int), 0, n - 1),
                              np.clip((a * n).astype(int), 0, n - 1)]
    return image


def path():
    """An arc with steps of about 0.25: no two frames on one line."""
    a = np.linspace(-0.6, 0.6, FRAMES)
    return np.stack([1.5 * np.sin(a), 0.2 * np.cos(3 * a), 1.5 * np.cos(a) - 1],
                    1)


def panoramas():
    rng = np.random.default_rng(3)
    walls = [noise(rng, 512) for _ in range(6)]
    # Four rays a pixel: a texture without aliases has the same features in
    # neighbouring frames.
    rays = ref.equirect_rays(2 * W, 2 * H).reshape(2 * H, 2 * W, 3)
    for p in path():
        image = render(p, rays, walls).reshape(H, 2, W, 2).mean((1, 3))
        yield np.rint(image * 255).astype(np.uint8)


@functools.cache
def rig_config():
    """Writes the exported rig; -> its cameras."""
    run.rig('colmap', *ARGS, '-o', '.')
    with open('rig_config.json') as f:
        return json.load(f)[0]['cameras']


@functools.cache
def database():
    """Writes images/ and database.db, with features and the exported rig."""
    rig_config()
    pycolmap.logging.minloglevel = 2
    outputs = []
    for name in NAMES:
        os.makedirs('images/' + name)
        outputs += ['-map', f'[{name}]', f'images/{name}/%06d.png']
    run.ffmpeg('-f', 'rawvideo', '-pix_fmt', 'gray', '-s', f'{W}x{H}', '-i', '-',
               '-filter_complex', run.rig('filtergraph', *ARGS).strip(), *outputs,
               input=b''.join(p.tobytes() for p in panoramas()))
    pycolmap.extract_features('database.db', 'images', device=pycolmap.Device.cpu,
                              camera_mode=pycolmap.CameraMode.PER_FOLDER)
    with pycolmap.Database.open('database.db') as db:
        pycolmap.apply_rig_config(pycolmap.read_rig_config('rig_config.json'), db)


def same_rotation(pose, q):
    """Whether a pose is that of the file: the rotation w, x, y, z at place 0."""
    x, y, z, w = pose.rotation.quat
    got = np.array([w, x, y, z])
    return (min(abs(got - q).max(), abs(got + q).max()) < 1e-12 and
            not np.any(pose.translation))


def test_config(rep):
    want = rig_config()
    rigs = pycolmap.read_rig_config('rig_config.json')
    cams = rigs[0].cameras
    good = (len(rigs) == 1 and len(cams) == 4 and
            [c.image_prefix for c in cams] == [n + '/' for n in NAMES] and
            [bool(c.ref_sensor) for c in cams] == [True] + [False] * 3 and
            all(same_rotation(c.cam_from_rig, w['cam_from_rig_rotation'])
                for c, w in list(zip(cams, want))[1:]))
    rep.check(good, 'COLMAP reads rig_config.json',
              f'version {pycolmap.__version__}, {len(cams)} cameras')


def test_database(rep):
    database()
    want = rig_config()
    with pycolmap.Database.open('database.db') as db:
        cameras = {c.camera_id: c for c in db.read_all_cameras()}
        rigs, frames = db.read_all_rigs(), db.read_all_frames()
        images = {i.image_id: i for i in db.read_all_images()}
    by_folder = {i.name.split('/')[0]: i.camera_id for i in images.values()}
    good = len(cameras) == 4 and all(
        c.model.name == 'PINHOLE' and
        list(c.params) == want[NAMES.index(n)]['camera_params']
        for n, i in by_folder.items() for c in [cameras[i]])
    rep.check(good, 'COLMAP: one camera a folder, the intrinsics exported',
              cameras[1].params_to_string())
    rig = rigs[0]
    good = len(rigs) == 1 and rig.num_sensors() == 4 and \
        rig.ref_sensor_id.id == by_folder[NAMES[0]]
    for name, entry in list(zip(NAMES, want))[1:]:
        sensor = cameras[by_folder[name]].sensor_id
        good = good and same_rotation(rig.sensor_from_rig(sensor),
                                      entry['cam_from_rig_rotation'])
    rep.check(good, 'COLMAP: sensors and their poses', f'{rig.num_sensors()} sensors')
    bases = [{os.path.basename(images[d.id].name) for d in f.data_ids}
             for f in frames]
    rep.check(len(frames) == FRAMES and all(len(b) == 1 for b in bases) and
              all(len(list(f.data_ids)) == 4 for f in frames),
              'COLMAP: a frame a panorama, an image of each view in it',
              f'{len(frames)} frames')


def align(a, b):
    """Residuals of the best similarity from points a to points b."""
    a0, b0 = a - a.mean(0), b - b.mean(0)
    u, s, vt = np.linalg.svd(b0.T @ a0)
    d = np.diag([1, 1, np.sign(np.linalg.det(u @ vt))])
    scale = (s * np.diag(d)).sum() / (a0 ** 2).sum()
    return np.linalg.norm(scale * a0 @ (u @ d @ vt).T - b0, axis=1)


def test_reconstruction(rep):
    database()
    pycolmap.match_exhaustive('database.db', device=pycolmap.Device.cpu)
    options = pycolmap.IncrementalPipelineOptions()
    options.ba_refine_sensor_from_rig = False
    options.ba_refine_focal_length = False
    options.ba_refine_extra_params = False
    # The sequence is short.
    options.min_model_size = 3
    os.mkdir('sparse')
    models = pycolmap.incremental_mapping('database.db', 'images', 'sparse', options)
    best = max(models.values(), key=lambda m: m.num_reg_frames(), default=None)
    frames = best.num_reg_frames() if best else 0
    rep.check(frames == FRAMES, 'COLMAP registers all frames',
              f'{frames} of {FRAMES}, {best.num_points3D()} points')
    at = {os.path.basename(i.name): i.projection_center()
          for i in best.images.values() if i.has_pose}
    found = np.array([at[n] for n in sorted(at)])
    if len(found) != FRAMES:
        return
    off = align(found, path())
    length = np.linalg.norm(np.diff(path(), axis=0), axis=1).sum()
    # These images give 0.02 %, and a wrong rig gives far more than the limit.
    rep.check(off.max() < 0.01 * length, 'COLMAP finds the path',
              f'{100 * off.max() / length:.3f} % of its length off at most, reprojection '
              f'{best.compute_mean_reprojection_error():.2f} px')


def prior(view, file, *coding):
    """The camera that COLMAP takes an image's for, and where it was taken."""
    run.ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=128x64', '-frames:v', '1', '-vf',
               'geotag=location=-33.8568+151.2153+58.5/,'
               f'v360batch=views={view}:exif=1', *coding, file)
    return pycolmap.infer_camera_from_image(file), pycolmap.Bitmap.read(file, True)


def test_prior(rep):
    codings = [('png', ())]
    if b'libturbojpeg' in run.ffmpeg('-encoders'):
        codings.append(('jpg', ('-c:v', 'libturbojpeg')))
    for ending, coding in codings:
        worst = 0
        for w, h, fov in ((1920, 1920, 90), (1280, 720, 75), (480, 640, 110), (99, 77, 20)):
            camera, image = prior(f'w={w} h={h} h_fov={fov}', f'{w}.{ending}', *coding)
            focal = w / 2 / np.tan(np.radians(fov) / 2)
            worst = max(worst, abs(camera.params[0] / focal - 1))
            assert camera.has_prior_focal_length and (camera.width, camera.height) == (w, h)
        # COLMAP reads tags as floats, of 24 bits
        rep.check(worst < 2 ** -23, f'COLMAP: the focal length in EXIF, {ending}',
                  f'{worst:.1e} off at most')
        rep.check(abs(image.exif_latitude() + 33.8568) < 1e-6 and
                  abs(image.exif_longitude() - 151.2153) < 1e-6 and
                  abs(image.exif_altitude() - 58.5) < 1e-5 and image.exif_orientation() == 1,
                  f'COLMAP: the place in EXIF, {ending}', image.exif_camera_model())
    camera, _ = prior('output=fisheye w=64 h=64', 'fisheye.png')
    rep.check(not camera.has_prior_focal_length, 'COLMAP: no focal length of a fisheye')


if __name__ == '__main__':
    run.main(globals())
