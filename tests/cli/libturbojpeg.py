#!/usr/bin/python3 -B
# Licence: LGPL-2.1-or-later.
"""The encoder libturbojpeg: its bytes are those of libjpeg, used in the plain way by
lib/jpeg_reference.c, whatever the size, the number of threads and the instructions;
ffmpeg's own decoder reads them; what belongs to a frame is in the file.
"""
import os
import shlex
import struct
import subprocess

from lib.run import FFMPEG, ffmpeg, main, run

HERE = os.path.dirname(os.path.abspath(__file__))
CODEC = ('-c:v', 'libturbojpeg')
EXACT = (*CODEC, '-flags', '+bitexact')
# luma samples for each chroma sample; 0 is gray
SAMPLING = {'gray': (0, 0), 'yuvj420p': (2, 2), 'yuvj422p': (2, 1),
            'yuvj440p': (1, 2), 'yuvj444p': (1, 1)}
SIZES = ((1, 1), (2, 3), (8, 8), (15, 17), (16, 16), (17, 15), (33, 9), (64, 48), (251, 131))


def built_in(rep):
    if b' libturbojpeg ' in ffmpeg('-encoders'):
        return True
    has = not subprocess.run(['pkg-config', '--exists', 'libjpeg']).returncode
    if has:
        rep.check(False, 'libturbojpeg', f'not in {FFMPEG}')
    else:
        rep.skip('libturbojpeg', 'built on a machine without libjpeg-turbo')
    return False


