"""What several fields of a screen ask for is found once while the screen is read.

A context variable of Python: no client can reach it, and nothing outlives the call.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from .granted import granted

_memory = ContextVar("sales_reading", default=None)
_groups = ContextVar("sales_groups", default=None)


@contextmanager
def reading():
    """Remember what :func:`once` finds, until the block ends; for reading only."""
    if is_reading():
        yield
        return
    with granted(_memory, {}):
        yield


@contextmanager
def same_groups():
    """Look up each group of a user once, until the block ends or somebody's change."""
    with granted(_groups, _groups.get() or {}):
        yield


def recall_groups():
    """Return {(user, groups): whether he is in them} to look up and add to, or None."""
    return _groups.get()


def forget_groups():
    """Look all groups up again: somebody's have changed."""
    if known := _groups.get():
        known.clear()


def is_reading():
    """Return whether a screen is read at this moment."""
    return _memory.get() is not None


def recall(key):
    """Return what :func:`once` found for this key while the screen is read, or None."""
    return (_memory.get() or {}).get(key)


def once(key, find):
    """Return what ``find`` gives, or gave for the same key while the screen is read.

    :param tuple key: says what is found, for which records and, where the answer
        depends on it, for whom (``env``)
    """
    memory = _memory.get()
    if memory is None:
        return find()
    if key not in memory:
        memory[key] = find()
    return memory[key]
