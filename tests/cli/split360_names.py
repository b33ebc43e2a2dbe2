#!/usr/bin/python3 -B
# Licence: LGPL-2.1-or-later.
"""Names of pictures for scripts/split360: a name is a name, whatever it holds. For each
byte that a name may have there is a picture with that byte in its name, and each of
them has a colour of its own, by which its images are known. SPLIT360 names another
script."""

import json
import os
import shutil
import struct
import subprocess
import zlib

from lib.run import FFMPEG, SPLIT360, main

OPTIONS = ('--quiet', '--rig', 'ring1', '--size', '16x16', '--device', 'cpu',
           '--format', 'png', '--interp', 'near')
BYTES = [byte for byte in range(1, 256) if byte != ord('/')]


def colour(number):
    """Different in each channel for each number below 256."""
    return bytes((number, 255 - number, number * 7 & 255))


def picture(path, number):
    """A PNG of one colour, written without a library."""
    def chunk(kind, data):
        return (struct.pack('>I', len(data)) + kind + data +
                struct.pack('>I', zlib.crc32(kind + data)))
    rows = (b'\0' + colour(number) * 64) * 32
    with open(path, 'wb') as file:
        file.write(b'\x89PNG\r\n\x1a\n' +
                   chunk(b'IHDR', struct.pack('>IIBBBBB', 64, 32, 8, 2, 0, 0, 0)) +
                   chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def split(source, *options):
    shutil.rmtree('out', ignore_errors=True)
    done = subprocess.run([os.fsencode(SPLIT360), source, b'out', *map(os.fsencode, OPTIONS),
                           *map(os.fsencode, options)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode('utf-8', 'replace').strip()


def colours():
    """The colour of each image, in their order."""
    raw = subprocess.run([FFMPEG, '-nostdin', '-v', 'error', '-i', 'out/images/view_00/%06d.png',
                          '-vf', 'crop=1:1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
                         stdout=subprocess.PIPE, check=True).stdout
    return [raw[i:i + 3] for i in range(0, len(raw), 3)]


def make_names(folder):
    """A picture for each byte; the number of the byte is that of its colour."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for byte in BYTES:
        picture(os.path.join(folder, b'a' + bytes((byte,)) + b'b.png'), byte)


def test_each_byte(rep):
    make_names(b'all')
    status, said = split(b'all')
    seen = colours() if status == 0 else []
    rep.check(status == 0 and sorted(seen) == sorted(map(colour, BYTES)),
              'a folder of names with each byte: an image of each', said or f'{len(seen)} images')
    order = subprocess.run(['sort', '-zV'], env={**os.environ, 'LC_ALL': 'C'},
                           input=b'\0'.join(os.listdir(b'all')), stdout=subprocess.PIPE,
                           check=True).stdout.split(b'\0')[:-1]
    rep.check(seen == [colour(name[1]) for name in order], 'in the order of sort -V',
              f'{len(order)} names')
    with open('out/manifest.json', encoding='utf-8') as file:
        sources = json.load(file)['sources']
    rep.check(len(sources) == len(BYTES), 'manifest.json is JSON in UTF-8, and lists all',
              f'{len(sources)} sources')
    again = split(b'all')
    rep.check(again[0] == 0 and colours() == seen, 'the same once more', again[1])


def test_one_picture(rep):
    """As INPUT itself, and as a name with nothing before the byte."""
    for byte in b'%*?[]{}\\\'"\n\r\t -:;,=#&|$`~!@\x01\x7f\x80\xe9\xff':
        name = bytes((byte,)) + b'.png'
        picture(name, byte)
        status, said = split(b'./' + name)
        rep.check(status == 0 and colours() == [colour(byte)], f'a picture named {name!r}', said)
        os.unlink(name)


def test_patterns(rep):
    """Files beside it that a pattern would choose."""
    for name, others in ((b'p%03d.png', (b'p001.png', b'p000.png')), (b'p%d.png', (b'p1.png',)),
                         (b'p*.png', (b'pa.png', b'pb.png')), (b'p?.png', (b'pc.png',)),
                         (b'p[ab].png', (b'pa.png',)), (b'p{a,b}.png', (b'pb.png',)),
                         (b'p%%.png', (b'p%.png',)), (b'p\\*.png', (b'p*.png',))):
        shutil.rmtree('patterns', ignore_errors=True)
        os.makedirs('patterns')
        for number, file in enumerate((name, *others)):
            picture(os.path.join(b'patterns', file), 200 + number)
        status, said = split(b'patterns/' + name)
        rep.check(status == 0 and colours() == [colour(200)],
                  f'{name!r} with {others[0]!r} beside it: that picture', said)
        status, said = split(b'patterns')
        rep.check(status == 0 and sorted(colours()) == [colour(200 + i)
                                                        for i in range(len(others) + 1)],
                  'and their folder: each of them', said)


def test_folders(rep):
    """Folders of such names, for the source and for the result."""
    for name in (b'%03d', b'a\nb', b'[x]', b"it's", b'-v', b'\xff\xfe', b'a:b', b'con cat:x'):
        shutil.rmtree(b'./' + name, ignore_errors=True)
        os.makedirs(b'./' + name)
        for number in (1, 2):
            picture(os.path.join(b'./' + name, b'%d.png' % number), number)
        status, said = split(b'./' + name)
        rep.check(status == 0 and colours() == [colour(1), colour(2)], f'a folder {name!r}', said)
        os.rename('out', 'kept')
        shutil.copytree('kept/images', 'want')
        os.rename('kept', b'./' + name + b'/out')
        os.unlink(b'./' + name + b'/out/images/view_00/000001.png')
        done = subprocess.run([os.fsencode(SPLIT360), b'./' + name, b'./' + name + b'/out',
                               *map(os.fsencode, OPTIONS)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        same = subprocess.run(['diff', '-r', b'want', b'./' + name + b'/out/images'],
                              stdout=subprocess.PIPE, check=False).returncode == 0
        rep.check(done.returncode == 0 and same, f'a result in {name!r} gets an image back',
                  done.stdout.decode('utf-8', 'replace'))
        shutil.rmtree('want')
        shutil.rmtree(b'./' + name)


if __name__ == '__main__':
    main(globals())
