#!/usr/bin/python3 -B
# Licence: LGPL-2.1-or-later.
"""EXIF that filters write: the camera of a view (v360batch), date and place of a frame
(geotag). Files are read by exiftool and PIL; what they must say is calculated here, in
fractions."""
import datetime
import math
import random
import struct
from fractions import Fraction

import exif as source
from lib import tags
from lib.run import ffmpeg, main, run

START = datetime.datetime(2026, 5, 1, 10, tzinfo=datetime.timezone.utc)
UNIX = int(START.timestamp())
NANO = Fraction(1, 10 ** 9)
# Interpolation rounds to 1e-9 degrees, EXIF to millionths of a second: 2.8e-10. That the
# readers' numbers are doubles of degrees is far less.
NEAR = 1.5e-9


def need(rep, name, *, exiftool=True, pil=False):
    if exiftool and not tags.have_exiftool():
        rep.skip(name, 'no exiftool')
    elif pil and not tags.have_pil():
        rep.skip(name, 'no PIL')
    else:
        return True
    return False


def frames(graph, n=1, rate=10, name='f%03d.png', fails=False, extra=()):
    """Images of a filtergraph behind a panorama of n frames."""
    args = ['-v', 'error', '-f', 'lavfi', '-i', f'testsrc2=s=64x32:r={rate}',
            '-filter_complex', f'[0]trim=end_frame={n},{graph}', *extra, name]
    done = run(args)
    if fails:
        return done.returncode, done.stderr.decode(errors='replace')
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors='replace'))
    return [name % (i + 1) for i in range(n)] if '%' in name else [name]


# width, height, fields of view, as options and as they are
LENSES = ((1920, 1920, 'h_fov=90', 90, None), (1280, 720, 'h_fov=75', 75, None),
          (800, 600, 'h_fov=100 v_fov=70', 100, 70), (33, 71, 'h_fov=12.5', 12.5, None),
          (640, 480, 'h_fov=0.001', 0.001, None), (500, 400, 'h_fov=179', 179, None))


def lens(w, h, h_fov, v_fov):
    """Focal lengths in pixels."""
    fx = w / 2 / math.tan(math.radians(h_fov) / 2)
    return fx, h / 2 / math.tan(math.radians(v_fov) / 2) if v_fov else fx


def differs(a, b):
    """A share. Numbers have nine decimals, or so many that 31 bits hold them; the least
    focal length here is 0.02 mm."""
    return abs(a / b - 1)


def test_lens(rep):
    if not need(rep, 'exif: the lens of a view', pil=True):
        return
    for ending, more in (('jpg', ('-c:v', 'libturbojpeg')), ('png', ())):
        if ending == 'jpg' and b'libturbojpeg' not in ffmpeg('-encoders'):
            rep.skip('exif: the lens in a JPEG', 'no libturbojpeg')
            continue
        worst = 0
        for w, h, fov, *angles in LENSES:
            file, = frames(f'v360batch=views=name=eye w={w} h={h} {fov}:exif=1',
                           name='lens.' + ending, extra=('-update', '1', *more))
            fx, fy = lens(w, h, *angles)
            main_part, part, _ = tags.pil(file)
            tool, = tags.exiftool(file)
            assert (main_part[0x10f], main_part[0x110], main_part[0x112]) == \
                ('v360batch', 'eye', 1), main_part
            assert (tool['Make'], tool['Model'], tool['Orientation']) == \
                ('v360batch', 'eye', 1), tool
            assert (part[0xa002], part[0xa003], part[0xa210]) == (w, h, 3), part
            focal, x, y = (float(part[i]) for i in (0x920a, 0xa20e, 0xa20f))
            film = float(part[0xa405])
            # samples are 0.01 mm wide, and fx / fy as high
            diagonal = math.hypot(w / 100, h / 100 * fx / fy)
            worst = max(worst, differs(focal * x / 10, fx), differs(focal * y / 10, fy),
                        differs(film, fx / 100 * 43.27 / diagonal),
                        differs(tool['FocalLength'], focal),
                        differs(tool['FocalLengthIn35mmFormat'], film))
        rep.check(worst < 5e-8, f'exif: the lens of a view, {ending}',
                  f'{worst:.1e} off at most')


