#!/usr/bin/env python3
"""torch_grid.py DEVICE FRAME [WxH]: eight views by torch's grid_sample.

The way of making views without this project's filter: a panorama as a tensor, a grid
for each view, one grid_sample for all of them. Prints lines with tabs: what, value,
unit, note. FRAME.source is a panorama of 7680x3840, or WxH, as rgb24, FRAME.view the
view with yaw=45 of it, 1920x1080, or a quarter of WxH, as the filter makes it.
Licence: LGPL-2.1-or-later.
"""
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

VIEWS = 8


def row(name, value, unit, note=''):
    print(f'{name}\t{value:.6g}\t{unit}\t{note}')


def make_grid(yaw, w, h, device):
    """Directions of pixel centres, as places of grid_sample: -1 and 1 are the edges."""
    f = w / 2                   # h_fov = 90
    x = (torch.arange(w, device=device, dtype=torch.float64) + 0.5 - w / 2) / f
    y = (torch.arange(h, device=device, dtype=torch.float64) + 0.5 - h / 2) / f
    y, x = torch.meshgrid(y, x, indexing='ij')
    lon = torch.atan2(x, torch.ones_like(x)) + yaw
    lat = torch.atan2(-y, torch.sqrt(x * x + 1))
    lon = torch.remainder(lon / np.pi + 1, 2) - 1
    return torch.stack((lon, -lat / (np.pi / 2)), dim=-1)


def remap(source, grids, dtype):
    """One batch: bytes up, views, bytes."""
    image = source.to(grids.device, non_blocking=True).to(dtype)
    image = image.permute(2, 0, 1)[None].expand(VIEWS, -1, -1, -1)
    views = F.grid_sample(image, grids, mode='bilinear', padding_mode='border',
                          align_corners=False)
    return views.round_().clamp_(0, 255).to(torch.uint8)


def rate(job, device, least=2.0):
    """Calls a second, without the first ones."""
    job()
    job()
    n, start = 0, time.monotonic()
    while time.monotonic() - start < least or n < 2:
        job()
        if device == 'cuda':
            torch.cuda.synchronize()
        n += 1
    return n / (time.monotonic() - start)


def main():
    device, frame = sys.argv[1:3]
    w, h = (int(n) for n in (sys.argv[3] if len(sys.argv) > 3 else '7680x3840').split('x'))
    vw, vh = w // 4, h * 9 // 32
    source = torch.from_numpy(np.fromfile(frame + '.source', np.uint8).reshape(h, w, 3))
    wanted = np.fromfile(frame + '.view', np.uint8).reshape(vh, vw, 3).astype(int)
    if device == 'cuda':
        source = source.pin_memory()
    exact = [make_grid(np.pi / 4 * i, vw, vh, device) for i in range(VIEWS)]
    for dtype in (torch.float32, torch.float16):
        name = str(dtype).replace('torch.', '')
        try:
            grids = torch.stack(exact).to(dtype)
            with torch.no_grad():
                seen = remap(source, grids, dtype)[1].permute(1, 2, 0).cpu().numpy().astype(int)
                error = np.abs(seen - wanted)
                row(f'{name}, difference from the filter', error.mean(), 'levels',
                    f'at most {error.max()}, over 8 levels: {(error > 8).mean() * 100:.3f} %')
                on_device = rate(lambda g=grids, d=dtype: remap(source, g, d), device)
                row(f'{name}, views stay on the device', on_device * VIEWS, 'images/s',
                    f'{on_device:.1f} frames/s with the upload of each frame')
                down = rate(lambda g=grids, d=dtype: remap(source, g, d).cpu(), device)
                row(f'{name}, views downloaded', down * VIEWS, 'images/s',
                    f'{down:.1f} frames/s')
        except RuntimeError as error:
            print(f'{name}\t0\t-\t{str(error).splitlines()[0]}')


main()
