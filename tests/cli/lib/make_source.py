#!/usr/bin/python3 -B
"""Sources that FFmpeg does not write. Licence: LGPL-2.1-or-later.

    make_source.py sphere IN.mp4 OUT.mp4 equi TOP BOTTOM LEFT RIGHT | mesh
    make_source.py stereo IN.mp4 OUT.mp4 equi ...    the same, side by side
    make_source.py gpano IN.jpg OUT.jpg WxH+X+Y WxH  whole panorama, and part
    make_source.py exif IN.jpg OUT.jpg ORIENTATION   1 to 8
    make_source.py tiff OUT.tif tiles|jpeg|strips
    make_source.py heif OUT.heic                     a grid of 2x2 tiles of 64x64
"""

import struct
import sys


def box(kind, *parts):
    body = b''.join(parts)
    return struct.pack('>I', 8 + len(body)) + kind + body


def full(kind, *parts, version=0, flags=0):
    return box(kind, struct.pack('>I', version << 24 | flags), *parts)


def sphere(what, source, out, projection, *bounds):
    """Boxes of spherical video into the sample entry of an MP4 whose index is
    at its end, so that no offset changes. Bounds are shares of the whole."""
    shares = [int(float(b) * 2 ** 32) for b in bounds]
    kinds = {'equi': lambda: full(b'equi', struct.pack('>4I', *shares)),
             'mesh': lambda: full(b'mshp', bytes(4) + b'raw ')}
    add = box(b'sv3d', full(b'svhd', b'x\0'),
              box(b'proj', full(b'prhd', bytes(12)), kinds[projection]()))
    if what == 'stereo':
        add = full(b'st3d', b'\2') + add
    data = bytearray(open(source, 'rb').read())
    at = data.find(b'avc1', data.find(b'stsd')) - 4
    end = at + struct.unpack_from('>I', data, at)[0]
    for kind in (b'moov', b'trak', b'mdia', b'minf', b'stbl', b'stsd', b'avc1'):
        place = data.find(kind, data.find(b'moov')) - 4
        struct.pack_into('>I', data, place, struct.unpack_from('>I', data, place)[0] + len(add))
    data[end:end] = add
    open(out, 'wb').write(data)


def gpano(source, out, whole, part):
    size, x, y = whole.split('+')
    names = ('FullPanoWidthPixels', 'FullPanoHeightPixels', 'CroppedAreaImageWidthPixels',
             'CroppedAreaImageHeightPixels', 'CroppedAreaLeftPixels', 'CroppedAreaTopPixels')
    values = size.split('x') + part.split('x') + [x, y]
    xmp = ('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description '
           'GPano:ProjectionType="equirectangular" ' + ' '.join(
               f'GPano:{n}="{v}"' for n, v in zip(names, values)) + '/></x:xmpmeta>').encode()
    data = open(source, 'rb').read()
    if data[:2] == b'\xff\xd8':
        app1 = b'http://ns.adobe.com/xap/1.0/\0' + xmp
        data = data[:2] + b'\xff\xe1' + struct.pack('>H', len(app1) + 2) + app1 + data[2:]
    else:   # a chunk of a PNG that decoders pass over
        import zlib
        chunk = b'iTXtXML:com.adobe.xmp\0\0\0\0\0' + xmp
        data = (data[:33] + struct.pack('>I', len(chunk) - 4) + chunk +
                struct.pack('>I', zlib.crc32(chunk)) + data[33:])
    open(out, 'wb').write(data)


def exif(source, out, orientation):
    """An APP1 segment of EXIF with one tag, before all others."""
    data = open(source, 'rb').read()
    ifd = struct.pack('>HHHIHHI', 1, 0x112, 3, 1, int(orientation), 0, 0)
    body = b'Exif\0\0MM\0*' + struct.pack('>I', 8) + ifd
    open(out, 'wb').write(data[:2] + b'\xff\xe1' + struct.pack('>H', 2 + len(body)) + body +
                          data[2:])


def tiff(out, kind):
    """512x256, gray 200: in one strip, in tiles of 64x64, or one that says JPEG."""
    samples = bytes([200]) * (512 * 256)
    tags = {256: 512, 257: 256, 258: 8, 259: 7 if kind == 'jpeg' else 1, 262: 1, 277: 1}
    at = 8 + 2 + 12 * (len(tags) + 4) + 4
    count = 32 if kind == 'tiles' else 1
    table = b''.join(struct.pack('<I', at + 8 * count + i * 4096) for i in range(32))
    entries = [(t, 3, 1, struct.pack('<I', v)) for t, v in tags.items()]
    if kind == 'tiles':
        entries += [(322, 3, 1, struct.pack('<I', 64)), (323, 3, 1, struct.pack('<I', 64)),
                    (324, 4, 32, struct.pack('<I', at)),
                    (325, 4, 32, struct.pack('<I', at + 128))]
        extra = table + struct.pack('<I', 4096) * 32
    else:
        entries += [(273, 4, 1, struct.pack('<I', at)), (278, 3, 1, struct.pack('<I', 256)),
                    (279, 4, 1, struct.pack('<I', len(samples))), (282, 3, 1, bytes(4))]
        extra = b''
    body = struct.pack('<H', len(entries)) + b''.join(
        struct.pack('<HHI4s', t, k, n, v) for t, k, n, v in sorted(entries)) + bytes(4)
    open(out, 'wb').write(b'II*\0' + struct.pack('<I', 8) + body + extra + samples)


def heif(out):
    """Four items of AV1 without data, and a grid of them, which is the picture."""
    items = [full(b'infe', struct.pack('>HH', i, 0), b'av01', b'\0', version=2)
             for i in range(1, 5)]
    items.append(full(b'infe', struct.pack('>HH', 5, 0), b'grid', b'\0', version=2))
    grid = struct.pack('>BBBBHH', 0, 0, 1, 1, 128, 128)
    av1c = box(b'av1C', b'\x81\0\x0c\0')
    sizes = [full(b'ispe', struct.pack('>II', n, n)) for n in (64, 128)]
    uses = b''.join(struct.pack('>HBBB', i, 2, 2 if i == 5 else 1, 0x83) for i in range(1, 6))

    def meta(start):
        places = b''.join(struct.pack('>HHHHII', i, 0, 0, 1, start + (i - 1) * 16, 16)
                          for i in range(1, 5))
        places += struct.pack('>HHHHII', 5, 1, 0, 1, 0, len(grid))
        return full(
            b'meta', full(b'hdlr', bytes(4) + b'pict' + bytes(13)),
            full(b'pitm', struct.pack('>H', 5)),
            full(b'iloc', struct.pack('>BBH', 0x44, 0, 5), places, version=1),
            full(b'iinf', struct.pack('>H', 5), *items),
            full(b'iref', box(b'dimg', struct.pack('>HH4H', 5, 4, 1, 2, 3, 4))),
            box(b'iprp', box(b'ipco', *sizes, av1c), full(b'ipma', struct.pack('>I', 5), uses)),
            box(b'idat', grid))

    head = box(b'ftyp', b'avif', bytes(4), b'avifmif1')
    data = meta(len(head) + len(meta(0)) + 8)
    open(out, 'wb').write(head + data + box(b'mdat', bytes(64)))


WHAT = {'sphere': lambda *a: sphere('sphere', *a), 'stereo': lambda *a: sphere('stereo', *a),
        'gpano': gpano, 'exif': exif, 'tiff': tiff, 'heif': heif}
WHAT[sys.argv[1]](*sys.argv[2:])