def test_no_lens(rep):
    if not need(rep, 'exif: no pinhole, no lens'):
        return
    for view in ('output=fisheye', 'output=equirect', 'output=sg'):
        tool, = tags.exiftool(*frames(f'v360batch=views={view} w=64 h=32:exif=1'))
        rep.check(tool.get('Model') == 'view_00' and
                  not any(t.startswith(('Focal', 'FOV')) for t in tool),
                  f'exif: {view} is a camera without a focal length', tags.brief(tool))
    tool, = tags.exiftool(*frames('v360batch=views=w=64 h=32'))
    rep.check('Make' not in tool and 'Orientation' not in tool, 'exif: none without exif=1')


def test_source_lens(rep):
    """The lens of the source gives way to that of the view, its date stays."""
    if not need(rep, 'exif: the lens of the source'):
        return
    with open('pano.jpg', 'wb') as f:
        f.write(source.with_exif(source.panorama(), source.tiff()))
    ffmpeg('-i', 'pano.jpg', '-vf', 'v360batch=views=w=100 h=100:exif=1', 'own.png')
    tool, = tags.exiftool('own.png')
    rep.check(tool['FocalLength'] == 0.5 and tool['Model'] == 'view_00' and
              'LensModel' not in tool and tool['DateTimeOriginal'] == '2026:11:22 12:00:00' and
              abs(tool['GPSLatitude'] - (48 + 8 / 60 + 15.5 / 3600)) < NEAR,
              'exif: the lens of the source gives way to that of the view', tags.brief(tool))


def dates(graph, n=1, **kw):
    return [(t.get('DateTimeOriginal'), str(t.get('SubSecTimeOriginal', '')).zfill(3),
             t.get('OffsetTimeOriginal')) for t in tags.exiftool(*frames(graph, n, **kw))]


def wanted_dates(first, n, rate):
    result = []
    for i in range(n):
        ms = math.floor(Fraction(first) * 1000 + 1000 * i / Fraction(rate) + Fraction(1, 2))
        at = datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc)
        result.append((at.strftime('%Y:%m:%d %H:%M:%S'), f'{ms % 1000:03}', '+00:00'))
    return result


def test_dates(rep):
    if not need(rep, 'geotag: dates'):
        return
    for text, first, rate, n in (
            ('20260501T100000Z', UNIX, '10', 4), ('20260501T120000+0200', UNIX, '10', 1),
            (f'{UNIX}.25', Fraction(UNIX) + Fraction(1, 4), '30000/1001', 40),
            ('20240228T235959.9996Z', Fraction(1709164799) + Fraction('0.9996'), '10', 1),
            ('20240228T235959.5', Fraction(1709164799) + Fraction('0.5'), '2', 3),
            (r'2026-05-01T10\\:00\\:00.000000Z', UNIX, '1', 2)):
        got = dates(f'geotag=creation_time={text}', n, rate=rate)
        rep.check(got == wanted_dates(first, n, rate), f'geotag: {text}', got[:3])
    got = dates('geotag=creation_time=20260501T100000Z:offset=-0.75', 1)
    rep.check(got == wanted_dates(UNIX - Fraction(3, 4), 1, 1), 'geotag: offset', got)
    got = dates('geotag=location=+48+011/', 1)
    rep.check(got == [(None, '000', None)], 'geotag: no creation_time, no date', got)
    for text in ('2026', '20260501', '20260230T100000Z', '20260501T250000Z', 'yesterday',
                 '20260501T100000Zx', '20260501T1000+99', '1e9', ''):
        status, said = frames(f'geotag=creation_time={text}', fails=True)
        # 8 digits are seconds since 1970
        rep.check((status == 0) == (text == '20260501') and
                  (not status or 'ISO 8601' in said), f"geotag: creation_time '{text}'",
                  said[:120])


def place(tool):
    return tuple(tool.get(k) for k in ('GPSLatitude', 'GPSLongitude', 'GPSAltitude'))


def test_locations(rep):
    if not need(rep, 'geotag: location'):
        return
    for text, want in (
            ('+48.1371+011.5754+519/', (48.1371, 11.5754, 519)),
            ('-33.8568+151.2153/', (-33.8568, 151.2153, None)),
            ('+40.7128-074.0060-3.5/', (40.7128, -74.006, -3.5)),
            ('+4030-07445/', (40.5, -74.75, None)),
            ('+403015.5-0744530.25+1CRSWGS_84/',
             (40 + 30 / 60 + 15.5 / 3600, -74 - 45 / 60 - 30.25 / 3600, 1)),
            ('+90+180/', (90, -180, None))):
        tool, = tags.exiftool(*frames(f'geotag=location={text}'))
        got = place(tool)
        good = all((a is None) == (b is None) and (a is None or abs(a - b) < NEAR)
                   for a, b in zip(got, want)) and 'GPSDateStamp' not in tool
        rep.check(good, f'geotag: {text}', got)
    for text in ('48+11', '+91+011/', '+48.1371/', '+48+181/', '+4+011/', '+48+011x', 'here'):
        status, said = frames(f'geotag=location={text}', fails=True)
        rep.check(status and 'ISO 6709' in said, f"geotag: location '{text}'", said[:120])


