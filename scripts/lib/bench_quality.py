#!/usr/bin/env python3
# Licence: LGPL-2.1-or-later.
"""What kernels and supersampling make of panoramas of yours, in decibels.

Prints two Markdown tables of the luma of four views of 90 degrees:

- views that show 3.8 samples of the panorama in one of their own, against the mean over
  the area of each sample, which is a view of 16 times the size, by interp=cube, reduced;
- views of a panorama of half the size, a 2x2 mean, against the same mean of the panorama
  as it is, which has all the detail that the view can show and more. Beside the PSNR
  stands what is left of the energy of detail, above half of the view's Nyquist frequency,
  and of that only what is where it is in the reference: the rest is aliases.

OpenCV is measured where Python has cv2. Environment: FFMPEG (default: build/ffmpeg).
"""

import argparse
import os
import subprocess
import tempfile

import numpy as np

try:
    import cv2
except ImportError:
    cv2 = None

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.realpath(__file__)), '../..'))
FFMPEG = os.environ.get('FFMPEG', os.path.join(ROOT, 'build', 'ffmpeg'))
YAWS = (0, 90, 180, 270)
FINE = 16       # of the reference, on each axis
KERNELS = ('near', 'line', 'cube', 'lanc', 'sp16', 'mitchell')


def ffmpeg(graph, *args):
    return subprocess.run([FFMPEG, '-nostdin', '-v', 'error', *args, '-filter_complex', graph,
                           '-f', 'rawvideo', '-'], check=True, stdout=subprocess.PIPE).stdout


