"""From the musician's controllers to values of controls. A state machine without threads: messages in, values out.

What a controller says is a place, 0..1 of the map's range. Many messages between two looks come to one value each.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from realtime.bundle.spec import ControlSpec
from realtime.engine.listener import CONTROL_CHANGE
from realtime.engine.maps import (
    ANY_CHANNEL,
    FOURTEEN_BIT,
    JUMP,
    PICK_UP,
    RELATIVE_OFFSET,
    RELATIVE_TWOS,
    SEVEN_BIT,
    ControlMap,
)

FINE: Final = 32  # the number of a controller's fine part is so much higher
NEAR: Final = 2 / 127  # a controller this close to a value has it
Key = tuple[str, str]  # part, control
ValueOf = Callable[[Key], tuple[ControlSpec, float] | None]  # None: there is no such control


@dataclass(slots=True)
class _Hand:
    """What is known of the controller of one map."""

    place: float | None = None  # where it was last
    coarse: int = 0
    has_fine: bool = False
    holds: bool = False  # of pick-up: the value is where the controller is
    given: float | None = None  # the value it gave last


class Mapper:
    """`value_of` gives a control and its value now."""

    def __init__(self, value_of: ValueOf) -> None:
        self._value_of = value_of
        self._maps: tuple[ControlMap, ...] = ()
        self._hands: dict[ControlMap, _Hand] = {}
        self._values: dict[Key, float] = {}  # since the last `take`

    @property
    def maps(self) -> tuple[ControlMap, ...]:
        """In the order they were made."""
        return self._maps

    @maps.setter
    def maps(self, maps: tuple[ControlMap, ...]) -> None:
        self._maps = maps
        self._hands = {each: self._hands.get(each, _Hand()) for each in maps}

    @property
    def controllers(self) -> tuple[tuple[int, int], ...]:
        """(channel 0..15, number) of all that move something: nothing else is to hear of them."""
        found = {(channel, number) for each in self._maps for channel in _channels(each) for number in _numbers(each)}
        return tuple(sorted(found))

    def hear(self, data: bytes) -> bool:
        """Take a channel message; whether it moves something."""
        if data[0] & 0xF0 != CONTROL_CHANGE:
            return False
        found = [each for each in self._maps if data[0] & 0x0F in _channels(each) and data[1] in _numbers(each)]
        for each in found:
            self._move(each, data[1], data[2])
        return bool(found)

    def take(self) -> Iterator[tuple[Key, float]]:
        """The newest value of each control that was moved, once."""
        values, self._values = self._values, {}
        yield from values.items()

    def _move(self, each: ControlMap, number: int, value: int) -> None:
        key, hand = (each.part, each.control), self._hands[each]
        found = self._value_of(key)
        if found is None:
            return
        spec, old = found[0], self._values.get(key, found[1])
        low = spec.low if each.low is None else each.low
        high = spec.high if each.high is None else each.high
        if each.mode in TURNS:
            step = abs(high - low) / 127
            step = max(1.0, step) if _is_stepped(spec) else step
            new = old + TURNS[each.mode](value) * step * (1 if high >= low else -1)
            new = min(max(low, high), max(min(low, high), new))
        else:
            place = _place(each, hand, number, value)
            if place is None:
                return
            was, hand.place = hand.place, place
            here = min(1.0, max(0.0, (old - low) / (high - low))) if high != low else place
            if each.takeover == PICK_UP and not _picks_up(hand, was, here, old):
                return
            scaled = place if each.takeover in (JUMP, PICK_UP) else _scaled(here, was, place)
            new = low * (1 - scaled) + high * scaled
        new = float(round(new)) if _is_stepped(spec) else new
        new = min(spec.high, max(spec.low, new))
        hand.given = new
        if new != old:
            self._values[key] = new


def _picks_up(hand: _Hand, was: float | None, here: float, value: float) -> bool:
    """Whether the controller has the value: it was moved to it or past it, and nobody else has moved it since."""
    assert hand.place is not None
    if hand.holds and hand.given == value:
        return True
    hand.holds = abs(hand.place - here) <= NEAR or (was is not None and (was - here) * (hand.place - here) <= 0)
    return hand.holds


def _scaled(here: float, was: float | None, place: float) -> float:
    """The way that is left goes by in the way that the controller has left: both arrive at the end together."""
    if was is None or was == place:
        return here
    if place > was:
        return here + (1 - here) * (place - was) / (1 - was)
    return here - here * (was - place) / was


def _place(each: ControlMap, hand: _Hand, number: int, value: int) -> float | None:
    """Where the controller is; None while its fine part is still to come."""
    if each.mode == SEVEN_BIT:
        return value / 127
    if number == each.cc:
        hand.coarse = value
        return None if hand.has_fine else (value << 7 | value) / 16383
    hand.has_fine = True
    return (hand.coarse << 7 | value) / 16383


TURNS: Final[dict[str, Callable[[int], int]]] = {
    RELATIVE_TWOS: lambda value: value if value < 64 else value - 128,
    RELATIVE_OFFSET: lambda value: value - 64,
}


def _is_stepped(spec: ControlSpec) -> bool:
    return spec.integer or bool(spec.labels)


def _channels(each: ControlMap) -> range:
    return range(16) if each.channel == ANY_CHANNEL else range(each.channel - 1, each.channel)


def _numbers(each: ControlMap) -> tuple[int, ...]:
    return (each.cc, each.cc + FINE) if each.mode == FOURTEEN_BIT else (each.cc,)
