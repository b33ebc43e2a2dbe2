#!/usr/bin/python3 -B
# Licence: LGPL-2.1-or-later.
"""Masks of scripts/split360: polarity, names, product, and the line at ±180 degrees,
against the reference geometry."""

import os
import re
import subprocess

import numpy as np

from lib import reference as ref
from lib.run import SPLIT360, ffmpeg, main

SIZE, PANO_W, PANO_H = 96, 640, 320
HIDDEN = 30     # columns on each side of ±180 degrees that the mask hides


def write_gray(name, image):
    ffmpeg('-f', 'rawvideo', '-pix_fmt', 'gray', '-s', f'{image.shape[1]}x{image.shape[0]}',
           '-i', '-', name, input=image.tobytes())


def read_gray(name):
    data = ffmpeg('-i', name, '-f', 'rawvideo', '-pix_fmt', 'gray', '-')
    return np.frombuffer(data, np.uint8).reshape(SIZE, SIZE)


def call(*args):
    return subprocess.run([SPLIT360, *args], capture_output=True, text=True)


def split(source, out, *options):
    return call(source, out, '--quiet', '--size', f'{SIZE}x{SIZE}', *options)


RIG = {'front': (0, 0), 'right': (60, 0), 'back': (180, 10), 'up': (180, 80)}


def rays(view):
    return ref.view_rays(ref.view(*RIG[view], w=SIZE, h=SIZE))


def column(view):
    """Columns of the panorama that the pixels of a view show."""
    return ref.equirect_uv(rays(view), PANO_W, PANO_H)[0]


def expected_user(view):
    u = column(view)
    edge = np.minimum(np.abs(u - HIDDEN), np.abs(u - (PANO_W - HIDDEN)))
    white = (u >= HIDDEN) & (u < PANO_W - HIDDEN)
    # Samples are placed to 1/256 pixel: nearer than that to an edge is a tie.
    return white * 255, edge > 1 / 128


def expected_owner(view):
    near = np.stack([rays(view) @ ref.rotation(*RIG[v], 0)[:, 2] for v in RIG], -1)
    mine = near[..., list(RIG).index(view)]
    others = np.delete(near, list(RIG).index(view), -1).max(-1)
    return (mine > others) * 255, np.abs(mine - others) > 1e-6


def sources():
    """pano.mkv, mask.png and rig.txt."""
    ffmpeg('-f', 'lavfi', '-i', f'testsrc2=s={PANO_W}x{PANO_H}:r=5:d=1', '-c:v', 'ffv1',
           'pano.mkv')
    mask = np.full((PANO_H, PANO_W), 255, np.uint8)
    mask[:, :HIDDEN] = mask[:, -HIDDEN:] = 0
    write_gray('mask.png', mask)
    with open('rig.txt', 'w', encoding='utf-8') as file:
        for name, (yaw, pitch) in RIG.items():
            file.write(f'name={name} yaw={yaw} pitch={pitch} h_fov=90\n')


def compare(rep, name, folder, expected):
    bad = checked = 0
    for view in RIG:
        want, sure = expected(view)
        got = read_gray(f'{folder}/masks/{view}/000001.jpg.png')
        bad += int((got != want)[sure].sum())
        checked += int(sure.sum())
    rep.check(bad == 0, name, f'{bad} of {checked} pixels differ')


