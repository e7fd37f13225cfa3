"""Sessions and what stands in them, as values."""

from collections.abc import Mapping

import msgspec

from realtime.engine.reports import PartState
from realtime.session import Session


def plain(session: Session) -> Session:
    """The same with whatever ports there are, and Hocket's own beat: for when those it names cannot be had."""
    ports = msgspec.structs.replace(session.ports, backend="auto", input="", output="", thru_to="")
    return msgspec.structs.replace(session, ports=ports, time=msgspec.structs.replace(session.time, sync="internal"))


def kept_of(state: PartState) -> tuple[Mapping[str, float], object]:
    """What of a part's state stands in a session file; whether an answer is under way does not."""
    playing = None if state.rules else state.playing
    return state.values, (playing, state.locks, state.snapshots, state.seed, state.ways, tuple(state.rules.items()))
