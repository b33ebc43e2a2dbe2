#!/usr/bin/python3 -B
# Licence: LGPL-2.1-or-later.
"""Which frames of a video are taken: those, byte for byte, that a decoder gives which
begins at the start of the file, in every container and shape of time stamps. Random
cuts (--from, --to, --every, --fps, a job that is killed and goes on), and damage.
SPLIT360, FFMPEG and FFPROBE name other programs; VERBOSE prints each cut, KEEP is a
folder that sources of failures are copied to.
"""

import collections
import json
import math
import os
import random
import re
import shutil
import signal
import subprocess
import time
from fractions import Fraction

from lib import shapes
from lib.run import FFMPEG, FFPROBE, SPLIT360, main

OPTIONS = ('--rig', 'ring1', '--size', '16x16', '--format', 'png', '--device', 'cpu')
CUTS_A_SOURCE = 5
STRICT = ('-xerror', '-err_detect:v', 'crccheck+bitstream+buffer+explode')
VERBOSE = 'VERBOSE' in os.environ
KEEP = os.environ.get('KEEP')

TOLD = r'damaged at -?\d+\.\d{3} s|the source is damaged: |cut off'
UNREADABLE = r'cannot read|cannot decode|no video|no frame'

Frame = collections.namedtuple('Frame', 'pts time image')
Source = collections.namedtuple('Source', 'path codec base start index graph frames seconds')


def call(*args):
    """Exit status, standard output, lines of standard error."""
    done = subprocess.run(args, stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                          check=False)
    return done.returncode, done.stdout, done.stderr.decode('utf-8', 'replace').splitlines()


def split(source, out, *options):
    """Exit status and what was said."""
    status, _, said = call(SPLIT360, source, out, *OPTIONS, '--quiet', *options)
    return status, said


def files(folder):
    where = f'{folder}/images/view_00'
    found = []
    for name in sorted(os.listdir(where)) if os.path.isdir(where) else ():
        if not name.endswith('.png'):
            continue
        with open(f'{where}/{name}', 'rb') as file:
            found.append(file.read())
    return found


def exif_of(png):
    """The chunk as a part of the file, or b''."""
    at = png.find(b'eXIf')
    return png[at - 4:at + 8 + int.from_bytes(png[at - 4:at], 'big')] if at > 0 else b''


def bare(png):
    """Without EXIF, as the reference has other time stamps where it is written."""
    exif = exif_of(png)
    return png.replace(exif, b'', 1) if exif else png


def images(folder):
    return [bare(png) for png in files(folder)]


def stream(path, index):
    """Time base, and start in seconds: that of the file, but where time stamps may jump
    that of the video."""
    found = json.loads(call(FFPROBE, '-v', 'error', '-show_streams', '-show_format', '-of',
                            'json', path)[1])
    mine = [s for s in found['streams'] if s['codec_type'] == 'video'][0]
    assert mine['index'] == index
    start = Fraction(found['format'].get('start_time', 0))
    if found['format']['format_name'] in ('mpegts', 'mpeg'):
        start = max(start, Fraction(mine.get('start_time', start)))
    return Fraction(mine['time_base']), start


def graph_of(path):
    """What comes after the choice of frames, by --print of a job of all of them."""
    text = call(SPLIT360, path, 'none', *OPTIONS, '--quiet', '--print')[1].decode()
    found = re.search(r"-filter_complex '\[0:(\d+)\]([^']*)\[v0\]'", text)
    return found and int(found[1]), found and found[2]


