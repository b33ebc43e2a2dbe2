#!/usr/bin/python3 -B
# v360rig preview: outlines at their places in the SVG, the PNG and the page, and the page
# edited in a headless Chromium. Environment: FFMPEG, V360RIG (default: build/), CHROMIUM.
# Licence: LGPL-2.1-or-later.
"""Checks outlines against the reference geometry, and pixels against them."""

import os
import re
import shutil
import subprocess

import numpy as np

from lib import browser
from lib import reference as ref
from lib import run

WIDTH = 1600                    # of the still previews
# At the seam, at a pole, rolled, oblong, one that is not flat, and a plain one.
VIEWS = ['name=plain yaw=-100 h_fov=50 w=320 h=320',
         'name=seam yaw=175 pitch=10 h_fov=70 w=640 h=360',
         'name=rolled yaw=60 pitch=-30 roll=30 h_fov=60 v_fov=40 w=400 h=300 ss=auto',
         'name=top pitch=80 h_fov=50 w=300 h=300',
         'name=fish yaw=0 pitch=-20 h_fov=80 w=256 h=256 output=fisheye']
FLAT = {'plain': (-100, 0, 0, 50, 50), 'rolled': (60, -30, 30, 60, 40),
        'seam': (175, 10, 0, 70, 2 * np.degrees(np.arctan(
            np.tan(np.radians(35)) * 9 / 16))), 'top': (0, 80, 0, 50, 50)}


def preview(name, *args):
    """The path of a new preview."""
    with open('views.txt', 'w') as f:
        f.write('\n'.join(VIEWS) + '\n')
    run.rig('preview', '--views', 'views.txt', '-o', name, *args, silent=True)
    return os.path.abspath(name)


def points(d):
    return np.array([[float(x) for x in p.split()]
                     for p in re.split('[ML]', d) if p])


def svg_outlines(path):
    """name -> (colour, points in degrees)."""
    with open(path) as f:
        text = f.read()
    found = re.findall(r'<path id="([^"]*)" stroke="#(\w+)" d="([^"]*)"', text)
    return {n: (np.array([int(c[i:i + 2], 16) for i in (0, 2, 4)]),
                points(d) * 360 / WIDTH) for n, c, d in found}


def check_outlines(rep, outlines):
    """Every point of an outline is on the border of its view."""
    worst = 0
    for name, (yaw, pitch, roll, h_fov, v_fov) in FLAT.items():
        p = outlines[name][1]
        lon, lat = np.radians(p[:, 0] - 180), np.radians(90 - p[:, 1])
        rays = np.stack([np.sin(lon) * np.cos(lat), -np.sin(lat),
                         np.cos(lon) * np.cos(lat)], 1)
        r = rays @ ref.rotation(yaw, pitch, roll)
        edge = np.stack([abs(r[:, 0] / r[:, 2]) / np.tan(np.radians(h_fov / 2)),
                         abs(r[:, 1] / r[:, 2]) / np.tan(np.radians(v_fov / 2))])
        # Where a line crosses the seam, its end is on the chord.
        off = abs(edge.max(0) - 1)[(p[:, 0] > 0.001) & (p[:, 0] < 359.999)]
        worst = max(worst, off.max())
        corners = (edge > 0.9999).all(0).sum()
        if corners < 4:
            worst = np.inf
    # Points are thousandths of 1600 pixels; at a pole they count 1/sin(55) as much at most.
    rep.check(worst < 1e-4, 'outlines are the borders of the views',
              f'{worst:.1e} of the half width at most, {len(FLAT)} views')
    r = outlines['fish'][1]
    axis = ref.rotation(0, -20, 0)[:, 2]
    lon, lat = np.radians(r[:, 0] - 180), np.radians(90 - r[:, 1])
    rays = np.stack([np.sin(lon) * np.cos(lat), -np.sin(lat),
                     np.cos(lon) * np.cos(lat)], 1)
    angle = np.degrees(np.arccos(rays @ axis))
    rep.check(abs(angle.min() - 40) < 0.01, 'outline of a fisheye',
              f'{angle.min():.2f} to {angle.max():.2f} degrees from its axis')


def decode(path):
    done = run.run(['-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt',
                    'rgb24', '-'])
    size = run.run(['-i', path]).stderr.decode()
    w, h = map(int, re.search(r', (\d+)x(\d+)', size).groups())
    return np.frombuffer(done.stdout, np.uint8).reshape(h, w, 3).astype(int)


