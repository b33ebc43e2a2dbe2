#!/usr/bin/python3 -B
# Licence: LGPL-2.1-or-later.
"""EXIF of the images of scripts/split360: camera, date and place by exiftool, whichever
frames are taken; the same bytes in shards and after an interruption; none in masks."""
import datetime
import filecmp
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import time

import exif as source
import geotag
from lib import tags
from lib.run import SPLIT360, ffmpeg, main

START = geotag.START
FPS, SECONDS = 10, 3
SMALL = ('--rig', 'ring2', '--size', '64x64', '--device', 'cpu')


def call(*args):
    return subprocess.run([SPLIT360, *args], capture_output=True, text=True)


def split(out, *options, source='v.mp4'):
    shutil.rmtree(out, ignore_errors=True)
    done = call(source, out, *SMALL, '--quiet', *options)
    if done.returncode:
        raise RuntimeError(done.stderr)
    with open(f'{out}/manifest.json') as f:
        return json.load(f)


def video(name, *more, seconds=SECONDS):
    ffmpeg('-f', 'lavfi', '-i', f'testsrc2=s=256x128:r={FPS}:d={seconds}', '-c:v', 'libx264',
           '-g', '10', *more, name)


def prepare():
    """Videos that say when and where, when alone, and nothing; a walk."""
    created = ('-metadata', 'creation_time=2026-05-01T10:00:00Z')
    video('v.mp4', *created, '-metadata', 'location=+48.1371+011.5754+519.000/')
    video('when.mkv', *created)
    video('nothing.mp4')
    with open('walk.csv', 'w') as f:
        f.write('2026-05-01T10:00:00Z,48,11,500\n2026-05-01T10:00:10Z,48.01,11.02,600\n')


def images(out, view='view_00'):
    return sorted(f'{out}/images/{view}/{name}' for name in os.listdir(f'{out}/images/{view}'))


def when(tool):
    """Milliseconds since the start of the video, or None."""
    if 'DateTimeOriginal' not in tool:
        return None
    at = datetime.datetime.strptime(tool['DateTimeOriginal'], '%Y:%m:%d %H:%M:%S')
    at = at.replace(tzinfo=datetime.timezone.utc) - START
    assert tool['OffsetTimeOriginal'] == '+00:00'
    return round(at.total_seconds() * 1000) + int(tool['SubSecTimeOriginal'])


def test_choices(rep):
    """Dates are those of the frames in the source, however they were chosen."""
    if not tags.have_exiftool():
        rep.skip('split360: dates', 'no exiftool')
        return
    for options in ('', '--format png', '--every 3', '--fps 4', '--fps 3 --names pts',
                    '--from 1.05 --to 2', '--from 0.55 --fps 3', '--to 0.7',
                    '--from 0.55 --fps 3 --names us --format png', '--from 1 --names pts',
                    '--sharpest 4', '--fps 25'):
        for file in ('v.mp4', 'when.mkv'):
            manifest = split('out', *options.split(), source=file)
            got = [when(t) for t in tags.exiftool(*images('out'))]
            want = [round(frame['time'] * 1000) for frame in manifest['frames']]
            rep.check(got == want and got, f'split360: dates of {file} {options}',
                      f'{got[:4]}, not {want[:4]}' if got != want else f'{len(got)} images')


def test_camera(rep):
    if not tags.have_exiftool():
        rep.skip('split360: cameras', 'no exiftool')
        return
    for options in ('--format jpg', '--format png'):
        split('out', *options.split(), '--every', '20')
        for view in ('view_00', 'view_01'):
            tool = tags.exiftool(*images('out', view))[0]
            got = [tool.get(k) for k in ('Make', 'Model', 'Orientation', 'FocalLength',
                                         'FocalPlaneXResolution', 'GPSAltitude')]
            rep.check(got == ['v360batch', view, 1, 0.32, 1000, 519] and
                      abs(tool['GPSLatitude'] - 48.1371) < geotag.NEAR and
                      abs(tool['GPSLongitude'] - 11.5754) < geotag.NEAR,
                      f'split360: camera and place of {view} {options}', got)
    split('out', source='nothing.mp4')
    tool = tags.exiftool(*images('out'))[0]
    rep.check(when(tool) is None and 'GPSLatitude' not in tool and tool['Model'] == 'view_00',
              'split360: a video that does not say when or where', tags.brief(tool))
    ffmpeg('-i', 'v.mp4', '-i', 'v.mp4', '-map', '0:v', '-filter_complex',
           '[0:v][1:v]vstack', '-c:v', 'libx264', '-frames:v', '2', 'tb.mp4')
    split('out', '--stereo', 'tb', '--eye', 'both', source='tb.mp4')
    views = sorted(os.listdir('out/images'))
    got = [tags.exiftool(*images('out', view))[0]['Model'] for view in views]
    rep.check(got == views and len(got) == 4, 'split360: each eye is a camera', got)


