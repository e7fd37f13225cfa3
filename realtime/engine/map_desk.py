"""Maps in a running rack: made by hand or learned, told, and carried out. Main loop only."""

import msgspec

from realtime.bundle.spec import ControlSpec
from realtime.engine import commands as ask
from realtime.engine.learning import Learner, as_pair, is_coarse
from realtime.engine.mapping import Key, Mapper
from realtime.engine.maps import ControlMap
from realtime.engine.parts.base import Stage
from realtime.engine.rack import Rack
from realtime.engine.reports import MapsChanged, Refused
from realtime.engine.setup import controls_of
from realtime.errors import HocketError
from realtime.messages import Played


class MapDesk:
    """Stands between the musician's controllers and the rack."""

    def __init__(self, stage: Stage, rack: Rack, maps: tuple[ControlMap, ...]) -> None:
        self._stage, self._rack = stage, rack
        self._mapper = Mapper(self._value_of)
        self._mapper.maps = maps
        self._learner: Learner | None = None
        self._learned: ControlMap | None = None  # just now: its fine part may be the next to come

    @property
    def maps(self) -> tuple[ControlMap, ...]:
        """What a session file keeps."""
        return self._mapper.maps

    def start(self) -> None:
        """Tell who has to know."""
        if self.maps:
            self._set(self.maps)

    def command(self, command: ask.Command) -> bool:
        """Carry a command out, or say why not; False for one of others."""
        match command:
            case ask.SetMaps(maps):
                self._set(maps)
            case ask.DescribeMaps():
                self._tell()
            case ask.Learn(control, part):
                self._learn(part, control)
            case ask.ForgetMaps(control, part):
                self._forget(part, control)
            case _:
                return False
        return True

    def hear(self, played: Played) -> bool:
        """Whether a message moves a control, or has just been learned; then nothing else is to hear of it."""
        if self._learner is not None and (learned := self._learner.hear(played.data)) is not None:
            self._learner, self._learned = None, learned
            self._put(learned)
        elif self._learned is not None and not is_coarse(self._learned, played.data):
            pair, self._learned = as_pair(self._learned, played.data), None
            if pair is not None:
                self._put(pair)
        return self._mapper.hear(played.data)

    def carry_out(self) -> None:
        """Once a turn of the loop: what has been moved since the last one."""
        for (part, control), value in self._mapper.take():
            self._rack.command(ask.SetControl(control, value, part))

    # --- inside ---------------------------------------------------------------------------------------

    def _learn(self, part: str, control: str) -> None:
        self._learner = self._learned = None
        if control:
            try:
                self._learner = Learner(self._rack.owner(control, part), control)
            except HocketError as error:
                self._stage.observe(Refused(str(error)))
        self._tell()

    def _forget(self, part: str, control: str) -> None:
        kept = tuple(m for m in self.maps if (part and m.part != part) or (control and m.control != control))
        if len(kept) == len(self.maps):
            self._stage.observe(Refused(f"no controller is mapped to {'.'.join(filter(None, (part, control)))}"))
        else:
            self._set(kept)

    def _put(self, new: ControlMap) -> None:
        """In the place of the control's map of before, with its range and takeover."""
        old = next((m for m in self.maps if (m.part, m.control) == (new.part, new.control)), None)
        if old is not None:
            new = msgspec.structs.replace(new, takeover=old.takeover, low=old.low, high=old.high)
        self._set((*(m for m in self.maps if m is not old), new))

    def _set(self, maps: tuple[ControlMap, ...]) -> None:
        self._mapper.maps = maps
        self._rack.keep_from_thru(self._mapper.controllers)
        self._tell()

    def _tell(self) -> None:
        learning = f"{self._learner.part}.{self._learner.control}" if self._learner else ""
        self._stage.observe(MapsChanged(self.maps, learning))

    def _value_of(self, key: Key) -> tuple[ControlSpec, float] | None:
        part, control = key
        if part not in self._rack:
            return None
        found = controls_of(self._rack[part].spec).get(control)
        return (found[1], self._rack[part].settings()[control]) if found else None
