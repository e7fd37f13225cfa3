"""More input than can be heard in time: of each controller only the newest value matters then."""

from collections.abc import Iterable
from typing import Final

from realtime.player.midi_bytes import CHANNEL_PRESSURE, CONTROL_CHANGE, PITCH_BEND, POLY_PRESSURE

# Controllers that are no value: bank select, data entry and parameter numbers, which mean something in their order
# only; switches, whose every step counts; channel mode messages.
_STEPS: Final = frozenset((0, 32, 6, 38, *range(96, 102), *range(64, 70), *range(120, 128)))
_LENGTHS: Final = {CHANNEL_PRESSURE: 1, PITCH_BEND: 1, POLY_PRESSURE: 2, CONTROL_CHANGE: 2}  # bytes that say what moves

Timed = tuple[int, bytes]  # monotonic ns, message


def newest(arrived: Iterable[Timed]) -> list[Timed]:
    """All but the values of controllers, bends and pressure that another one replaces with nothing else between."""
    kept: list[Timed] = []
    seen: set[bytes] = set()
    for timed in reversed(list(arrived)):
        what = _what(timed[1])
        if what is None:
            seen.clear()  # what is struck, or switched, is so with the values of its time
        elif what in seen:
            continue
        else:
            seen.add(what)
        kept.append(timed)
    return kept[::-1]


def _what(raw: bytes) -> bytes | None:
    """What a value is of; None: it is no value."""
    length = _LENGTHS.get(raw[0] & 0xF0) if raw else None
    if length is None or len(raw) <= length or (raw[0] & 0xF0 == CONTROL_CHANGE and raw[1] in _STEPS):
        return None
    return raw[:length]