def walked(ms):
    return 48 + ms / 1e6, 11 + ms / 5e5, 500 + ms / 100


def is_on_walk(tool, ms):
    lat, lon, alt = walked(ms)
    return (abs(tool['GPSLatitude'] - lat) < geotag.NEAR and
            abs(tool['GPSLongitude'] - lon) < geotag.NEAR and
            abs(tool['GPSAltitude'] - alt) < 0.00051)


def test_gps(rep):
    if not tags.have_exiftool():
        rep.skip('split360: --gps', 'no exiftool')
        return
    for options, offset in (('', 0), ('--fps 3', 0), ('--from 1 --every 2', 0),
                            ('--gps-offset 2.5', 2500), ('--gps-offset=00:00:02.5', 2500)):
        split('out', '--gps', 'walk.csv', *options.split())
        read = tags.exiftool(*images('out'))
        rep.check(all(is_on_walk(t, when(t) + offset) for t in read),
                  f'split360: --gps {options}', f'{len(read)} images')
    done = call('v.mp4', 'out', *SMALL, '--gps', 'walk.csv', '--gps-offset', '-2', '--force')
    read = tags.exiftool(*images('out'))
    # a second before the track is that of the first point
    rep.check(done.returncode == 0 and 'beside the track' in done.stderr and
              ['GPSLatitude' in t for t in read] == [i >= FPS for i in range(3 * FPS)],
              'split360: --gps-offset to a part of the track', done.stderr[:300])
    done = call('v.mp4', 'out', *SMALL, '--gps', 'walk.csv')
    rep.check(done.returncode and 'gps-offset: was -2, now none' in done.stderr,
              'split360: another --gps-offset is another job', done.stderr)
    with open('walk.csv') as f, open('moved.csv', 'w') as to:
        to.write(f.read().replace(',48,', ',47,'))
    split('out', '--gps', 'moved.csv')
    os.replace('moved.csv', 'moved.gpx')
    done = call('v.mp4', 'out', *SMALL, '--gps', 'moved.gpx')
    rep.check(done.returncode == 0, 'split360: a track by another name is the same job',
              done.stderr)
    done = call('v.mp4', 'out', *SMALL, '--gps', 'walk.csv')
    rep.check(done.returncode and 'gps: was 2 points, SHA-256' in done.stderr,
              'split360: a track that has changed is another job', done.stderr)


def test_bad_gps(rep):
    with open('bad.csv', 'w') as f:
        f.write('2026-05-01T10:00:00Z,148,11\n')
    with open('other.csv', 'w') as f:
        f.write('2025-05-01T10:00:00Z,48,11\n')
    for file, options, words in (
            ('v.mp4', '--gps bad.csv', 'bad track .*line 1.*latitude'),
            ('v.mp4', '--gps none.csv', 'cannot read the track'),
            ('v.mp4', '--gps .', 'cannot read the track'),
            ('v.mp4', '--gps other.csv', 'the track is from 2025-05-01T10:00:00Z'),
            ('nothing.mp4', '--gps walk.csv', 'creation_time'),
            ('v.mp4', '--gps-offset 3', 'for the times of --gps'),
            ('v.mp4', '--gps walk.csv --gps-offset later', "'later': expected"),
            ('v.mp4', '--gps walk.csv --gps-offset=-', "'-': expected"),
            ('v.mp4', '--gps walk.csv --format tif', 'not for tif'),
            ('v.mp4', '--gps walk.csv --format mp4', 'not for mp4')):
        done = call(file, 'none', *SMALL, *options.split())
        said = done.stderr.strip().splitlines()
        rep.check(done.returncode == 1 and len(said) == 1 and re.search(words, said[0]) and
                  not os.path.exists('none'), f'split360: {file} {options}', done.stderr)


def same(a, b):
    """Whether both have the same images."""
    files = [os.path.relpath(os.path.join(d, f), a + '/images')
             for d, _, names in os.walk(a + '/images') for f in names]
    return files and len(files) == sum(len(n) for _, _, n in os.walk(b + '/images')) and all(
        filecmp.cmp(f'{a}/images/{f}', f'{b}/images/{f}', False) for f in files)