def decode(path, index, graph, prefix='', copyts=True, strict=False, threads=()):
    """ffmpeg from the start without a seek. Exit status, and time stamps with images."""
    shutil.rmtree('ref', ignore_errors=True)
    os.mkdir('ref')
    args = [FFMPEG, '-nostdin', '-v', 'error', '-y', *(STRICT if strict else ()), *threads,
            *(('-copyts',) if copyts else ()), '-i', path, '-filter_complex',
            f'[0:{index}]{prefix}{graph}[v0]', '-map', '[v0]', '-bitexact', '-fps_mode',
            'passthrough', '-enc_time_base', 'filter', '-c:v', 'png', '-pred', 'avg',
            '-compression_level', '1', '-stats_enc_pre', 'ref/stamps', '-stats_enc_pre_fmt',
            '{pts} {tb}', '-f', 'image2', 'ref/%06d.png']
    status, _, _ = call(*args)
    stamps = []
    if os.path.exists('ref/stamps'):
        with open('ref/stamps', encoding='ascii') as file:
            stamps = [line.split() for line in file]
    found = []
    for name in sorted(os.listdir('ref')):
        if name != 'stamps':
            with open(f'ref/{name}', 'rb') as file:
                found.append(bare(file.read()))
    return status, [(int(pts) * Fraction(base), data)
                    for (pts, base), data in zip(stamps, found)]


def open_source(rep, path, what):
    """Compare a job of all frames with an independent decode. Returns the source."""
    index, graph = graph_of(path)
    if graph is None:
        rep.check(False, f'{what}: it can be split', split(path, 'out'))
        return None
    base, start = stream(path, index)
    _, found = decode(path, index, graph)
    shutil.rmtree('out', ignore_errors=True)
    begin = time.monotonic()
    status, said = split(path, 'out', '--force')
    seconds = time.monotonic() - begin
    mine = images('out')
    if status and len(said) == 1 and re.search(TOLD, said[0]) and \
            decode(path, index, graph, strict=True)[0]:
        # It begins with frames that refer to others before them.
        rep.check(True, f'{what}: it is not whole, and that is told')
        return None
    if status or said or mine != [data for _, data in found]:
        rep.check(False, f'{what}: all frames', f'exit {status}, {len(mine)} of '
                  f'{len(found)} frames, first that differs '
                  f'{differing(mine, [data for _, data in found])}: {said}')
        return None
    frames = [Frame(t / base, t - start, data) for t, data in found]
    # ffmpeg closes gaps of more than 10 s where time stamps may jump, and guesses those of
    # packets that have none.
    jumps = path.endswith('ts') and max(b.time - a.time for a, b in zip(frames, frames[1:])) > 10
    guessed = any(t is None for _, _, t, _ in packets(path))
    wrong = '' if jumps or guessed else wrong_times('out', frames) or wrong_dates('out', frames)
    rep.check(not wrong, f'{what}: all {len(frames)} frames and their times', wrong)
    return Source(path, what.split(',', 1)[0], base, start, index, graph, frames, seconds)


def wrong_times(folder, frames):
    """What is wrong with the time stamps in the manifest, or ''."""
    with open(f'{folder}/manifest.json', encoding='utf-8') as file:
        stamps = json.load(file)['frames']
    for i, (s, f) in enumerate(zip(stamps, frames)):
        if s['pts'] != f.pts:
            return f'frame {i} has {s}, not {f.pts}'
    return '' if len(stamps) == len(frames) else f'{len(stamps)} time stamps'


def wrong_dates(folder, frames):
    """What is wrong with the dates in EXIF, or ''. They have milliseconds, and time stamps
    are rounded when they begin at 0."""
    for i, (png, frame) in enumerate(zip(files(folder), frames)):
        date = re.search(rb'2026:05:01 10:(\d\d):(\d\d)\0', exif_of(png))
        millis = re.search(rb'\x91\x92\x02\x00\x04\x00\x00\x00(\d{3})\x00', exif_of(png))
        if not date or not millis:  # the container has none; or one before the start
            return '' if not i or frame.time < 0 else f'image {i} has no date'
        got = 60 * int(date[1]) + int(date[2]) + Fraction(int(millis[1]), 1000)
        if abs(got - frame.time) > Fraction(2, 1000):
            return f'image {i} of {float(frame.time)} has the date {float(got)}'
    return ''


def made(rep, shape, name, what):
    """A source of a shape, or None."""
    path, why = shapes.make(shape, name)
    if path and not call(FFPROBE, '-v', 'error', '-show_entries', 'packet=pos',
                         '-select_streams', 'v', path)[1].strip():
        path, why = None, 'a copy without a packet'
    if path:
        return open_source(rep, path, what)
    rep.skip(what, f'it cannot be made: {why.splitlines()[0][-80:]}')
    return None