def clock(us):
    at = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=us)
    return at.isoformat() + 'Z'


def write_gpx(name, points):
    """Two tracks, one after the other, with points and texts that do not count."""
    def track(some):
        return '<trk><name>a &amp; b</name><trkseg>' + ''.join(
            f'<trkpt lat="{lat:.9f}" lon=\'{lon:.9f}\' >'
            + (f'<ele> {alt} </ele>' if alt is not None else '') +
            f'<time>{clock(t)}</time><extensions><x:time>9</x:time></extensions></trkpt>\n'
            for t, lat, lon, alt in some) + '</trkseg></trk>'
    half = len(points) // 2
    with open(name, 'w') as f:
        f.write('\ufeff<?xml version="1.0"?>\n<!-- <trkpt> -->\n<gpx xmlns="x" version="1.1">'
                '<metadata><time>2001-01-01T00:00:00Z</time></metadata>'
                '<wpt lat="1" lon="2"><time>2026-05-01T10:00:00Z</time></wpt>'
                + track(points[half:]) + track(points[:half]) +
                '<trk><trkseg><trkpt lat="1" lon="1"/></trkseg></trk></gpx>\n')


def write_csv(name, points):
    with open(name, 'w') as f:
        f.write('time,lat,lon,alt\n# a comment\r\n')
        for i, (t, lat, lon, alt) in enumerate(points):
            at = clock(t) if i % 2 else f'{t // 10 ** 6}.{t % 10 ** 6:06}'
            f.write(f'{at};{lat:.9f}\t{lon:.9f}' + ('' if alt is None else f', {alt}') + '\r\n')


def some_points(rnd, n):
    """A walk over the line where 180 degrees east and west meet."""
    points, lat, lon = [], rnd.uniform(-80, 80), rnd.choice((179.9, -179.9, 10))
    at = UNIX * 10 ** 6 + rnd.randrange(10 ** 6)
    for _ in range(n):
        points.append((at, lat, lon, rnd.choice((None, round(rnd.uniform(-400, 8000), 3)))))
        at += rnd.randrange(50000, 2 * 10 ** 6)
        lat = max(min(lat + rnd.uniform(-0.1, 0.1), 90), -90)
        lon = (lon + rnd.uniform(-0.15, 0.15) + 180) % 360 - 180
    return points


def wanted_place(points, at):
    """By fractions of nanodegrees; None: no place."""
    hold = 10 ** 6
    before = [p for p in points if p[0] <= at]
    after = [p for p in points if p[0] >= at]
    exact = lambda v: Fraction(round(v * 10 ** 9))
    if not before or not after:
        one = points[0] if not before else points[-1]
        return (one[1], one[2], one[3]) if abs(one[0] - at) <= hold else None
    a, b = before[-1], after[0]
    if a == b:
        return a[1:]
    share = Fraction(at - a[0], b[0] - a[0])
    lat = exact(a[1]) + (exact(b[1]) - exact(a[1])) * share
    way = (exact(b[2]) - exact(a[2]) + 180 / NANO) % (360 / NANO) - 180 / NANO
    lon = (exact(a[2]) + way * share + 180 / NANO) % (360 / NANO) - 180 / NANO
    alt = None if a[3] is None or b[3] is None else a[3] + (b[3] - a[3]) * float(share)
    return float(lat * NANO), float(lon * NANO), alt


def is_near(got, want):
    if want is None or got[0] is None:
        return want is None and got == (None,) * 3
    turn = abs(got[1] - want[1])
    return (abs(got[0] - want[0]) <= NEAR and min(turn, 360 - turn) <= NEAR and
            (got[2] is None) == (want[2] is None) and
            # altitudes have millimetres
            (got[2] is None or abs(got[2] - want[2]) < 0.00051))


