"""A device that was asked for by name: found, lost and found again. No thread, no I/O."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from realtime.errors import PortError
from realtime.messages import Plugged
from realtime.player.ports import Direction, match_port

ALSA_NUMBER: Final = re.compile(r" \d+:\d+$")  # client and port number, new at each plugging in


class Link:
    """A device and the port of ours that goes with it."""

    def __init__(self, wanted: str, direction: Direction, port: str = "") -> None:
        self.wanted, self.direction, self.port = wanted, direction, port
        self.device = ""  # full name of what we are connected to
        self._known = ""  # and of what we were, without numbers: the next one must be the same

    @property
    def name(self) -> str:
        """What to call it, there or not."""
        return self.device or self._known or self.wanted

    def find(self, names: Sequence[str]) -> str:
        """The device among those there are. Raises `PortError` if it is not there."""
        if self._known:
            found = next((name for name in names if _lasting(name) == self._known), None)
            if found is not None:
                return found
            raise PortError(f"the MIDI port {self._known!r} is gone")
        return match_port(self.wanted, names, f"{self.direction}put")

    def came(self, device: str) -> Plugged:
        """We are connected."""
        self.device, self._known = device, _lasting(device)
        return self._told(there=True)

    def gone(self) -> Plugged:
        """It is not there (any more)."""
        plugged = self._told(there=False)
        self.device = ""
        return plugged

    def _told(self, *, there: bool) -> Plugged:
        return Plugged(self.name, self.direction, self.port, there)


def follow(
    link: Link, names: Sequence[str], connect: Callable[[Link, str], None], anew: Collection[str] = ()
) -> Iterator[Plugged]:
    """Look once whether a device has gone or come, and connect what has come. `anew`: ports that are the same
    by name only: they came since the last look, and nothing is connected to them."""
    if link.device and (link.device not in names or link.device in anew):
        yield link.gone()
    if not link.device:
        try:
            device = link.find(names)
            connect(link, device)
        except PortError:
            return  # not there, still in use, or gone again: the next look will tell
        yield link.came(device)


def _lasting(name: str) -> str:
    return ALSA_NUMBER.sub("", name)
