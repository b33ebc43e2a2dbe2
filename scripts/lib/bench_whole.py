# The jobs of scripts/bench-job. Licence: LGPL-2.1-or-later.
"""Command lines of whole jobs and of their stages, by the commands that split360
prints; and those of others with the same sources, views and encoders."""

import json
import os
import shlex

from bench_jobs import FFMPEG, RIGS, V360RIG, poses, stock
from bench_run import ask, by_length, ffmpeg, python_with

LOOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'bench_loop.py')
SPLIT360 = os.path.join(os.path.dirname(V360RIG), 'split360')
QUALITY = 92    # split360's default
FF = [FFMPEG, '-nostdin', '-v', 'error', '-y']


class Job:
    """A source ('all.mkv' or 'all', and 'one...') to images of a format."""
    def __init__(self, video, fmt, views, size, frames):
        self.video, self.format, self.frames = video, fmt, frames
        self.views, self.size = views, size
        self.title = '%s to %s' % ('video' if video else 'folder of JPEGs',
                                   fmt.upper().replace('JPG', 'JPEG'))
        self.rig = 'ring%d@job' % views
        RIGS[self.rig] = views, size, size
        self.options = ['--device', 'cpu', '--interp', 'line', '--format', fmt,
                        '--rig', 'ring%d' % views, '--size', '%dx%d' % (size, size)]
        self.graph, self.outputs = self.printed()

    def source(self, length):
        return length + '.mkv' if self.video else length

    def read(self, length):
        return (['-i', length + '.mkv'] if self.video else
                ['-f', 'concat', '-safe', '0', '-i', length + '.txt'])

    def printed(self):
        """The graph that split360 prints, and [label, options, file] of each output.
        It prints the command of a single picture only."""
        source = 'one.mkv' if self.video else 'one/000001.jpg'
        text = ask(SPLIT360, source, 'out', '--print', *self.options)
        words = shlex.split(text.replace('\\\n', ' '))
        words = words[words.index('-filter_complex') + 1:]
        at = [i for i, word in enumerate(words) if word == '-map'] + [len(words)]
        return words[0], [[words[a + 1], words[a + 2:b - 1], words[b - 1]]
                          for a, b in zip(at, at[1:])]

    def codec(self):
        """Encoder and its options."""
        options = self.outputs[0][1]
        return options[options.index('-c:v'):options.index('-f')]

    def decode(self, length):
        return FF + self.read(length) + ['-map', '0:v:0', '-f', 'null', '-']

    def only_views(self, length, graph=None):
        cmd = FF + self.read(length) + ['-filter_complex', graph or self.graph]
        for label, options, _ in self.outputs:
            cmd += ['-map', label, '-fps_mode', 'passthrough', '-f', 'null', '-']
        return cmd

    def whole(self, length):
        """split360 itself."""
        return [SPLIT360, self.source(length), 'out/job', '--quiet', *self.options]

    def to_files(self, length, graph, codec):
        """ffmpeg with another graph, perhaps with another encoder."""
        cmd = FF + self.read(length) + ['-filter_complex', graph]
        for i, (label, options, _) in enumerate(self.outputs):
            at = options.index('-c:v'), options.index('-f')
            os.makedirs('out/%d' % i, exist_ok=True)
            cmd += ['-map', label, *options[:at[0]], *codec, *options[at[1]:],
                    'out/%d/%%06d.%s' % (i, self.format)]
        return cmd

    def split_v360(self):
        """One v360 a view. Colours before them, once, by scale's fast default."""
        graph = stock(self.rig, 'line').replace('[o', '[v')
        colour = ''
        if self.format == 'png':
            colour = 'scale=out_range=pc,format=gbrp,'
        elif self.video:
            colour = 'scale=out_range=pc:out_color_matrix=bt601,format=yuvj420p,'
        return graph.replace('[0:v]', '[0:v]' + colour)

    def keep_views(self):
        """The views of the first panorama as raw.FORMAT, for encoder()."""
        pixels = 'rgb24' if self.format == 'png' else 'yuv420p'
        cmd = self.read('one') + ['-filter_complex', self.graph]
        for i, (label, _, _) in enumerate(self.outputs):
            cmd += ['-map', label, '-f', 'rawvideo', '-pix_fmt', pixels, '%d.raw' % i]
        ffmpeg(*cmd)
        with open('raw.' + self.format, 'wb') as out:
            for i in range(self.views):
                with open('%d.raw' % i, 'rb') as f:
                    out.write(f.read())
                os.remove('%d.raw' % i)

    def encoder(self, length, codec=None):
        """The encoder alone: views that are read once and repeated in memory."""
        png = self.format == 'png'
        filters = 'loop=loop=%d:size=%d' % (
            self.frames if length == 'all' else 0, self.views)
        if not png:
            filters += ',setparams=range=pc:colorspace=bt470bg'
        return FF + ['-f', 'rawvideo', '-pixel_format', 'rgb24' if png else 'yuv420p',
                     '-video_size', '%dx%d' % (self.size, self.size), '-i',
                     'raw.' + self.format, '-vf', filters, '-threads', '1',
                     *(codec or self.codec()), '-f', 'null', '-']

    def loop(self, tool, python):
        """Task of bench_loop.py."""
        # A panorama takes COLMAP's code as long as twenty of ours.
        few = min(self.frames, 2) if tool == 'colmap' else self.frames
        about = {'tool': tool, 'format': self.format, 'views': poses(self.rig),
                 'size': [self.size, self.size], 'quality': QUALITY, 'out': 'out'}
        return by_length(lambda length: [python, '-B', LOOP, json.dumps(
            {**about, 'source': self.source(length),
             'last': few + 1 if length == 'all' else 1})], few)


def tasks(job, stages=True):
    """Name -> task, see bench_run.py. Without stages: whole jobs and bounds alone."""
    graph, turns = job.split_v360(), {}

    def add(name, make):
        turns[name] = by_length(make, job.frames)

    job.keep_views()
    add('decoder', job.decode)
    add('encoder', job.encoder)
    add('ours', job.whole)
    if stages:
        add('ours views', job.only_views)
        add('v360 views', lambda n: job.only_views(n, graph))
    if stages or job.format == 'png':
        add('v360', lambda n: job.to_files(n, graph, job.codec()))
    if job.format == 'jpg':
        add('v360 mjpeg', lambda n: job.to_files(n, graph, ['-c:v', 'mjpeg', '-q:v',
                                                            '2']))
    python = python_with('cv2', 'numpy')
    if python:
        turns['opencv'] = job.loop('opencv', python)
    python = python_with('pycolmap.panorama', 'cv2', 'PIL')
    if python and stages and not job.video and job.format == 'jpg':
        turns['colmap'] = job.loop('colmap', python)
    return turns
