"""What `hocket run` tells the person at the terminal of what happens."""

import time
from collections.abc import Callable
from typing import Final

from realtime.cli.output import say
from realtime.engine import reports as told
from realtime.messages import Plugged, PortLost, Ready, Silenced
from realtime.music.units import PPQ

REFUSALS_A_SECOND: Final = 5  # a remote control that is set up wrongly sends hundreds
ENDLESS_BEATS: Final = 1024


class Teller:
    """Called with each report, in the engine's main loop. `now`: seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until = 0.0
        self._refusals = 0

    def __call__(self, report: told.Report) -> None:
        """Say it in a line, if it is worth one."""
        if isinstance(report, told.Refused):
            self._refuse(report.text)
        else:
            for line in lines_of(report):
                say(line)

    def _refuse(self, text: str) -> None:
        if self._now() >= self._until:
            unsaid = self._refusals - REFUSALS_A_SECOND
            if unsaid > 0:
                say(f"({unsaid} more were refused)")
            self._until, self._refusals = self._now() + 1.0, 0
        self._refusals += 1
        if self._refusals <= REFUSALS_A_SECOND:
            say(text)


def lines_of(report: told.Report) -> list[str]:
    """The lines that a report is worth; none for most."""
    match report:
        case Ready():
            ready = f"ready: play into {report.in_port!r}, record {report.out_port!r} ({report.backend})"
            return [ready, *(f"  {warning}" for warning in report.warnings)]
        case told.TurnStarted():
            beats = report.length_ticks / PPQ
            length = f"{beats:g} beats" if beats < ENDLESS_BEATS else "until you play"
            heard = f"{report.prompt_notes} notes heard, {length}, seed {report.seed}"
            return [f"answer {report.generation}: {heard}"]
        case told.Yielded(generation):
            return [f"answer {generation} gave way"]
        case told.PartLaunched(part=part):
            return [f"{part} plays"]
        case told.RackChanged(parts):
            return [f"parts: {', '.join(parts)}"]
        case told.SessionSaved(path):
            return [f"saved to {path}"]
        case Silenced(released=released):
            return [f"panic: {released} sounding notes released"]
        case Plugged(name=name, there=there):
            return [f"MIDI: {name!r} is there" if there else f"MIDI: {name!r} is not there; waiting for it"]
        case PortLost(text=text):
            return [f"MIDI lost: {text}"]
        case told.ModelFailed(text):
            return [f"the model failed and rests: {text}"]
    return []
