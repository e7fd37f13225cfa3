"""What an output missed is told when it is there again, and never more than it may have missed."""

from realtime.messages import Panic, Plugged
from realtime.player.clock import MS_NS
from realtime.player.midi_bytes import is_note_off, note_off, note_on, release_messages
from realtime.player.owed import EVERY_CHANNEL, EVERY_NOTE, Owed
from tests.player.fakes import Rig
from tests.player.test_core_routing import note, sent, with_bass

SECOND_NS = 1_000 * MS_NS


def unplug(rig: Rig, there: bool, port: str = "") -> None:
    rig.io.tell(Plugged("synth", "out", port, there=there))
    rig.core.step()


def test_a_note_off_that_left_just_before_the_loss_was_noticed_is_sent_again() -> None:
    rig = Rig()
    rig.core.handle(note("", "lead", duration=48))
    rig.run_ms(500)
    assert sent(rig)[-1] == ("", note_off(0, 60))
    unplug(rig, there=False)
    known = len(rig.io.sent)
    unplug(rig, there=True)
    assert sent(rig, known) == [("", data) for data in (note_off(0, 60), *release_messages(0))]


def test_what_ended_long_before_is_not_and_nothing_is_told_twice() -> None:
    rig = Rig()
    rig.core.handle(note("", "lead", duration=48))
    rig.run_ms(4000)
    known = len(rig.io.sent)
    for there in (False, True, True):
        unplug(rig, there)
    assert sent(rig, known) == []


def test_after_a_panic_every_output_that_comes_is_silenced_once() -> None:
    rig = with_bass(Rig())
    unplug(rig, there=False, port="bass")
    rig.core.handle(Panic(everything=True))
    assert not any(port == "bass" and is_note_off(data) for port, data in sent(rig))
    known = len(rig.io.sent)
    unplug(rig, there=True, port="bass")
    owed = [*EVERY_CHANNEL, *EVERY_NOTE]
    assert [data for _, data in sent(rig, known)][: len(owed)] == owed
    rig.run_ms(4000)
    known = len(rig.io.sent)
    for there in (False, True):
        unplug(rig, there, port="bass")
    assert not any(is_note_off(data) for _, data in sent(rig, known))


def test_a_panic_that_a_port_may_have_missed_is_owed_still() -> None:
    owed = Owed()
    owed.silence()
    assert owed.pay("", SECOND_NS)
    owed.miss("", (), 2 * SECOND_NS)  # it may have been gone then
    assert owed.pay("", 3 * SECOND_NS)
    owed.miss("", (), 9 * SECOND_NS)
    assert owed.pay("", 10 * SECOND_NS) == []


def test_only_the_port_itself_is_told() -> None:
    owed = Owed()
    owed.miss("bass", [("bass", 3, 40), ("", 0, 60)], SECOND_NS)
    assert owed.pay("", SECOND_NS) == []
    assert owed.pay("bass", SECOND_NS) == [note_off(3, 40), *release_messages(3)]


def test_a_player_that_is_to_clear_puts_every_channel_to_rest_once() -> None:
    owed = Owed(clear=True)
    assert owed.pay("", SECOND_NS) == list(EVERY_CHANNEL)
    assert owed.pay("bass", SECOND_NS) == list(EVERY_CHANNEL)
    assert owed.pay("", SECOND_NS) == []


def test_it_comes_before_what_has_been_handed_over_ahead_of_time() -> None:
    rig = Rig(lead_ns=100 * MS_NS)
    rig.core.handle(note("", "lead", duration=48))
    rig.run_ms(300)
    unplug(rig, there=False)
    rig.core.handle(note("", "lead", tick=rig.clock.tick() + 48))
    rig.core.step()
    unplug(rig, there=True)
    by_due = [event.data for event in sorted(rig.io.sent, key=lambda event: event.due_ns)]
    assert by_due[-2:] == [release_messages(0)[-1], note_on(0, 60, 90)]
    assert by_due[-4] == note_off(0, 60)
