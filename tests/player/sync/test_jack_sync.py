"""JACK transport, without JACK."""

from types import SimpleNamespace

import pytest

from realtime.errors import PortError, UsageError
from realtime.messages import Locate, SetTempo, StartTransport, StopTransport
from realtime.player.backends.jack_transport import BBT, BBT_OFFSET, read_position
from realtime.player.clock import PlayerClock
from realtime.player.ports import TransportReading
from realtime.player.sync.conductor import Conductor, Direction
from realtime.player.sync.jack_sync import JackSync
from realtime.player.sync.options import SyncOptions
from tests.player.fakes import FakeTime

RATE = 48_000
PERIOD = 480  # frames: 10 ms
MS = 1_000_000


class FakeTransport:
    """A JACK server's transport in simulated time."""

    def __init__(self, time: FakeTime) -> None:
        self.time, self.frame, self.rolling = time, 0, False
        self.bpm: float | None = None
        self.position: float | None = None

    def reading(self) -> TransportReading:
        return TransportReading(
            time_ns=self.time.ns,
            frame=self.frame,
            rate=RATE,
            rolling=self.rolling,
            position=self.position,
            bpm=self.bpm,
        )

    def roll(self, rolling: bool) -> None:
        self.rolling = rolling

    def locate(self, frame: int) -> None:
        self.frame = frame

    def cycle(self) -> None:
        self.time.pass_ms(10)
        if self.rolling:
            self.frame += PERIOD
            if self.position is not None and self.bpm is not None:
                self.position += self.bpm * 480 / 60 * 0.01


class JackRig:
    def __init__(self) -> None:
        self.time = FakeTime(1_000 * MS)
        self.jack = FakeTransport(self.time)
        self.clock = PlayerClock(120.0, self.time)
        self.conductor = Conductor(self.clock, SyncOptions(source="jack"))
        self.steps = [self.conductor.attach(self.jack)]

    def run_ms(self, ms: int) -> None:
        for _ in range(ms // 10):
            self.jack.cycle()
            self.steps.append(self.conductor.step())

    def ask(self, *messages: Direction) -> None:
        self.steps += [self.conductor.direct(message) for message in messages]

    @property
    def transport(self):  # type: ignore[no-untyped-def]
        return [step.transport for step in self.steps if step.transport][-1]


def test_without_a_transport_it_says_what_to_do() -> None:
    conductor = Conductor(PlayerClock(120.0, FakeTime(1)), SyncOptions(source="jack"))
    with pytest.raises(PortError, match="JACK server"):
        conductor.attach(None)


def test_frames_are_ticks_of_our_own_tempo_where_nobody_gives_one() -> None:
    rig = JackRig()
    rig.run_ms(100)
    assert not rig.transport.playing
    rig.conductor._source.start()
    rig.run_ms(2000)
    assert rig.transport.playing
    assert rig.clock.tick() == pytest.approx(rig.jack.frame / RATE * 960, abs=1)
    rig.ask(SetTempo(60.0))
    tick = rig.clock.tick()
    rig.run_ms(1000)
    assert rig.clock.tick() == pytest.approx(tick + 480, abs=2)
    assert rig.transport.epoch == 1


def test_what_we_are_asked_for_is_asked_of_all_programs() -> None:
    rig = JackRig()
    rig.run_ms(20)
    rig.ask(SetTempo(60.0), Locate(960))
    assert rig.jack.frame == 2 * RATE
    rig.ask(StartTransport())
    rig.run_ms(500)
    assert rig.transport.playing
    assert rig.clock.tick() == pytest.approx(960 + 240, abs=2)
    rig.ask(StopTransport())
    rig.run_ms(20)
    assert not rig.jack.rolling
    assert not rig.transport.playing


def test_a_server_that_has_said_nothing_yet_is_not_moved() -> None:
    rig = JackRig()
    rig.jack.frame = RATE
    rig.conductor._source.locate(0)
    assert rig.jack.frame == RATE
    JackSync(120.0).start()  # nor is one that is not there
    JackSync(120.0).stop()
    assert not JackSync(120.0).heading(0).locked


def test_a_stop_and_a_locate_are_followed() -> None:
    rig = JackRig()
    rig.jack.rolling = True
    rig.run_ms(500)
    rig.jack.rolling = False
    rig.run_ms(20)
    assert not rig.transport.playing
    assert rig.steps[-2].clear
    assert rig.transport.tick == pytest.approx(480, abs=15)
    rig.jack.frame = 10 * RATE
    rig.run_ms(20)
    assert rig.transport.tick == 9600
    epoch = rig.transport.epoch
    rig.jack.rolling = True
    rig.run_ms(10)
    assert rig.transport.playing
    assert (rig.transport.tick, rig.transport.epoch) == (9600, epoch)  # what waits for 9600 stays
    assert rig.clock.tick() == pytest.approx(9610, abs=1)


def test_a_loop_of_the_transport_is_a_relocation() -> None:
    rig = JackRig()
    rig.jack.rolling = True
    rig.run_ms(1000)
    epoch = rig.transport.epoch
    rig.jack.frame = 0
    rig.run_ms(10)
    assert rig.transport.epoch == epoch + 1
    assert rig.steps[-1].clear
    assert rig.clock.tick() == pytest.approx(10, abs=1)


def test_a_timebase_master_gives_tempo_and_place() -> None:
    rig = JackRig()
    rig.jack.bpm, rig.jack.position = 90.0, 7680.0
    rig.jack.rolling = True
    rig.run_ms(1000)
    assert rig.clock.tick() == pytest.approx(7680 + 720, abs=1)
    rig.jack.bpm = 180.0
    rig.run_ms(1000)
    assert rig.clock.tick() == pytest.approx(7680 + 720 + 1440, abs=10)
    assert rig.transport.epoch <= 2
    with pytest.raises(UsageError, match="JACK transport leads"):
        rig.conductor._source.set_bpm(100.0)


def position(**values: float) -> SimpleNamespace:
    usual = {
        "valid": BBT,
        "frame": 0,
        "bar": 3,
        "beat": 2,
        "tick": 960,
        "ticks_per_beat": 1920.0,
        "beats_per_bar": 4.0,
        "beat_type": 4.0,
        "beats_per_minute": 100.0,
        "bbt_offset": 0,
    }
    return SimpleNamespace(**{**usual, **values})


@pytest.mark.parametrize(
    ("given", "ticks", "bpm"),
    [
        ({}, 2 * 1920 + 480 + 240, 100.0),
        ({"beats_per_bar": 6.0, "beat_type": 8.0}, 2 * 1440 + 240 + 120, 50.0),
        ({"valid": BBT | BBT_OFFSET, "bbt_offset": 28_800}, 2 * 1920 + 720 + 480, 100.0),  # 0.6 s: a beat
        ({"valid": 0}, None, None),
        ({"beats_per_minute": 0.0}, None, None),
    ],
)
def test_bars_and_beats_become_ticks(given: dict[str, float], ticks: float | None, bpm: float | None) -> None:
    reading = read_position(position(**given), 5, RATE, rolling=True)
    assert reading.position == (None if ticks is None else pytest.approx(ticks))
    assert reading.bpm == bpm