def test_tracks(rep):
    if not need(rep, 'geotag: places between two points'):
        return
    rnd, bad, seen, crossed = random.Random(360), [], 0, 0
    for i in range(6):
        points = some_points(rnd, 8)
        write = (write_gpx, write_csv)[i % 2]
        write('track', points)
        n, rate = 60, 4
        files = frames(f'geotag=creation_time={UNIX - 2}:track=track', n, rate=rate)
        for j, tool in enumerate(tags.exiftool(*files)):
            at = (UNIX - 2) * 10 ** 6 + j * 10 ** 6 // rate
            want = wanted_place(points, at)
            seen += want is not None
            crossed += want is not None and abs(want[1]) > 179.8
            if not is_near(place(tool), want):
                bad.append((i, j, place(tool), want))
    rep.check(not bad and seen > 100 and crossed > 20, 'geotag: places between two points',
              f'{seen} places, {crossed} of them near 180 degrees; wrong: {bad[:2]}')


def test_gaps(rep):
    if not need(rep, 'geotag: gaps'):
        return
    with open('gap.csv', 'w') as f:
        f.write(f'{UNIX},10,20\n{UNIX + 10},11,20\n')
    graph = f'geotag=creation_time={UNIX - 3}:track=gap.csv'
    for more, want in (('', [3 - 1 <= t <= 14 for t in range(17)]),
                       (':max_gap=5', [t in (2, 3, 4, 12, 13, 14) for t in range(17)]),
                       (':hold=0', [3 <= t <= 13 for t in range(17)]),
                       (':track_offset=-3', [t >= 5 for t in range(17)]),
                       (':track_offset=100', [False] * 17)):
        got = ['GPSLatitude' in t for t in tags.exiftool(*frames(graph + more, 17, rate=1))]
        rep.check(got == want, f"geotag: a gap of 10 s{more}", ''.join('.x'[g] for g in got))
    tool = tags.exiftool(*frames(graph + ':track_offset=4.5:location=+01+001/', 1))[0]
    rep.check(place(tool) == (10.15, 20, None) and tool['GPSTimeStamp'] == '10:00:01.5' and
              tool['GPSDateStamp'] == '2026:05:01', 'geotag: the track before the location',
              tags.brief(tool))


POINT = '<trkpt lat="1" lon="2"><time>2026-05-01T10:00:00Z</time></trkpt>'
BAD = (
    ('', 'has a time'), ('time,lat,lon\n', 'has a time'), ('<gpx></gpx>', 'has a time'),
    ('<gpx><trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk></gpx>', 'has a time'),
    (f'<gpx>{POINT}', 'ends in the middle'), (f'<gpx>{POINT}</gpx', 'end tag'),
    ('<gpx><!-- ', 'ends in the middle'), (f'<kml>{POINT}</kml>', 'not gpx'),
    (f'<gpx>{POINT}</gpx><gpx>{POINT}</gpx>', 'more than one first'),
    (f'<gpx>{POINT}</gpx>text', 'beside all elements'),
    ('<gpx><trkpt lat="1" lon="2"><time>2026-05-01T10:00:00Z</trkpt></time></gpx>', 'end tag'),
    ('<gpx></gpx></gpx>', 'end tag'), ('<gpx><a b></a></gpx>', 'well-formed'),
    ('<gpx><a b=c></a></gpx>', 'quotes'), ('<gpx><a b="<"></a></gpx>', 'well-formed'),
    ('<gpx><a b="1"c="2"></a></gpx>', 'well-formed'), ('<gpx>< a></a></gpx>', 'well-formed'),
    (POINT.replace('1', '91').join(('<gpx>', '</gpx>')), 'up to 90'),
    (POINT.replace('"2"', '"2e1"').join(('<gpx>', '</gpx>')), 'up to 90'),
    (POINT.replace('lon', 'lo').join(('<gpx>', '</gpx>')), 'lacks'),
    (POINT.replace('2026-05', '2026-13').join(('<gpx>', '</gpx>')), 'the time of a point'),
    (POINT.replace('Z<', 'Z x<').join(('<gpx>', '</gpx>')), 'follows the time'),
    (POINT.replace('<time', '<ele>1,5</ele><time').join(('<gpx>', '</gpx>')), 'follows'),
    (POINT.replace('<time', '<ele>high</ele><time').join(('<gpx>', '</gpx>')), 'elevation'),
    ('<!DOCTYPE gpx [<!ENTITY a "b">]><gpx/>', 'DOCTYPE'),
    ('<gpx>' + '<a>' * 70 + '</a>' * 70 + '</gpx>', 'too deep'),
    ('1777629600,1\n', 'longitude'), ('1777629600,1;x\n', 'longitude'),
    ('1777629600\n', 'latitude'), ('1777629600,91,1\n', 'latitude'),
    ('1777629600,nan,1\n', 'latitude'), ('1777629600,1,2,x\n', 'altitude'),
    ('1777629600,1,2,3,4\n', 'more than'), ('1777629600,1,2 3\n', 'behind its longitude'),
    ('1777629600,1,2\nlater,1,2\n', 'line 2'), ('99999999999999999999,1,2\n', 'time'),
    ('1777629600,1,2\n\0', 'ASCII'), ('\ufeff<gpx/>'.encode('utf-16-le'), 'ASCII'),
)


