#!/usr/bin/python3 -B
"""windows.py [--most N] [CASE]...: a job of split360 is killed right before and right after
each of its renames, and the removals and new folders around them, in all programs
but ffmpeg, whose renames of images tests/crash/interrupt.py meets. The same
command must end with the bytes of a run that was left alone, the first time.
--most N: of each series of calls N, evenly. Cases: jpg-new and so on, see CASES.
Licence: LGPL-2.1-or-later."""

import argparse
import os
import shutil
import sys

import failcall
import jobs

SHORT = ("--to", "0.3", "--size", "64x64")
CASES = (
    ("jpg", "new", SHORT), ("jpg", "replace", SHORT), ("jpg", "repair", SHORT),
    ("mp4", "replace", SHORT), ("masks", "new", SHORT), ("masks", "repair", SHORT),
    ("realityscan", "new", ("--every", "4")), ("realityscan", "repair", ("--every", "4")),
    ("sharpest", "new", SHORT), ("damaged", "new", SHORT[2:]),
)
CALLS = (("rename,link", ""), ("unlink", "rm"), ("mkdir,fsync,syncfs", ""))


class Series:
    """One job that is killed at one call after the other."""

    def __init__(self, place, calls, case, most):
        self.place, self.calls = place, calls
        self.kind, self.begin, self.extra = case
        self.most = most
        self.out = os.path.join(place.folder, "out")
        self.force = ("--force",) if self.begin == "replace" else ()
        self.killed = self.bad = 0

    def prepare(self):
        shutil.rmtree(self.out, ignore_errors=True)
        if self.begin == "replace":
            shutil.copytree(self.place.reference(self.kind, *self.extra, "--fov", "70"), self.out)
        elif self.begin == "repair":
            shutil.copytree(self.place.reference(self.kind, *self.extra), self.out)
            for where, _, names in os.walk(self.out):
                for name in sorted(set(names) - {"manifest.json"})[1:3]:
                    os.unlink(os.path.join(where, name))

    def run(self, kinds, number, action, program):
        self.prepare()
        environment = self.calls.environment(kinds, number, action, program or "-ffmpeg",
                                             self.out)
        return self.place.run(self.kind, self.out, *self.extra, *self.force,
                              environment=environment)

    def kill_at(self, kinds, number, action, program):
        self.run(kinds, number, action, program)
        call = self.calls.fired()
        if not call:
            return
        self.killed += 1
        wrong = self.place.complete(self.kind, self.out, *self.extra, *self.force)
        if wrong:
            self.bad += 1
            jobs.note(f"killed {action} {call.replace(self.place.folder, '')}: {wrong}")
            self.place.keep(self.out)

    def kill_at_each(self):
        for kinds, program in CALLS:
            if self.run(kinds, 0, 0, program) != 0:
                self.bad += 1
                jobs.note(f"left alone: {self.place.said()}")
            for number in failcall.sample(self.calls.number(), self.most):
                for action in ("before", "after"):
                    self.kill_at(kinds, number, action, program)
        jobs.check(f"killed at each rename, {self.kind}, {self.begin}: the same bytes afterwards",
                   not self.bad and self.killed, f"{self.killed} moments, {self.bad} bad")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=4)
    parser.add_argument("cases", nargs="*", metavar="CASE")
    args = parser.parse_args()
    named = {f"{case[0]}-{case[1]}": case for case in CASES}
    if set(args.cases) - set(named):
        parser.error(f"CASE is one of: {' '.join(named)}")
    cases = [named[name] for name in args.cases or named]
    with jobs.Place() as place:
        try:
            calls = failcall.Calls(place.folder)
        except failcall.NotHere as reason:
            jobs.skip("killed at each rename", reason)
            return
        for case in cases:
            Series(place, calls, case, args.most).kill_at_each()
    jobs.finish()


if __name__ == "__main__":
    sys.exit(main())
