"""A session file: the rack, its ports and its tempo as TOML, read strictly and written atomically."""

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from realtime.engine.kept import KeptBars, Snapshot
from realtime.engine.maps import ControlMap
from realtime.engine.routing import Thru
from realtime.engine.setup import MAX_PARTS, PartSetup, Turns
from realtime.errors import FileError, UsageError
from realtime.files import Tell, parse_toml, read_with_last_good, write_toml
from realtime.messages import THRU_ALL, THRU_OFF
from realtime.music.units import MAX_BPM, MIN_BPM, Meter
from realtime.player.sync.options import SyncOptions

log = logging.getLogger(__name__)
VERSION: Final = 1
SUFFIX: Final = ".toml"
BACKENDS: Final = ("auto", "jack", "rtmidi", "rtmidi-jack", "memory")  # the player's own list brings all of them along
LOOPBACK: Final = "127.0.0.1"


class Ports(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """MIDI ports by name (part of a name is enough); empty: Hocket's own virtual ports alone."""

    backend: str = BACKENDS[0]
    input: str = ""
    output: str = ""
    thru: bool | str = THRU_OFF  # one of THRU_MODES; true: all of them
    thru_to: str = ""  # name of the part whose channels it goes to; empty: on the channels that it came on
    sound: bool = False
    soundfont: str = ""
    audio: str = ""  # device of the built-in sound, by name; empty, or where it is not there: the usual one

    def __post_init__(self) -> None:
        if self.backend not in BACKENDS:
            raise ValueError(f"backend must be one of {', '.join(BACKENDS)}, got {self.backend!r}")
        try:
            self.passed_on()
        except UsageError as error:
            raise ValueError(str(error)) from None

    def passed_on(self) -> Thru:
        """What MIDI thru does. Raises `UsageError`."""
        named = {True: THRU_ALL, False: THRU_OFF}
        return Thru(mode=self.thru if isinstance(self.thru, str) else named[self.thru], part=self.thru_to)


class Time(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tempo and meter, and where they come from: see `SyncOptions`."""

    bpm: float = 120.0
    meter: str = "4/4"
    sync: str = "internal"
    clock_out: bool = False
    clock_ports: Mapping[str, str] = {}  # outputs of their own: off, on, or position
    offset_ms: float = 0.0
    count_in: int = 0
    count_in_channel: int = SyncOptions().count_in_channel
    start_stop: bool = False

    def __post_init__(self) -> None:
        if not MIN_BPM <= self.bpm <= MAX_BPM:
            raise ValueError(f"bpm must be {MIN_BPM:g}..{MAX_BPM:g}, got {self.bpm:g}")
        try:
            self.options()
        except UsageError as error:  # its texts name options of the command line
            raise ValueError(str(error).replace("--", "")) from None

    def options(self) -> SyncOptions:
        """The same for the player. Raises `UsageError` for what cannot be."""
        return SyncOptions(
            source=self.sync,
            clock_out=self.clock_out,
            clock_ports=tuple(self.clock_ports.items()),
            offset_ms=self.offset_ms,
            count_in=self.count_in,
            count_in_channel=self.count_in_channel,
            start_stop=self.start_stop,
            meter=Meter.of(self.meter),
        )


class Remote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Control from this machine, off by default. No file opens Hocket to the network: `--osc-listen` alone does."""

    osc: int | None = None  # UDP port; 0: a free one

    def __post_init__(self) -> None:
        if self.osc is not None and not 0 <= self.osc <= 65535:
            raise ValueError(f"osc must be a UDP port, 0..65535, got {self.osc}")


class Session(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of a session file."""

    version: int = VERSION
    ports: Ports = msgspec.field(default_factory=Ports)
    time: Time = msgspec.field(default_factory=Time)
    turns: Turns = msgspec.field(default_factory=Turns)
    remote: Remote = msgspec.field(default_factory=Remote)
    part: tuple[PartSetup, ...] = ()
    map: tuple[ControlMap, ...] = ()

    def __post_init__(self) -> None:
        if len(self.part) > MAX_PARTS:
            raise ValueError(f"a rack has at most {MAX_PARTS} parts, got {len(self.part)}")
        names = [part.name for part in self.part if part.name]
        twice = next((name for name in names if names.count(name) > 1), "")
        if twice:
            raise ValueError(f"two parts are called {twice!r}; give each a name of its own, or none")
        ports = {part.port for part in self.part if part.port}
        unknown = next((port for port in self.time.clock_ports if port not in ports), None)
        if unknown is not None:
            raise ValueError(f"time.clock_ports: no part has the port {unknown!r} (there are {sorted(ports)})")


TABLES: Final[dict[str, type[msgspec.Struct]]] = {
    "": Session,
    "ports": Ports,
    "time": Time,
    "turns": Turns,
    "remote": Remote,
    "part": PartSetup,
    "map": ControlMap,
    "part.turns": Turns,
    "part.source": KeptBars,
    "part.snapshots": Snapshot,
    "part.snapshots.source": KeptBars,
}
PLACE: Final = re.compile(r"^(?P<text>.*) - at `\$\.?(?P<place>.*)`$", re.DOTALL)


def read_session(path: Path, *, tell: Tell = log.warning) -> Session:
    """Read and check a session file, or the last good copy of a broken one, of which `tell` gets a line.

    Raises `FileError` with what was got and what was expected.
    """
    return read_with_last_good(path, lambda data: _parse(path, data), tell=tell)


def write_session(session: Session, path: Path) -> None:
    """Write the file whole or not at all. Raises `FileError`."""
    if path.suffix != SUFFIX:
        raise FileError(f"{path}: a session file ends in {SUFFIX}, so that no other file is overwritten by mistake")
    write_toml(msgspec.to_builtins(session), path)


def _parse(path: Path, data: bytes) -> Session:
    values = parse_toml(data)
    version = values.get("version", VERSION)
    if version != VERSION:
        text = f"session version {version!r}; this Hocket reads version {VERSION}, so update Hocket"
        raise FileError(f"{path}: {text}") if isinstance(version, int) and version > VERSION else ValueError(text)
    try:
        return msgspec.convert(values, Session)
    except msgspec.ValidationError as error:
        raise ValueError(_explained(str(error))) from None


def _explained(text: str) -> str:
    """msgspec's complaint with the place in front, parts counted from 1, and what there could have been."""
    found = PLACE.match(text)
    what, place = (found["text"], found["place"]) if found else (text, "")
    table = re.sub(r"\[\d+\]", "", place)
    if "unknown field" in what and table in TABLES:
        what += f" (it has {', '.join(TABLES[table].__struct_fields__)})"
    place = re.sub(r"\[(\d+)\]", lambda match: f" {int(match[1]) + 1}", place)
    return f"{place}: {what}" if place else what
