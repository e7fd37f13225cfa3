"""Keys on the screen, on every back end and without one."""

import pytest

from realtime.messages import Counters, Inject, Played, SetThru
from realtime.player import injected
from realtime.player.midi_bytes import note_off, note_on
from realtime.player.ports import INPUT_BATCH
from tests.player.fakes import RecordingIO, Rig
from tests.player.test_core import MS, one_note


def played(rig: Rig) -> list[tuple[int, bytes]]:
    return [(message.time_ns, message.data) for message in rig.of(Played)]


def test_they_arrive_at_their_time_in_order_and_wake_the_player_then() -> None:
    rig = Rig()
    start = rig.time.ns
    for ms in (3, 1, 1):
        rig.core.handle(Inject(note_on(0, 60 + ms, 9), start + ms * MS))
    assert rig.core.next_deadline_ns() == start + MS
    rig.run_ms(3)
    assert played(rig) == [(start + MS, note_on(0, 61, 9))] * 2 + [(start + 3 * MS, note_on(0, 63, 9))]


def test_they_are_no_echo_though_the_same_has_just_been_sent() -> None:
    rig = Rig(thru=True)
    rig.core.handle(one_note(0))
    rig.core.step()
    rig.core.step()
    rig.core.handle(Inject(note_on(0, 60, 90)))
    rig.io.inject(note_on(0, 60, 90))
    rig.core.step()
    assert played(rig) == [(rig.time.ns, note_on(0, 60, 90))]
    assert rig.io.data == [note_on(0, 60, 90), note_off(0, 60), note_on(0, 60, 90)]


def test_thru_that_comes_back_by_a_cable_is_an_echo() -> None:
    rig = Rig(thru=True)
    rig.core.handle(Inject(note_on(0, 60, 90)))
    rig.core.step()
    rig.core.step()
    rig.io.inject(rig.io.data[0])
    rig.core.step()
    assert len(rig.of(Played)) == 1


def test_without_ports_they_are_heard_and_nothing_hangs_later() -> None:
    rig = Rig(thru=True)
    rig.io.reason = "unplugged"
    rig.core.step()
    rig.core.handle(Inject(note_on(0, 60, 90)))
    rig.core.step()
    assert played(rig) == [(rig.time.ns, note_on(0, 60, 90))]
    again = RecordingIO(rig.time)
    rig.core.attach(again, "none: test", ())
    rig.core.handle(SetThru("off"))
    rig.core.handle(Inject(note_off(0, 60)))
    rig.run_ms(600)
    assert again.data == []
    assert len(rig.of(Played)) == 2
    assert rig.of(Counters)[-1].ons == rig.of(Counters)[-1].offs == 0


def test_a_flood_is_taken_in_batches_and_what_finds_no_room_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(injected, "MAX_WAITING", INPUT_BATCH + 1)
    rig = Rig()
    for _ in range(INPUT_BATCH + 3):
        rig.core.handle(Inject(note_on(0, 60, 90)))
    rig.core.step()
    assert len(rig.of(Played)) == INPUT_BATCH
    rig.run_ms(600)
    assert len(rig.of(Played)) == INPUT_BATCH + 1
    assert rig.of(Counters)[-1].overflow == 2