def differing(mine, theirs):
    for i, (a, b) in enumerate(zip(mine, theirs)):
        if a != b:
            return i
    return min(len(mine), len(theirs))


def text_of(rng, micros):
    """A time as an option, in seconds or HH:MM:SS."""
    seconds, rest = divmod(micros, 10 ** 6)
    part = f'{rest:06d}'
    if rest % 1000 == 0:
        part = part[:3]
    if rng.random() < .2:
        return f'{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{part}'
    return f'{seconds}.{part}'


def moment(rng, source):
    """A time in microseconds: of a frame, next to one, or any, in ms or in µs."""
    last = max(f.time for f in source.frames)
    kind = rng.random()
    if kind < .5:
        exact = rng.choice(source.frames).time * 10 ** 6
        micros = rng.choice((math.floor, math.ceil))(exact) + rng.choice((0, 0, -1, 1))
    elif kind < .75:
        micros = round(rng.uniform(0, float(last) + .3) * 1000) * 1000
    else:
        micros = round(rng.uniform(0, float(last) + .3) * 10 ** 6)
    return max(micros, 0)


def random_cut(rng, source):
    """Options of a cut, and its ends as times (None: open)."""
    options, begin, end = [], None, None
    kind = rng.random()
    if kind < .85:
        begin = moment(rng, source)
    if kind > .6:
        end = moment(rng, source)
        if begin is not None and end <= begin:
            begin, end = min(begin, end), max(begin, end) + 1
        end = max(end, 1)
    if begin is not None:
        options += ['--from', text_of(rng, begin)]
    if end is not None:
        options += ['--to', text_of(rng, end)]
    if rng.random() < .2:
        options += ['--fps', rng.choice(('2', '3.7', '10', '25', '30000/1001'))]
    if rng.random() < .25:
        options += ['--every', str(rng.choice((2, 3, 7)))]
    return options, begin, end


def of_cut(source, options, begin, end):
    """The frames that a cut shall have."""
    micro = Fraction(1, 10 ** 6)
    if '--fps' in options:
        rate = options[options.index('--fps') + 1]
        prefix = ''
        if begin is not None or end is not None:
            first = math.ceil((source.start + (begin or 0) * micro) / source.base)
            trim = [f'start_pts={first}'] if begin is not None else []
            if end is not None:
                last = math.ceil((source.start + end * micro) / source.base)
                trim.append(f'end_pts={last}')
            prefix = f"trim={':'.join(trim)},setpts=PTS-({first}),"
        _, found = decode(source.path, source.index, source.graph, f'{prefix}fps={rate},',
                          copyts=bool(prefix))
        wanted = [Frame(None, None, data) for _, data in found]
    else:
        wanted = [f for f in source.frames
                  if (begin is None or f.time >= begin * micro) and
                  (end is None or f.time < end * micro)]
    step = int(options[options.index('--every') + 1]) if '--every' in options else 1
    return wanted[::step]


