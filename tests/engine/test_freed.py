"""What is freed goes back to the system, where the C library can do that."""

import ctypes
import os
import platform
from pathlib import Path

import pytest

from realtime.engine.freed import give_back

PIECES, PIECE_BYTES = 20_000, 4_000  # small enough that malloc keeps them on its heap


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc keeps holes; others are not asked")
def test_holes_between_what_stays_are_given_back() -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, (ctypes.c_void_p,)
    pieces = [libc.malloc(PIECE_BYTES) for _ in range(PIECES)]
    for piece in pieces:
        ctypes.memset(piece, 1, PIECE_BYTES)
    kept = libc.malloc(PIECE_BYTES)  # the end of the heap stays in use
    for piece in pieces:
        libc.free(piece)
    before = resident_bytes()
    give_back()
    after = resident_bytes()
    libc.free(kept)
    assert before - after > PIECES * PIECE_BYTES / 2


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.engine.freed._malloc_trim", lambda: None)
    give_back()
