"""Who is running: one locked file a command, which `./dev stop` reads."""

import fcntl
import os
import signal
import time
from contextlib import contextmanager

from .paths import cache
from .steps import warn

PATIENCE_S = 40


@contextmanager
def registered(command):
    """Note that this process runs `command`; the lock ends with the process."""
    path = cache("running") / f"{command}-{os.getpid()}"
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def alive():
    """The files of the commands that are running."""
    return [path for path in sorted(cache("running").iterdir()) if _is_alive(path)]


def stop(paths):
    """Ask commands to end, and wait until they have."""
    for path in paths:
        os.kill(int(path.read_text()), signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_S
    while any(map(_is_alive, paths)) and time.monotonic() < deadline:
        time.sleep(0.2)
    for path in filter(_is_alive, paths):
        warn(f"{path.name} does not end: kill -9 {path.read_text()}")


def _is_alive(path):
    """Whether its process still holds the lock; a file nobody holds is removed."""
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    path.unlink(missing_ok=True)
    return False
