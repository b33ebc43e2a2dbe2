#!/usr/bin/python3 -B
# Licence: LGPL-2.1-or-later.
"""The encoder png with -deflate isal: a zlib stream that holds the bytes which zlib's
holds, in a file that is the same otherwise, whatever the format and the size; and not
larger than zlib's. With it the filter average, in all instruction sets. The stream itself
is not compared from run to run: ISA-L 2.30 makes another one once in some 50,000 images.
"""
import os
import struct
import subprocess
import zlib

import numpy as np

from lib.run import FFMPEG, ffmpeg, main, run

LARGEST = 65536     # bytes of data in a chunk
# bits of a pixel
FORMATS = {'gray': 8, 'ya8': 16, 'rgb24': 24, 'rgba': 32, 'gray16be': 16, 'ya16be': 32,
           'rgb48be': 48, 'rgba64be': 64, 'monob': 1}
SIZES = ((1, 1), (2, 3), (7, 5), (11, 4), (33, 9), (64, 3), (301, 77))
FILTERS = ('none', 'sub', 'up', 'avg', 'paeth', 'mixed')
# With PCLMULQDQ, AVX2 and AVX-512, and without; all of them have SSE4.2.


def built_in(rep):
    if b' isal ' in ffmpeg('-h', 'encoder=png'):
        return True
    has = not subprocess.run(['pkg-config', '--exists', 'libisal >= 2.30']).returncode
    if has:
        rep.check(False, 'ISA-L', f'not in {FFMPEG}')
    else:
        rep.skip('ISA-L', 'built on a machine without libisal')
    return False


