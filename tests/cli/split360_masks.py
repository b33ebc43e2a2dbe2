#!/usr/bin/python3 -B
"""Masks of scripts/split360: polarity, names, product, and the line at ±180
degrees, against a calculation of our own. Environment: FFMPEG, FFPROBE,
V360RIG, V360JOB (default: build/). Licence: LGPL-2.1-or-later."""

import os
import re
import subprocess
import sys
import tempfile

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
for tool in ("ffmpeg", "ffprobe", "v360rig", "v360job"):
    os.environ.setdefault(tool.upper(), os.path.join(ROOT, "build", tool))
FFMPEG, V360RIG = os.environ["FFMPEG"], os.environ["V360RIG"]
SIZE, PANO_W, PANO_H = 96, 640, 320
HIDDEN = 30     # columns on each side of ±180 degrees that the mask hides
failed = 0


def check(name, good, seen=""):
    global failed
    failed += not good
    print(f"{'ok' if good else 'not ok'} - {name}{f' ({seen})' if seen else ''}")


def ffmpeg(*args, **kwargs):
    return subprocess.run([FFMPEG, "-nostdin", "-v", "error", *args], check=True,
                          capture_output=True, **kwargs).stdout


def write_gray(name, image):
    ffmpeg("-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{image.shape[1]}x{image.shape[0]}",
           "-i", "-", "-y", name, input=image.tobytes())


def read_gray(name):
    data = ffmpeg("-i", name, "-f", "rawvideo", "-pix_fmt", "gray", "-")
    return np.frombuffer(data, np.uint8).reshape(SIZE, SIZE)


def split(source, out, *options):
    return subprocess.run([os.path.join(ROOT, "scripts/split360"), source, out, "--quiet",
                           "--size", f"{SIZE}x{SIZE}", *options],
                          capture_output=True, text=True)


def rays(yaw, pitch):
    """Directions of the pixel centres, 90 degrees of view; X right, Y down."""
    f = SIZE / 2
    x, y = np.meshgrid(np.arange(SIZE) + 0.5 - f, np.arange(SIZE) + 0.5 - f)
    d = np.stack([x, y, np.full_like(x, f)], -1)
    d /= np.linalg.norm(d, axis=-1, keepdims=True)
    a, b = np.radians(yaw), np.radians(pitch)
    rx = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    ry = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    return d @ (ry @ rx).T


def axis(yaw, pitch):
    a, b = np.radians(yaw), np.radians(pitch)
    return np.array([np.sin(a) * np.cos(b), -np.sin(b), np.cos(a) * np.cos(b)])


RIG = {"front": (0, 0), "right": (60, 0), "back": (180, 10), "up": (180, 80)}


def expected_user(view):
    d = rays(*RIG[view])
    u = (1 + np.arctan2(d[..., 0], d[..., 2]) / np.pi) / 2 * PANO_W
    edge = np.minimum(np.abs(u - HIDDEN), np.abs(u - (PANO_W - HIDDEN)))
    white = (u >= HIDDEN) & (u < PANO_W - HIDDEN)
    # Samples are placed to 1/256 pixel: nearer than that to an edge is a tie.
    return white * 255, edge > 1 / 128


def expected_owner(view):
    d = rays(*RIG[view])
    near = np.stack([d @ axis(*RIG[v]) for v in RIG], -1)
    mine = near[..., list(RIG).index(view)]
    others = np.delete(near, list(RIG).index(view), -1).max(-1)
    return (mine > others) * 255, np.abs(mine - others) > 1e-6


def compare(name, folder, expected):
    bad = checked = 0
    for view in RIG:
        want, sure = expected(view)
        got = read_gray(f"{folder}/masks/{view}/000001.jpg.png")
        bad += int((got != want)[sure].sum())
        checked += int(sure.sum())
    check(name, bad == 0, f"{bad} of {checked} pixels differ")


