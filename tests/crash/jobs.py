"""Jobs of split360 for the crash tests: sources, kinds of job, how one is run,
and what must hold when it is done. A module; see run --help.

Environment: SPLIT360 (default: scripts/split360), FFMPEG, FFPROBE,
V360RIG (default: build/); CRASH_KEEP: a folder that gets what is wrong.
Licence: LGPL-2.1-or-later."""

import filecmp
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPLIT = os.environ.get("SPLIT360", os.path.join(ROOT, "scripts/split360"))
FRAMES = 90         # of the videos
PICTURES = 12       # of the folder

for tool in ("ffmpeg", "ffprobe", "v360rig"):
    os.environ.setdefault(tool.upper(), os.path.join(ROOT, "build", tool))

# A shell without job control starts what it puts into the background with
# SIGINT ignored, and an ignored signal stays so over exec.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1)) # so that folders are removed

SMALL = ("--size", "160x160", "--quiet", "--device", "cpu")
RING = ("--rig", "ring4")
# Each kind goes another way through the script. Names begin in the folder of
# the sources.
KINDS = {
    "jpg": ("pano.mp4", *RING),
    "png": ("pano.mp4", *RING, "--format", "png", "--names", "pts"),
    "mp4": ("pano.mp4", *RING, "--format", "mp4"),
    "part": ("pano.mp4", *RING, "--fps", "20", "--from", "0.4", "--names", "pts"),
    "masks": ("pano.mp4", *RING, "--mask", "mask.png", "--owner-masks"),
    "mask-video": ("pano.mp4", *RING, "--mask", "mask.mkv"),
    "sharpest": ("pano.mp4", *RING, "--sharpest", "2"),
    "eyes": ("stereo.mp4", "--rig", "ring2", "--stereo", "tb", "--eye", "both"),
    "rig-file": ("pano.mp4", "--views", "rig.txt", "--owner-masks"),
    "folder": ("panos", *RING),
    "folder-sharpest": ("panos", *RING, "--sharpest", "2", "--format", "png"),
    "realityscan": ("panos", *RING, "--for", "realityscan", "--owner-masks"),
    "nerfstudio": ("panos", *RING, "--for", "nerfstudio", "--mask", "mask.png"),
    "damaged": ("damaged", *RING, "--keep-going"),
}

failed = 0


def check(name, good, seen=""):
    global failed
    failed += not good
    print(f"{'ok' if good else 'not ok'} - {name}{f' ({seen})' if seen else ''}", flush=True)
    return good


def note(text):
    print(f"# {text}", flush=True)


def skip(name, reason):
    print(f"skip - {name}: {reason}", flush=True)


def ffmpeg(*args):
    subprocess.run([os.environ["FFMPEG"], "-nostdin", "-v", "error", "-y", *args], check=True)


def video(name, size, frames, *coding, filters="null"):
    ffmpeg("-f", "lavfi", "-i", f"testsrc2=s={size}:r=30,{filters}", "-frames:v", str(frames),
           *coding, name)


