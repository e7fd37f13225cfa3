"""Asks the system for punctual wake-ups. All of it is best effort: asked for, reported, never required."""

import ctypes
import gc
import os
import struct
import sys
from typing import Final

FIFO_PRIORITY: Final = 65
SWITCH_SECONDS: Final = 0.0001  # a thread that holds the interpreter gives way to the sender sooner
_PR_SET_TIMERSLACK: Final = 29
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4


def raise_priority() -> str:
    """Real-time priority for this thread and those it starts: "fifo+latency", "fifo" or "none: <why>"."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    if sys.platform != "linux":
        return f"none: not asked for on {sys.platform}"
    _prepare_memory_and_timers()
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(FIFO_PRIORITY))
    except OSError as error:
        return f"none: {error.strerror or error} (allow it with an rtprio of {FIFO_PRIORITY} in limits.conf)"
    return "fifo+latency" if _hold_latency() else "fifo"


def _prepare_memory_and_timers() -> None:
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        # 1 ns instead of 50 us of slack for the timers of threads without FIFO.
        libc.prctl(_PR_SET_TIMERSLACK, ctypes.c_ulong(1), 0, 0, 0)
        # Lock pages as they are touched: locking all at once would make whole thread stacks resident.
        libc.mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT)
    except (OSError, AttributeError):
        return


def _hold_latency() -> bool:
    """Keep the CPUs out of deep idle for as long as this process lives (the file stays open on purpose)."""
    try:
        file = os.open("/dev/cpu_dma_latency", os.O_WRONLY)
        os.write(file, struct.pack("=i", 0))
    except OSError:
        return False
    return True
