#!/usr/bin/python3 -B
"""fulldisk.py [--count N] [--seed S]: jobs of split360 on a small disk that is full
at a random place, then somewhat larger, again and again until there is room. Each
run says that no space is left; the last one ends with the bytes of a run that
was left alone, and until then --verify finds nothing whole. Needs root, for tmpfs.
Licence: LGPL-2.1-or-later."""

import argparse
import os
import random
import sys

import disks
import jobs

KINDS = ("png", "masks", "mp4", "jpg", "folder", "realityscan", "sharpest", "rig-file")
CHOICE = random.Random()


def kilobytes(folder):
    return sum(os.stat(os.path.join(folder, name)).st_size // 4096 * 4 + 4
               for name in jobs.files_of(folder))


def one(place, kind, mount):
    """Number of runs on a full disk, and what is wrong or ''."""
    out = os.path.join(mount, "out")
    total = kilobytes(place.reference(kind))
    size = CHOICE.randint(40, total)
    disks.quietly("mount", "-t", "tmpfs", "-o", f"size={size}k", "split360", mount)
    try:
        for full in range(100):
            status = place.run(kind, out)
            said = place.said()
            if status == 0:
                return full, place.wrong(kind, out)
            if "no space left" not in said.lower():
                return full, f"{size} of {total} kB, exit {status}: {said}"
            if place.verify(out) == 0:
                return full, f"{size} of {total} kB: --verify finds it whole"
            size += CHOICE.randint(40, 40 + total // 2)
            disks.quietly("mount", "-o", f"remount,size={size}k", mount)
        return full, f"no room for {total} kB in {size} kB: {said}"
    finally:
        disks.quietly("umount", mount)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--seed", type=int, default=os.getpid())
    args = parser.parse_args()
    CHOICE.seed(args.seed)
    full = bad = 0
    try:
        disks.private_mounts()
        with jobs.Place() as place:
            mount = os.path.join(place.folder, "mount")
            os.mkdir(mount)
            for n in range(args.count):
                kind = KINDS[n % len(KINDS)]
                runs, wrong = one(place, kind, mount)
                full += runs
                bad += bool(wrong)
                if wrong:
                    jobs.note(f"{kind}, full {runs} times: {wrong}")
    except disks.NotHere as reason:
        jobs.skip("full disks", reason)
        return
    jobs.check("full disks: told, then the same bytes", not bad,
               f"seed {args.seed}, {args.count} jobs, {full} runs on a full disk, {bad} bad")
    jobs.finish()


if __name__ == "__main__":
    sys.exit(main())
