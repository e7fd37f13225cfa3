"""How often a model that fails is asked again: after a pause that grows, and after some failures in a row no more.

Every part has a model and a thread of its own, also where two parts play the same bundle: what one of them is asked
for may fail where the other's works, so each is counted by itself. No thread, no I/O, `now` is injected.
"""

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from realtime.errors import HocketError

log = logging.getLogger(__name__)
# After the first failure in a row, and the second; with one more the model is given up. A machine that was busy for a
# moment has the time to calm down, and a model that is broken has taken three bars of a musician's patience, no more.
BACK_OFF_SECONDS: Final = (1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Failure:
    """A model took too long, raised an error or gave what is no number. `is_final`: it is asked no more."""

    text: str
    is_final: bool


class Attempts:
    """Counts the failures in a row of one part's model. Belongs to the thread that asks it. `now`: seconds."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, back_off_seconds: Sequence[float] = BACK_OFF_SECONDS
    ) -> None:
        self._now, self._back_off = now, tuple(back_off_seconds)
        self._failures = 0
        self._not_before = -math.inf

    @property
    def given_up(self) -> bool:
        """Whether it is asked no more."""
        return self._failures > len(self._back_off)

    def pause_seconds(self) -> float:
        """How long it is to be left alone from now on; 0: it may be asked, infinite: given up."""
        return math.inf if self.given_up else max(0.0, self._not_before - self._now())

    def worked(self) -> None:
        """It did what it was asked for: what was before is forgotten."""
        self._failures, self._not_before = 0, -math.inf

    def failed(self, error: Exception) -> Failure:
        """One more failure in a row, in words."""
        if not isinstance(error, HocketError):
            log.error("the model failed", exc_info=error)
        if self._failures < len(self._back_off):
            self._not_before = self._now() + self._back_off[self._failures]
        self._failures += 1
        text = str(error) if isinstance(error, HocketError) else f"{type(error).__name__}: {error}"
        return Failure(text, self.given_up)
