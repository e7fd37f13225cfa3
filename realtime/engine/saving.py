"""The running rack as a session file: what stands in it, and a thread that writes it beside the music."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from realtime.engine.maps import ControlMap
from realtime.engine.player_link import PlayerOptions
from realtime.engine.reports import Refused, SessionSaved
from realtime.engine.setup import PartSetup, Turns
from realtime.engine.turns import TurnRules
from realtime.errors import FileError
from realtime.music.units import MAX_BPM, MIN_BPM
from realtime.session import Ports, Remote, Session, Time, write_session

PATIENCE_SECONDS: Final = 5.0


def session_of(
    player: PlayerOptions,
    rules: TurnRules,
    parts: Sequence[PartSetup],
    *,
    bpm: float,
    remote: Remote,
    maps: tuple[ControlMap, ...] = (),
) -> Session:
    """What `EngineOptions.of` and the rack read back. A part whose turns are the session's does not say so again."""
    turns = Turns.of(rules)
    parts = [msgspec.structs.replace(part, turns=None if part.turns == turns else part.turns) for part in parts]
    return Session(
        ports=Ports(
            backend=player.backend,
            input=player.in_port,
            output=player.out_port,
            thru=player.thru.mode,
            thru_to=player.thru.part,
            sound=player.synth,
            soundfont=player.soundfont,
            audio=player.audio,
        ),
        time=Time(
            bpm=min(MAX_BPM, max(MIN_BPM, bpm)),
            meter=str(rules.meter),
            sync=player.sync.source,
            clock_out=player.sync.clock_out,
            clock_ports={port: mode for port, mode in player.sync.clock_ports if any(p.port == port for p in parts)},
            offset_ms=player.sync.offset_ms,
            count_in=player.sync.count_in,
            count_in_channel=player.sync.count_in_channel,
            start_stop=player.sync.start_stop,
        ),
        turns=turns,
        remote=remote,
        part=tuple(parts),
        map=maps,
    )


def with_ports(player: PlayerOptions, ports: Ports) -> PlayerOptions:
    """The same player with what a session file says of ports. Raises `UsageError`."""
    return replace(
        player,
        backend=ports.backend,
        in_port=ports.input,
        out_port=ports.output,
        thru=ports.passed_on(),
        synth=ports.sound,
        soundfont=ports.soundfont,
        audio=ports.audio,
    )


class Saver:
    """Writes session files one after another, each in a thread of its own; `tell` is called there."""

    def __init__(self, tell: Callable[[SessionSaved | Refused], object]) -> None:
        self._tell = tell
        self._last: threading.Thread | None = None

    def save(self, session: Session, path: Path) -> None:
        """Return at once; the file is whole, or as it was."""
        self._last = threading.Thread(target=self._write, args=(self._last, session, path), name="saver", daemon=True)
        self._last.start()

    def finish(self) -> None:
        """Wait for the last one."""
        if self._last is not None:
            self._last.join(PATIENCE_SECONDS)

    def _write(self, before: threading.Thread | None, session: Session, path: Path) -> None:
        if before is not None:
            before.join()
        try:
            parts = tuple(map(_found_from_anywhere, session.part))
            write_session(msgspec.structs.replace(session, part=parts), path)
        except FileError as error:
            self._tell(Refused(str(error)))
        else:
            self._tell(SessionSaved(str(path)))


def _found_from_anywhere(part: PartSetup) -> PartSetup:
    """A model's folder by its whole path: the session may be opened from another one."""
    folder = Path(part.model)
    return msgspec.structs.replace(part, model=str(folder.resolve())) if folder.is_dir() else part