def load(path):
    """A panorama's luma; of width and height that divide by 4."""
    size = subprocess.run([FFMPEG.replace('ffmpeg', 'ffprobe'), '-v', 'error', '-select_streams',
                           'v:0', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', path],
                          check=True, stdout=subprocess.PIPE).stdout.decode().split()[0]
    w, h = (int(s) for s in size.split(','))
    data = ffmpeg('format=gray', '-i', path, '-frames:v', '1')
    return np.frombuffer(data, np.uint8).reshape(h, w)


def reduced(image, n):
    h, w = image.shape
    return image.reshape(h // n, n, w // n, n).mean((1, 3), dtype=np.float64)


class Panorama:
    def __init__(self, image, folder, name):
        self.h, self.w = image.shape
        self.image, self.path = image, os.path.join(folder, name)
        image.tofile(self.path)

    def view(self, text, w, h):
        """A view by the filter that the text names."""
        args = ('-f', 'rawvideo', '-pix_fmt', 'gray', '-s', f'{self.w}x{self.h}', '-i', self.path)
        data = ffmpeg(text, *args)
        return np.frombuffer(data, np.uint8).reshape(h, w)

    def ours(self, yaw, size, interp, n=1):
        return self.view(f'v360batch=interp={interp}:ss={n}:views=yaw={yaw} h_fov=90 '
                         f'w={size[0]} h={size[1]}', *size)

    def stock(self, yaw, size, interp):
        v_fov = 2 * np.degrees(np.arctan(size[1] / size[0]))
        return self.view(f'v360=e:flat:interp={interp}:yaw={(yaw + 180) % 360 - 180}:h_fov=90:'
                         f'v_fov={v_fov:.9f}:w={size[0]}:h={size[1]}', *size)

    def opencv(self, yaw, size, interp):
        x, y = np.meshgrid(*((2 * np.arange(s) + 1 - s) / size[0] for s in size))
        lon = np.arctan(x) + np.radians(yaw)
        lat = np.arctan(y / np.hypot(x, 1))
        u = (lon / (2 * np.pi) + 0.5) % 1 * self.w - 0.5
        v = (lat / np.pi + 0.5) * self.h - 0.5
        return cv2.remap(self.image, u.astype(np.float32), v.astype(np.float32), interp,
                         borderMode=cv2.BORDER_WRAP)

    def reference(self, yaw, size):
        return reduced(self.ours(yaw, tuple(FINE * s for s in size), 'cube'), FINE)

    def size(self, samples):
        """Of views that show so many samples in one of their own."""
        w = round(self.w / np.pi / samples / 2) * 2
        return w, round(w * 9 / 32) * 2


def psnr(views, truth):
    error = np.mean([np.mean((v - t)**2) for v, t in zip(views, truth)])
    return 10 * np.log10(255**2 / error)


def detail(views, truth):
    """Energy above half of the Nyquist frequency, by the reference's, and the part of it
    that goes with the reference, in per cent."""
    mine = theirs = both = 0
    for v, t in zip(views, truth):
        window = np.hanning(v.shape[0])[:, None] * np.hanning(v.shape[1])
        f = np.hypot(np.fft.fftfreq(v.shape[0])[:, None], np.fft.fftfreq(v.shape[1]))
        a, b = (np.fft.fft2((p - p.mean()) * window)[(f > 0.25) & (f < 0.5)] for p in (v, t))
        mine += (np.abs(a)**2).sum()
        theirs += (np.abs(b)**2).sum()
        both += (a * b.conj()).real.sum()
    return 100 * mine / theirs, 100 * (both / theirs)**2


def row(*cells):
    print('| ' + ' | '.join(str(c) for c in cells) + ' |', flush=True)


def aliases(panoramas):
    """PSNR of views that show 3.8 samples in one."""
    ways = [(f'`{k}`, {n}', lambda p, y, s, k=k, n=n: p.ours(y, s, k, n))
            for k in KERNELS[:3] for n in (1, 2, 3, 4)]
    ways += [(f'v360 `{k}`', lambda p, y, s, k=k: p.stock(y, s, k)) for k in ('line', 'cube')]
    if cv2:
        ways += [(f'OpenCV {k}', lambda p, y, s, i=i: p.opencv(y, s, i))
                 for k, i in (('linear', cv2.INTER_LINEAR), ('cubic', cv2.INTER_CUBIC))]
    sizes = [p.size(3.8) for p in panoramas]
    row('kernel, supersample', *(f'{p.w} to {s[0]}x{s[1]}' for p, s in zip(panoramas, sizes)))
    row('---', *('---:' for _ in panoramas))
    truth = [[p.reference(y, s) for y in YAWS] for p, s in zip(panoramas, sizes)]
    for name, way in ways:
        row(name, *(f'{psnr([way(p, y, s) for y in YAWS], t):.1f}'
                    for p, s, t in zip(panoramas, sizes, truth)))


def sharpness(panoramas, folder):
    """PSNR and detail of views of half a panorama, by kernel, with supersample=auto."""
    halves = [Panorama(np.rint(reduced(p.image, 2)).astype(np.uint8), folder, f'half{i}')
              for i, p in enumerate(panoramas)]
    row('samples in one', 'kernel', *(f'{p.w}: dB, detail, right' for p in halves))
    row('---:', '---', *('---:' for _ in halves))
    for samples in (0.89, 1.27, 1.9, 2.5, 3.8):
        sizes = [p.size(samples) for p in halves]
        truth = [[p.reference(y, s) for y in YAWS] for p, s in zip(panoramas, sizes)]
        for kernel in KERNELS[1:]:
            cells = []
            for p, s, t in zip(halves, sizes, truth):
                views = [p.ours(y, s, kernel, 'auto') for y in YAWS]
                cells.append('{:.1f}, {:.0f} %, {:.0f} %'.format(psnr(views, t), *detail(views, t)))
            row(samples, f'`{kernel}`', *cells)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('panoramas', metavar='PANORAMA', nargs='+', help='equirectangular')
    with tempfile.TemporaryDirectory() as folder:
        panoramas = [Panorama(load(path), folder, str(i))
                     for i, path in enumerate(parser.parse_args().panoramas)]
        aliases(panoramas)
        print()
        sharpness(panoramas, folder)


if __name__ == '__main__':
    main()
