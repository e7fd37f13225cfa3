"""When an engine that was lost is started again, and when no more. No Qt, no clock of its own."""

from collections import deque
from collections.abc import Sequence
from typing import Final

DELAYS_SECONDS: Final = (0.2, 0.5, 1.0, 2.0)
MOST: Final = 5  # within
WITHIN_SECONDS: Final = 60.0


class Restarts:
    """The losses of the last minute."""

    def __init__(self, delays_seconds: Sequence[float] = DELAYS_SECONDS) -> None:
        self._delays = delays_seconds
        self._lost_at: deque[float] = deque(maxlen=MOST + 1)

    def delay(self, now: float) -> float | None:
        """An engine is gone at `now` (seconds): how long to wait for the next one; None: there were too many."""
        while self._lost_at and now - self._lost_at[0] >= WITHIN_SECONDS:
            self._lost_at.popleft()
        self._lost_at.append(now)
        count = len(self._lost_at)
        return None if count > MOST else self._delays[min(count, len(self._delays)) - 1]

    def forget(self) -> None:
        """The user tries again."""
        self._lost_at.clear()
