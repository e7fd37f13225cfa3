"""Which of the musician's controllers moves which control."""

from typing import Final

import msgspec

SEVEN_BIT, FOURTEEN_BIT, RELATIVE_TWOS, RELATIVE_OFFSET = MODES = ("7-bit", "14-bit", "relative-2s", "relative-64")
JUMP, PICK_UP, SCALE = TAKEOVERS = ("jump", "pick-up", "scale")
ANY_CHANNEL: Final = 0


class ControlMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One controller to one control. A mapped controller is not passed on by MIDI thru."""

    control: str  # as `SetControl` names it
    part: str
    cc: int  # 0..127; 14-bit: 0..31, with 32 more for the fine part
    channel: int = ANY_CHANNEL  # 1..16, or any
    mode: str = SEVEN_BIT  # one of MODES; relative: 1/127 up and down, or 65/63
    takeover: str = JUMP  # one of TAKEOVERS
    low: float | None = None  # the control's value at the controller's lowest place; None: its own lowest
    high: float | None = None

    def __post_init__(self) -> None:
        most = 31 if self.mode == FOURTEEN_BIT else 127
        if not 0 <= self.cc <= most:
            raise ValueError(f"cc must be 0..{most}, got {self.cc}")
        if not 0 <= self.channel <= 16:
            raise ValueError(f"channel must be 1..16, or 0 for any, got {self.channel}")
        for name, labels in (("mode", MODES), ("takeover", TAKEOVERS)):
            if getattr(self, name) not in labels:
                raise ValueError(f"{name} must be one of {', '.join(labels)}, got {getattr(self, name)!r}")
