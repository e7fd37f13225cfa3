"""The transport's model, panic and the meters: what is told, what is asked."""

import time

import pytest

from gui.models import Models
from gui.viewmodels import panic as panic_module
from realtime.engine.commands import Forward
from realtime.engine.reports import BarsCounted, Status
from realtime.messages import (
    Clock,
    Counters,
    Locate,
    Panic,
    Played,
    SetSync,
    SetTempo,
    Silenced,
    StartTransport,
    StopTransport,
    TapTempo,
    Transport,
)
from realtime.music.units import PPQ
from realtime.session import Time
from tests.gui.fakes import FakeHost

STANDS = Transport(playing=False, tick=0, source="internal")
PLAYS = Transport(playing=True, tick=0, source="internal")


def asked(host: FakeHost) -> list[object]:
    return [command.message for command in host.asked if isinstance(command, Forward)]


def test_toggle_asks_and_shows_only_what_the_engine_says(models: Models, host: FakeHost) -> None:
    models.transport.toggle()
    assert asked(host) == [StartTransport()]
    assert not models.transport.playing
    host.tell(PLAYS)
    assert models.transport.playing
    models.transport.toggle()
    assert asked(host)[-1] == StopTransport()


def test_stop_while_it_stands_goes_to_the_beginning(models: Models, host: FakeHost) -> None:
    models.transport.stop()
    assert asked(host) == [Locate(0)]


def test_the_place_counts_bars_beats_and_sixteenths_from_one(models: Models, host: FakeHost) -> None:
    host.tell(Transport(playing=False, tick=4 * PPQ * 2 + PPQ + PPQ // 2, source="internal"))
    assert models.transport.place() == (3, 2, 3)
    models.transport.open(Time(meter="6/8"))
    host.tell(Transport(playing=False, tick=3 * PPQ + PPQ // 2, source="internal", epoch=2))
    assert models.transport.place() == (2, 2, 1)


def test_the_place_counts_from_where_the_bars_of_the_performance_do(models: Models, host: FakeHost) -> None:
    host.tell(BarsCounted(origin_tick=300, meter="4/4"), Transport(playing=False, tick=300, source="internal"))
    assert models.transport.place() == (1, 1, 1)


def test_while_it_plays_the_place_follows_the_anchor(models: Models, host: FakeHost) -> None:
    host.tell(Clock(0, time.monotonic_ns() - 10_000_000_000, 120.0), PLAYS)
    assert models.transport.place()[0] == 6  # after 20 beats


@pytest.mark.parametrize(("wanted", "asked_for"), [(90.0, 90.0), (5.0, 20.0), (1000.0, 400.0)])
def test_a_tempo_is_asked_for_within_its_range(models: Models, host: FakeHost, wanted: float, asked_for: float) -> None:
    models.transport.set_bpm(wanted)
    assert asked(host) == [SetTempo(asked_for)]


def test_the_tempo_that_is_there_is_not_asked_for(models: Models, host: FakeHost) -> None:
    host.tell(Clock(0, 0, 97.5))
    models.transport.set_bpm(97.5)
    assert asked(host) == []


def test_a_tempo_is_told_when_it_is_another_one(models: Models, host: FakeHost) -> None:
    told: list[float] = []
    models.transport.tempo_changed.connect(told.append)
    host.tell(Clock(0, 0, 97.5), Clock(10, 10, 97.5), Clock(20, 20, 98.0))
    assert told == [97.5, 98.0]


def test_a_tap_carries_its_time(models: Models, host: FakeHost) -> None:
    before = time.monotonic_ns()
    models.transport.tap()
    (tap,) = asked(host)
    assert isinstance(tap, TapTempo)
    assert before <= tap.time_ns <= time.monotonic_ns()


def test_another_leader_keeps_what_else_was_set(models: Models, host: FakeHost) -> None:
    models.transport.open(Time(offset_ms=7.0, clock_out=True))
    models.transport.set_sync(sync="link", start_stop=True)
    assert asked(host) == [SetSync(source="link", clock_out=True, offset_ms=7.0, start_stop=True)]


def test_a_leader_that_cannot_be_is_refused_and_nothing_is_asked(models: Models, host: FakeHost) -> None:
    models.transport.open(Time(clock_out=True))
    with pytest.raises(ValueError, match="follow itself"):
        models.transport.set_sync(sync="clock")
    assert asked(host) == []
    assert models.transport.time.sync == "internal"


def test_panic_says_what_it_stopped(models: Models, host: FakeHost) -> None:
    models.panic.panic()
    assert asked(host) == [Panic()]
    host.tell(Silenced(3))
    assert models.status.last.text == "Stopped 3 notes"


def test_one_note_is_no_plural(models: Models, host: FakeHost) -> None:
    models.panic.panic()
    host.tell(Silenced(1))
    assert models.status.last.text == "Stopped 1 note"


def test_the_second_panic_within_a_second_is_for_everything(
    models: Models, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [50.0]
    monkeypatch.setattr(panic_module.time, "monotonic", lambda: now[0])
    models.panic.panic()
    now[0] += 0.9
    models.panic.panic()
    now[0] += 1.1
    models.panic.panic()
    assert asked(host) == [Panic(), Panic(everything=True), Panic()]


def test_a_panic_nobody_asked_for_is_not_told(models: Models, host: FakeHost) -> None:
    host.tell(Silenced(0))
    assert models.status.last.text == ""


def test_panic_without_an_engine_says_so(models: Models, host: FakeHost) -> None:
    host.can_ask = False
    models.panic.panic()
    assert "no engine" in models.status.last.text


def test_meters_show_the_newest_and_lights_what_went_by(models: Models, host: FakeHost) -> None:
    went: list[str] = []
    models.meters.passed.connect(went.append)
    host.tell(
        Played(0, 0, b"\x90\x3c\x40"),
        Counters(ons=3, late_max_us=1500),
        Counters(ons=3, pulses_in=24),
        Status(12.5, 80),
    )
    assert went == ["in", "out", "clock"]
    assert models.meters.status.cpu_percent == 12.5
    host.tell(Counters(late_ons_dropped=1, overflow=2, lost_output=4))
    assert models.meters.lost == 7
    host.become("lost")
    assert models.meters.lost == 0
