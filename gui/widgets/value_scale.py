"""The values of a `ControlSpec` as a slider needs them: whole positions, texts, and texts read back. No widget."""

from dataclasses import dataclass
from math import floor, log10
from typing import Final

from gui.widgets.texts import tr
from realtime.bundle.spec import ControlSpec
from realtime.music.scales import PITCH_CLASSES

POSITIONS: Final = 200  # about so many steps of a slider that has no whole numbers
NICE: Final = (1.0, 2.0, 5.0, 10.0)
PITCH_UNIT: Final = "MIDI pitch"
NO_UNIT_ON_SCREEN: Final = ("", "times", PITCH_UNIT)
MIDDLE_C_OCTAVE: Final = 4


def pitch_name(pitch: int) -> str:
    """60 -> "C4"."""
    return f"{PITCH_CLASSES[pitch % 12]}{pitch // 12 - 5 + MIDDLE_C_OCTAVE}"


def title_of(name: str) -> str:
    """A control's name as it stands on screen: "scale_mode" -> "scale mode"."""
    return name.replace("_", " ")


def nice_step(span: float, parts: int = POSITIONS) -> float:
    """1, 2 or 5 times a power of ten, as near as can be to `span / parts`."""
    wanted = span / parts
    power = 10.0 ** floor(log10(wanted))
    return min((nice * power for nice in NICE), key=lambda step: abs(log10(step / wanted)))


@dataclass(frozen=True, slots=True)
class ValueScale:
    """Positions 0..`top` of one control, `step` apart; the last is the highest value, wherever the steps end."""

    spec: ControlSpec
    step: float

    @classmethod
    def of(cls, spec: ControlSpec) -> "ValueScale":
        """The scale of a control; its range must not be empty."""
        if not spec.low < spec.high:
            raise ValueError(f"{spec.name} needs low < high, got {spec.low:g}..{spec.high:g}")
        whole = spec.integer or bool(spec.labels)
        return cls(spec, 1.0 if whole else nice_step(spec.high - spec.low))

    @property
    def top(self) -> int:
        """The highest position."""
        return max(1, round((self.spec.high - self.spec.low) / self.step))

    @property
    def decimals(self) -> int:
        """Digits after the point on screen: enough to tell every second position from the next but one."""
        return 0 if self.step >= 1 else max(0, -floor(log10(2 * self.step)))

    def value_at(self, position: int) -> float:
        """The value of a position, without the noise of binary fractions."""
        if position >= self.top:
            return self.spec.high
        return self.rounded(self.spec.low + max(0, position) * self.step)

    def rounded(self, value: float) -> float:
        """A value without digits that nobody would type."""
        return round(value, self.decimals + 2)

    def position_of(self, value: float) -> int:
        """The position nearest to a value."""
        return min(self.top, max(0, round((value - self.spec.low) / self.step)))

    def share_of(self, value: float) -> float:
        """Where a value lies between the lowest (0) and the highest (1)."""
        return min(1.0, max(0.0, (value - self.spec.low) / (self.spec.high - self.spec.low)))

    def text(self, value: float) -> str:
        """The value as it stands on screen, without its unit."""
        if self.spec.labels:
            return self.spec.labels[round(value - self.spec.low)]
        if self.spec.unit == PITCH_UNIT:
            return pitch_name(round(value))
        shown = f"{value:.{self.decimals}f}"
        return f"+{shown}" if self.spec.low < 0 < value else shown

    def exact(self, value: float) -> str:
        """The value as one would type it: all its digits, no unit."""
        return f"{value:.6g}" if not self.spec.labels and self.spec.unit != PITCH_UNIT else self.text(value)

    @property
    def unit(self) -> str:
        """The unit beside the value; empty where the value says enough."""
        return "" if self.spec.unit in NO_UNIT_ON_SCREEN else self.spec.unit

    def spoken(self, value: float) -> str:
        """The value with its unit."""
        return f"{self.text(value)} {self.unit}".strip()

    def parse(self, text: str) -> float:
        """A typed value, with or without its unit. Raises `ValueError` with one line that says what it takes."""
        plain = text.strip().removesuffix(self.spec.unit).strip().replace(",", ".").replace("−", "-")
        if self.spec.unit == PITCH_UNIT and plain[:1].isalpha():
            return self._pitch(plain)
        return self.spec.parse(plain)

    def _pitch(self, text: str) -> float:
        names = {pitch_name(pitch).lower(): pitch for pitch in range(128)}
        if text.lower() not in names:
            raise ValueError(f"{self.spec.name} takes a pitch, 0 to 127 or C-1 to G9, got {text!r}")
        return self.spec.check(names[text.lower()])

    def help(self) -> str:
        """What a tooltip says: what the control does, its range and its default."""
        low, high, default = map(self.text, (self.spec.low, self.spec.high, self.spec.default))
        form = "default {default}" if self.spec.labels else "{low} to {high}{unit}, default {default}"
        bounds = tr(form, low=low, high=high, default=default, unit=f" {self.unit}".rstrip())
        says = f"{self.spec.help[:1].upper()}{self.spec.help[1:]}." if self.spec.help else ""
        return "\n".join(filter(None, (title_of(self.spec.name), says, bounds)))
