#!/usr/bin/python3 -B
"""races.py [--count N]: eight runs of split360 at once in one folder: one works,
the others say so or find the work done. The folder is removed under a run; pictures are
replaced under a run; nobody reads what is printed. Licence: LGPL-2.1-or-later."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time

import jobs

SMALL = ("--size", "64x64")


def eight_at_once(place, again):
    """With AGAIN each tries until it is done, so that many begin as one ends."""
    out = os.path.join(place.folder, "race")
    shutil.rmtree(out, ignore_errors=True)
    loop = 'until "$@"; do grep -q "error: another split360 works in" "$LOG" || exit 3; done'
    if not again:
        loop = '"$@" || { grep -q "error: another split360 works in" "$LOG" && exit 4; }'
    runs = []
    for n in range(8):
        log = os.path.join(place.folder, f"log.{n}")
        runs.append(subprocess.Popen(
            ["bash", "-c", loop.replace('"$@"', '"$@" >"$LOG" 2>&1'), "bash", jobs.SPLIT,
             jobs.KINDS["jpg"][0], out, *jobs.options("jpg", SMALL)], cwd=place.sources,
            env=dict(os.environ, TMPDIR=place.tmp, LOG=log)))
    done = [run.wait() for run in runs]
    wrong = place.wrong("jpg", out, *SMALL)
    if not wrong and set(done) - {0, 4}:
        with open(os.path.join(place.folder, f"log.{done.index(max(done))}"),
                  encoding="utf-8") as log:
            wrong = f"exit {max(done)}: {log.read()[-200:]}"
    return wrong or ("" if 0 in done else "none is done")


def races(place, count):
    for again in (False, True):
        wrong = [text for text in (eight_at_once(place, again) for _ in range(count)) if text]
        jobs.check(f"eight at once{', until each is done' if again else ''}", not wrong,
                   wrong[0] if wrong else f"{count} times")


def wait_for(path, job):
    for _ in range(2000):
        if os.path.exists(path) or job.poll() is not None:
            return
        time.sleep(0.01)


def folder_removed(place):
    """A run of which the folder goes is an error with a reason."""
    out = os.path.join(place.folder, "gone")
    job = place.start("png", out, "--size", "500x500")
    wait_for(os.path.join(out, ".split360/images/view_00/000000100.png"), job)
    shutil.rmtree(out, ignore_errors=True)
    status = job.wait()
    said = place.said()
    left = jobs.files_of(out)
    jobs.check("OUTDIR removed while a run is at work: an error with its reason",
               status == 1 and not left and
               re.search("error: .*(No such file|removed|gone)", said),
               f"exit {status}, {said}" + f", left {sorted(left)[:3]}" * bool(left))


def part_removed(place):
    """The same where only a part has gone when ffmpeg notices it."""
    out = os.path.join(place.folder, "part")
    job = place.start("png", out, "--size", "500x500")
    images = os.path.join(out, ".split360/images")
    wait_for(os.path.join(images, "view_00/000000100.png"), job)
    shutil.rmtree(os.path.join(images, "view_00"), ignore_errors=True)
    status, said = job.wait(), place.said()
    jobs.check("a view removed while a run is at work: an error with its reason",
               status == 1 and re.search("error: .*/part was removed while", said),
               f"exit {status}, {said}")
    shutil.rmtree(out, ignore_errors=True)


def sources_replaced(place):
    """Pictures that change are not the job's any more: no mixture passes as whole."""
    folder = os.path.join(place.sources, "changing")
    shutil.copytree(os.path.join(place.sources, "panos"), folder)
    jobs.KINDS["changing"] = ("changing", *jobs.RING, "--format", "png")
    out = os.path.join(place.folder, "changed")
    job = place.start("changing", out, "--size", "900x900")
    wait_for(os.path.join(out, ".split360/images/view_00/000002.png"), job)
    for n in range(jobs.PICTURES // 2, jobs.PICTURES):
        shutil.copy(os.path.join(folder, "p1.jpg"), os.path.join(folder, f"p{n + 1}.jpg"))
    job.wait()
    status = place.run("changing", out, "--size", "900x900")
    jobs.check("pictures replaced while a run is at work: the next one refuses",
               status == 1 and "source" in place.said(), f"exit {status}, {place.said()}")


def nobody_reads(place):
    """Streams that are closed, or of which the reader has gone."""
    for name, redirect in (("stdout and stderr closed", ">&- 2>&-"),
                           ("stdin closed as well", "<&- >&- 2>&-"),
                           ("a reader that goes", "2>/dev/null --json-progress | head -n 1"),
                           ("a full stdout", "2>/dev/null --json-progress >/dev/full")):
        out = os.path.join(place.folder, "unread")
        shutil.rmtree(out, ignore_errors=True)
        command = f'set -o pipefail; "$@" {redirect}'
        done = subprocess.run(["bash", "-c", command, "bash", jobs.SPLIT, jobs.KINDS["jpg"][0],
                               out, *jobs.options("jpg", SMALL)], cwd=place.sources,
                              env=dict(os.environ, TMPDIR=place.tmp), capture_output=True,
                              check=False)
        # Progress that cannot be told may end the run, but not spoil it.
        wrong = place.wrong("jpg", out, *SMALL) if done.returncode == 0 else \
            place.complete("jpg", out, *SMALL)
        if "closed" in name and done.returncode:
            wrong = f"exit {done.returncode}"
        jobs.check(f"{name}: the same bytes", not wrong, wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=3)
    count = parser.parse_args().count
    with jobs.Place() as place:
        races(place, count)
        folder_removed(place)
        part_removed(place)
        sources_replaced(place)
        nobody_reads(place)
    jobs.finish()


if __name__ == "__main__":
    sys.exit(main())
