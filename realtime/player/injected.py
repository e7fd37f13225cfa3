"""Input that comes from the engine: keys on the screen, and the players of demos and tests. No thread, no clock."""

import heapq
from typing import Final

from realtime.player.clock import NEVER_NS

MAX_WAITING: Final = 16_384


class Injected:
    """Messages that wait for the time at which they are to have arrived."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, bytes]] = []  # time, number, message
        self._number = 0
        self.lost = 0  # found no room

    def add(self, data: bytes, time_ns: int) -> None:
        """Let `data` arrive at `time_ns`; of one time, in the order of adding."""
        if len(self._waiting) >= MAX_WAITING:
            self.lost += 1
            return
        self._number += 1
        heapq.heappush(self._waiting, (time_ns, self._number, data))

    def next_ns(self) -> int:
        """When the next one arrives."""
        return self._waiting[0][0] if self._waiting else NEVER_NS

    def arrived(self, now_ns: int, limit: int) -> list[tuple[int, bytes]]:
        """(monotonic ns, message) pairs whose time has come, oldest first; `limit` of them at most."""
        pairs: list[tuple[int, bytes]] = []
        while self._waiting and self._waiting[0][0] <= now_ns and len(pairs) < limit:
            time_ns, _, data = heapq.heappop(self._waiting)
            pairs.append((time_ns, data))
        return pairs