def kill_and_resume(rng, source, options):
    """Begin a job, kill it and go on. Returns what the last run said."""
    for _ in range(rng.choice((1, 1, 2))):
        job = subprocess.Popen([SPLIT360, source.path, 'out', *OPTIONS, *options],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
        while job.poll() is None and \
                not os.path.exists('out/.split360/images/view_00/000001.png'):
            time.sleep(.002)
        time.sleep(rng.uniform(0, .1) * source.seconds)
        if job.poll() is None:
            # Only an interrupted job knows what is on the disk for sure.
            os.killpg(job.pid, rng.choice((signal.SIGKILL, signal.SIGINT)))
        job.wait()
        time.sleep(.1)
    status, _, said = call(SPLIT360, source.path, 'out', *OPTIONS, *options)
    resumed = any('going on after' in line for line in said)
    return status, [line for line in said if 'error' in line or 'warning' in line], resumed


def cut(rep, rng, source, what, counts):
    options, begin, end = random_cut(rng, source)
    wanted = of_cut(source, options, begin, end)
    killed = rng.random() < .25
    shutil.rmtree('out', ignore_errors=True)
    if killed:
        status, said, resumed = kill_and_resume(rng, source, options)
        counts['resumed'] += resumed
    else:
        status, said = split(source.path, 'out', *options)
    mine = images('out')
    counts['cuts'] += 1
    counts['fps'] += '--fps' in options
    counts['empty'] += not wanted
    if wanted:
        good = status == 0 and not said and mine == [f.image for f in wanted]
        times = '' if '--fps' in options or not good else wrong_times('out', wanted)
    else:
        good, times = status == 1 and len(said) == 1 and not mine, ''
    good = good and not times
    if not good or VERBOSE:
        rep.check(good, f"{what}: {' '.join(options)}{' killed' if killed else ''}",
                  f'exit {status}, {len(mine)} of {len(wanted)} images, first that differs '
                  f'{differing(mine, [f.image for f in wanted])}: {times} {said}')
    if not good and KEEP:
        shutil.copy(source.path, KEEP)
    return good


def plan(rng, count):
    """Shapes in an order in which each container, codec and kind of time stamps comes
    early."""
    left, order = shapes.shapes(), []
    rng.shuffle(left)
    seen = collections.Counter()
    while left and len(order) < count:
        best = min(left[:60], key=lambda s: [seen[s[1]] + seen[s[0]] + seen[s[2]] + seen[s[3]]])
        left.remove(best)
        rng.shuffle(left)
        order.append(best)
        for part in best:
            seen[part] += 1
    return order


def test_cuts(rep):
    """Random cuts of random shapes."""
    rng = random.Random(rep.options.seed)
    sources = -(-rep.options.count // CUTS_A_SOURCE)
    counts = collections.Counter()
    good = 0
    for i, shape in enumerate(plan(rng, sources)):
        what = ', '.join(shape)
        source = made(rep, shape, f's{i}', what)
        for _ in range(min(CUTS_A_SOURCE, rep.options.count - i * CUTS_A_SOURCE) if source else 0):
            good += cut(rep, rng, source, what, counts)
        if source:
            os.unlink(source.path)
    rep.check(good == counts['cuts'], f"{counts['cuts']} cuts are those of the full decode",
              f"{good}; {counts['fps']} by --fps, {counts['resumed']} resumed, "
              f"{counts['empty']} without a frame")


def test_seeks(rep):
    """A part far in is not decoded from the start, but with an intra refresh, after which
    a decoder of H.264 gives frames that are about right."""
    for codec in ('h264 with B-frames', 'h264 with open groups', 'hevc with CRA',
                  'mpeg4 with B-frames', 'vp9 with hidden frames', 'mjpeg'):
        for container in ('mp4', 'mkv', 'ts', 'webm'):
            shape = (codec, container, 'even', 'as it is')
            if shape not in shapes.shapes():
                continue
            path, why = shapes.make(shape, 'seek')
            said = call(SPLIT360, path, 'none', *OPTIONS, '--quiet', '--print', '--from', '6.1')[1]
            place = re.search(rb' -ss (\d+)us ', said)
            rep.check(place and int(place[1]) > 3000000, f'{codec}, {container}: --from 6.1 seeks',
                      why or place and place[1].decode())


def test_names(rep):
    """--names pts: a frame of a part has the name that it has in the whole."""
    rng = random.Random(rep.options.seed)
    for container in ('mp4', 'mkv', 'ts'):
        for stamps in ('odd rate', 'far'):
            shape = ('h264 with B-frames', container, stamps, 'with sound that is earlier')
            source = made(rep, shape, 'names', ', '.join(shape))
            whole = named(source.path, '--names', 'pts') if source else {}
            wrong = []
            for _ in range(3 if source else 0):
                last = math.floor(max(f.time for f in source.frames) * 10 ** 6)
                begin = text_of(rng, min(moment(rng, source), last))
                part = named(source.path, '--names', 'pts', '--from', begin)
                wrong += [f'{begin}: {name}' for name, data in part.items()
                          if whole.get(name) != data][:1]
            if source:
                rep.check(len(whole) == len(source.frames) and not wrong,
                          f"{', '.join(shape)}: names of parts", wrong)


def named(path, *options):
    """Images by their names."""
    shutil.rmtree('out', ignore_errors=True)
    status, said = split(path, 'out', *options)
    where = 'out/images/view_00'
    names = sorted(os.listdir(where)) if status == 0 else []
    return dict(zip(names, images('out'))) or {'none': said}


def packets(path):
    """Place, size and time of the packets of the video, those whose place is known."""
    text = call(FFPROBE, '-v', 'error', '-select_streams', 'v', '-of', 'json', '-show_entries',
                'packet=pos,size,pts_time,flags', path)[1]
    return [(int(p['pos']), int(p['size']), Fraction(p['pts_time']) if 'pts_time' in p else None,
             'K' in p['flags']) for p in json.loads(text)['packets'] if 'pos' in p]


def overwrite(data, at, size, rng):
    data[at:at + size] = bytes(rng.randrange(256) for _ in range(size))


def hurt(rng, path, out):
    """Write a damaged copy. Returns what was done to it."""
    with open(path, 'rb') as file:
        data = bytearray(file.read())
    if rng.random() < .4:
        size = rng.randrange(len(data) // 20, len(data))
        what = f'cut off at {size} of {len(data)} bytes'
        del data[size:]
    else:
        places = [rng.choice(packets(path)) for _ in range(rng.choice((1, 1, 2, 4)))]
        big = rng.random() < .4
        for pos, size, _, _ in places:
            at = min(pos + rng.randrange(max(size, 1)), len(data) - 1)
            if big:
                overwrite(data, at, min(rng.randrange(16, 400), len(data) - at), rng)
            else:
                data[at] ^= 1 << rng.randrange(8)
        what = f"{'runs of bytes' if big else 'bits'} in {len(places)} packets"
    with open(out, 'wb') as file:
        file.write(data)
    return what


def alike(source, mine, kept, others):
    """Whether images are those of a decoder that goes on, where it gives the same each
    time. The one of JPEG leaves what was in memory."""
    whole = {f.image for f in source.frames}
    return len(mine) == len(kept) and all(
        a == b or (source.codec == 'mjpeg' and b not in whole) or
        any(len(other) > i and other[i] != b for other in others)
        for i, (a, b) in enumerate(zip(mine, kept)))


def judge(rep, source, damaged, what):
    """Whether a damaged source is told of, and --keep-going takes what a decoder gives that
    goes on."""
    kept = [data for _, data in decode(damaged, source.index, source.graph)[1]]
    # What a decoder leaves as it was depends on its threads.
    others = [[data for _, data in decode(damaged, source.index, source.graph,
                                          threads=('-threads', n))[1]] for n in '13']
    fails, _ = decode(damaged, source.index, source.graph, strict=True)
    shutil.rmtree('out', ignore_errors=True)
    status, said = split(damaged, 'out')
    mine = images('out')
    clean = kept == [f.image for f in source.frames]
    if status == 0:
        good = alike(source, mine, kept, others) and (clean or not fails)
    elif not kept:
        good = len(said) == 1 and bool(re.search(f'{TOLD}|{UNREADABLE}', said[0]))
    else:
        good = status == 1 and len(said) == 1 and bool(re.search(TOLD, said[0]))
    good = rep_quiet(rep, good, f'{what}: told', f'exit {status}, {len(mine)} images, {len(kept)} '
                     f'of {len(source.frames)} that can be decoded, strict: {fails}: {said}')
    status, said = split(damaged, 'out', '--keep-going')
    mine = images('out')
    fine = alike(source, mine, kept, others) and status == (0 if kept else 1)
    return rep_quiet(rep, fine, f'{what}: --keep-going', f'exit {status}, {len(mine)} of '
                     f'{len(kept)} images, first that differs {differing(mine, kept)}: '
                     f'{said}') and good


def rep_quiet(rep, good, name, detail):
    """Only failures of many that are alike are printed."""
    if not good or VERBOSE:
        rep.check(good, name, detail)
    return good


def test_damage(rep):
    """Sources that are cut off, or have other bytes."""
    rng = random.Random(rep.options.seed)
    count = max(rep.options.count // 2, 1)
    done = good = 0
    for i, shape in enumerate(plan(rng, 10 ** 4)):
        if done >= count:
            break
        what = ', '.join(shape)
        source = made(rep, shape, f'd{i}', what)
        for _ in range(CUTS_A_SOURCE if source else 0):
            damaged = 'damaged' + os.path.splitext(source.path)[1]
            how = hurt(rng, source.path, damaged)
            fine = judge(rep, source, damaged, f'{what}, {how}')
            if not fine and KEEP:
                shutil.copy(damaged, f"{KEEP}/{done}{os.path.splitext(damaged)[1]}")
            good += fine
            done += 1
    rep.check(good == done, f'{done} damaged sources are told of, and --keep-going takes the '
              'rest', good)


def test_damage_elsewhere(rep):
    """Damage before and after the part that is wanted is not told of."""
    rng = random.Random(rep.options.seed)
    count = max(rep.options.count // 8, 2)
    tried = good = 0
    for i, shape in enumerate(plan(rng, 10 ** 4)):
        if tried >= count:
            break
        if shape[2] == 'missing' or shape[0] == 'h264, one group' or \
                shape[0] == 'h264 with intra refresh' or shape[1] in ('h264', 'hevc', 'avi'):
            continue
        what = ', '.join(shape)
        source = made(rep, shape, f'e{i}', what)
        if not source:
            continue
        known = packets(source.path)
        times = [f.time for f in source.frames]
        if len(times) < 40 or any(t is None for _, _, t, _ in known):
            continue
        keys = [t - source.start for _, _, t, key in known if key]
        inner = [k for k in keys if times[10] < k < times[-25]]
        if len(inner) < 2:
            continue
        begin, end = inner[-2], inner[-2] + Fraction(1, 2)
        later = min([k for k in keys if k > end] or [times[-1]])
        with open(source.path, 'rb') as file:
            data = bytearray(file.read())
        hit = 0
        for pos, size, t, _ in known:
            t -= source.start
            if (t < inner[-2] - Fraction(6, 10) or t > later + Fraction(1, 10)) and size > 60 and \
                    t > times[3] and rng.random() < .4:
                overwrite(data, pos + size // 2, size // 3, rng)
                hit += 1
        damaged = 'damaged' + os.path.splitext(source.path)[1]
        with open(damaged, 'wb') as file:
            file.write(data)
        options = ['--from', f'{float(math.ceil(begin * 10 ** 6)) / 10 ** 6:.6f}',
                   '--to', f'{float(math.ceil(end * 10 ** 6)) / 10 ** 6:.6f}']
        shutil.rmtree('out', ignore_errors=True)
        status, said = split(damaged, 'out', *options)
        limits = [Fraction(options[1]), Fraction(options[3])]
        wanted = [f.image for f in source.frames if limits[0] <= f.time < limits[1]]
        fine = status == 0 and not said and images('out') == wanted
        rep_quiet(rep, fine, f"{what}: {' '.join(options)}, {hit} packets damaged elsewhere",
                  f"exit {status}, {len(images('out'))} of {len(wanted)} images, first that "
                  f"differs {differing(images('out'), wanted)}: {said}")
        if not fine and KEEP:
            shutil.copy(damaged, f"{KEEP}/else{tried}{os.path.splitext(damaged)[1]}")
        good += fine
        tried += 1
    rep.check(good == tried, f'{tried} sources that are damaged elsewhere only', good)


def add_options(parser):
    parser.add_argument('--count', type=int, default=20, help='cuts to try (default: 20)')
    parser.add_argument('--seed', type=int, default=1, help='of the random choices')


if __name__ == '__main__':
    main(globals(), add_options)
