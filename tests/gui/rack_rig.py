"""Parts that come and change one by one, as an engine tells them; no model is opened."""

from typing import Any

import msgspec

from gui.models import Models
from realtime.engine.reports import PartDescribed, PartState, RackChanged, RackDescribed
from realtime.messages import Way
from tests.gui.described import PARTS, board_of
from tests.gui.fakes import FakeHost

NAMES = tuple(PARTS)
RULES = {"end": "auto", "grid": "beat", "length": "phrase", "listen": "on", "bars": "2"}


def described(kind: str, name: str = "") -> PartDescribed:
    return board_of(kind).described(name or kind, *PARTS[kind])


def state_of(told: PartDescribed, values: dict[str, float] | None = None, **fields: Any) -> PartState:
    own = {name: value for name, _, value in told.controls} | (values or {})
    usual: dict[str, Any] = {"playing": False, "silent": False, "ways": (Way("", 0),), "seed": 7}
    if told.takes_turns:
        usual["rules"] = RULES
    return PartState(part=told.name, values=own, **{**usual, **fields})


def open_rack(host: FakeHost, *kinds: str) -> None:
    """What an engine tells of a session with these parts."""
    parts = tuple(described(kind) for kind in kinds or NAMES)
    host.tell(RackChanged(tuple(part.name for part in parts)), RackDescribed(parts), *map(state_of, parts))
    host.asked.clear()


class Echo:
    """Answers what is asked of parts as an engine does, so that views are seen following it."""

    def __init__(self, host: FakeHost, models: Models) -> None:
        self._host, self._models = host, models

    def tell(self, name: str, values: dict[str, float] | None = None, **fields: Any) -> None:
        """A part has changed."""
        old = self._models.rack[name].state
        self._host.tell(msgspec.structs.replace(old, values={**old.values, **(values or {})}, **fields))
