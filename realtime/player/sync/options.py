"""How the player is told who leads, and how it times what it sends: both ends of its command line in one place."""

import argparse
from dataclasses import dataclass, field
from typing import Final

from realtime.errors import UsageError
from realtime.music.units import Meter

SOURCES: Final = ("internal", "clock", "jack", "link")
CLOCK_OFF, CLOCK_ON, CLOCK_POSITION = CLOCK_MODES = ("off", "on", "position")  # position: with Song Position Pointers
MAX_OFFSET_MS: Final = 500.0
MAX_COUNT_IN: Final = 8
DRUM_CHANNEL: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOptions:
    """Who leads the beat, and what goes out beside the notes. `UsageError` for what cannot be."""

    source: str = "internal"  # one of SOURCES
    clock_out: bool = False  # send MIDI clock, with the song position, to the common output
    clock_ports: tuple[tuple[str, str], ...] = ()  # outputs of their own that get it, with one of CLOCK_MODES
    offset_ms: float = 0.0  # notes and clock leave so much later (or earlier) than their tick
    count_in: int = 0  # bars of clicks before the music
    count_in_channel: int = DRUM_CHANNEL  # 1..16; 0: silence
    start_stop: bool = False  # Link: start and stop with the others
    meter: Meter = field(default_factory=Meter)

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            raise UsageError(f"--sync: there is no {self.source!r} (choose {', '.join(SOURCES)})")
        if self.clock_out and self.source == "clock":
            raise UsageError("--clock-out with --sync clock would let Hocket follow itself: choose one of them")
        for port, mode in self.clock_ports:
            if mode not in CLOCK_MODES:
                raise UsageError(f"the clock of port {port!r} must be one of {', '.join(CLOCK_MODES)}, got {mode!r}")
        if not abs(self.offset_ms) <= MAX_OFFSET_MS:
            raise UsageError(f"--offset-ms must be -{MAX_OFFSET_MS:g}..{MAX_OFFSET_MS:g}, got {self.offset_ms:g}")
        if not 0 <= self.count_in <= MAX_COUNT_IN:
            raise UsageError(f"--count-in must be 0..{MAX_COUNT_IN} bars, got {self.count_in}")
        if self.count_in and self.source != "internal":
            raise UsageError(f"--count-in needs --sync internal: with {self.source!r} another program starts the music")
        if not 0 <= self.count_in_channel <= 16:
            raise UsageError(f"the count-in's channel must be 1..16, or 0 for silence, got {self.count_in_channel}")

    @property
    def clocks(self) -> dict[str, str]:
        """How each output gets MIDI clock, by its name; empty: the common one."""
        return {**({"": CLOCK_POSITION} if self.clock_out else {}), **dict(self.clock_ports)}

    def arguments(self) -> list[str]:
        """The player's command line for these options; nothing for the usual ones."""
        usual = SyncOptions()
        words = ["--sync", self.source] if self.source != usual.source else []
        words += ["--clock-out"] if self.clock_out else []
        words += [f"--clock-port={mode}:{port}" for port, mode in self.clock_ports]
        words += [f"--offset-ms={self.offset_ms}"] if self.offset_ms else []
        words += ["--count-in", str(self.count_in)] if self.count_in else []
        if self.count_in_channel != usual.count_in_channel:
            words += ["--count-in-channel", str(self.count_in_channel)]
        words += ["--start-stop"] if self.start_stop else []
        words += ["--meter", f"{self.meter.numerator}/{self.meter.denominator}"] if self.meter != usual.meter else []
        return words

    @classmethod
    def add_to(cls, parser: argparse.ArgumentParser) -> None:
        """Let a parser read what `arguments` writes."""
        usual = cls()
        parser.add_argument("--sync", default=usual.source, choices=SOURCES, help="who leads the beat")
        parser.add_argument("--clock-out", action="store_true", help="send MIDI clock")
        parser.add_argument("--clock-port", action="append", default=[], metavar="MODE:NAME", help="to this port too")
        parser.add_argument("--offset-ms", type=float, default=usual.offset_ms, help="send later (or earlier)")
        parser.add_argument("--count-in", type=int, default=usual.count_in, metavar="BARS")
        parser.add_argument("--count-in-channel", type=int, default=usual.count_in_channel, help="0: silence")
        parser.add_argument("--start-stop", action="store_true", help="start and stop with the Link session")
        parser.add_argument("--meter", default="4/4")

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "SyncOptions":
        """What a parser has read."""
        numerator, denominator = (int(part) for part in arguments.meter.split("/"))
        return cls(
            source=arguments.sync,
            clock_out=arguments.clock_out,
            clock_ports=tuple((port, mode) for mode, _, port in (word.partition(":") for word in arguments.clock_port)),
            offset_ms=arguments.offset_ms,
            count_in=arguments.count_in,
            count_in_channel=arguments.count_in_channel,
            start_stop=arguments.start_stop,
            meter=Meter(numerator, denominator),
        )
