"""File systems on loop devices whose power can be cut, for the crash tests.
A module; see run --help. Licence: LGPL-2.1-or-later.

ext4 and XFS have a call that stops them as they are: what the journal and the
data blocks on the device hold at that moment is all that is found afterwards.
btrfs has none: its image lies on an XFS, and a clone of that file is taken in
one step while the file system goes on. A cache of the disk that loses what was
not flushed is not modelled."""

import errno
import fcntl
import os
import shutil
import struct
import subprocess
import sys
import time

GOING_DOWN = 0x8004587D     # EXT4_IOC_SHUTDOWN, XFS_IOC_GOINGDOWN: _IOR('X', 125, u32)
COMMIT_FIRST, AS_IT_IS = 1, 2   # flags: the journal is written before, or not

# A short job must meet commits of the journal, which by default come after 5
# seconds (ext4) and 30 (btrfs).
OPTIONS = {"ext4": "loop,commit=1", "xfs": "loop", "btrfs": "loop,commit=1"}
MAKE = {"ext4": ("mkfs.ext4", "-q", "-F"), "xfs": ("mkfs.xfs", "-q", "-f"),
        "btrfs": ("mkfs.btrfs", "-q", "-f")}


class NotHere(Exception):
    """The machine does not allow it, or lacks the programs for it."""


def quietly(*args):
    try:
        done = subprocess.run(args, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NotHere(f"no {args[0]}") from None
    if done.returncode:
        words = (done.stderr.strip() or f"exit status {done.returncode}").splitlines()
        raise NotHere(f"{args[0]}: {words[-1]}")


def private_mounts():
    """Begins this program anew where its mounts are seen by nobody else and go
    when it ends."""
    if os.environ.get("CRASH_MOUNTS") == str(os.getpid()):
        return
    quietly("unshare", "--mount", "true")
    os.environ["CRASH_MOUNTS"] = str(os.getpid())
    sys.stdout.flush()
    os.execvp("unshare", ["unshare", "--mount", "--propagation", "private",
                          sys.executable, "-B", *sys.argv])


class Disk:
    """A new, empty file system, mounted at self.mount."""

    def __init__(self, kind, folder):
        self.kind = kind
        self.image = os.path.join(folder, f"disk.{kind}")
        self.mount = os.path.join(folder, f"mount.{kind}")
        self.host = None
        os.makedirs(self.mount, exist_ok=True)
        if kind == "btrfs":
            self.host = Disk("xfs", os.path.join(folder, "host"))
            self.image = os.path.join(self.host.mount, "disk.btrfs")
        self.format()

    def format(self):
        if os.path.exists(self.image):
            os.unlink(self.image)
        with open(self.image, "wb") as file:
            file.truncate((1000 if os.path.dirname(self.image).endswith("host") else 400) << 20)
        quietly(*MAKE[self.kind], self.image)
        self.attach()

    def attach(self):
        quietly("mount", "-o", OPTIONS[self.kind], self.image, self.mount)

    def detach(self):
        """A process that was killed may need a moment to let go."""
        for _ in range(100):
            try:
                quietly("umount", self.mount)
                return
            except NotHere as busy:
                reason = busy
                time.sleep(0.1)
        raise reason

    def flush(self):
        quietly("sync", "-f", self.mount)

    def cut(self, flag):
        """From here on nothing reaches the disk."""
        if self.host:
            quietly("cp", "--reflink=always", self.image, self.image + ".cut")
            return
        folder = os.open(self.mount, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, GOING_DOWN, struct.pack("I", flag))
        except OSError as error:
            raise NotHere(f"{self.kind} cannot be shut down: "
                          f"{errno.errorcode[error.errno]}") from None
        finally:
            os.close(folder)

    def power_on(self):
        """What is on the disk after the cut; nobody may use it any more."""
        self.detach()
        if self.host:
            os.rename(self.image + ".cut", self.image)
        self.attach()

    def renew(self):
        self.detach()
        self.format()

    def close(self):
        self.detach()
        os.unlink(self.image)
        if self.host:
            self.host.close()
        shutil.rmtree(self.mount)
