"""`hocket run --session FILE`."""

from dataclasses import replace
from pathlib import Path

from realtime.cli.performance import Outside, load_parts, perform
from realtime.engine.options import EngineOptions
from realtime.engine.player_link import PlayerOptions
from realtime.errors import FileError, UsageError
from realtime.session import read_session


def perform_session(path: Path, *, trace: Path | None, outside: Outside, takes: str = "") -> None:
    """Play what a session file says; `outside` from the command line stands before the file's.

    Raises `FileError` where the file asks for what the models or ports do not have.
    """
    session = read_session(path)
    if not session.part:
        raise FileError(f'{path}: no [[part]]; a session needs at least one, e.g. [[part]] with model = "continue"')
    try:
        perform(
            load_parts(session.part),
            EngineOptions.of(session, PlayerOptions.of(session, trace=trace is not None), takes=takes),
            trace=trace,
            outside=outside if outside.remote.osc is not None else replace(outside, remote=session.remote),
        )
    except UsageError as error:
        raise FileError(f"{path}: {error}") from None
