#!/usr/bin/python3 -B
"""faults.py [--most N] [PROGRAM]...: one call of a job of split360 fails, in
the program itself or in ffmpeg: with EIO, or ENOSPC
where something is written. Either that does no harm and the result is that of a run that was left
alone, or it is told, with the true reason where ffmpeg wrote, and then the same
command ends with that result. --verify never says that it read what it could
not read. --most N: of each series of calls N. Licence: LGPL-2.1-or-later."""

import argparse
import errno
import os
import shutil
import sys

import failcall
import jobs

SHORT = {"jpg": ("--to", "0.3", "--size", "64x64", "--owner-masks", "--names", "pts"),
         "folder": ("--size", "64x64",)}
# Program, calls, of paths that contain this (below OUTDIR).
SERIES = (
    ("split360", "write", ""), ("split360", "fsync,syncfs", ""), ("split360", "rename", ""),
    ("split360", "link", ""), ("split360", "open", ""), ("split360", "stat", ""),
    ("split360", "opendir", ""), ("split360", "read", ""), ("split360", "close", ""),
    ("split360", "mkdir,unlink", ""), ("split360", "fork", "/"),
    ("split360", "waitpid", "/"),
    ("ffmpeg", "write", "/images"), ("ffmpeg", "write", "part."), ("ffmpeg", "rename", ""),
    ("ffmpeg", "open", "/images"), ("ffmpeg", "close", "/images"),
)
WRITING = ("write", "rename", "fsync,syncfs", "mkdir,unlink", "link")
# ffmpeg goes on when it cannot write a time stamp, and so its error is not known.
UNKNOWN = "is the disk full or failing?"
REASONS = {errno.EIO: "input/output error", errno.ENOSPC: "no space left"}


class Job:
    """One job, and what becomes of it when a call of it fails."""

    def __init__(self, place, calls, most, kind="jpg"):
        self.kind, self.short = kind, SHORT[kind]
        self.place, self.calls, self.most = place, calls, most
        self.out = os.path.join(place.folder, "o", "out")
        self.fired = self.harmless = self.told = self.bad = 0

    def run(self, program, kinds, match, number, error):
        shutil.rmtree(os.path.dirname(self.out), ignore_errors=True)
        environment = self.calls.environment(kinds, number, error, program,
                                             os.path.dirname(self.out) + "/")
        if match:
            environment["FAILCALL_MATCH"] = match
        return self.place.run(self.kind, self.out, *self.short, environment=environment)

    def wrong(self, program, kinds, match, number, error):
        """What is wrong when this call fails, or ''."""
        status = self.run(program, kinds, match, number, error)
        call, said = self.calls.fired(), self.place.said()
        if not call:
            return ""
        self.fired += 1
        if status == 0:
            self.harmless += 1
            text = self.place.wrong(self.kind, self.out, *self.short)
            return text and f"{call}: {text}"
        self.told += 1
        if program == "ffmpeg" and kinds in WRITING and REASONS[error] not in said.lower() and \
                not (match == "part." and UNKNOWN in said):
            return f"{call}: not the true reason: {said}"
        text = self.place.complete(self.kind, self.out, *self.short)
        return text and f"{call}: told as {said}; {text}"

    def series(self, program, kinds, match):
        self.fired = self.harmless = self.told = bad = 0
        self.run(program, kinds, match, 0, 0)
        errors = (errno.EIO, errno.ENOSPC) if kinds in WRITING else (errno.EIO,)
        for number in failcall.sample(self.calls.number(), self.most):
            for error in errors:
                text = self.wrong(program, kinds, match, number, error)
                if text:
                    bad += 1
                    jobs.note(f"call {number}, {errno.errorcode[error]}, "
                              f"{text.replace(self.place.folder, '')}")
                    self.place.keep(self.out)
        name = f"{self.kind}, {program}: {kinds} fails{f' of {match}' if match else ''}"
        if not self.fired:
            jobs.note(f"{name}: it has none")
            return
        jobs.check(f"{name}: told or harmless", not bad, f"{self.fired} calls, "
                   f"{self.harmless} harmless, {self.told} told, {bad} bad")

    def verify(self):
        """--verify of a whole folder, with a call that fails."""
        out = self.place.reference(self.kind, *self.short)
        bad, tried = [], 0
        for kinds in ("open", "read", "stat", "opendir"):
            os.environ.update(self.calls.environment(kinds, 0, 0, "split360", out + "/"))
            self.place.verify(out)
            for number in failcall.sample(self.calls.number(), self.most):
                os.environ.update(self.calls.environment(kinds, number, errno.EIO, "split360",
                                                         out + "/"))
                status = self.place.verify(out)
                tried += 1
                if status == 0 and self.calls.fired():
                    bad.append(self.calls.fired().replace(self.place.folder, ""))
            for name in [name for name in os.environ if name.startswith("FAILCALL")]:
                del os.environ[name]
        del os.environ["LD_PRELOAD"]
        jobs.check("--verify: what cannot be read is bad", not bad and tried,
                   f"{tried} calls, {len(bad)} bad{': ' + bad[0] if bad else ''}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=4)
    parser.add_argument("programs", nargs="*", metavar="PROGRAM")
    args = parser.parse_args()
    known = {program for program, _, _ in SERIES}
    if set(args.programs) - known:
        parser.error(f"PROGRAM is one of: {' '.join(sorted(known))}")
    with jobs.Place() as place:
        try:
            calls = failcall.Calls(place.folder)
        except failcall.NotHere as reason:
            jobs.skip("calls that fail", reason)
            return
        job = Job(place, calls, args.most)
        job.verify()
        for program, kinds, match in SERIES:
            if not args.programs or program in args.programs:
                job.series(program, kinds, match)
        # For a folder the messages of each run count, until its pictures are known as whole.
        job = Job(place, calls, args.most, "folder")
        for program, kinds, match in SERIES:
            if program == "ffmpeg" and (not args.programs or program in args.programs):
                job.series(program, kinds, match)
    jobs.finish()


if __name__ == "__main__":
    sys.exit(main())
