# What scripts/bench-job splits: a video, and a folder of pictures of it. Licence:
# LGPL-2.1-or-later.
"""A panorama of 7680x3840 with a spectrum as photographs have it, or the user's."""

import os
import re

from bench_run import ffmpeg, has_encoder

PICTURE = re.compile(r'\.(jpe?g|png|tiff?|webp|exr)$', re.I)
# Standard deviation (times sqrt 3) of the noise that is added at 30x15, 60x30 and
# so on up to 7680x3840. Equal ones would be 1/f; those of photographs fall off
# towards the finest, by optics. With these a view of 1920x1920 takes as many bytes
# as one of a photograph, as JPEG and as PNG, to a tenth.
OCTAVES = 30, 30, 30, 30, 24, 18, 10, 3, 1


def still():
    """Filters that make one frame, yuv444p of full range."""
    graph, w = 'color=gray:s=30x16:r=30,format=yuv444p', 30
    for luma in OCTAVES:
        chroma = luma // 3
        graph += ',scale=%d:%d:flags=bicubic' % (w, w // 2)
        graph += ''.join(',noise=c%ds=%d:c%d_seed=%d' % (i, s, i, w + i)
                         for i, s in enumerate((luma, chroma, chroma)))
        w *= 2
    return graph


def moving(graph):
    """The same, turning by 13 columns a frame, with grain of its own in each; as a
    camera's video in its matrix and range."""
    return (graph + ',format=yuv420p,loop=loop=-1:size=1,setpts=N/30/TB,'
            'split[a][b];[a][b]hstack,'
            r"crop=iw/2:ih:x='mod(n*13\,iw/2)':y=0,noise=alls=3:allf=t,"
            'scale=in_range=pc:out_range=tv,setsar=1,setparams=range=tv:colorspace=bt709:'
            'color_primaries=bt709:color_trc=bt709')


def encode(args, frames):
    """HEVC at about 180 Mb/s; H.264 in a build without libx265."""
    code = (['-c:v', 'libx265', '-x265-params', 'log-level=error', '-crf', '17']
            if has_encoder('libx265') else ['-c:v', 'libx264', '-crf', '20'])
    ffmpeg(*args, '-frames:v', str(frames), *code, '-preset', 'ultrafast',
           '-pix_fmt', 'yuv420p', 'all.mkv')


def make(panorama, frames):
    """all.mkv and one.mkv, all/ and one/, in the current folder: so many frames,
    and the first of them. @return what the source is, in words"""
    if not panorama:
        encode(['-filter_complex', moving(still())], frames)
    elif PICTURE.search(panorama):
        even = 'crop=floor(iw/2)*2:floor(ih/2)*2,scale=out_range=pc'
        encode(['-i', panorama, '-filter_complex', moving('[0:v]' + even)], frames)
    else:
        ffmpeg('-stream_loop', '-1', '-i', panorama, '-map', '0:v:0', '-c', 'copy',
               '-frames:v', str(frames), 'all.mkv')
    ffmpeg('-i', 'all.mkv', '-c', 'copy', '-frames:v', '1', 'one.mkv')
    os.mkdir('all')
    os.mkdir('one')
    ffmpeg('-i', 'all.mkv', '-vf', 'scale=out_range=pc:out_color_matrix=bt601,'
           'format=yuvj420p', '-c:v', 'mjpeg', '-q:v', '3', 'all/%06d.jpg')
    os.link('all/000001.jpg', 'one/000001.jpg')
    for folder in ('all', 'one'):
        with open(folder + '.txt', 'w', encoding='ascii') as f:
            for name in sorted(os.listdir(folder)):
                f.write("file '%s/%s'\n" % (folder, name))
