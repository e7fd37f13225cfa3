"""How punctual a real player process is here, and what priority it gets."""

import statistics
import time
from collections.abc import Iterator
from typing import Final

from realtime.doctor.check import Check, by_system
from realtime.engine.player_link import PlayerLink, PlayerOptions, start_player
from realtime.errors import HocketError
from realtime.messages import Chunk, ChunkNote, FromPlayer, Ready, Sent
from realtime.music.units import PPQ

LATENESS_NOTES: Final = 200
LATENESS_BPM: Final = 300.0
GAP_TICKS: Final = 24  # 10 ms at 300 beats a minute
LATE_US: Final = 5000  # of the 99th percentile: from here on it is heard
PRIORITY_FIXES: Final = {
    "linux": (
        "put `@audio - rtprio 95` into /etc/security/limits.d/audio.conf, yourself into that group "
        "(sudo usermod -aG audio $(id -un)), and log in again"
    ),
    "darwin": "nothing to be done: macOS gives none to programs like this one",
    "win32": "nothing to be done: Windows gives none to programs like this one",
}


def timing() -> Iterator[Check]:
    """The player's priority, and its notes' lateness."""
    try:
        late_us, priority = measure_lateness()
    except HocketError as error:
        yield Check(name="timing", ok=False, detail=str(error), fix="run `hocket demo`, which may tell more")
        return
    real_time = not priority.startswith("none")
    fix = "" if real_time else by_system(PRIORITY_FIXES)
    yield Check(name="real-time priority", ok=real_time, detail=priority, fix=fix, needed=False)
    yield _lateness(late_us)


def _lateness(late_us: list[float]) -> Check:
    if len(late_us) < LATENESS_NOTES:
        detail = f"of {LATENESS_NOTES} notes the player process sent {len(late_us)}"
        return Check(name="timing", ok=False, detail=detail, fix="close busy programs, then run `hocket demo`")
    ordered = sorted(late_us)
    p99, worst = ordered[int(0.99 * len(ordered))], ordered[-1]
    detail = f"p50 {statistics.median(ordered):.0f}, p99 {p99:.0f}, max {worst:.0f} us late"
    fix = "" if p99 <= LATE_US else "close busy programs, and see real-time priority"
    return Check(name="timing", ok=p99 <= LATE_US, detail=detail, fix=fix, needed=False)


def measure_lateness() -> tuple[list[float], str]:
    """Lateness (us) of each note-on of a real player process on the memory backend, and the priority it got."""
    late_us: list[float] = []

    def listen(message: FromPlayer | None) -> None:
        if isinstance(message, Sent) and message.data[0] & 0xF0 == 0x90:
            late_us.append((message.sent_ns - message.due_ns) / 1e3)

    link = PlayerLink(start_player(PlayerOptions(backend="memory", bpm=LATENESS_BPM, trace=True)), listen)
    ready: Ready = link.wait_ready()
    start = PPQ  # a beat ahead
    notes = tuple(ChunkNote(start + i * GAP_TICKS, 60, GAP_TICKS // 2, 64) for i in range(LATENESS_NOTES))
    link.send(Chunk("doctor", 1, 0, start, notes))
    seconds = (start + LATENESS_NOTES * GAP_TICKS) * 60 / (LATENESS_BPM * PPQ)
    deadline = time.monotonic() + seconds + 1.0
    while len(late_us) < LATENESS_NOTES and time.monotonic() < deadline:
        time.sleep(0.02)
    link.close()
    return late_us, ready.realtime_priority