def reference():
    """The program; None without a compiler or the library's headers."""
    try:
        flags = subprocess.run(['pkg-config', '--cflags', '--libs', 'libjpeg'], check=True,
                               capture_output=True, text=True).stdout.split()
        subprocess.run([*shlex.split(os.environ.get('CC', 'gcc')), '-O1', '-o', 'reference',
                        HERE + '/lib/jpeg_reference.c', *flags], check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return os.path.abspath('reference')


def planes(fmt, w, h, frames=1):
    """Raw frames of colours, edges and noise."""
    return ffmpeg('-f', 'lavfi', '-i', f'testsrc2=s={max(w, 16)}x{max(h, 16)},'
                  f'noise=alls=12:all_seed=5,scale={w}:{h}:flags=bicubic+bitexact+accurate_rnd,'
                  f'format={fmt}', '-frames:v', str(frames), '-f', 'rawvideo', '-')


def raw(fmt, w, h):
    return ['-f', 'rawvideo', '-pix_fmt', fmt, '-s', f'{w}x{h}', '-i', '-']


def encode(fmt, w, h, data, *args, codec=EXACT, **kw):
    return ffmpeg(*raw(fmt, w, h), *codec, *args, '-f', 'mjpeg', '-', input=data, **kw)


def same(rep, program, fmt, sizes, quality=90, optimize=0, restart=0):
    bad = []
    for w, h in sizes:
        data = planes(fmt, w, h)
        jpeg = encode(fmt, w, h, data, '-quality', str(quality), '-optimize',
                      str(optimize), '-restart', str(restart))
        wanted = subprocess.run([program, *map(str, (w, h, *SAMPLING[fmt], quality, optimize,
                                                     restart))],
                                input=data, capture_output=True, check=True).stdout
        bad += [f'{w}x{h}'] * (jpeg != wanted)
    rep.check(not bad, f'bytes of libjpeg: {fmt}, quality {quality}'
              f"{', optimize' * optimize}{f', restart {restart}' * (restart > 0)}",
              ' '.join(bad) or f'{len(sizes)} sizes')


def test_reference(rep):
    if not built_in(rep):
        return
    program = reference()
    if not program:
        rep.skip('bytes of libjpeg', 'no compiler, or no headers of libjpeg')
        return
    for fmt in SAMPLING:
        same(rep, program, fmt, SIZES)
    for quality in (1, 50, 75, 95, 98, 100):
        same(rep, program, 'yuvj420p', ((251, 131),), quality)
    for fmt in ('gray', 'yuvj422p'):
        same(rep, program, fmt, SIZES[-3:], optimize=1)
        same(rep, program, fmt, SIZES[-3:], restart=2)


def test_decode(rep):
    """ffmpeg's decoder finds the format and nothing to complain of."""
    if not built_in(rep):
        return
    for fmt in SAMPLING:
        bad = []
        for w, h in SIZES:
            data = planes(fmt, w, h)
            jpeg = encode(fmt, w, h, data, '-quality', '100')
            done = run(['-v', 'warning', '-xerror', '-err_detect', 'explode', '-f', 'mjpeg',
                        '-i', '-', '-f', 'rawvideo', '-'], input=jpeg)
            error = max((abs(a - b) for a, b in zip(done.stdout, data)), default=99)
            said = done.stderr.replace(b'deprecated pixel format', b'').strip()
            if done.returncode or len(done.stdout) != len(data) or error > 4:
                bad.append(f'{w}x{h}: {len(done.stdout)} bytes of {len(data)}, '
                           f'off by {error}, {said[-200:]}')
        rep.check(not bad, f'decoded again: {fmt}, quality 100', ' '.join(bad) or
                  f'{len(SIZES)} sizes, within 4 levels')


def test_largest(rep):
    if not built_in(rep):
        return
    for w, h in ((65500, 1), (1, 65500)):
        jpeg = encode('gray', w, h, bytes(w * h))
        rep.check(len(ffmpeg('-f', 'mjpeg', '-i', '-', '-f', 'rawvideo', '-', input=jpeg))
                  == w * h, f'{w}x{h}', f'{len(jpeg)} bytes')
    done = run([*raw('gray', 65501, 1), *CODEC, '-f', 'mjpeg', '-'], input=bytes(65501))
    rep.check(done.returncode != 0 and b'65500x65500' in done.stderr, '65501x1 is refused')


def test_invariance(rep):
    if not built_in(rep):
        return
    w, h = 346, 190
    for fmt in ('yuvj420p', 'yuvj444p', 'gray'):
        data = planes(fmt, w, h, 12)
        for quality in (90, 100):
            args = ('-quality', str(quality))
            one = encode(fmt, w, h, data, *args, '-threads', '1')
            rep.check(one == encode(fmt, w, h, data, *args, '-threads', '4'),
                      f'{fmt}, quality {quality}: 1 and 4 threads', f'{len(one)} bytes')
            plain = encode(fmt, w, h, data, *args, env=dict(os.environ, JSIMD_FORCENONE='1'))
            rep.check(one == plain, f'{fmt}, quality {quality}: with and without SIMD')
    done = run(['-v', 'warning', *raw(fmt, w, h), *CODEC, '-threads', '4', '-f', 'mjpeg', '-'],
               input=data)
    rep.check(done.returncode == 0 and not done.stderr, 'no warning about threads',
              done.stderr.decode())


def test_memory(rep):
    """A packet that cannot grow ends the encoding, by longjmp() out of libjpeg."""
    if not built_in(rep):
        return
    data = os.urandom(300 * 300)
    done = run(['-max_alloc', '125000', *raw('gray', 300, 300), *CODEC, '-quality', '100',
                '-f', 'null', '-'], input=data)
    rep.check(done.returncode == 256 - 12 and b'libjpeg: Insufficient memory' in done.stderr,
              'lack of memory is an error', f'exit status {done.returncode}')


def segments(jpeg):
    """(marker, data) of all before the scan."""
    at, found = 2, []
    while jpeg[at + 1] != 0xda:
        marker, n = struct.unpack_from('>HH', jpeg, at)
        found.append((marker & 0xff, jpeg[at + 4:at + 2 + n]))
        at += 2 + n
    return found


def with_markers(jpeg, *markers):
    return jpeg[:2] + b''.join(struct.pack('>HH', 0xff00 | m, len(d) + 2) + d
                               for m, d in markers) + jpeg[2:]


def exif(size):
    """TIFF data with a description of so many bytes."""
    return struct.pack('>2sHIHHHIII', b'MM', 42, 8, 1, 0x010e, 2, size, 26, 0) + \
        b'v' * (size - 1) + b'\0'


def test_side_data(rep):
    if not built_in(rep):
        return
    icc = bytes(i * i % 251 for i in range(100000))
    parts = [icc[:60000], icc[60000:]]
    plain = encode('yuvj420p', 64, 48, planes('yuvj420p', 64, 48))
    marked = with_markers(plain, (0xe1, b'Exif\0\0' + exif(50)), *(
        (0xe2, b'ICC_PROFILE\0' + bytes((i + 1, 2)) + p) for i, p in enumerate(parts)))
    again = segments(ffmpeg('-f', 'mjpeg', '-i', '-', '-vf', 'setsar=4/3', *EXACT,
                            '-f', 'mjpeg', '-', input=marked))
    found = [d for m, d in again if m == 0xe1]
    rep.check(len(found) == 1 and found[0][:6] == b'Exif\0\0' and b'v' * 49 in found[0],
              'EXIF of the frame', f'{[len(d) for d in found]} bytes')
    found = [d for m, d in again if m == 0xe2]
    rep.check(b''.join(d[14:] for d in found) == icc and
              [d[:14] for d in found] == [b'ICC_PROFILE\0\1\2', b'ICC_PROFILE\0\2\2'],
              'ICC profile of the frame', f'{[len(d) for d in found]} bytes')
    rep.check(again[0] == (0xe0, b'JFIF\0\1\1\0\0\4\0\3\0\0'), 'JFIF with the aspect ratio 4:3',
              again[0][1].hex())
    rep.check(not any(m == 0xfe for m, _ in again), 'no comment with bitexact')
    big = with_markers(plain, (0xe1, b'Exif\0\0' + exif(65000)))
    # the size of the picture is added to EXIF that has none
    done = run(['-f', 'mjpeg', '-i', '-', *EXACT, '-f', 'mjpeg', '-'], input=big)
    rep.check(done.returncode == 0 and len(segments(done.stdout)[1][1]) > 65000,
              'EXIF of 65000 bytes')


def test_range(rep):
    if not built_in(rep):
        return
    data = planes('yuv420p', 32, 16)
    limited = ['-color_range', 'tv', *raw('yuv420p', 32, 16)]
    full = ffmpeg(*limited, *EXACT, '-f', 'mjpeg', '-', input=data)
    rep.check(not any(m == 0xfe for m, _ in segments(full)), 'full range by default')
    kept = ffmpeg(*limited, *EXACT, '-strict', 'unofficial', '-pix_fmt', 'yuv420p', '-f',
                  'mjpeg', '-', input=data)
    rep.check((0xfe, b'CS=ITU601\0') in segments(kept), 'limited range with -strict unofficial')
    done = run([*limited, *CODEC, '-q:v', '2', '-f', 'mjpeg', '-'], input=data)
    rep.check(done.returncode == 0 and b'option quality' in done.stderr,
              'a warning that -q:v is not used')


if __name__ == '__main__':
    main(globals())
