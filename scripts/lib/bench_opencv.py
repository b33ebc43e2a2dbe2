#!/usr/bin/python3 -B
"""Views by OpenCV's remap, for scripts/bench. Licence: LGPL-2.1-or-later.

Reads a JSON object: source [w, h], views [[yaw, pitch, roll], ...], size [w, h],
interp, frames, threads. One grey frame of yuv420p is remapped `frames` times; all
views have 90 degrees. Maps are made once, for luma and for chroma, and kept in the
fixed-point form that OpenCV's manual recommends for speed.
"""
import json
import math
import sys

import cv2
import numpy as np


def rotation(yaw, pitch, roll):
    """Ry(yaw) Rx(pitch) Rz(roll); X right, Y down, Z forward."""
    (cy, sy), (cp, sp), (cr, sr) = (
        (math.cos(math.radians(a)), math.sin(math.radians(a)))
        for a in (yaw, pitch, roll))
    return (np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]]) @
            np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]]) @
            np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]]))


def maps(job, pose, scale):
    """Of a plane whose samples are `scale` luma samples apart."""
    w, h = (n // scale for n in job['size'])
    sw, sh = (n // scale for n in job['source'])
    x, y = np.meshgrid((np.arange(w) + 0.5) * 2 / w - 1,
                       ((np.arange(h) + 0.5) * 2 / h - 1) * h / w)
    x, y, z = np.tensordot(rotation(*pose), np.stack((x, y, np.ones_like(x))),
                           1)
    u = (np.arctan2(x, z) / (2 * np.pi) + 0.5) * sw - 0.5
    v = (np.arctan2(y, np.hypot(x, z)) / np.pi + 0.5) * sh - 0.5
    return cv2.convertMaps(u.astype(np.float32), v.astype(np.float32),
                           cv2.CV_16SC2)


def main():
    job = json.loads(sys.argv[1])
    cv2.setNumThreads(job['threads'])
    kernel = {'line': cv2.INTER_LINEAR, 'cube': cv2.INTER_CUBIC,
              'near': cv2.INTER_NEAREST}[job['interp']]
    w, h = job['source']
    planes = [np.full((h // s, w // s), 128, np.uint8) for s in (1, 2, 2)]
    luma = [maps(job, pose, 1) for pose in job['views']]
    chroma = [maps(job, pose, 2) for pose in job['views']]
    for _ in range(job['frames']):
        for i in range(len(luma)):
            for plane, view in zip(planes, (luma[i], chroma[i], chroma[i])):
                cv2.remap(plane, *view, kernel, borderMode=cv2.BORDER_WRAP)


if __name__ == '__main__':
    main()
