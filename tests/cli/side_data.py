#!/usr/bin/python3 -B
# Side data of the streams that encoders get, numbers in any locale for programs, and
# warnings about sources.
# Licence: LGPL-2.1-or-later.
"""Looks at what ffmpeg writes and says beside the samples."""

import os
import struct
import subprocess
import tempfile
import zlib

from lib.run import FFMPEG, FFPROBE, guarded, main, run


def hdr_png(name):
    """A picture with mastering display and content light level."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + \
            struct.pack('>I', zlib.crc32(kind + data))
    with open(name, 'wb') as f:
        f.write(b'\x89PNG\r\n\x1a\n' +
                chunk(b'IHDR', struct.pack('>IIBBBBB', 64, 32, 16, 2, 0, 0, 0)) +
                chunk(b'mDCV', struct.pack('>8H2I', 35400, 14600, 8500, 39850,
                                           6550, 2300, 15635, 16450,
                                           10000000, 50)) +
                chunk(b'cLLI', struct.pack('>2I', 10000000, 4000000)) +
                chunk(b'IDAT', zlib.compress(bytes(32 * (1 + 6 * 64)))) +
                chunk(b'IEND', b''))


@guarded
def test_hdr_side_data(rep):
    """Every encoder is told, not only the first one that gets a frame of the graph:
    patches/9.0/fix-ffmpeg-side-data-of-each-output.patch."""
    with tempfile.TemporaryDirectory() as tmp:
        png, mkv = (os.path.join(tmp, n) for n in ('in.png', 'out.mkv'))
        hdr_png(png)
        for graph, n in (('split=3', 3), ('v360batch=ring4:w=32:h=32', 4)):
            done = run(['-y', '-i', png, '-filter_complex', graph,
                        '-c:v', 'ffv1', mkv])
            assert done.returncode == 0, done.stderr[-1000:]
            told = subprocess.run([FFPROBE, '-v', 'error', '-show_streams',
                                   mkv], stdout=subprocess.PIPE,
                                  check=True).stdout
            counts = [told.count(b'side_data_type=' + k) for k in
                      (b'Mastering display', b'Content light level')]
            rep.check(counts == [n, n], 'HDR10 side data, ' + graph,
                      f'{counts[0]} and {counts[1]} of {n} streams')
        done = run(['-y', '-i', png, '-filter_complex',
                    'split[a][b];[b]trim=end_frame=0[c]', '-map', '[a]',
                    '-map', '[c]', '-c:v', 'ffv1', mkv])
        rep.check(done.returncode == 0, 'an output without a frame',
                  f'exit status {done.returncode}')


@guarded
def test_any_locale(rep):
    """A program may have set a locale in which 1.5 is 1,5."""
    name, program = 'de_DE.UTF-8', 'libavfilter/tests/v360props'
    build = os.path.dirname(FFMPEG)
    with tempfile.TemporaryDirectory() as tmp:
        env = dict(os.environ, LOCPATH=tmp, LC_ALL=name)
        made = run_tool('localedef', '-i', 'de_DE', '-f', 'UTF-8',
                        os.path.join(tmp, name))
        said = run_tool('/usr/bin/printf', '%.1f', '1,5', env=env)
        if said != '1,5':
            rep.skip('numbers in any locale', f'localedef makes none: {made}')
            return
        run_tool('make', '-C', build, program)
        done = subprocess.run([os.path.join(build, program)], env=env,
                              stdout=subprocess.PIPE, check=False)
    rep.check(done.returncode == 0, 'numbers in any locale',
              done.stdout.decode().strip().splitlines()[-1])


def run_tool(*args, **kw):
    """The output of a program, or the reason why it does not run."""
    try:
        return subprocess.run(args, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False,
                              **kw).stdout.decode(errors='replace').strip()
    except OSError as error:
        return str(error)


@guarded
def test_float_source(rep):
    """FFmpeg makes float samples integers before v360batch gets them, and does not
    tell: v360batch does."""
    for source, n in (('gbrpf32le', 1), ('gbrp16le', 0)):
        done = run(['-v', 'warning', '-f', 'lavfi', '-i',
                    'color=s=64x32:d=0.08,format=' + source, '-vf',
                    'v360batch=views=w=8 h=8', '-f', 'null', '-'])
        assert done.returncode == 0, done.stderr[-1000:]
        rep.check(done.stderr.count(b'float samples') == n,
                  f'a source of {source} is warned of' if n else
                  f'a source of {source} is not',
                  f"{done.stderr.count(b'float samples')} warnings")


if __name__ == '__main__':
    main(globals())