def test_bad_tracks(rep):
    for text, words in BAD:
        with open('bad.track', 'wb') as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        status, said = frames('geotag=creation_time=1777629600:track=bad.track', fails=True)
        told = [line for line in said.splitlines() if 'track bad.track:' in line]
        # FFmpeg maps no file without a byte
        good = status and (not text or (len(told) == 1 and words in told[0]))
        rep.check(good, f'geotag: a bad track: {words}: {str(text)[:40]!r}', said[:160])
    status, said = frames('geotag=track=none.gpx', fails=True)
    rep.check(status and 'none.gpx' in said, 'geotag: a track that is missing', said[:160])
    with open('large.track', 'wb') as f:
        f.truncate((64 << 20) + 1)
    status, said = frames('geotag=track=large.track', fails=True)
    rep.check(status and '64 MiB' in said, 'geotag: a track that is too large', said[:160])
    with open('many.track', 'w') as f:
        f.write('77777,1,2\n' * ((1 << 21) + 1))
    status, said = frames('geotag=track=many.track', fails=True)
    rep.check(status and '2 million' in said, 'geotag: too many points', said[:160])


def picture(date, offset=None, subsec=None, gps=False):
    """A JPEG with a date of its own."""
    exif = {source.DATE: source.text(date)}
    if offset:
        exif[0x9011] = source.text(offset)
    if subsec:
        exif[0x9291] = source.text(subsec)
    long = lambda v: (4, 1, struct.pack('>I', v))
    main_part = {source.EXIF: long(200)}
    if gps:
        main_part[source.GPS] = long(500)
    data = bytearray(b'MM\0\x2a' + struct.pack('>I', 8) + source.ifd(main_part, 8))
    data = data.ljust(200, b'\0') + source.ifd(exif, 200)
    if gps:
        data = data.ljust(500, b'\0') + source.ifd(
            {1: source.text('N'), 2: source.rational(48, 8, 15.5), 3: source.text('E'),
             4: source.rational(11, 34, 31)}, 500)
    return source.with_exif(source.panorama(), bytes(data))


def tagged(data, graph):
    with open('own.jpg', 'wb') as f:
        f.write(data)
    ffmpeg('-i', 'own.jpg', '-vf', graph, '-update', '1', 'own.png')
    return tags.exiftool('own.png')[0]


def test_pictures(rep):
    if not need(rep, 'geotag: pictures'):
        return
    with open('walk.csv', 'w') as f:
        f.write(f'{UNIX},10,20\n{UNIX + 10},11,20\n')
    graph = 'geotag=creation_time=20010101T000000Z:location=+01+001/'
    tool = tagged(picture('2026:05:01 10:00:05', gps=True), graph)
    rep.check(tool['DateTimeOriginal'] == '2026:05:01 10:00:05' and
              'OffsetTimeOriginal' not in tool and abs(tool['GPSLatitude'] - 48.1376389) < 1e-6,
              'geotag: date and place of a picture stay', tags.brief(tool))
    for words, want in ((('2026:05:01 10:00:05',), 10.5),
                        (('2026:05:01 10:00:05', None, '250'), 10.525),
                        (('2026:05:01 12:00:05', '+02:00', '5'), 10.55)):
        tool = tagged(picture(*words, gps=True), graph + ':track=walk.csv')
        rep.check(abs(tool['GPSLatitude'] - want) < NEAR and tool['GPSLongitude'] == 20 and
                  tool['DateTimeOriginal'] == words[0], f'geotag: a picture of {words}',
                  tags.brief(tool))
    tool = tagged(picture('    :  :     :  :  '), graph)
    rep.check(tool['DateTimeOriginal'] == '2001:01:01 00:00:00', 'geotag: a blank date',
              tags.brief(tool))


if __name__ == '__main__':
    main(globals())
