"""What `hocket run` tells the person at the terminal of what happens."""

import time
from collections.abc import Callable
from typing import Final

from realtime.cli.output import say
from realtime.engine import reports as told
from realtime.engine.maps import ControlMap
from realtime.messages import InputMuted, Plugged, PortLost, Ready, Silenced, Transport
from realtime.music.units import PPQ

REFUSALS_A_SECOND: Final = 5  # a remote control that is set up wrongly sends hundreds
ENDLESS_BEATS: Final = 1024


class Teller:
    """Called with each report, in the engine's main loop. `now`: seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until = 0.0
        self._refusals = 0
        self._transport = Transport(playing=True, tick=0, source="internal")

    def __call__(self, report: told.Report) -> None:
        """Say it in a line, if it is worth one."""
        if isinstance(report, told.Refused):
            self._refuse(report.text)
        elif isinstance(report, Transport):
            for line in changes_of(self._transport, report):
                say(line)
            self._transport = report
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
        case Plugged() | PortLost() | InputMuted():
            return [port_line(report)]
        case told.TakeKept(take):
            notes = sum(len(voice.notes) for voice in take.voices)
            return [f"take {take.id}: {notes} notes of {take.source or 'all'}"]
        case told.MapsChanged(maps, learning):
            waiting = [f"move a knob for {learning}"] if learning else []
            return [*map(map_line, maps), *waiting] or ["no knob moves anything"]
        case told.ModelFailed(text, is_final):
            name = text.partition(":")[0]
            again = f"; it is asked no more (swap {name}: try again)" if is_final else ", and is asked again soon"
            return [f"the model failed{again}: {text}"]
    return []


def port_line(news: Plugged | PortLost | InputMuted) -> str:
    """What has become of a port."""
    match news:
        case Plugged(name=name, there=there):
            return f"MIDI: {name!r} is there" if there else f"MIDI: {name!r} is not there; waiting for it"
        case InputMuted(in_port=name, muted=False):
            return f"MIDI: {name!r} is heard again"
        case InputMuted(in_port=name, out_port=output):
            wire = f"what leaves {output!r} comes back in at {name!r}"
            return f"MIDI loop: {wire}, which is muted as long as it does (hear: listen all the same)"
        case PortLost(text=text):
            return f"MIDI lost: {text}"


def map_line(each: ControlMap) -> str:
    """A controller and what it moves."""
    channel = f"channel {each.channel}" if each.channel else "any channel"
    return f"CC {each.cc} on {channel} moves {each.part}.{each.control} ({each.mode}, {each.takeover})"


def changes_of(old: Transport, new: Transport) -> list[str]:
    """Lines on who leads the beat, where that has changed."""
    lines: list[str] = []
    if new.source != old.source or new.locked != old.locked:
        leads = "Hocket leads the beat" if new.source == "internal" else f"{new.source} leads the beat"
        lines.append(f"sync: {leads}" if new.locked else f"sync: no beat comes from {new.source}; waiting for it")
    if new.peers != old.peers:
        lines.append(f"sync: {new.peers} others in the Link session")
    return lines
