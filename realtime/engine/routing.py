"""Where things go: which outputs the player is to have, and what MIDI thru passes on to which part."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from realtime.errors import UsageError
from realtime.messages import THRU_MODES, THRU_OFF, Message, SetPorts, SetThru, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Thru:
    """What of the musician's messages goes on. Raises `UsageError` for a mode that there is not."""

    mode: str = THRU_OFF  # one of THRU_MODES
    part: str = ""  # to its channels, notes to the first of them; empty: on the channels they came on

    def __post_init__(self) -> None:
        if self.mode not in THRU_MODES:
            raise UsageError(f"thru must be one of {', '.join(THRU_MODES)}, got {self.mode!r}")


class Routed(Protocol):
    """A part, as far as it concerns this module."""

    name: str

    @property
    def ways(self) -> tuple[Way, ...]:
        """The outputs and channels of its voices."""


class Routing:
    """Tells the player what it does not know yet. Main loop only."""

    def __init__(self, send: Callable[[Message], object]) -> None:
        self._send = send
        self.thru = Thru()
        self.mapped: tuple[tuple[int, int], ...] = ()  # controllers that thru leaves out: (channel 0..15, number)
        self.forget()

    def forget(self) -> None:
        """The player is a new one, with nothing but the common output."""
        self._told: dict[type[Message], Message] = {SetPorts: SetPorts(()), SetThru: SetThru(THRU_OFF)}

    def tell(self, parts: Iterable[Routed], *, soon: str = "") -> None:
        """The rack or a part's way may have changed. `soon`: an output that a part is about to have."""
        ways = {part.name: part.ways for part in parts}
        names = {soon, *(way.port for each in ways.values() for way in each)} - {""}
        for message in (SetPorts(tuple(sorted(names))), self._thru_to(ways)):
            if self._told[type(message)] != message:
                self._told[type(message)] = message
                self._send(message)

    def _thru_to(self, ways: dict[str, tuple[Way, ...]]) -> SetThru:
        if not self.thru.part:
            return SetThru(self.thru.mode, but=self.mapped)
        to = ways.get(self.thru.part)
        if not to:
            return SetThru(THRU_OFF)  # its part is gone, and nothing takes its place
        return SetThru(self.thru.mode, to, self.mapped)