def drawn(image, outlines, width, left=0, top=0):
    """name -> share of the outline's points at which its colour is."""
    shares = {}
    for name, (colour, p) in outlines.items():
        hits = 0
        for x, y in p * width / 360 + (left, top):
            x0, y0 = max(int(x) - 1, 0), max(int(y) - 1, 0)
            near = image[y0:y0 + 3, x0:x0 + 3].reshape(-1, 3)
            hits += len(near) > 0 and abs(near - colour).max(1).min() < 60
        shares[name] = hits / len(p)
    return shares


def check_drawn(rep, what, image, outlines, *where):
    shares = drawn(image, outlines, *where)
    # Names and other outlines lie over some of the points.
    rep.check(len(shares) == len(VIEWS) and min(shares.values()) > 0.8,
              what + ': the outline of each view is at its place',
              ', '.join(f'{n} {100 * s:.0f} %' for n, s in shares.items()))
    moved = {n: (c, (p + (7, 4)) % (360, 180)) for n, (c, p) in outlines.items()}
    shares = drawn(image, moved, *where)
    rep.check(max(shares.values()) < 0.5, what + ': and not beside it',
              f'at most {100 * max(shares.values()):.0f} %')


def test_stills(rep):
    svg, png = preview('p.svg'), 'svg.png'
    outlines = svg_outlines(svg)
    check_outlines(rep, outlines)
    check_drawn(rep, 'PNG', decode(preview('p.png')), outlines, WIDTH)
    if shutil.which('rsvg-convert'):
        subprocess.run(['rsvg-convert', svg, '-o', png], check=True)
    elif browser.find():
        page = browser.Browser(browser.find())
        page.size(WIDTH, 1000)
        page.open(svg)
        page.screenshot(png)
        page.close()
    if os.path.exists(png):
        check_drawn(rep, 'SVG', decode(png), outlines, WIDTH)
    else:
        rep.skip('SVG to PNG', 'no rsvg-convert (librsvg2-bin), no chromium')


