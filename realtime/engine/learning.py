"""Which controller is being moved, for a control that waits to be mapped. Pure."""

from collections import defaultdict
from typing import Final

from realtime.engine.listener import CONTROL_CHANGE
from realtime.engine.mapping import FINE
from realtime.engine.maps import FOURTEEN_BIT, SEVEN_BIT, ControlMap

MORE_THAN_A_LITTLE: Final = 4  # of 127: what shakes by less is not being moved
TURNS: Final = 4  # so many messages alike come from a knob without ends
CHANNEL_MODES: Final = 120  # controllers from here on are none


class Learner:
    """Waits for one controller. Relative ones are never guessed: they are learned as 7 bits, and the user says."""

    def __init__(self, part: str, control: str) -> None:
        self.part, self.control = part, control
        self._seen: dict[tuple[int, int], list[int]] = defaultdict(list)  # (channel, number) -> values

    def hear(self, data: bytes) -> ControlMap | None:
        """The map, once a controller has moved by more than a little."""
        if data[0] & 0xF0 != CONTROL_CHANGE or data[1] >= CHANNEL_MODES:
            return None
        channel, number = data[0] & 0x0F, data[1]
        values = self._seen[channel, number]
        values.append(data[2])
        is_turned = len(values) >= TURNS and len(set(values[-TURNS:])) == 1 and 0 < data[2] < 127
        if abs(data[2] - values[0]) < MORE_THAN_A_LITTLE and not is_turned:
            return None
        coarse = number % FINE
        is_pair = number < 2 * FINE and (channel, coarse) in self._seen and (channel, coarse + FINE) in self._seen
        return ControlMap(
            control=self.control,
            part=self.part,
            cc=coarse if is_pair else number,
            channel=channel + 1,
            mode=FOURTEEN_BIT if is_pair else SEVEN_BIT,
        )


def is_coarse(learned: ControlMap, data: bytes) -> bool:
    """Whether a message is of the controller that was learned itself."""
    return data[0] == CONTROL_CHANGE | (learned.channel - 1) and data[1] == learned.cc


def as_pair(learned: ControlMap, data: bytes) -> ControlMap | None:
    """The map with 14 bits, if this message is the fine part of the controller that was just learned."""
    is_fine = data[0] == CONTROL_CHANGE | (learned.channel - 1) and data[1] == learned.cc + FINE
    if learned.mode != SEVEN_BIT or learned.cc >= FINE or not is_fine:
        return None
    return ControlMap(
        control=learned.control, part=learned.part, cc=learned.cc, channel=learned.channel, mode=FOURTEEN_BIT
    )