def noise(fmt, w, h, frames=1, seed=1):
    """Frames of which half is noise and half has a pattern, so that matches are found."""
    size = -(-w * FORMATS[fmt] // 8) * h * frames
    rnd = np.random.default_rng(seed)
    data = np.where(np.arange(size) // 50 % 2, np.arange(size) * 7 & 255,
                    rnd.integers(0, 256, size))
    if fmt == 'monob':      # bits beyond the right edge are no pixels
        data.reshape(-1, -(-w // 8))[:, -1] &= 0xff00 >> (w - 1) % 8 + 1
    return data.astype(np.uint8).tobytes()


def photo(fmt, w, h):
    """Samples with the statistics of photographs: amplitudes of 1 / frequency, a little
    noise."""
    rnd = np.random.default_rng(9)
    fx, fy = np.fft.rfftfreq(w), np.fft.fftfreq(h)[:, None]
    falloff = 1 / np.maximum(np.hypot(fx, fy), 1 / w)
    planes = []
    for _ in range(3):
        wave = np.fft.irfft2(np.fft.rfft2(rnd.standard_normal((h, w))) * falloff, (h, w))
        planes.append(128 + 40 * wave / wave.std() + rnd.normal(0, 1, (h, w)))
    pixels = np.clip(np.stack(planes, -1), 0, 255)
    if fmt == 'rgb48be':
        return (pixels * 257).astype('>u2').tobytes()
    return np.rint(pixels).astype(np.uint8).tobytes()


def raw(fmt, w, h):
    return ['-f', 'rawvideo', '-pix_fmt', fmt, '-s', f'{w}x{h}', '-i', '-']


def encode(fmt, w, h, data, deflate, *args):
    return ffmpeg(*raw(fmt, w, h), '-c:v', 'png', '-deflate', deflate, *args,
                  '-f', 'image2pipe', '-', input=data)


def take_apart(png):
    """-> chunks (type, data) of all but the samples, sizes of those with samples, and
    what they hold, filters and samples. Checks CRCs, and by zlib the Adler-32."""
    at, others, sizes, data = 8, [], [], b''
    assert png[:8] == b'\x89PNG\r\n\x1a\n', 'signature'
    while at < len(png):
        n, kind = struct.unpack_from('>I4s', png, at)
        body = png[at + 8:at + 8 + n]
        assert struct.unpack_from('>I', png, at + 8 + n)[0] == zlib.crc32(kind + body), 'CRC'
        if kind == b'IDAT':
            sizes.append(n)
            data += body
        else:
            others.append((kind, body))
        at += 12 + n
    stream = zlib.decompressobj()
    plain = stream.decompress(data)
    assert stream.eof and not stream.unused_data, 'end of the stream'
    return others, sizes, plain


def test_streams(rep):
    if not built_in(rep):
        return
    for fmt in FORMATS:
        bad = []
        for w, h in SIZES:
            data = noise(fmt, w, h)
            for pred in FILTERS:
                for flags in ((), ('-flags', '+ildct')):
                    args = '-pred', pred, *flags
                    good = take_apart(encode(fmt, w, h, data, 'zlib', *args))
                    done = take_apart(encode(fmt, w, h, data, 'isal', *args))
                    if done[0] != good[0] or done[2] != good[2] or max(done[1]) > LARGEST:
                        bad.append(' '.join((f'{w}x{h}', *args)))
        rep.check(not bad, f'the bytes that zlib compresses: {fmt}', ' '.join(bad) or
                  f'{len(SIZES)} sizes, {len(FILTERS)} filters, with and without Adam7')


def test_decode(rep):
    """ffmpeg's decoder; and several frames by one encoder."""
    if not built_in(rep):
        return
    for fmt in ('gray', 'rgb24', 'rgba', 'rgb48be', 'rgba64be'):
        data = noise(fmt, 301, 77, 5)
        done = run(['-v', 'warning', '-xerror', '-err_detect', 'explode', '-f', 'png_pipe',
                    '-i', '-', '-f', 'rawvideo', '-'],
                   input=encode(fmt, 301, 77, data, 'isal', '-pred', 'avg'))
        rep.check(done.stdout == data and not done.stderr, f'decoded again: {fmt}, 5 frames',
                  done.stderr.decode()[-200:])


def test_average(rep):
    """PNG's filter 3 by its definition, for all pairs of bytes, with SIMD and without."""
    w, h = 256, 512
    rows = np.zeros((h, w, 3), np.uint8)
    rows[::2] = np.arange(w, dtype=np.uint8)[:, None]                   # above
    rows[1::2] = np.arange(h // 2, dtype=np.uint8)[:, None, None]       # to the left
    above = np.concatenate((np.zeros((1, w, 3), np.uint8), rows[:-1])).astype(int)
    left = np.concatenate((np.zeros((h, 1, 3), np.uint8), rows[:, :-1]), 1)
    wanted = (rows - (left + above) // 2 & 255).astype(np.uint8)
    wanted[0] = rows[0] - left[0]       # FFmpeg's encoder takes filter 1 for the first row
    for flags in ('all', 'avx', '0'):
        png = ffmpeg('-cpuflags', flags, *raw('rgb24', w, h), '-c:v', 'png', '-pred', 'avg',
                     '-f', 'image2pipe', '-', input=rows.tobytes())
        plain = np.frombuffer(take_apart(png)[2], np.uint8).reshape(h, 1 + w * 3)
        rep.check((plain[1:, 0] == 3).all() and plain[:, 1:].tobytes() == wanted.tobytes(),
                  f'the filter average: -cpuflags {flags}')


def test_levels(rep):
    if not built_in(rep):
        return
    data = noise('rgb24', 301, 77)
    made = {n: encode('rgb24', 301, 77, data, 'isal', *(('-compression_level', n) if n else ()))
            for n in ('', '0', '1', '2', '9')}
    rep.check(made[''] == made['0'] == made['1'], 'level 1 by default, and for 0')
    rep.check(made['2'] == made['9'] != made['1'], 'level 2 for all above')


def test_sizes(rep):
    """Noise, which the packet must have room for: the streams of ISA-L grew by 0.13 % and
    less. Photographs: what split360 made before is what is compared with."""
    if not built_in(rep):
        return
    for fmt, w, h in (('rgb24', 1000, 500), ('rgba64be', 8000, 40), ('gray', 7, 9000)):
        data = np.random.default_rng(5).bytes(w * h * FORMATS[fmt] // 8)
        done = take_apart(encode(fmt, w, h, data, 'isal', '-pred', 'none'))
        grown = 100 * (sum(done[1]) / len(done[2]) - 1)
        rep.check(grown < 0.5, f'noise, {fmt} {w}x{h}', f'{grown:+.2f} %')
    for fmt in ('rgb24', 'rgb48be'):
        data = photo(fmt, 640, 640)
        sizes = [len(encode(fmt, 640, 640, data, deflate, '-pred', 'avg', '-compression_level',
                            '1')) for deflate in ('zlib', 'isal')]
        more = 100 * (sizes[1] / sizes[0] - 1)
        rep.check(more <= 5, f'as a photograph, {fmt}', f'{more:+.1f} % of zlib\'s level 1')


def test_memory(rep):
    if not built_in(rep):
        return
    done = run(['-max_alloc', '200000', *raw('gray', 16, 16), '-c:v', 'png', '-deflate', 'isal',
                '-f', 'null', '-'], input=bytes(256))
    rep.check(done.returncode == 256 - 12, 'lack of memory is an error',
              f'exit status {done.returncode}')


if __name__ == '__main__':
    main(globals())
