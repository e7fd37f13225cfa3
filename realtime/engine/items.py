"""What comes into the engine's inbox: from the player, from whoever asks, and from threads of its own."""

from dataclasses import dataclass
from typing import Any

from realtime.engine.commands import Command
from realtime.engine.player_host import PlayerGone
from realtime.engine.reports import Refused, SessionSaved, TakeKept
from realtime.messages import Chunk, Cut, FromPlayer


@dataclass(frozen=True, slots=True)
class FromPart:
    """What a part's own thread says to it."""

    name: str
    said: Any


@dataclass(frozen=True, slots=True)
class Placed:
    """What was sent to the player, to be told."""

    message: Chunk | Cut


Item = FromPlayer | Command | FromPart | Placed | PlayerGone | SessionSaved | TakeKept | Refused
