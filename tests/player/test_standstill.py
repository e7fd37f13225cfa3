"""A process that stood still, a machine that slept, a clock that jumps: no burst of what is past, and no hung note."""

import pytest

from realtime.messages import Counters, Panic
from realtime.player.midi_bytes import is_note_off, is_note_on, note_off, note_on
from tests.player.fakes import Rig
from tests.player.test_core import one_note


def test_after_a_standstill_late_ons_are_dropped_and_offs_are_not() -> None:
    rig = Rig()
    rig.core.handle(one_note(10, 480))
    rig.core.handle(one_note(100, 10, pitch=61))
    rig.run_ms(20)
    rig.time.pass_ms(30_000)  # the machine slept
    rig.core.step()
    assert rig.io.data == [note_on(0, 60, 90), note_off(0, 60)]
    rig.core.shutdown()
    assert rig.of(Counters)[-1].late_ons_dropped == 1


@pytest.mark.parametrize("jump_ms", [30_000, 3_000, -3_000])
def test_a_clock_that_jumps_makes_no_burst_and_every_note_ends(jump_ms: int) -> None:
    rig = Rig()
    for number in range(60):
        rig.core.handle(one_note(number * 96, 48, pitch=40 + number))  # ten a second
    rig.run_ms(1000)
    before = len(ons(rig))
    rig.time.pass_ms(jump_ms)
    rig.run_ms(5)
    assert len(ons(rig)) - before <= 2  # at ten a second: those that are up to 100 ms late
    rig.run_ms(abs(min(jump_ms, 0)) + 6000)
    rig.core.shutdown()
    pitches = ons(rig)
    assert len(pitches) == len(set(pitches))  # what has been sent is not sent again
    assert sorted(pitches) == sorted(data[1] for data in rig.io.data if is_note_off(data))
    assert len(pitches) + rig.of(Counters)[-1].late_ons_dropped == 60


def ons(rig: Rig) -> list[int]:
    return [data[1] for data in rig.io.data if is_note_on(data)]


@pytest.mark.parametrize("everything", [True, False])
def test_a_late_note_does_not_leave_amid_the_reset_that_came_before_it(everything: bool) -> None:
    rig = Rig(lead_ns=20_000_000)
    rig.core.handle(one_note(1))
    rig.run_ms(100)
    rig.core.handle(Panic(everything=everything))
    rig.core.handle(one_note(90, pitch=61))  # due 6 ms ago
    rig.core.step()
    last_reset = max(event.due_ns for event in rig.io.sent if event.data[0] & 0xF0 == 0xB0)
    (late,) = [event for event in rig.io.sent if event.data == note_on(0, 61, 90)]
    assert late.due_ns >= last_reset
    assert rig.io.sent[-1] is late


def test_a_panic_for_all_notes_leaves_after_what_was_handed_over_ahead() -> None:
    rig = Rig(lead_ns=20_000_000)
    rig.core.handle(one_note(11))  # due 11 ms from now: within the lead
    rig.core.step()
    rig.core.handle(Panic(everything=True))
    rig.core.step()
    on, release, *sweep = rig.io.sent
    assert (on.data, release.data) == (note_on(0, 60, 90), note_off(0, 60))
    assert len(sweep) > 2000
    assert on.due_ns <= release.due_ns <= min(message.due_ns for message in sweep)
