"""The four shipped parts as the engine describes them, without an engine."""

from pathlib import Path

import msgspec

from realtime.bundle.spec import BundleSpec
from realtime.engine.parts.board import Board
from realtime.engine.phrase_end import GRIDS, LENGTHS, TURN_ENDS
from realtime.engine.reports import PartState, RackChanged, RackDescribed, Report
from realtime.engine.setup import PartSetup
from realtime.messages import Way
from realtime.music.chorale import VOICE_NAMES

BUNDLES = Path(__file__).parents[2] / "exported_models"
BARS = ("bar1", "bar2")
# model: voices, what can be locked
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "continue": (("answer",), ()),
    "morph": (("pattern",), ()),
    "quartet": (VOICE_NAMES, VOICE_NAMES),
    "sketch": (VOICE_NAMES, (*VOICE_NAMES, *BARS)),
}
RULES = {"end": TURN_ENDS[0], "grid": GRIDS[2], "length": LENGTHS[0], "bars": "2"}


def board_of(model: str) -> Board:
    spec = msgspec.json.decode((BUNDLES / model / "bundle.json").read_bytes(), type=BundleSpec)
    return Board(PartSetup(model=model, name=model, seed=1), spec)


def state_of(model: str, **changes: object) -> PartState:
    ways = tuple(Way("", channel) for channel in range(len(PARTS[model][0])))
    rules = RULES if model == "continue" else {}
    state = board_of(model).state(model, playing=False, silent=False, ways=ways, rules=rules, seed=None)
    return msgspec.structs.replace(state, **changes)


def rack_reports() -> list[Report]:
    """What an engine tells of the first session."""
    names = tuple(PARTS)
    described = tuple(board_of(model).described(model, *PARTS[model]) for model in names)
    return [RackChanged(names), RackDescribed(described), *map(state_of, names)]
