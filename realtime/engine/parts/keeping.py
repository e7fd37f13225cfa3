"""A part's board as a session file keeps it, and back. Choices are kept by their labels, defaults not at all."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from realtime.bundle.spec import ControlSpec, resolve
from realtime.engine.kept import KeptBars, Snapshot
from realtime.engine.parts.material import Point
from realtime.engine.setup import POST, PartSetup
from realtime.music.note import Phrase
from realtime.post import POST_CONTROLS


class Values(Protocol):
    """A board, as far as it concerns this module."""

    def __getitem__(self, name: str) -> float:
        """The value of a control."""

    def label(self, name: str) -> str:
        """The name of a control's value."""


def point_of(owner: str, controls: Sequence[ControlSpec], kept: Snapshot) -> Point:
    """The point of a snapshot. Raises `UsageError`, which names the owner, for a control the model does not have."""
    return Point(controls=resolve(owner, controls, kept.controls), seed=kept.seed, source=phrases_of(kept.source))


def snapshot_of(slot: int, controls: Sequence[ControlSpec], point: Point) -> Snapshot:
    """What `point_of` reads back."""
    return Snapshot(
        slot=slot, seed=point.seed, controls=changed(controls, point.controls), source=KeptBars.of(point.source)
    )


def setup_of(setup: PartSetup, controls: Sequence[ControlSpec], board: Values) -> PartSetup:
    """The setup with the board's values: the model's, the strip's and the post chain's."""
    return msgspec.structs.replace(
        setup,
        mute=bool(board["mute"]),
        solo=bool(board["solo"]),
        lock=bool(board["lock"]),
        evolve=bool(board["evolve"]),
        launch=board.label("launch"),
        on_miss=board.label("on_miss"),
        lookahead_beats=board["lookahead"],
        channel=int(board["channel"]),
        program=int(board["program"]) or None,
        bank=int(board["bank"]) or None,
        controls=changed(controls, {control.name: board[control.name] for control in controls}),
        post=changed(POST_CONTROLS, {control.name: board[POST + control.name] for control in POST_CONTROLS}),
    )


def phrases_of(kept: KeptBars | None) -> tuple[Phrase, ...]:
    """A phrase a voice; none where nothing was kept."""
    return kept.phrases() if kept else ()


def changed(controls: Sequence[ControlSpec], values: Mapping[str, float]) -> dict[str, float | str]:
    """What is not at its default. Values of controls that there are not are left out."""
    return {c.name: c.show(values[c.name]) for c in controls if values.get(c.name, c.default) != c.default}
