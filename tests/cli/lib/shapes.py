# Videos of many shapes, for tests of which frames are taken. Licence: LGPL-2.1-or-later.
"""Makes a small video of a codec, a container and a shape of time stamps."""

import functools
import os
import shutil
import subprocess

from lib.run import FFMPEG

RATE = 10
X264 = ('-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18')
X265 = ('-c:v', 'libx265', '-preset', 'ultrafast', '-crf', '18', '-x265-params')
# Encoder, its options, the containers.
BOXES = 'mp4 mov fmp4 cmaf'.split()
ALL = BOXES + 'mkv live nut ts m2ts'.split()
OTHER = ['avi']
CODECS = {
    'h264': ('libx264', X264 + ('-g', '13', '-bf', '0'), ALL + OTHER + ['flv', 'h264']),
    'h264 with B-frames': ('libx264', X264 + ('-g', '13', '-bf', '3', '-b_strategy', '0'),
                           ALL + OTHER + ['flv', 'h264']),
    'h264 with open groups': (
        'libx264', X264 + ('-x264-params', 'open-gop=1:keyint=12:bframes=3:b-adapt=0'),
        ALL + OTHER + ['flv', 'h264']),
    'h264 with intra refresh': (
        'libx264', X264 + ('-x264-params', 'intra-refresh=1:keyint=12:ref=4'), ALL + ['h264']),
    'h264, one group': ('libx264', X264 + ('-g', '999', '-bf', '2'), ALL),
    'hevc': ('libx265', X265 + ('keyint=11:open-gop=0:bframes=3:log-level=none',),
             ALL + ['hevc']),
    'hevc with CRA': ('libx265', X265 + ('keyint=11:open-gop=1:bframes=3:log-level=none',),
                      ALL + ['hevc']),
    'ffv1': ('ffv1', ('-c:v', 'ffv1', '-g', '7'), ['mkv', 'live', 'nut'] + OTHER),
    'mjpeg': ('mjpeg', ('-c:v', 'mjpeg', '-q:v', '2'),
              'mp4 mov fmp4 mkv live nut'.split() + OTHER),
    'png': ('png', ('-c:v', 'png'), 'mov mkv nut'.split() + OTHER),
    'mpeg4 with B-frames': ('mpeg4', ('-c:v', 'mpeg4', '-q:v', '2', '-g', '12', '-bf', '2'),
                            ['mp4', 'mkv', 'ts', 'avi', 'nut']),
    'mpeg2 with B-frames': ('mpeg2video', ('-c:v', 'mpeg2video', '-q:v', '2', '-g', '12', '-bf',
                                           '2', '-r', '25'), ['ts', 'mkv', 'vob']),
    'vp9': ('libvpx-vp9', ('-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8',
                           '-b:v', '1M', '-g', '14'), ['webm', 'mkv', 'mp4', 'pipe.webm']),
    'vp9 with hidden frames': (
        'libvpx-vp9', ('-c:v', 'libvpx-vp9', '-deadline', 'good', '-cpu-used', '5', '-b:v', '1M',
                       '-g', '20', '-auto-alt-ref', '1', '-lag-in-frames', '12'),
        ['webm', 'mkv', 'mp4']),
    'vp8': ('libvpx', ('-c:v', 'libvpx', '-b:v', '1M', '-g', '14'), ['webm', 'mkv']),
}
# Ending, muxer, its options; "pipe": it cannot go back and write how long it is.
CONTAINERS = {
    'mp4': ('mp4', 'mp4', ()),
    'mov': ('mov', 'mov', ()),
    'fmp4': ('mp4', 'mp4', ('-movflags', 'frag_keyframe+empty_moov')),
    'cmaf': ('mp4', 'mp4', ('-movflags', 'cmaf+frag_every_frame', '-use_editlist', '1')),
    'mkv': ('mkv', 'matroska', ()),
    'live': ('mkv', 'matroska', ('pipe',)),
    'nut': ('nut', 'nut', ()),
    'ts': ('ts', 'mpegts', ()),
    'm2ts': ('m2ts', 'mpegts', ('-mpegts_m2ts_mode', '1')),
    'avi': ('avi', 'avi', ()),
    'flv': ('flv', 'flv', ()),
    'vob': ('vob', 'vob', ()),
    'webm': ('webm', 'webm', ()),
    'pipe.webm': ('webm', 'webm', ('pipe',)),
    'h264': ('h264', 'h264', ()),
    'hevc': ('hevc', 'hevc', ()),
}
RAW = ('h264', 'hevc')
FIXED = RAW + ('avi',) # no time stamps of their own
SOUND = ('mp4', 'mov', 'fmp4', 'mkv', 'live', 'nut', 'ts', 'm2ts')
NEGATIVE = ('-avoid_negative_ts', 'disabled', '-output_ts_offset', '-0.7303')
# Filters, options before the output, containers (None: those with time stamps).
STAMPS = {
    'even': ('', (), tuple(CONTAINERS)),
    'odd rate': ('settb=1001/30000,setpts=N*3,', (), None),
    'gaps': ("setpts='PTS+if(gt(N,17),1.7/TB,0)+if(gt(N,50),2.3/TB,0)',", (), None),
    'a long gap': ("setpts='PTS+if(gt(N,33),14.2/TB,0)',", (), None),
    'jitter': ("settb=1/90000,setpts='(N+0.6*random(5))/10/TB',", (), None), # at 90 kHz
    'in microseconds': ("settb=1/1000000,setpts='trunc((N+0.3*random(5))/10/TB)',",
                        ('-video_track_timescale', '1000000'), ('mp4', 'mov', 'fmp4')),
    'negative': ('', NEGATIVE, ('mp4', 'mov', 'mkv', 'live', 'webm', 'fmp4')),
    'far': ('', ('-output_ts_offset', '40000.317'), None),
    'that wrap': ('', ('-output_ts_offset', '95440.5'), ('ts', 'm2ts')),
    'missing': ('', ('-bsf:v', 'setts=pts=if(eq(mod(N\\,3)\\,1)\\,NOPTS\\,PTS)'),
                ('ts', 'm2ts')),
    'late': ('', ('-bsf:v', 'setts=pts=PTS+2.4/TB:dts=DTS+2.4/TB'), ('mp4', 'mkv', 'mov')),
}
# What is done to it then.
TURNS = {
    'as it is': None,
    'cut within a group': ('-ss', '1.37'),
    'cut within a group, far in': ('-ss', '4.21'),
    'with sound that is longer': 9.5,
    'with sound that is earlier': -1.3,
    'with sound that is later': 0.9,
}