def make_sources(folder):
    """The videos, pictures and masks that KINDS names."""
    coded = ("-pix_fmt", "yuv420p", "-c:v", "mjpeg", "-color_range", "tv", "-strict", "-1")
    os.makedirs(folder)
    here = os.path.join(folder, "")
    video(here + "pano.mp4", "640x320", FRAMES, *coded)
    video(here + "stereo.mp4", "640x640", FRAMES // 2, *coded)
    video(here + "mask.png", "640x320", 1, "-pix_fmt", "gray")
    video(here + "mask.mkv", "640x320", FRAMES, "-pix_fmt", "gray", "-c:v", "ffv1",
          filters="negate")
    os.mkdir(here + "panos")
    video(here + "panos/p%d.jpg", "640x320", PICTURES, "-q:v", "3")
    shutil.copytree(here + "panos", here + "damaged")
    damage(here + "damaged/p5.jpg")
    with open(here + "rig.txt", "w", encoding="ascii") as file:
        file.write("name=front w=160 h=120\nname=sky pitch=60 h_fov=70 w=96 h=96\n")


def damage(path):
    """Bytes in the middle that no decoder of JPEG takes, and a whole trailer."""
    with open(path, "r+b") as file:
        data = bytearray(file.read())
        middle = len(data) // 2
        data[middle:middle + 200] = b"\xd3\xff" * 100
        file.seek(0)
        file.write(data)


def options(kind, extra=()):
    """The arguments of a kind, a repeated option being the last one's."""
    return [*KINDS[kind][1:], *SMALL, *extra]


class Place:
    """A folder with sources, references and a TMPDIR, where jobs are run."""

    def __init__(self):
        self.folder = folder = tempfile.mkdtemp(prefix="crash.")
        self.sources = os.path.join(folder, "sources")
        self.tmp = os.path.join(folder, "tmp")
        self.log = os.path.join(folder, "log")
        self.seconds = {}
        os.makedirs(self.tmp, exist_ok=True)
        make_sources(self.sources)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self, out):
        """What is wrong goes to CRASH_KEEP, a folder, if it is given."""
        to = os.environ.get("CRASH_KEEP")
        if to and os.path.isdir(out):
            to = os.path.join(to, f"{os.getpid()}.{len(os.listdir(to))}")
            shutil.copytree(out, to, symlinks=True)
            shutil.copy(self.log, to + ".log")

    def start(self, kind, out, *extra, environment=None):
        """The job in a session of its own, so that what it leaves is found."""
        with open(self.log, "w", encoding="utf-8") as log:
            return subprocess.Popen(
                [SPLIT, KINDS[kind][0], out, *options(kind, extra)], cwd=self.sources,
                env=dict(os.environ, TMPDIR=self.tmp, **(environment or {})),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def run(self, kind, out, *extra, environment=None, limit=300):
        """Exit status of a whole run; None if it hangs."""
        job = self.start(kind, out, *extra, environment=environment)
        try:
            return job.wait(limit)
        except subprocess.TimeoutExpired:
            kill_session(job.pid)
            job.wait()
            return None

    def verify(self, out):
        with open(self.log, "w", encoding="utf-8") as log:
            return subprocess.run([SPLIT, "--verify", out], stdout=log, stderr=log,
                                  check=False, timeout=120).returncode

    def said(self):
        """The last lines of the last run, without what changes each time."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            lines = [line.strip() for line in log if line.strip()]
        return " / ".join(lines[-2:]).replace(self.folder, "")[:220]

    def reference(self, kind, *extra):
        """The result of a run that is left alone; its time goes into seconds."""
        out = os.path.join(self.folder, "ref", "-".join((kind, *extra)).replace("/", "_"))
        if not os.path.exists(out):
            begin = time.monotonic()
            if self.run(kind, out, *extra) != 0:
                raise RuntimeError(f"{kind} {extra}, left alone: {self.said()}")
            if not extra:
                self.seconds[kind] = time.monotonic() - begin
        return out

    def complete(self, kind, out, *extra, environment=None):
        """The same command, left alone now: what is wrong with it, or ''."""
        status = self.run(kind, out, *extra, environment=environment)
        if status != 0:
            return f"the same command: exit {status}, {self.said()}"
        return self.wrong(kind, out, *(x for x in extra if x != "--force"))

    def wrong(self, kind, out, *extra, unfinished=False):
        """What is wrong with a folder whose job has said that it is done, or with
        the result in it, beside which another job is not finished."""
        text = differences(self.reference(kind, *extra), out,
                           ".split360" if unfinished else None)
        status = self.verify(out)
        if text:
            return f"done, but {text}; --verify: exit {status}"
        return "" if status == 0 else f"--verify: exit {status}, {self.said()}"


def files_of(folder):
    return {os.path.relpath(os.path.join(where, name), folder)
            for where, _, names in os.walk(folder) for name in names}


def differences(a, b, but=None):
    """In words, how b, without names that begin so, differs from a; '' if it does not."""
    here, there = files_of(a), files_of(b)
    if but:
        there = {name for name in there if not name.startswith(but)}
    text = [f"{name} is missing" for name in sorted(here - there)]
    text += [f"{name} is left" for name in sorted(there - here)]
    text += [f"{name} differs" for name in sorted(here & there)
             if not filecmp.cmp(os.path.join(a, name), os.path.join(b, name), shallow=False)]
    if len(text) > 3:
        text[3:] = [f"{len(text)} in all"]
    return ", ".join(text)


def processes():
    """(number, name, parent, session) of all that run."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                    text = file.read()
            except OSError:
                continue
            fields = text[text.rindex(")") + 2:].split()
            if fields[0] != "Z":
                comm = text[text.index("(") + 1:text.rindex(")")]
                found.append((int(name), comm, int(fields[1]), int(fields[3])))
    return found


def session(leader):
    return [(number, comm) for number, comm, _, sid in processes() if sid == leader]


def kill_session(leader):
    for _ in range(50):
        left = session(leader)
        if not left:
            return
        for number, _ in left:
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.05)


def survivors(leader, seconds=5):
    """Names of a job's processes that outlive it by some seconds."""
    end = time.monotonic() + seconds
    while session(leader) and time.monotonic() < end:
        time.sleep(0.05)
    return [comm for _, comm in session(leader)]


def finish():
    raise SystemExit(failed > 0)
