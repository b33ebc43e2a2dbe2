#!/usr/bin/python3 -B
"""interrupt.py [--count N] [--seed S] [--any] [KIND]...: jobs of split360 of all kinds
are interrupted at random moments, one to three times each, by a signal to the
split360, to ffmpeg, to both, or to both while one is stopped; --any: to one of
them by chance. Each must end soon and
leave no process; then the same command must end with the bytes of a run that was
left alone and leave nothing in TMPDIR. Licence: LGPL-2.1-or-later."""

import argparse
import os
import random
import shutil
import signal
import sys
import time

import jobs

CHOICE = random.Random()
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
TARGETS = ["split360", "ffmpeg", "group", "stopped"]
SOON = 30   # seconds that a job may take to end, on a machine with much else to do


def send(number, sig):
    try:
        os.kill(number, sig)
        return True
    except ProcessLookupError:
        return False


def hit(leader, target, sig):
    """Sends the signal; False if there was nothing to send it to."""
    if target == "split360":
        return send(leader, sig)
    if target == "group":
        os.killpg(leader, sig)
        return True
    all_ = jobs.session(leader)
    if target in ("any", "stopped"):
        some = [number for number, _ in all_]
    else:
        some = [number for number, comm in all_ if comm.startswith(target)]
    if not some:
        return False
    number = CHOICE.choice(some)
    if target != "stopped":
        return send(number, sig)
    send(number, signal.SIGSTOP) # all others go on without it for a while
    time.sleep(0.3)
    os.killpg(leader, sig)
    send(number, signal.SIGCONT)
    return True


class Case:
    """A job that is interrupted until it is left alone."""

    def __init__(self, place, kind):
        self.place, self.kind = place, kind
        self.out = os.path.join(place.folder, "out", "deep")
        self.begin = CHOICE.choice(("new", "new", "new", "replace", "repair"))
        self.extra = ("--force",) if self.begin == "replace" else ()
        self.hits = []
        self.left = []      # names of files in TMPDIR

    def __str__(self):
        return f"{self.kind}, {self.begin}, {'; '.join(self.hits) or 'not yet interrupted'}"

    def prepare(self):
        shutil.rmtree(os.path.dirname(self.out), ignore_errors=True)
        shutil.rmtree(self.place.tmp)
        os.mkdir(self.place.tmp)
        if self.begin == "replace":
            shutil.copytree(self.place.reference(self.kind, "--size", "64x64"), self.out)
        elif self.begin == "repair":
            shutil.copytree(self.place.reference(self.kind), self.out)
            for where, _, names in os.walk(self.out):
                for name in sorted(names)[2:40:5]:
                    if "images" in where or "masks" in where:
                        os.unlink(os.path.join(where, name))

    def interrupt(self):
        """What is wrong already, '', or None if the job was quicker."""
        job = self.place.start(self.kind, self.out, *self.extra)
        after = CHOICE.uniform(0, 1.05 * self.place.seconds[self.kind])
        target, sig = CHOICE.choice(TARGETS), CHOICE.choice(SIGNALS)
        time.sleep(after)
        was_hit = job.poll() is None and hit(job.pid, target, sig)
        try:
            status = job.wait(SOON if was_hit else 300)
        except Exception:
            jobs.kill_session(job.pid)
            job.wait()
            return f"{target} {sig.name} after {after:.2f} s: it hangs"
        left = jobs.survivors(job.pid)
        jobs.kill_session(job.pid)
        if status == 0: # done before, or it needed not what was hit
            return self.place.wrong(self.kind, self.out) or None
        if not was_hit:
            return f"left alone, exit {status}: {self.place.said()}"
        self.hits.append(f"{target} {sig.name} after {after:.2f} s")
        if left:
            return f"left running: {' '.join(left)}"
        return ""

    def judge(self):
        wrong = self.place.complete(self.kind, self.out, *self.extra)
        self.left = os.listdir(self.place.tmp)
        if any("SIGKILL" in text for text in self.hits):
            # A file in the moment between being made and losing its name.
            self.left = [name for name in self.left
                         if os.path.getsize(os.path.join(self.place.tmp, name))]
        return wrong


def one(place, kind):
    while True:
        case = Case(place, kind)
        case.prepare()
        wrong = ""
        for _ in range(CHOICE.randint(1, 3)):
            wrong = case.interrupt()
            if wrong or wrong is None:
                break
        if case.hits or wrong:
            return case, wrong or case.judge()


def all_cases(place, kinds, count):
    """Prints what is wrong; numbers by kind, of signals and of files left."""
    bad = {kind: 0 for kind in kinds}
    signals = left = 0
    for n in range(count):
        case, wrong = one(place, kinds[n % len(kinds)])
        signals += len(case.hits)
        left += len(case.left)
        bad[case.kind] += bool(wrong)
        if wrong:
            jobs.note(f"{case}: {wrong}")
            place.keep(case.out)
        if case.left:
            jobs.note(f"{case}: {' '.join(case.left)} in TMPDIR")
    return bad, signals, left


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=28)
    parser.add_argument("--seed", type=int, default=os.getpid())
    parser.add_argument("--any", action="store_true")
    parser.add_argument("kinds", nargs="*", metavar="KIND", default=list(jobs.KINDS))
    args = parser.parse_args()
    CHOICE.seed(args.seed)
    if args.any:
        TARGETS.append("any")
    jobs.note(f"interruptions, seed {args.seed}")
    kinds = args.kinds[:args.count]
    with jobs.Place() as place:
        for kind in kinds:
            place.reference(kind)
        bad, signals, left = all_cases(place, kinds, args.count)
    for n, kind in enumerate(kinds):
        count = (args.count - n + len(kinds) - 1) // len(kinds)
        jobs.check(f"interruptions, {kind}: the same bytes afterwards", not bad[kind],
                   f"{count} jobs, {bad[kind]} bad")
    jobs.check("interruptions leave nothing in TMPDIR", not left,
               f"{args.count} jobs interrupted {signals} times, {left} files")
    jobs.finish()


if __name__ == "__main__":
    sys.exit(main())