@functools.lru_cache(None)
def _has(program, what):
    text = subprocess.run([program, '-hide_banner', f'-{what}'], capture_output=True,
                          check=False).stdout.decode()
    return {line.split()[1] for line in text.splitlines() if len(line.split()) > 1}


def program(encoder, muxer):
    """This build's ffmpeg, or one of the system's that has more, or None."""
    for path in (FFMPEG, shutil.which('ffmpeg')):
        if path and encoder in _has(path, 'encoders') and muxer in _has(path, 'muxers'):
            return path
    return None


def shapes():
    """All that can be made here: (codec, container, stamps, turn)."""
    found = []
    for codec, (encoder, _, containers) in CODECS.items():
        for container in containers:
            if not program(encoder, CONTAINERS[container][1]):
                continue
            for stamps, (_, _, only) in STAMPS.items():
                if container not in (only if only is not None else
                                     [c for c in CONTAINERS if c not in FIXED]):
                    continue
                for turn, value in TURNS.items():
                    if isinstance(value, float) and container not in SOUND or \
                            isinstance(value, tuple) and container in RAW:
                        continue
                    found.append((codec, container, stamps, turn))
    return found


def _run(args, path, pipe):
    if pipe:
        with open(path, 'wb') as file:
            done = subprocess.run([*args, 'pipe:1'], stdout=file, stderr=subprocess.PIPE,
                                  check=False)
    else:
        done = subprocess.run([*args, path], capture_output=True, check=False)
    return None if not done.returncode else done.stderr.decode(errors='replace')[-300:]


def make(shape, name, frames=72, size='64x32'):
    """Write the video. Returns its path, or None and why it cannot be made."""
    codec, container, stamps, turn = shape
    encoder, options, _ = CODECS[codec]
    ending, muxer, how = CONTAINERS[container]
    ffmpeg = program(encoder, muxer)
    pipe = 'pipe' in how
    how = [x for x in how if x != 'pipe']
    filters, more, _ = STAMPS[stamps]
    if container in BOXES and '90000' in filters:
        more = ('-video_track_timescale', '90000')
    begin = [ffmpeg, '-nostdin', '-v', 'error', '-y']
    source = ['-f', 'lavfi', '-i', f'testsrc2=s={size}:r={RATE}']
    graph = ['-vf', f'noise=alls=40:allf=t:all_seed=7,{filters}format=' +
             ('yuvj420p' if encoder == 'mjpeg' else 'rgb24' if encoder == 'png' else 'yuv420p'),
             '-fps_mode', 'passthrough', '-frames:v', str(frames)]
    if ffmpeg == FFMPEG: # one of the system's may be too old to know this
        graph += ['-enc_time_base', 'filter'] # without it, time stamps are multiples of 1/RATE
    if '-r' in options: # of MPEG-2, which has few rates
        graph[2:4] = []
        source[3] = source[3].replace(f'r={RATE}', 'r=25')
    sound = TURNS[turn] if isinstance(TURNS[turn], float) else None
    if sound is not None:
        seconds = frames / RATE + max(sound, 0)
        sine = ['-f', 'lavfi', '-i', f'sine=r=16000:d={seconds}']
        late = ['-itsoffset', '0.9'] if sound == 0.9 else []
        source = (['-itsoffset', '1.3'] if sound < 0 else []) + source + late + sine
        graph += ['-c:a', 'aac', '-b:a', '32k']
    # so that images have dates, where the container keeps it
    how += ['-metadata', 'creation_time=2026-05-01T10:00:00Z']
    path = f'{name}.{ending}'
    cut = TURNS[turn] if isinstance(TURNS[turn], tuple) else None
    whole = f'{name}.whole.{ending}' if cut else path
    args = [*begin, *source, *graph, *options, *how, *(() if cut else more)]
    why = _run([*args, '-f', muxer], whole, pipe)
    if cut and not why:
        why = _run([*begin, *cut, '-i', whole, '-c', 'copy', *how, *more, '-f', muxer], path, pipe)
        os.unlink(whole)
    return (None, why) if why else (path, '')
