"""Memory that a model has left goes back to the system."""

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Any thread; takes some 3 ms, and the GIL is free meanwhile.

    A model is opened in thousands of pieces, and glibc keeps the holes that it leaves among what stays. After a hundred
    swaps of the four shipped models it keeps 192 MB where 121 are enough.
    """
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    """glibc's; None with any other C library."""
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    return found