def test_pixels():
    for out, options in (("user", ["--mask", "mask.png"]), ("owner", ["--owner-masks"]),
                         ("both", ["--mask", "mask.png", "--owner-masks"])):
        result = split("pano.mkv", out, "--views", "rig.txt", *options)
        check(f"a job with masks: {out}", result.returncode == 0, result.stderr.strip()[-200:])
    compare("black of the panorama's mask is black in the views, across ±180", "user",
            expected_user)
    compare("owner masks: white where no other axis is nearer", "owner", expected_owner)
    bad = 0
    for view in RIG:
        user, owner, both = (read_gray(f"{d}/masks/{view}/000001.jpg.png")
                             for d in ("user", "owner", "both"))
        bad += int((both != np.minimum(user, owner)).sum())
    check("both masks: their product", bad == 0, f"{bad} pixels differ")
    back = read_gray("user/masks/back/000001.jpg.png")[SIZE // 2]
    check("no line at ±180 degrees", np.count_nonzero(np.diff(back.astype(int))) == 2,
          "one black bar in the view behind")
    check("images are those of a job without masks", split("pano.mkv", "plain", "--views",
          "rig.txt").returncode == 0 and subprocess.run(
              ["diff", "-r", "plain/images", "both/images"]).returncode == 0)


def files(folder, view):
    return sorted(os.path.relpath(os.path.join(d, f), folder)
                  for d, _, fs in os.walk(folder) for f in fs if d.endswith("/" + view))


def test_names():
    two = ["--views", "rig.txt", "--mask", "mask.png", "--fps", "2"]
    want = {
        "colmap": ["images/front/000001.jpg", "images/front/000002.jpg",
                   "masks/front/000001.jpg.png", "masks/front/000002.jpg.png"],
        "nerfstudio": ["images/front/000001.jpg", "images/front/000002.jpg",
                       "masks/front/000001.png", "masks/front/000002.png"],
        "realityscan": [f"images/front/00000{n}.{e}" for n in (1, 2)
                        for e in ("jpg", "jpg.mask.png", "xmp")],
    }
    for reader, names in want.items():
        result = split("pano.mkv", reader, *two, "--for", reader)
        got = files(reader, "front")
        check(f"names for {reader}", got == names, result.stderr.strip()[-200:] or
              " ".join(got))
        result = subprocess.run([os.path.join(ROOT, "scripts/split360"), "--verify", reader],
                                capture_output=True, text=True)
        check(f"--verify of a job for {reader}", result.returncode == 0, result.stdout.strip())
    check("what is for COLMAP", all(os.path.exists(f"colmap/{f}") for f in
          ("rig_config.json", "cameras.txt", "database.sh")))
    check("what is for nerfstudio", os.path.exists("nerfstudio/transforms.json"))
    words = set()
    for n in (1, 2):
        for view in RIG:
            text = open(f"realityscan/images/{view}/00000{n}.xmp", encoding="utf-8").read()
            words.add((n, text.split('RigInstance="')[1].split('"')[0]))
    check("RealityScan: one instance a frame", len(words) == 2, f"{len(words)}")


def test_video():
    """A mask that moves: black in the left half of odd frames only."""
    frames = np.full((5, PANO_H, PANO_W), 255, np.uint8)
    frames[1::2, :, :PANO_W // 2] = 0
    ffmpeg(
        "-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{PANO_W}x{PANO_H}", "-r", "5", "-i", "-",
        "-c:v", "ffv1", "-y", "mask.mkv", input=frames.tobytes())
    result = split("pano.mkv", "moving", "--views", "rig.txt", "--mask", "mask.mkv")
    got = [int(read_gray(f"moving/masks/front/00000{n}.jpg.png").mean()) for n in range(1, 6)]
    check("a mask that is a video", got == [255, 127, 255, 127, 255],
          result.stderr.strip()[-200:] or str(got))
    os.remove("moving/masks/back/000002.jpg.png")
    os.remove("moving/database.sh")
    result = split("pano.mkv", "moving", "--views", "rig.txt", "--mask", "mask.mkv")
    verified = subprocess.run([os.path.join(ROOT, "scripts/split360"), "--verify", "moving"],
                              capture_output=True, text=True)
    check("a mask that has gone comes back", result.returncode == verified.returncode == 0,
          result.stderr.strip()[-200:] or verified.stdout.strip())
    ffmpeg("-i", "mask.mkv", "-frames:v", "3", "-c:v", "ffv1", "-y", "short.mkv")
    result = split("pano.mkv", "short", "--views", "rig.txt", "--mask", "short.mkv")
    check("a mask with fewer frames", result.returncode != 0 and "3 frames" in result.stderr,
          result.stderr.strip()[-120:])


def test_grays():
    """What is neither black nor white: bands of 80 columns, from the left."""
    grays = [0, 64, 100, 127, 128, 129, 200, 255]
    mask = np.repeat(np.array(grays, np.uint8), PANO_W // len(grays))
    write_gray("gray.png", np.tile(mask, (PANO_H, 1)))
    result = split("pano.mkv", "gray", "--views", "rig.txt", "--mask", "gray.png")
    bad = checked = 0
    for view in RIG:
        d = rays(*RIG[view])
        u = (1 + np.arctan2(d[..., 0], d[..., 2]) / np.pi) / 2 * PANO_W
        edge = np.minimum(np.abs(u - PANO_W / 2), np.minimum(u, PANO_W - u))
        got = read_gray(f"gray/masks/{view}/000001.jpg.png")
        sure = edge > 1 / 128   # as in expected_user()
        bad += int((got != (u >= PANO_W / 2) * 255)[sure].sum())
        checked += int(sure.sum())
    check("gray below 128 is black, from 128 on white", result.returncode == 0 and bad == 0,
          f"{bad} of {checked} pixels differ {result.stderr.strip()[-200:]}")


def test_another():
    """A job that has a mask is one of that mask."""
    again = split("pano.mkv", "gray", "--views", "rig.txt", "--mask", "gray.png")
    check("the same mask again", again.returncode == 0, again.stderr.strip()[-200:])
    for options, name in ((["--mask", "mask.png"], "another mask"), ([], "no mask")):
        before = read_gray("gray/masks/front/000001.jpg.png")
        result = split("pano.mkv", "gray", "--views", "rig.txt", *options)
        check(f"{name} than before is another job", result.returncode != 0 and
              "mask: was" in result.stderr and
              (before == read_gray("gray/masks/front/000001.jpg.png")).all(),
              result.stderr.strip()[-200:])


def test_bad():
    write_gray("small.png", np.zeros((100, 200), np.uint8))
    for name, mask, word in (("of another size", "small.png", "another size"),
                             ("that is missing", "none.png", "cannot read"),
                             ("that is text", "rig.txt", "cannot read")):
        result = split("pano.mkv", "bad", "--views", "rig.txt", "--mask", mask)
        check(f"refuses a mask {name}", result.returncode != 0 and word in result.stderr and
              not os.path.exists("bad"), result.stderr.strip()[-120:])


def test_useless():
    """Masks that decide nothing are warned of; what is transparent is left out."""
    image = np.full((PANO_H, PANO_W), 1, np.uint8)
    image[PANO_H // 2:] = 0
    write_gray("ones.png", image)
    write_gray("white.png", np.full((PANO_H, PANO_W), 255, np.uint8))
    write_gray("black.png", np.zeros((PANO_H, PANO_W), np.uint8))
    for mask, word in (("ones.png", "keeps nothing.*0 and 1"), ("black.png", "keeps nothing"),
                       ("white.png", "leaves nothing out"), ("mask.png", "")):
        result = split("pano.mkv", "useless", "--views", "rig.txt", "--mask", mask, "--fps", "1",
                       "--force")
        seen = re.findall("warning: .*the mask.*", result.stderr)
        check(f"the mask {mask}: a warning or none", result.returncode == 0 and
              (bool(word and re.search(word, seen[0])) if seen else not word),
              " ".join(seen)[-100:])
    rgba = np.full((PANO_H, PANO_W, 4), 255, np.uint8)
    rgba[:, :HIDDEN, 3] = rgba[:, -HIDDEN:, 3] = 0
    rgba[:, :HIDDEN // 2, :3] = 0
    ffmpeg("-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{PANO_W}x{PANO_H}", "-i", "-", "-y",
           "clear.png", input=rgba.tobytes())
    split("pano.mkv", "clear", "--views", "rig.txt", "--mask", "clear.png")
    compare("what is transparent is left out", "clear", expected_user)


def main():
    listed = subprocess.run([V360RIG, "--help"], capture_output=True, text=True).stdout
    if "owner-masks" not in listed:
        print("skip - masks (this v360rig makes no owner masks)")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        ffmpeg("-f", "lavfi", "-i", f"testsrc2=s={PANO_W}x{PANO_H}:r=5:d=1", "-c:v", "ffv1",
               "pano.mkv")
        mask = np.full((PANO_H, PANO_W), 255, np.uint8)
        mask[:, :HIDDEN] = mask[:, -HIDDEN:] = 0
        write_gray("mask.png", mask)
        with open("rig.txt", "w", encoding="utf-8") as file:
            for name, (yaw, pitch) in RIG.items():
                file.write(f"name={name} yaw={yaw} pitch={pitch} h_fov=90\n")
        test_pixels()
        test_names()
        test_video()
        test_grays()
        test_another()
        test_bad()
        test_useless()
        os.chdir("/")
    return failed > 0


sys.exit(main())