def test_shards(rep):
    for options in ('', '--from 0.55 --fps 7 --names pts', '--format png --every 2'):
        options = ['--gps', 'walk.csv', *options.split()]
        split('one', *options)
        shutil.rmtree('out', ignore_errors=True)
        done = [call('plan', 'v.mp4', 'out', *SMALL, *options, '--shards', '3')]
        done += [call('task', 'out', str(i)) for i in (2, 0, 1)] + [call('merge', 'out')]
        rep.check(not any(d.returncode for d in done) and same('one', 'out'),
                  f'split360: shards, {" ".join(options)}', done[-1].stderr[-200:])


def test_interrupted(rep):
    video('long.mp4', '-metadata', 'creation_time=2026-05-01T10:00:00Z', seconds=60)
    for options in ('', '--from 3.3 --fps 8 --names us'):
        options = ['--gps', 'walk.csv', *options.split()]
        split('one', *options, source='long.mp4')
        shutil.rmtree('out', ignore_errors=True)
        with subprocess.Popen([SPLIT360, 'long.mp4', 'out', *SMALL, *options],
                              stderr=subprocess.PIPE, start_new_session=True) as job:
            folder, end = 'out/.split360/images/view_00', time.monotonic() + 60
            while time.monotonic() < end and job.poll() is None and not (
                    os.path.isdir(folder) and len(os.listdir(folder)) > 99):
                time.sleep(0.005)
            job.send_signal(signal.SIGTERM)
            job.communicate()
        done = call('long.mp4', 'out', *SMALL, *options)
        rep.check(job.returncode == 130 and 'going on after frame' in done.stderr and
                  same('one', 'out'), f'split360: interrupted, {" ".join(options)}',
                  f'{job.returncode}, {done.stderr[:200]}')
        for name in images('out')[5:300:90]:
            os.remove(name)
        done = call('long.mp4', 'out', *SMALL, *options)
        rep.check(done.returncode == 0 and same('one', 'out'),
                  f'split360: images that were lost, {" ".join(options)}', done.stderr[:200])


def test_pictures(rep):
    if not tags.have_exiftool():
        rep.skip('split360: EXIF of pictures', 'no exiftool')
        return
    shutil.rmtree('panos', ignore_errors=True)
    os.mkdir('panos')
    for i in range(4):
        with open(f'panos/{i}.jpg', 'wb') as f:
            f.write(geotag.picture(f'2026:05:01 10:00:0{2 * i}', subsec='5', gps=i % 2))
    split('out', source='panos')
    read = tags.exiftool(*images('out'))
    rep.check([t['DateTimeOriginal'][-1] for t in read] == list('0246') and
              ['GPSLatitude' in t for t in read] == [False, True] * 2 and
              all(t['Model'] == 'view_00' for t in read),
              'split360: each picture keeps its date and place', len(read))
    split('out', '--gps', 'walk.csv', '--every', '2', '--format', 'png', source='panos')
    read = tags.exiftool(*images('out'))
    rep.check(len(read) == 2 and all(is_on_walk(t, 500 + 4000 * i) for i, t in enumerate(read)),
              'split360: --gps by the dates of pictures', [t.get('GPSLatitude') for t in read])
    split('out', '--gps', 'walk.csv', source='panos/3.jpg')
    rep.check(is_on_walk(tags.exiftool(*images('out'))[0], 6500),
              'split360: --gps of a picture')


def test_masks(rep):
    if not tags.have_exiftool():
        rep.skip('split360: no EXIF in masks', 'no exiftool')
        return
    with open('mask.jpg', 'wb') as f:
        f.write(geotag.picture('2026:05:01 10:00:00', gps=True))
    ffmpeg('-i', 'mask.jpg', '-vf', 'lutyuv=y=if(gt(val\\,90)\\,255\\,0)', 'mask.png')
    ffmpeg('-i', 'v.mp4', '-frames:v', '2', 'two.mp4')
    split('out', '--mask', 'mask.png', '--owner-masks', source='two.mp4')
    files = [os.path.join(d, n) for d, _, names in os.walk('out/masks') for n in names]
    made = tags.exiftool(*files, 'out/preview.jpg')
    rep.check('DateTimeOriginal' in tags.exiftool('mask.png')[0] and len(files) == 4 and
              not any('Model' in t or 'DateTimeOriginal' in t or 'GPSLatitude' in t
                      for t in made), 'split360: no EXIF in masks and preview.jpg', len(files))


if __name__ == '__main__':
    main(globals(), prepare=prepare)
