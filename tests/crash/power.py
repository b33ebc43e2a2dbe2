#!/usr/bin/python3 -B
"""power.py [--count N] [--seed S] [FILE SYSTEM]...: power cuts while a job of
split360 runs and after it has said that it is done. After each, the same
command must end with the bytes of a run that was left alone; --verify may never
call a folder whole that is not; and what was done before the cut must be whole
after it. File systems: ext4 xfs btrfs. Needs root. Licence: LGPL-2.1-or-later."""

import argparse
import os
import random
import sys
import time

import disks
import jobs

CHOICE = random.Random()
KINDS = ("jpg", "png", "mp4", "masks", "folder", "realityscan", "jpg", "png")
# What is cut: a new job, one that replaces another, one that puts files back.
BEGINNINGS = ("new", "new", "replace", "repair")
OLDER = ("--size", "64x64")


class Cut:
    """One power cut: when, and of what."""

    def __init__(self, place, disk):
        self.place, self.disk = place, disk
        self.out = os.path.join(disk.mount, "deep", "out")
        self.kind = CHOICE.choice(KINDS)
        self.begin = CHOICE.choice(BEGINNINGS)
        self.moment = CHOICE.choice(("random", "random", "commit", "done"))
        self.extra = ("--force",) if self.begin == "replace" else ()
        self.done = False
        self.when = ""

    def __str__(self):
        return f"{self.disk.kind}, {self.kind}, {self.begin}, {self.when}"

    def prepare(self):
        status = 0
        if self.begin == "replace":
            status = self.place.run(self.kind, self.out, *OLDER)
        elif self.begin == "repair":
            status = self.place.run(self.kind, self.out)
            lose_files(self.out)
        if status != 0:
            raise RuntimeError(f"{self}: {self.place.said()}")
        self.disk.flush()

    def flag(self):
        if self.moment == "random":
            return disks.AS_IT_IS
        return disks.COMMIT_FIRST if self.moment == "commit" else CHOICE.choice((1, 2))

    def run_and_cut(self):
        """A run that is cut, if it is not quicker than the cut."""
        flag = self.flag()
        job = self.place.start(self.kind, self.out, *self.extra)
        if self.moment == "done":
            job.wait()
            wait = CHOICE.choice((0, 0, 0.3, 1.5))
        else:
            wait = CHOICE.uniform(0, 1.05 * self.place.seconds[self.kind])
        time.sleep(wait)
        self.done = job.poll() is not None
        self.disk.cut(flag)
        self.when = (f"{wait:.2f} s after {'the end' if self.moment == 'done' else 'the start'}"
                     f"{', journal written' if flag == 1 else ''}"
                     f"{', it was done' if self.done else ''}")
        status = job.poll()
        jobs.kill_session(job.pid)
        job.wait()
        if self.done and status != 0:
            raise RuntimeError(f"{self}: exit {status}, {self.place.said()}")
        self.disk.power_on()

    def judge(self):
        """What is wrong after the cut, or ''."""
        whole = self.place.verify(self.out) == 0
        # That the private folder has gone need not be on the disk.
        left = {"unfinished": True}
        wrong = self.place.wrong(self.kind, self.out, **left) if whole or self.done else ""
        if wrong and not self.done and self.begin == "replace": # not yet, perhaps
            wrong = self.place.wrong(self.kind, self.out, *OLDER, **left)
        if not wrong:
            return ""
        return f"{'it was done' if self.done else '--verify finds it whole'}: {wrong}"


def lose_files(out):
    """Some images of a finished job go, in the middle of the sequence."""
    for where, _, names in os.walk(out):
        for name in sorted(names)[3:30:4]:
            if "images" in where or "videos" in where:
                os.unlink(os.path.join(where, name))


def one(place, disk):
    cut = Cut(place, disk)
    cut.prepare()
    cut.run_and_cut()
    wrong = cut.judge()
    if not wrong and not cut.done and CHOICE.random() < 0.3:
        first = cut.when
        cut.run_and_cut() # what goes on after a cut is cut too
        cut.when = f"{first}, then {cut.when}"
        wrong = cut.judge()
    if not wrong:
        wrong = place.complete(cut.kind, cut.out, *cut.extra)
    return cut, wrong


def cuts(place, kind, count):
    """Power cuts on one kind of file system; False if it cannot be had."""
    try:
        disk = disks.Disk(kind, place.folder)
        disk.cut(disks.AS_IT_IS)
        disk.power_on()
    except disks.NotHere as reason:
        jobs.skip(f"power cuts on {kind}", reason)
        return
    bad = done = 0
    for _ in range(count):
        cut, wrong = one(place, disk)
        bad += bool(wrong)
        done += cut.done
        if wrong:
            jobs.note(f"{cut}: {wrong}")
            place.keep(cut.out)
        disk.renew()
    disk.close()
    jobs.check(f"power cuts on {kind}: the same bytes afterwards", not bad,
               f"{count} cuts, {done} of them of a job that was done, {bad} bad")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=os.getpid())
    parser.add_argument("kinds", nargs="*", metavar="FILE SYSTEM")
    args = parser.parse_args()
    kinds = args.kinds or ["ext4", "xfs", "btrfs"]
    try:
        disks.private_mounts()
    except disks.NotHere as reason:
        jobs.skip("power cuts", reason)
        return
    CHOICE.seed(args.seed)
    jobs.note(f"power cuts, seed {args.seed}")
    with jobs.Place() as place:
        for kind in sorted(set(KINDS)):
            place.reference(kind)
            place.reference(kind, *OLDER)
        for n, kind in enumerate(kinds):
            cuts(place, kind, (args.count + n) // len(kinds))
    jobs.finish()


if __name__ == "__main__":
    sys.exit(main())
