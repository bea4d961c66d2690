"""What the user sees: steps with their time, and failures that say what to do."""

import sys
import time
from contextlib import contextmanager


class Failure(Exception):
    """Something went wrong that the user can do something about.

    :param message: what happened, one sentence
    :param advice: what to do now, may have several lines
    """

    def __init__(self, message, advice=""):
        super().__init__(message)
        self.advice = advice

    def __str__(self):
        text = self.args[0]
        return f"{text}\n{self.advice}" if self.advice else text


def say(text=""):
    """Print at once, also where stdout is a file or a pipe."""
    print(text, flush=True)


def warn(text):
    """Print what is worth knowing but stops nothing."""
    print(f"! {text}", file=sys.stderr, flush=True)


@contextmanager
def step(title):
    """Print `title`, run the block, print how long it took."""
    print(f"  {title} ", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        say("failed")
        raise
    say(f"{'.' * max(3, 56 - len(title))} {time.monotonic() - started:.1f} s")
