"""Folders of the cache that are either complete or made again, and their locks."""

import fcntl
import os
import shutil
import subprocess
from contextlib import contextmanager

from .paths import cache
from .steps import Failure, say

STAMP = ".complete"


@contextmanager
def locked(name):
    """Let only one ./dev at a time do `name`; others wait."""
    with open(cache("locks") / f"{name}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  waiting for another ./dev ({name})")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_complete(folder, probe=STAMP):
    """Whether `folder` was finished and `probe`, a file in it, is still there."""
    return (folder / STAMP).is_file() and (folder / probe).exists()


def complete(folder, build, needs_mb, probe=STAMP):
    """Return `folder`, first filled by `build(folder)` unless it is complete.

    The stamp is the last thing written: a download or an unpacking that was cut
    short leaves a folder without it, which is thrown away and made again.
    """
    if not is_complete(folder, probe):
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        ensure_space(folder.parent, needs_mb)
        folder.mkdir()
        build(folder)
        os.sync()
        (folder / STAMP).touch()
    return folder


def ensure_space(folder, needs_mb):
    """Fail before a download rather than in the middle of it."""
    free_mb = shutil.disk_usage(folder).free // 2**20
    if free_mb < needs_mb:
        raise Failure(
            f"The disk is full: {needs_mb} MB are needed, {folder} has {free_mb} MB.",
            "Free some space, or name a folder on another disk in XDG_CACHE_HOME.",
        )


def run(command, advice="", **options):
    """Run a command silently; what it printed is shown only when it fails."""
    try:
        done = subprocess.run(
            command,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **options,
        )
    except FileNotFoundError as error:
        raise Failure(f"The program {command[0]} is missing.", advice) from error
    if done.returncode:
        output = "\n".join(text[:300] for text in done.stdout.splitlines()[-8:])
        if "No space left on device" in done.stdout:
            advice = "The disk is full: free some space and start again."
        line = " ".join(map(str, command[:4]))
        raise Failure(f"`{line} …` failed:\n{output}", advice)
    return done.stdout
