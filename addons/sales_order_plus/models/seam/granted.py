"""What the running code may do, out of reach of any caller.

A context key comes from the client; a context variable of Python lives in the running
code alone.
"""

from contextlib import contextmanager


@contextmanager
def granted(variable, value):
    """Let the enclosed code find ``value`` in the context variable ``variable``.

    Gives ``value``.
    """
    token = variable.set(value)
    try:
        yield value
    finally:
        variable.reset(token)
