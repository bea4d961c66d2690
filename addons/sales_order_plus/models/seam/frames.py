"""Room for the frames of deep calls.

Python (3.11 and later) keeps the frames of calls in chunks of 16 KB. It asks the system
for the next chunk when one is full and gives it back as soon as its first frame ends:
a loop that happens to call across the end of a chunk pays for that on every turn.
Models that many addons extend call deep, and orders went across in their busiest loops:
6 % of creating and confirming one.

A frame that needs much room gets a chunk that is large enough, a power of two. Calls
below it live in what is left of that chunk.
"""

# More than half a megabyte, so that the chunk is one of a megabyte. Its pages are the
# system's until a frame touches them.
_SLOTS = 70_000


def call_with_room(function, *args, **kwargs):
    """Call a function with half a megabyte for the frames below it.

    :param function: what to call, with the arguments that follow
    :return: what it returns
    """
    return function(*args, **kwargs)


call_with_room.__code__ = call_with_room.__code__.replace(co_stacksize=_SLOTS)
