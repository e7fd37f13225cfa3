"""Parts as an engine would tell them, from the manifests of the shipped bundles; no model is opened."""

from pathlib import Path
from typing import Any

import msgspec

from gui.models import Models
from gui.viewmodels.part import PartModel
from realtime.bundle.spec import BundleSpec
from realtime.engine.reports import PartDescribed, PartState, RackChanged, RackDescribed
from realtime.engine.setup import controls_of
from realtime.messages import Way
from tests.gui.fakes import FakeHost

SHIPPED = Path(__file__).parents[2] / "exported_models"
NAMES = ("continue", "morph", "quartet", "sketch")
VOICES = ("soprano", "alto", "tenor", "bass")
VOICES_OF = {"continue": ("answer",), "morph": ("pattern",), "quartet": VOICES, "sketch": VOICES}
LOCKABLE = {"quartet": VOICES, "sketch": (*VOICES, "bar1", "bar2")}
RULES = {"end": "auto", "grid": "beat", "length": "phrase", "listen": "on", "bars": "2"}


def described(kind: str, name: str = "") -> PartDescribed:
    spec = msgspec.json.decode((SHIPPED / kind / "bundle.json").read_bytes(), type=BundleSpec)
    controls = tuple((key, control, control.default) for key, (_, control) in controls_of(spec).items())
    return PartDescribed(
        name=name or kind,
        kind=kind,
        controls=controls,
        model=kind,
        title=spec.title,
        voices=VOICES_OF[kind],
        lockable=LOCKABLE.get(kind, ()),
        takes_turns=kind == "continue",
    )


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
        part: PartModel = self._models.rack[name]
        old = part.state
        self._host.tell(msgspec.structs.replace(old, values={**old.values, **(values or {})}, **fields))
