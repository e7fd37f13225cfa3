"""What an engine is started with."""

from dataclasses import dataclass, field
from typing import Any

from realtime.engine.maps import ControlMap
from realtime.engine.player_link import PlayerOptions
from realtime.engine.setup import PartSetup
from realtime.engine.turns import TurnRules
from realtime.generators.base import Generator
from realtime.generators.registry import find_bundle, open_generator
from realtime.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """All but the parts."""

    player: PlayerOptions = field(default_factory=PlayerOptions)
    rules: TurnRules = field(default_factory=TurnRules)
    show_all: bool = False  # also tell each note that is placed or played, and each change of a part
    maps: tuple[ControlMap, ...] = ()
    takes: str = ""  # folder in which answers and captures are kept; empty: none
    adding: tuple[PartSetup, ...] = ()  # parts whose models are loaded while the player starts, and beside the music

    @classmethod
    def of(cls, session: Session, player: PlayerOptions, **more: Any) -> "EngineOptions":
        """As a session asks for it, but without its parts. `more`: what no session says."""
        return cls(player=player, rules=session.turns.rules(player.sync.meter), maps=session.map, **more)


@dataclass(frozen=True, slots=True)
class PartStart:
    """A part to start with, its model loaded."""

    setup: PartSetup
    generator: Generator


def load_model(model: str) -> Generator:
    """The generator of a model given by name or folder."""
    return open_generator(find_bundle(model))