def test_sheet(rep):
    """The sheet's views show what ffmpeg makes of them."""
    run.ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=1024x512', '-frames:v', '1', '-q:v', '1',
               'pano.jpg')
    image = decode(preview('sheet.png', '-i', 'pano.jpg'))
    graph = run.rig('filtergraph', '--views', 'views.txt').strip()
    args = []
    for v in VIEWS:
        name = v.split()[0][5:]
        args += ['-map', f'[{name}]', name + '.png']
    run.ffmpeg('-i', 'pano.jpg', '-filter_complex', graph, *args)
    tile = (WIDTH - 8) // 3
    view = decode('plain.png')
    ours = image[WIDTH // 2 + 22:, 8:8 + tile - 8][:tile - 8]
    at = (np.arange(320) * (tile - 8) / 320).astype(int)
    off = abs(ours[at][:, at] - view).mean()
    # The sheet and ffmpeg interpolate differently, in two sizes.
    rep.check(off < 3, 'the sheet shows the views', f'{off:.1f} levels off')


PATH = 'document.querySelector("#outline-%s .outline").getAttribute("d")'


def edit(rep, page):
    before = points(page.eval(PATH % 'plain'))
    page.eval('select(0); el("edit-yaw").value = -70;'
              'el("edit-yaw").dispatchEvent(new Event("input"))')
    moved = points(page.eval(PATH % 'plain')) - before
    rep.check(abs(moved - (30, 0)).max() < 0.0021, 'page: editing yaw moves '
              'the outline by as much', f'{moved[:, 0].mean():.3f} degrees')
    page.eval('document.getElementById("outline-plain").focus()')
    page.key('ArrowRight', modifiers=8)
    page.key('ArrowUp')
    page.key('+')
    got = page.eval('[rig.views[0].yaw, rig.views[0].pitch, rig.views[0].h_fov]')
    rep.check(got == [-60, 1, 51], 'page: keys turn and widen a view', got)
    page.eval('rig.views[1].box.click(); set(rig.views[0], "h_fov", 61.5)')
    with open('edited.txt', 'w') as f:
        f.write(page.eval('el("text").value'))
    rows = run.rig('show', '--views', 'edited.txt').splitlines()
    rep.check(rows[1].split()[1:7] == ['plain', '-60', '1', '0', '320x320',
                                       '61.5'] and len(rows) == 5 and
              not [r for r in rows if ' seam ' in r] and
              page.eval('getComputedStyle(rig.views[1].group).display') ==
              'none', 'page: its text is the edited rig, without the hidden '
              'view', ' '.join(rows[1].split()))
    rep.check([r.split()[-1] for r in rows[1:3]] == ['1', 'auto'],
              'page: its text keeps supersample', [r.split()[-1] for r in rows[1:]])
    # 7680 / (2 pi) samples in a radian of the source; the widest sample is in the middle
    want = [7680 / (2 * np.pi) * 2 * np.tan(np.radians(fov / 2)) / w
            for fov, w in ((61.5, 320), (60, 400))]
    got = page.eval('rig.views.map(v => v.caption.textContent)')
    rep.check(got[0] == f'plain, 320x320, {want[0]:.1f} samples of the source in one: '
              'supersample=1, auto would be 3' and
              got[2] == f'rolled, 400x300, {want[1]:.1f} samples of the source in one: '
              'supersample=2', 'page: samples and supersample, also of an edited view',
              [got[0], got[2]])
    page.eval('rig.views[1].box.click(); select(0); el("reset").click()')
    rep.check(abs(points(page.eval(PATH % 'plain')) - before).max() == 0 and
              page.eval('rig.views.every(v => v.shown)'), 'page: reset', '')
    page.eval('el("stage").dispatchEvent(new PointerEvent("pointermove", '
              '(b => ({clientX: b.left + b.width * 80 / 360, '
              'clientY: b.top + b.height / 2}))'
              '(el("stage").getBoundingClientRect())))')
    rep.check('plain' in page.eval('el("status").textContent') and
              page.eval('rig.views[0].item.classList.contains("hover")'),
              'page: tells what is under the pointer',
              page.eval('el("status").textContent'))


def look(rep, page, outlines):
    page.eval('select(4); rig.views[4].group.blur()')
    page.screenshot('shot.png')
    image = decode('shot.png')
    rep.check(image.std() > 20, 'page: the screenshot is not empty',
              f'{image.shape[1]}x{image.shape[0]}, deviation {image.std():.0f}')
    box = page.eval('(b => [b.width, b.left, b.top])'
                    '(el("stage").getBoundingClientRect())')
    check_drawn(rep, 'page', image, outlines, *box)
    canvas = page.eval('Array.from(rig.views[0].canvas.getContext("2d")'
                       '.getImageData(0, 0, 240, 240).data)')
    rep.check(np.std(canvas) > 5, 'page: the sheet is drawn',
              f'deviation {np.std(canvas):.0f}')
    backs = []
    for scheme in ('light', 'dark'):
        page.call('Emulation.setEmulatedMedia', features=[
            {'name': 'prefers-color-scheme', 'value': scheme}])
        backs.append(page.eval('getComputedStyle(document.body).backgroundColor'))
    rep.check(backs == ['rgb(255, 255, 255)', 'rgb(21, 23, 26)'],
              'page: light and dark', backs)
    page.size(360, 740, mobile=True)
    wide = page.eval('[document.documentElement.scrollWidth, innerWidth, '
                     'Math.min(...Array.from(document.querySelectorAll("button"),'
                     ' b => b.getBoundingClientRect().height))]')
    rep.check(wide[0] <= 360 and wide[1] == 360 and wide[2] >= 40,
              'page: fits a phone, buttons for fingers', wide)


def test_page(rep):
    program = browser.find()
    if not program:
        rep.skip('the page in a browser', 'no chromium')
        return
    outlines, path = svg_outlines(preview('p.svg')), preview('p.html')
    page = browser.Browser(program)
    try:
        page.size(1280, 1400)
        page.open(path)
        worst = max(abs(points(page.eval(PATH % n)) - p).max()
                    for n, (_, p) in outlines.items())
        # Both write thousandths, the SVG of 1600 pixels, the page of 360 degrees.
        rep.check(worst < 0.001, 'page: JavaScript and C draw the same outlines',
                  f'{worst:.4f} degrees at most')
        look(rep, page, outlines)
        edit(rep, page)
        rep.check(not page.complaints(), 'page: no word in the console',
                  page.complaints() or 'none')
        rep.check(page.requests() == ['file://' + path],
                  'page: asks for nothing but itself', len(page.requests()))
    finally:
        page.close()


if __name__ == '__main__':
    run.main(globals())
