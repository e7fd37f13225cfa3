"""What stands around the rack: takes, a take that plays, maps, how the engine is. Main loop only."""

from collections.abc import Callable

from realtime.engine import commands as ask
from realtime.engine.audition import Audition
from realtime.engine.load import LoadMeter
from realtime.engine.map_desk import MapDesk
from realtime.engine.maps import ControlMap
from realtime.engine.parts.base import Stage
from realtime.engine.rack import Rack
from realtime.engine.recorder import Recorder
from realtime.engine.reports import Refused, Report, Status, TakeKept
from realtime.engine.taking import Taking
from realtime.messages import ASIDE, Chunk, Cut, Locate, Played, Transport
from realtime.music.units import PPQ


class Desk:
    """`clock_tick` runs on while the transport stands; `stage.now_tick` does not."""

    def __init__(
        self,
        stage: Stage,
        rack: Rack,
        put: Callable[[TakeKept | Refused], object],
        clock_tick: Callable[[], int],
        *,
        folder: str,
        maps: tuple[ControlMap, ...],
        show_all: bool,
    ) -> None:
        self._stage, self._rack, self._clock_tick, self._show_all = stage, rack, clock_tick, show_all
        self._recorder = Recorder(stage.bars)
        self._taking = Taking(stage, rack, self._recorder, put, folder=folder, is_on=bool(folder) or show_all)
        self._audition = Audition(stage, clock_tick)
        self._maps = MapDesk(stage, rack, maps)
        self._load = LoadMeter()
        self._transport = Transport(playing=True, tick=0, source="")
        self._waiting: list[Chunk] = []  # placed while the transport stands
        self._last_tick = clock_tick()

    @property
    def maps(self) -> tuple[ControlMap, ...]:
        """What a session file keeps."""
        return self._maps.maps

    def start(self) -> None:
        """The player is there."""
        self._maps.start()

    def command(self, command: ask.Command) -> bool:
        """Carry a command out; False for one of others."""
        match command:
            case ask.Capture():
                self._taking.capture(command, self._clock_tick())
            case ask.Audition(take):
                self._audition.play(take, on_beat=self._transport.playing)
            case ask.StopAudition():
                self._audition.stop()
            case ask.LocateBar(bar):
                bars = self._stage.bars
                self._stage.send(Locate(bars.origin_tick + (bar - 1) * bars.meter.bar_ticks))
            case ask.Halt(part=""):
                self._audition.stop()
                return False
            case _:
                return self._maps.command(command)
        return True

    def told(self, report: Report) -> None:
        """What a part reports."""
        self._taking.told(report, self._stage.now_tick())

    def placed(self, message: Chunk | Cut) -> None:
        """What was sent to the player."""
        if message.part.startswith(ASIDE):
            return
        if isinstance(message, Cut):
            self._recorder.cut(message, self._stage.now_tick())
            self._waiting = [each for each in self._waiting if each.part != message.part]
        elif self._transport.playing:
            self._recorder.place(message, self._stage.now_tick())
        else:
            self._waiting = [each for each in self._waiting if not _replaces(message, each)]
            self._waiting.append(message)

    def hear(self, played: Played) -> bool:
        """The musician; whether it moved a control, so that nothing else is to hear of it."""
        self._recorder.play(played)
        return self._maps.hear(played)

    def silence(self) -> None:
        """Panic."""
        self._recorder.silence(self._stage.now_tick())
        self._audition.stop()

    def follow(self, told: Transport) -> None:
        """A start, a stop and another place in the song are the end of what was."""
        if (told.playing, told.epoch) == (self._transport.playing, self._transport.epoch):
            return
        self.begin_again()
        self._transport = told
        if told.playing:
            for chunk in self._waiting:
                self._recorder.place(chunk, self._stage.now_tick())
            self._waiting.clear()

    def begin_again(self) -> None:
        """The timeline ends where it was seen last."""
        self._audition.stop()
        self._taking.begin_again(self._last_tick)
        self._recorder.begin_again(self._last_tick)
        self._last_tick = self._clock_tick()

    def see_tick(self) -> None:
        """What the clock says, before it may say something else."""
        tick = self._clock_tick()
        if tick > self._last_tick - PPQ:  # else it has jumped back, and the transport will say so
            self._last_tick = tick

    def deadline_tick(self) -> int | None:
        """When `passed` is to be called at the latest, by the clock."""
        return self._audition.deadline_tick()

    def passed(self, player_pid: int, dropped: int) -> None:
        """Once a turn of the loop."""
        self.see_tick()
        self._maps.carry_out()
        self._audition.passed()
        self._taking.passed(self._clock_tick())
        if self._show_all and self._load.is_due():
            percent, megabytes = self._load.read(player_pid)
            loads = tuple(part.load() for part in self._rack)
            self._stage.observe(Status(round(percent, 1), round(megabytes, 1), dropped, loads))

    def finish(self) -> None:
        """At the end: what has begun is kept, and all is written."""
        self._taking.begin_again(self._last_tick)
        self._taking.finish()


def _replaces(newer: Chunk, older: Chunk) -> bool:
    """Whether nothing of an older chunk of the same voice will be played."""
    is_of_same = newer.part == older.part and newer.generation > older.generation
    return is_of_same and newer.start_tick <= older.start_tick
