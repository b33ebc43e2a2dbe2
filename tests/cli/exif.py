#!/usr/bin/python3 -B
# Licence: LGPL-2.1-or-later.
"""EXIF of views: what belongs to the source's lens is gone, the rest is kept.

A JPEG panorama gets EXIF that is written here; of each PNG view the eXIf chunk is
read. Damaged EXIF must cost no view.
"""
import random
import struct

from lib.run import ffmpeg, main, run

FOCAL, FOCAL35, MAKER_NOTE, LENS = 0x920a, 0xa405, 0x927c, 0xa434
DATE, MODEL, GPS, EXIF, THUMBNAIL = 0x9003, 0x0110, 0x8825, 0x8769, 0x0201
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}   # bytes of a value by type


def ifd(entries, at, following=0):
    """An IFD of {tag: (type, count, bytes)} at an offset, big-endian."""
    body, extra = b'', b''
    end = at + 2 + 12 * len(entries) + 4
    for tag, (kind, count, value) in sorted(entries.items()):
        if len(value) > 4:
            place = end + len(extra)
            extra += value + b'\0' * (len(value) & 1)
            value = struct.pack('>I', place)
        body += struct.pack('>HHI', tag, kind, count) + value.ljust(4, b'\0')
    return (struct.pack('>H', len(entries)) + body +
            struct.pack('>I', following) + extra)


def text(s):
    return 2, len(s) + 1, s.encode() + b'\0'


def rational(*values):
    return 5, len(values), b''.join(struct.pack('>II', int(v * 1000), 1000)
                                    for v in values)


def tiff():
    exif = {DATE: text('2026:11:22 12:00:00'), FOCAL: rational(1.2),
            FOCAL35: (3, 1, struct.pack('>H', 7)), LENS: text('fisheye'),
            MAKER_NOTE: (7, 40, bytes(range(40)))}
    gps = {1: text('N'), 2: rational(48, 8, 15.5), 3: text('E'),
           4: rational(11, 34, 31)}
    long = lambda v: (4, 1, struct.pack('>I', v))
    main = {MODEL: text('360 camera'), EXIF: long(200), GPS: long(500)}
    data = bytearray(b'MM\0\x2a' + struct.pack('>I', 8) + ifd(main, 8, 800))
    for at, part in ((200, exif), (500, gps), (800, {THUMBNAIL: long(900)})):
        data = data.ljust(at, b'\0') + ifd(part, at)
    return bytes(data)


def tags(data):
    """All tags of TIFF data: {tag: count}. FFmpeg writes the place of a next IFD into
    nested IFDs too, which have none: the place counts in the first IFD only."""
    order = {b'MM': '>', b'II': '<'}[data[:2]]
    found, todo = {}, [(struct.unpack_from(order + 'I', data, 4)[0], 1)]
    while todo:
        at, first = todo.pop()
        n, = struct.unpack_from(order + 'H', data, at)
        for i in range(n):
            tag, kind, count, value = struct.unpack_from(
                order + 'HHII', data, at + 2 + 12 * i)
            found[tag] = count
            if tag in (EXIF, GPS):
                todo.append((value, 0))
            assert kind in SIZES or kind in (9, 10, 13), kind
        following, = struct.unpack_from(order + 'I', data, at + 2 + 12 * n)
        if first and following:
            todo.append((following, 0))
    return found


def with_exif(jpeg, data):
    app1 = b'Exif\0\0' + data
    return (jpeg[:2] + b'\xff\xe1' + struct.pack('>H', len(app1) + 2) + app1 +
            jpeg[2:])


def chunk(png, name):
    at = 8
    while at < len(png):
        n, kind = struct.unpack_from('>I4s', png, at)
        if kind == name:
            return png[at + 8:at + 8 + n]
        at += 12 + n
    return None


def views(jpeg):
    """Exit status and the two PNGs."""
    with open('pano.jpg', 'wb') as f:
        f.write(jpeg)
    status = run(['-v', 'error', '-i', 'pano.jpg', '-filter_complex',
                  '[0:v]v360batch=rig=ring2:w=64:h=48[a][b]',
                  '-map', '[a]', '0.png', '-map', '[b]', '1.png']).returncode
    return status, [open(f'{i}.png', 'rb').read() for i in range(2)]


def panorama():
    ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=256x128', '-frames:v', '1', 'plain.jpg')
    return open('plain.jpg', 'rb').read()


def test_tags(rep):
    status, pngs = views(with_exif(panorama(), tiff()))
    found = [tags(chunk(png, b'eXIf') or b'MM\0*\0\0\0\x08\0\0\0\0\0\0')
             for png in pngs]
    for tag, name in ((FOCAL, 'a focal length'), (FOCAL35, 'that in 35 mm'),
                      (LENS, 'a lens'), (MAKER_NOTE, 'maker note'),
                      (THUMBNAIL, 'thumbnail')):
        rep.check(status == 0 and not any(tag in f for f in found),
                  f'exif: views without {name}',
                  f'{sum(tag in f for f in found)} of 2 have it')
    for tag, name in ((DATE, 'the date'), (MODEL, 'the camera'), (GPS, 'the place')):
        rep.check(all(tag in f for f in found), f'exif: views keep {name}',
                  f'{sum(tag in f for f in found)} of 2 have it')


def test_damaged(rep):
    rnd, jpeg, failed = random.Random(360), panorama(), 0
    for _ in range(40):
        data = bytearray(tiff())
        for _ in range(rnd.randrange(1, 30)):
            data[rnd.randrange(len(data))] = rnd.randrange(256)
        status, _ = views(with_exif(jpeg, bytes(data[:rnd.randrange(8, len(data))])))
        failed += status != 0
    rep.check(not failed, 'exif: damaged EXIF costs no view',
              f'{failed} of 40 runs failed')


if __name__ == '__main__':
    main(globals())
