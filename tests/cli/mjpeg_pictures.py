#!/usr/bin/python3 -B
# Licence: LGPL-2.1-or-later.
"""The decoder mjpeg_pictures: its frames, with all that belongs to them, and its errors
are those of mjpeg, which is given each picture alone; with any number of threads.
"""
import io
import json
import os
import random
import struct
import subprocess
import time

from lib.run import FFMPEG, FFPROBE, ffmpeg, main, run

try:
    from PIL import Image
except ImportError:
    Image = None

OWN, FFMPEGS = 'mjpeg_pictures', 'mjpeg'
SIZES = ((1, 1), (2, 3), (8, 8), (15, 17), (16, 16), (17, 15), (33, 9), (64, 48), (251, 131))
STRICT = ('-err_detect', 'crccheck+bitstream+buffer+explode')


def picture(w, h, mode='RGB'):
    """Colours, edges, noise and an even part, which has blocks without AC."""
    rng = random.Random(w * 1000 + h)
    image = Image.linear_gradient('L').resize((w, h)).convert(mode)
    noise = (max(w // 2, 1), max(h // 2, 1))
    image.paste(Image.frombytes('L', noise, rng.randbytes(noise[0] * noise[1])).convert(mode))
    for _ in range(6):
        x, y = rng.randrange(w), rng.randrange(h)
        colour = tuple(rng.randrange(256) for _ in image.getbands())
        image.paste(colour if len(colour) > 1 else colour[0], (x, y, x + w // 3, y + h // 3))
    return image


def jpeg(w, h, mode='RGB', **options):
    out = io.BytesIO()
    picture(w, h, mode).save(out, 'JPEG', **options)
    return out.getvalue()


def hashes(codec, data, *args):
    """Exit status, and a line for each frame: time, size, hash."""
    done = run(['-v', 'quiet', *args, '-c:v', codec, '-f', 'jpeg_pipe', '-i', '-', '-f',
                'framemd5', '-'], input=data)
    return done.returncode, [line for line in done.stdout.split(b'\n') if line[:1] != b'#']


def unlike(pictures):
    """Names of the pictures of which the two decoders make different frames."""
    return [f'{name}{" strict" * bool(args)}' for name, data in pictures.items()
            for args in ((), STRICT)
            if hashes(OWN, data, *args) != hashes(FFMPEGS, data, *args)]


def same(rep, name, pictures):
    bad = unlike(pictures)
    rep.check(not bad, f'frames of mjpeg: {name}', ' '.join(bad) or f'{len(pictures)} pictures')


def test_plain(rep):
    for subsampling in (0, 1, 2):
        same(rep, ('4:4:4', '4:2:2', '4:2:0')[subsampling], {
            f'{w}x{h} quality {q}': jpeg(w, h, subsampling=subsampling, quality=q)
            for w, h in SIZES for q in (30, 100)})
    same(rep, 'gray', {f'{w}x{h}': jpeg(w, h, 'L', quality=90) for w, h in SIZES})
    same(rep, 'tables of their own', {
        f'{w}x{h}': jpeg(w, h, quality=95, optimize=True) for w, h in SIZES})
    wide = bytearray(jpeg(64, 48, subsampling=2)) # its luma 4x1 instead of 2x2 blocks
    at = wide.index(b'\xff\xc0')
    wide[at + 5:at + 9] = struct.pack('>HH', 24, 128)
    wide[at + 11] = 0x41
    same(rep, '4:1:1', {'128x24': bytes(wide), '127x23': bytes(
        wide[:at + 5] + struct.pack('>HH', 23, 127) + wide[at + 9:])})


def test_turbo(rep):
    """What PIL's encoder does not make."""
    if b' libturbojpeg ' not in ffmpeg('-encoders'):
        rep.skip('restart markers, 4:4:0', 'no encoder libturbojpeg')
        return
    made = {(f, w, h, n): ffmpeg('-f', 'lavfi', '-i', f'testsrc2=s={w}x{h},format={f}',
                                 '-frames:v', '1', '-c:v', 'libturbojpeg', '-restart', str(n),
                                 '-f', 'mjpeg', '-')
            for f in ('yuvj440p', 'yuvj420p', 'yuvj422p', 'yuvj444p', 'gray')
            for w, h in ((16, 16), (33, 29), (251, 131)) for n in (0, 1, 2, 5)}
    rep.check(all(b'\xff\xd0' in data for (_, _, h, n), data in made.items() if n and h > 99),
              'there are restart markers')
    same(rep, 'restart markers, 4:4:0', {' '.join(map(str, k)): v for k, v in made.items()})
    lost = {i: data.replace(bytes((255, 0xd0 + i)), bytes((255, 0xd0 + (i + 3) % 8)))
            for i, data in enumerate([made['yuvj420p', 251, 131, 1]] * 3)}
    same(rep, 'restart markers out of order', lost)


def named(data, names):
    """The file with other names of its three components."""
    changed = bytearray(data)
    frame, scan = data.index(b'\xff\xc0'), data.index(b'\xff\xda')
    for i, name in enumerate(names):
        changed[frame + 10 + 3 * i] = changed[scan + 5 + 2 * i] = name
    return bytes(changed)


def test_other_kinds(rep):
    """Those that are left to mjpeg, or are told by their header only."""
    plain = jpeg(64, 48, subsampling=0)
    frame = plain.index(b'\xff\xc0')
    kinds = {'progressive': jpeg(64, 48, progressive=True), 'CMYK': jpeg(64, 48, 'CMYK'),
             'many MPO': plain + jpeg(32, 16), 'bytes behind': plain + bytes(1000),
             'bytes in front': b'x' + plain, 'no end': plain[:-2]}
    for factors in (0x41, 0x12, 0x14, 0x42, 0x24, 0x22, 0x31, 0x44, 0x10, 0xff):
        changed = bytearray(plain)
        changed[frame + 11] = factors
        kinds[f'sampling {factors:x}'] = bytes(changed)
        changed[frame + 14] = factors
        kinds[f'sampling {factors:x} twice'] = bytes(changed)
    kinds['RGB'] = named(plain, b'RGB')
    kinds['other names'] = named(plain, b'YUV')
    kinds['12 bits'] = plain[:frame + 4] + b'\x0c' + plain[frame + 5:]
    kinds['no tables'] = plain[:plain.index(b'\xff\xc4')] + plain[plain.index(b'\xff\xda'):]
    kinds['a late comment'] = plain[:frame + 19] + b'\xff\xfe\0\x0bCS=ITU601' + plain[frame + 19:]
    kinds['a comment'] = plain[:2] + b'\xff\xfe\0\x0bCS=ITU601' + plain[2:]
    kinds['Adobe, RGB'] = plain[:2] + b'\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0' + plain[20:]
    same(rep, 'other kinds', kinds)


def damage(data, rng, first=2):
    """The file with an error at a place behind the first bytes, of one of five kinds."""
    at, n = rng.randrange(first, len(data)), rng.randrange(1, 300)
    return (data[:at] + bytes((data[at] ^ 1 << rng.randrange(8),)) + data[at + 1:],
            data[:at] + bytes((rng.randrange(256),)) + data[at + 1:],
            data[:at], data[:at] + bytes(n) + data[at + n:], data[:at] + data[at + n:]
            )[rng.randrange(5)]


def whole():
    return [jpeg(160, 90, subsampling=s, quality=q, optimize=o)
            for s in (0, 2) for q in (75, 97) for o in (False, True)]


def test_damage(rep):
    """One by one, as mjpeg keeps tables of a file for the next one."""
    rng = random.Random(5)
    files = {str(i): damage(data, rng) for i, data in enumerate(whole() * 15)}
    same(rep, 'damaged', files)
    bad = sum(hashes(OWN, data, '-xerror', *STRICT)[0] != 0 for data in files.values())
    rep.check(30 < bad < 110, 'some of the damage is found', f'{bad} of {len(files)}')


def test_damage_threads(rep):
    rng = random.Random(6)
    for i, data in enumerate(whole() * 60):
        with open(f'd{i:06d}.jpg', 'wb') as out:
            out.write(damage(data, rng, data.index(b'\xff\xda') + 14))
    for name, args in (('', ()), (', strict', STRICT)):
        found = [ffmpeg('-v', 'quiet', *args, '-threads', n, '-c:v', OWN, '-i', 'd%06d.jpg',
                        '-fps_mode', 'passthrough', '-vf', 'format=yuvj444p', '-f', 'framemd5', '-')
                 for n in ('1', '2', '4')]
        rep.check(len(set(found)) == 1, f'damage{name}: 1, 2 and 4 threads',
                  f'{len(found[0].splitlines())} lines')


def test_threads(rep):
    """The order, and that nothing of one picture reaches another."""
    kinds = [jpeg(64, 48, quality=90), jpeg(200, 100, 'L'), jpeg(64, 48, subsampling=0),
             jpeg(64, 48, progressive=True), jpeg(64, 48, 'CMYK'), jpeg(64, 24, dpi=(72, 144)),
             jpeg(64, 48)[:-400], jpeg(99, 77, optimize=True)]
    rng = random.Random(3)
    for i in range(80):
        with open(f't{i:06d}.jpg', 'wb') as out:
            out.write(kinds[i if i < len(kinds) else rng.randrange(len(kinds))])
    lists = {}
    for n in ('1', '2', '3', '4', '16'):
        lists[n] = subprocess.run(
            [FFPROBE, '-v', 'quiet', '-threads', n, '-c:v', OWN, '-show_frames', '-of', 'json',
             '-i', 't%06d.jpg'], capture_output=True, check=True).stdout
    rep.check(len(set(lists.values())) == 1, 'properties with 1 to 16 threads')
    own = [{k: v for k, v in f.items() if 'pts' not in k and 'dts' not in k and 'time' not in k
            and 'pos' not in k} for f in json.loads(lists['4'])['frames']]
    bad = []
    for i in range(len(kinds)):
        alone = subprocess.run(
            [FFPROBE, '-v', 'quiet', '-c:v', FFMPEGS, '-show_frames', '-of', 'json', '-i',
             f't{i:06d}.jpg'], capture_output=True, check=True).stdout
        alone = json.loads(alone)['frames'][0]
        bad += [f'{i}: {k}: {v}, {own[i].get(k)}' for k, v in alone.items()
                if not any(t in k for t in ('pts', 'dts', 'time', 'pos')) and own[i].get(k) != v]
    rep.check(not bad and len(own) == 80, 'properties of mjpeg', '; '.join(bad) or
              f'{len(own)} frames')


def exif(orientation):
    return b'Exif\0\0' + struct.pack('>2sHIHHHIHHI', b'MM', 42, 8, 1, 0x0112, 3, 1, orientation,
                                     0, 0)


def test_side_data(rep):
    icc = bytes(i * i % 251 for i in range(100000))
    segment = [(0xe1, exif(6)), (0xe2, b'ICC_PROFILE\0\1\2' + icc[:60000]),
               (0xe2, b'ICC_PROFILE\0\2\2' + icc[60000:]),
               (0xe3, b'_JPSJPS_\0\6\0\0\2\1' + bytes(8))]
    plain = jpeg(64, 48, dpi=(100, 75))
    marked = plain[:20] + b''.join(struct.pack('>HH', 0xff00 | m, len(d) + 2) + d
                                   for m, d in segment) + plain[20:]
    with open('marked.jpg', 'wb') as out:
        out.write(marked)
    shown = [subprocess.run([FFPROBE, '-v', 'error', '-c:v', codec, '-show_frames',
                             '-show_entries', 'frame:frame_side_data:frame_tags', '-of', 'json',
                             'marked.jpg'], capture_output=True, check=True).stdout
             for codec in (FFMPEGS, OWN)]
    rep.check(shown[0] == shown[1], 'EXIF, ICC profile, stereo and aspect of mjpeg')
    for word in ('ICC profile', 'displaymatrix', 'Stereo 3D', 'EXIF', '"4:3"'):
        rep.check(word in shown[1].decode(), f'{word} is there')
    turned = [ffmpeg('-c:v', codec, '-i', 'marked.jpg', '-f', 'rawvideo', '-')
              for codec in (FFMPEGS, OWN)]
    rep.check(turned[0] == turned[1], 'a picture that EXIF turns')


def high_water(pid):
    """Peak memory of a process so far, in MiB."""
    with open(f'/proc/{pid}/status') as status:
        return next(int(line.split()[1]) for line in status if line.startswith('VmHWM')) / 1024


def test_stalled_reader(rep):
    """No more frames wait for a reader than threads and queues hold."""
    big = jpeg(3840, 1920, quality=60)
    for i in range(60):
        with open(f'b{i:06d}.jpg', 'wb') as out:
            out.write(big)
    peaks = {}
    for threads in (1, 4):
        with subprocess.Popen([FFMPEG, '-v', 'quiet', '-nostdin', '-threads', str(threads),
                               '-c:v', OWN, '-i', 'b%06d.jpg', '-f', 'rawvideo', '-'],
                              stdout=subprocess.PIPE) as done:
            done.stdout.read(1000)
            last, still = 0, 0
            while still < 10: # seconds/10 without more memory: all is full
                time.sleep(.1)
                now  = high_water(done.pid)
                still = still + 1 if now == last else 0
                last = now
            done.kill()
        peaks[threads] = last
    # 11 MiB a frame: of 3 threads more each has one, decoded and to be decoded
    rep.check(peaks[4] - peaks[1] < 6 * 11 + 8, 'memory while nobody reads',
              f'{peaks[1]:.0f} MiB with 1 thread, {peaks[4]:.0f} with 4')
    rep.check(peaks[4] < 30 * 11, 'frames do not pile up', f'{peaks[4]:.0f} MiB, 60 frames '
              'are 633')


if __name__ == '__main__':
    if Image:
        main(globals())
    print('skip - frames of mjpeg (Python has no module PIL)\n# 0 passed, 0 failed, 1 skipped')
