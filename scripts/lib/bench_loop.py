#!/usr/bin/python3 -B
"""Whole jobs in Python, for scripts/bench-job. Licence: LGPL-2.1-or-later.

Reads a JSON object: tool (opencv or colmap), source (a video or a folder), views
[[yaw, pitch, roll], ...], size [w, h], format (jpg or png), quality, out, last
(panoramas, for colmap). Prints another one: processor seconds of each stage.
"""
import json
import os
import sys
import time

# COLMAP's multiplications of matrices by three columns only lose by threads.
os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
import cv2


class Clock:
    """Processor time by stage."""
    def __init__(self):
        self.stages, self.at = {}, time.process_time()

    def stage(self, name):
        now = time.process_time()
        self.stages[name] = self.stages.get(name, 0) + now - self.at
        self.at = now


def panoramas(source):
    if os.path.isdir(source):
        for name in sorted(os.listdir(source)):
            yield cv2.imread(os.path.join(source, name))
        return
    video = cv2.VideoCapture(source)
    while True:
        ok, frame = video.read()
        if not ok:
            return
        yield frame


def opencv(job, clock):
    """imread or VideoCapture, remap with maps that are kept, imwrite."""
    from bench_opencv import maps
    kept = []
    options = ([cv2.IMWRITE_JPEG_QUALITY, job['quality']]
               if job['format'] == 'jpg' else [])
    for n, pano in enumerate(panoramas(job['source'])):
        clock.stage('decode')
        h, w = pano.shape[:2]
        kept = kept or [maps({'source': [w, h], 'size': job['size']}, pose, 1)
                        for pose in job['views']]
        views = [cv2.remap(pano, *m, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
                 for m in kept]
        clock.stage('remap')
        for i, view in enumerate(views):
            cv2.imwrite('%s/%d_%06d.%s' % (job['out'], i, n, job['format']), view,
                        options)
        clock.stage('encode')


def colmap(job, _):
    """COLMAP's panorama code: it has a mask beside each view, and its own size."""
    from pathlib import Path
    from pycolmap.panorama import PanoProcessor, PanoRenderOptions
    out = Path(job['out'])
    process = PanoProcessor(
        Path(job['source']), out / 'images', out / 'masks',
        PanoRenderOptions(num_steps_yaw=len(job['views']), pitches_deg=(0.0,),
                          hfov_deg=90.0, vfov_deg=90.0)).process
    for name in sorted(os.listdir(job['source']))[:job['last']]:
        process(name)


def main():
    job = json.loads(sys.argv[1])
    clock = Clock()
    {'opencv': opencv, 'colmap': colmap}[job['tool']](job, clock)
    print(json.dumps(clock.stages))


main()