def test_pixels(rep):
    for out, options in (('user', ['--mask', 'mask.png']), ('owner', ['--owner-masks']),
                         ('both', ['--mask', 'mask.png', '--owner-masks'])):
        result = split('pano.mkv', out, '--views', 'rig.txt', *options)
        rep.check(result.returncode == 0, f'a job with masks: {out}',
                  result.stderr.strip()[-200:])
    compare(rep, "black of the panorama's mask is black in the views, across ±180", 'user',
            expected_user)
    compare(rep, 'owner masks: white where no other axis is nearer', 'owner', expected_owner)
    bad = 0
    for view in RIG:
        user, owner, both = (read_gray(f'{d}/masks/{view}/000001.jpg.png')
                             for d in ('user', 'owner', 'both'))
        bad += int((both != np.minimum(user, owner)).sum())
    rep.check(bad == 0, 'both masks: their product', f'{bad} pixels differ')
    back = read_gray('user/masks/back/000001.jpg.png')[SIZE // 2]
    rep.check(np.count_nonzero(np.diff(back.astype(int))) == 2, 'no line at ±180 degrees',
              'one black bar in the view behind')
    rep.check(split('pano.mkv', 'plain', '--views', 'rig.txt').returncode == 0 and
              subprocess.run( ['diff', '-r', 'plain/images', 'both/images']).returncode == 0,
              'images are those of a job without masks')


def test_supersample(rep):
    """Masks stay black and white, whatever asks for means of samples."""
    for n in ('1', '3'):
        split('pano.mkv', 'preset_ss' + n, '--rig', 'ring2', '--size', '24x24',
              '--mask', 'mask.png', '--supersample', n)
    rep.check(subprocess.run(
        ['diff', '-r', 'preset_ss1/masks', 'preset_ss3/masks']).returncode == 0,
              'masks of a preset are those of --supersample 1')
    result = split('pano.mkv', 'plain_ss', '--views', 'rig.txt', '--mask', 'mask.png',
                   '--supersample', '1')
    result2 = split('pano.mkv', 'option_ss', '--views', 'rig.txt', '--mask', 'mask.png',
                    '--supersample', '3')
    rep.check(not result.returncode and not result2.returncode and subprocess.run(
        ['diff', '-r', 'plain_ss/masks', 'option_ss/masks']).returncode == 0,
              'masks are those of --supersample 1', result2.stderr.strip()[-200:])
    with open('rig.txt', encoding='utf-8') as file:
        text = file.read()
    with open('rig_ss.txt', 'w', encoding='utf-8') as file:
        file.write(text.replace('h_fov=90', 'h_fov=90 ss=4'))
    result = split('pano.mkv', 'file_ss', '--views', 'rig_ss.txt', '--mask', 'mask.png',
                   '--owner-masks')
    plain = split('pano.mkv', 'both_ss', '--views', 'rig.txt', '--mask', 'mask.png',
                  '--owner-masks')
    values, off, pixels = set(), 0, 0
    for view in RIG:
        name = f'/masks/{view}/000001.jpg.png'
        got, want = read_gray('file_ss' + name), read_gray('both_ss' + name)
        values |= set(np.unique(got).tolist())
        off += int((got != want).sum())
        pixels += got.size
    # Only pixels that an edge crosses may differ: less than 1 % where there are a few edges.
    rep.check(not result.returncode and not plain.returncode and values == {0, 255} and
              off < pixels / 100, 'masks of views with a supersample of their own',
              f'values {sorted(values)}, {off} of {pixels} pixels differ')


def files(folder, view):
    return sorted(os.path.relpath(os.path.join(d, f), folder)
                  for d, _, fs in os.walk(folder) for f in fs if d.endswith('/' + view))


def test_names(rep):
    two = ['--views', 'rig.txt', '--mask', 'mask.png', '--fps', '2']
    want = {
        'colmap': ['images/front/000001.jpg', 'images/front/000002.jpg',
                   'masks/front/000001.jpg.png', 'masks/front/000002.jpg.png'],
        'nerfstudio': ['images/front/000001.jpg', 'images/front/000002.jpg',
                       'masks/front/000001.png', 'masks/front/000002.png'],
        'realityscan': [f'images/front/00000{n}.{e}' for n in (1, 2)
                        for e in ('jpg', 'jpg.mask.png', 'xmp')],
    }
    for reader, names in want.items():
        result = split('pano.mkv', reader, *two, '--for', reader)
        got = files(reader, 'front')
        rep.check(got == names, f'names for {reader}',
                  result.stderr.strip()[-200:] or ' '.join(got))
        result = call('--verify', reader)
        rep.check(result.returncode == 0, f'--verify of a job for {reader}',
                  result.stdout.strip())
    rep.check(all(os.path.exists(f'colmap/{f}')
                  for f in ('rig_config.json', 'cameras.txt', 'database.sh')),
              'what is for COLMAP')
    rep.check(os.path.exists('nerfstudio/transforms.json'), 'what is for nerfstudio')
    words = set()
    for n in (1, 2):
        for view in RIG:
            text = open(f'realityscan/images/{view}/00000{n}.xmp', encoding='utf-8').read()
            words.add((n, text.split('RigInstance="')[1].split('"')[0]))
    rep.check(len(words) == 2, 'RealityScan: one instance a frame', f'{len(words)}')


def test_video(rep):
    """A mask that moves: black in the left half of odd frames only."""
    frames = np.full((5, PANO_H, PANO_W), 255, np.uint8)
    frames[1::2, :, :PANO_W // 2] = 0
    ffmpeg(
        '-f', 'rawvideo', '-pix_fmt', 'gray', '-s', f'{PANO_W}x{PANO_H}', '-r', '5', '-i', '-',
        '-c:v', 'ffv1', 'mask.mkv', input=frames.tobytes())
    result = split('pano.mkv', 'moving', '--views', 'rig.txt', '--mask', 'mask.mkv')
    got = [int(read_gray(f'moving/masks/front/00000{n}.jpg.png').mean()) for n in range(1, 6)]
    rep.check(got == [255, 127, 255, 127, 255], 'a mask that is a video',
              result.stderr.strip()[-200:] or str(got))
    os.remove('moving/masks/back/000002.jpg.png')
    os.remove('moving/database.sh')
    result = split('pano.mkv', 'moving', '--views', 'rig.txt', '--mask', 'mask.mkv')
    verified = call('--verify', 'moving')
    rep.check(result.returncode == verified.returncode == 0, 'a mask that has gone comes back',
              result.stderr.strip()[-200:] or verified.stdout.strip())
    ffmpeg('-i', 'mask.mkv', '-frames:v', '3', '-c:v', 'ffv1', 'short.mkv')
    result = split('pano.mkv', 'short', '--views', 'rig.txt', '--mask', 'short.mkv')
    rep.check(result.returncode != 0 and '3 frames' in result.stderr,
              'a mask with fewer frames', result.stderr.strip()[-120:])


def gray_job():
    """A job whose mask has levels between black and white, in bands of 80 columns."""
    grays = [0, 64, 100, 127, 128, 129, 200, 255]
    mask = np.repeat(np.array(grays, np.uint8), PANO_W // len(grays))
    write_gray('gray.png', np.tile(mask, (PANO_H, 1)))
    return split('pano.mkv', 'gray', '--views', 'rig.txt', '--mask', 'gray.png')


def test_grays(rep):
    result = gray_job()
    bad = checked = 0
    for view in RIG:
        u = column(view)
        edge = np.minimum(np.abs(u - PANO_W / 2), np.minimum(u, PANO_W - u))
        got = read_gray(f'gray/masks/{view}/000001.jpg.png')
        sure = edge > 1 / 128   # as in expected_user()
        bad += int((got != (u >= PANO_W / 2) * 255)[sure].sum())
        checked += int(sure.sum())
    rep.check(result.returncode == 0 and bad == 0, 'gray below 128 is black, from 128 on white',
              f'{bad} of {checked} pixels differ {result.stderr.strip()[-200:]}')


def test_another(rep):
    """A job that has a mask goes on with that mask only."""
    gray_job()
    again = gray_job()
    rep.check(again.returncode == 0, 'the same mask again', again.stderr.strip()[-200:])
    for options, name in ((['--mask', 'mask.png'], 'another mask'), ([], 'no mask')):
        before = read_gray('gray/masks/front/000001.jpg.png')
        result = split('pano.mkv', 'gray', '--views', 'rig.txt', *options)
        rep.check(result.returncode != 0 and 'mask: was' in result.stderr and
                  (before == read_gray('gray/masks/front/000001.jpg.png')).all(),
                  f'{name} than before is another job', result.stderr.strip()[-200:])


def test_bad(rep):
    write_gray('small.png', np.zeros((100, 200), np.uint8))
    for name, mask, word in (('of another size', 'small.png', 'another size'),
                             ('that is missing', 'none.png', 'cannot read'),
                             ('that is text', 'rig.txt', 'cannot read')):
        result = split('pano.mkv', 'bad', '--views', 'rig.txt', '--mask', mask)
        rep.check(result.returncode != 0 and word in result.stderr and
                  not os.path.exists('bad'), f'refuses a mask {name}',
                  result.stderr.strip()[-120:])


def test_useless(rep):
    """Masks that decide nothing are warned of; what is transparent is left out."""
    image = np.full((PANO_H, PANO_W), 1, np.uint8)
    image[PANO_H // 2:] = 0
    write_gray('ones.png', image)
    write_gray('white.png', np.full((PANO_H, PANO_W), 255, np.uint8))
    write_gray('black.png', np.zeros((PANO_H, PANO_W), np.uint8))
    for mask, word in (('ones.png', 'keeps nothing.*0 and 1'), ('black.png', 'keeps nothing'),
                       ('white.png', 'leaves nothing out'), ('mask.png', '')):
        result = split('pano.mkv', 'useless', '--views', 'rig.txt', '--mask', mask, '--fps', '1',
                       '--force')
        seen = re.findall('warning: .*the mask.*', result.stderr)
        rep.check(result.returncode == 0 and
                  (bool(word and re.search(word, seen[0])) if seen else not word),
                  f'the mask {mask}: a warning or none', ' '.join(seen)[-100:])
    rgba = np.full((PANO_H, PANO_W, 4), 255, np.uint8)
    rgba[:, :HIDDEN, 3] = rgba[:, -HIDDEN:, 3] = 0
    rgba[:, :HIDDEN // 2, :3] = 0
    ffmpeg('-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', f'{PANO_W}x{PANO_H}', '-i', '-',
           'clear.png', input=rgba.tobytes())
    split('pano.mkv', 'clear', '--views', 'rig.txt', '--mask', 'clear.png')
    compare(rep, 'what is transparent is left out', 'clear', expected_user)


if __name__ == '__main__':
    main(globals(), prepare=sources)
