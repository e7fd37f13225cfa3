"""What the parts of every kind have: a board of controls, a way out to the player, and a model that may fail."""

from collections.abc import Mapping

from realtime.bundle.spec import BundleSpec
from realtime.engine.attempts import Failure
from realtime.engine.parts.base import Stage
from realtime.engine.parts.board import Board
from realtime.engine.parts.outlet import Outlet
from realtime.engine.reports import ModelFailed
from realtime.engine.setup import PartSetup
from realtime.messages import Way


class CommonPart:
    """As much of `Part` as does not depend on how a part plays."""

    def __init__(self, setup: PartSetup, spec: BundleSpec, stage: Stage, *, voices: int, monophonic: bool) -> None:
        self.name, self.setup, self._stage = setup.name, setup, stage
        self._failed = ""  # why the model is asked no more
        self._board = Board(setup, spec)
        self._outlet = Outlet(
            self.name,
            voices,
            bars=stage.bars,
            buffer=stage.buffer,
            send=stage.send,
            monophonic=monophonic,
            route=self._board.route(),
            generation=stage.first_generation(),
        )
        self._outlet.chain = self._board.chain()

    @property
    def last_channel(self) -> int:
        """The last MIDI channel that its voices use, 1..16."""
        return self._outlet.last_channel

    @property
    def ways(self) -> tuple[Way, ...]:
        """The outputs and channels of its voices."""
        return self._outlet.ways

    def introduce(self) -> None:
        """Tell the player what the voices sound like."""
        self._outlet.introduce()

    def settings(self) -> Mapping[str, float]:
        """All controls by name, as they are."""
        return self._board.values()

    def _fail(self, failure: Failure) -> None:
        """The model has failed; the last time, if that is final."""
        self._failed = failure.text if failure.is_final else ""
        self._stage.observe(ModelFailed(f"{self.name}: {failure.text}", failure.is_final))
