"""From the name of a source to the source."""

from collections.abc import Callable
from typing import Any

from realtime.player.clock import PlayerClock
from realtime.player.sync.internal import InternalSync
from realtime.player.sync.jack_sync import JackSync
from realtime.player.sync.link import LinkSync
from realtime.player.sync.midi_clock import MidiClockSync
from realtime.player.sync.options import SyncOptions
from realtime.player.sync.source import SyncSource


def make_source(options: SyncOptions, clock: PlayerClock, join: Callable[[float], Any]) -> SyncSource:
    """The source that `options` names; `join` makes a Link peer. Raises `UsageError` where its library is missing."""
    bpm, bar_ticks = clock.anchor.bpm, options.meter.bar_ticks
    match options.source:
        case "clock":
            return MidiClockSync(bpm)
        case "jack":
            return JackSync(bpm)
        case "link":
            return LinkSync(join(bpm), bar_ticks=bar_ticks, start_stop=options.start_stop)
    return InternalSync(clock, count_in_ticks=options.count_in * bar_ticks)
