"""Jobs in which one call fails, or at one call of which all is killed, by
failcall.c. A module; see run --help. Licence: LGPL-2.1-or-later."""

import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


class NotHere(Exception):
    """Nothing can be preloaded here."""


class Calls:
    """Calls of some kinds, in some programs, of some paths."""

    def __init__(self, folder):
        self.library = os.path.join(folder, "failcall.so")
        self.count = os.path.join(folder, "count")
        self.log = os.path.join(folder, "failed")
        compiler = os.environ.get("CC", "cc")
        try:
            done = subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", self.library,
                                   os.path.join(HERE, "failcall.c"), "-ldl"],
                                  capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise NotHere(f"no {compiler}") from None
        if done.returncode:
            raise NotHere(f"failcall.c: {done.stderr.strip().splitlines()[-1]}")

    def environment(self, kinds, number, action, program="", match=None):
        """For a run in which call NUMBER of KINDS ends in ACTION."""
        with open(self.count, "wb") as file:
            file.write(bytes(8))
        if os.path.exists(self.log):
            os.unlink(self.log)
        names = {"": kinds, "_NUMBER": number, "_ACTION": action, "_PROGRAM": program,
                 "_MATCH": match, "_COUNT": self.count, "_LOG": self.log}
        return {"LD_PRELOAD": self.library,
                **{"FAILCALL" + name: str(value) for name, value in names.items()
                   if value is not None}}

    def number(self):
        """How many there were in that run."""
        with open(self.count, "rb") as file:
            return int.from_bytes(file.read(8), "little")

    def fired(self):
        """Which call it was, or '' if there were not so many."""
        try:
            with open(self.log, encoding="utf-8", errors="replace") as file:
                return file.read().strip()
        except FileNotFoundError:
            return ""


def sample(total, most):
    """At most so many of 1 to TOTAL, evenly and with both ends."""
    if total <= most:
        return range(1, total + 1)
    return sorted({1 + round(i * (total - 1) / (most - 1)) for i in range(most)})
