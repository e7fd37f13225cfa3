"""What waits on the way out, and in which order it leaves."""

from realtime.messages import Panic, StopTransport
from realtime.player.midi_bytes import CLOCK, STOP, is_note_on, note_off, note_on
from realtime.player.ports import Outgoing
from realtime.player.sync.options import SyncOptions
from tests.player.fakes import FakeSound, Rig
from tests.player.test_core import MS, one_note

LEAD = 20 * MS


def test_ports_get_a_message_not_before_their_lead_and_the_player_wakes_for_it() -> None:
    rig = Rig(lead_ns=LEAD, sync=SyncOptions(clock_out=True, offset_ms=300.0))
    rig.run_ms(400)
    rig.core.handle(StopTransport())
    stop = Outgoing(due_ns=rig.time.ns + 300 * MS, data=bytes((STOP,)))
    rig.run_ms(279)
    assert stop not in rig.io.sent
    assert rig.core.next_deadline_ns() <= stop.due_ns - LEAD
    rig.run_ms(1)
    assert stop in rig.io.sent


def test_what_still_waits_in_the_end_leaves_all_the_same() -> None:
    rig = Rig(sync=SyncOptions(clock_out=True, offset_ms=500.0))
    rig.run_ms(600)
    last = len(rig.io.sent)
    rig.core.shutdown()
    assert rig.io.is_closed
    assert rig.io.data[last:] == [bytes((STOP,))]
    assert rig.io.sent[-1].due_ns == rig.time.ns


def test_all_of_a_tick_is_ready_before_the_first_of_it_leaves() -> None:
    rig = Rig(lead_ns=LEAD)
    sound = FakeSound()
    rig.core.hear(sound)
    known: list[int] = []
    send = rig.io.send

    def slow(event: Outgoing) -> None:
        known.append(len(sound.heard))
        send(event)

    rig.io.send = slow  # type: ignore[method-assign]
    for pitch in (60, 64, 67):
        rig.core.handle(one_note(96, pitch=pitch, part=f"p{pitch}"))
    rig.run_ms(90)
    assert rig.io.data == [note_on(0, pitch, 90) for pitch in (60, 64, 67)]
    assert known == [3, 3, 3]


def test_pulses_and_notes_leave_in_order_of_time() -> None:
    rig = Rig(lead_ns=LEAD, sync=SyncOptions(clock_out=True))
    for tick in range(5, 100, 10):
        rig.core.handle(one_note(tick, 3, part=f"p{tick}"))
    rig.run_ms(150)
    due = [event.due_ns for event in rig.io.sent]
    assert due == sorted(due)
    assert {CLOCK, 0x90, 0x80} <= {event.data[0] for event in rig.io.sent}


def test_a_panic_comes_after_what_the_ports_have_already() -> None:
    rig = Rig(lead_ns=LEAD)
    rig.core.handle(one_note(48))
    rig.run_ms(35)
    assert [is_note_on(data) for data in rig.io.data] == [True]
    rig.core.handle(Panic())
    rig.core.step()
    due = [event.due_ns for event in rig.io.sent]
    assert rig.io.data[1] == note_off(0, 60)
    assert due == [due[0]] * len(due)
