"""Outputs, sounds and devices that come and go, in a player without threads."""

from realtime.messages import (
    Chunk,
    ChunkNote,
    Counters,
    Inject,
    Panic,
    Played,
    Plugged,
    Program,
    SetPorts,
    SetThru,
    Way,
)
from realtime.player.midi_bytes import control_change, note_off, note_on, program_change, release_messages
from tests.player.fakes import RecordingIO, Rig

MS = 1_000_000
PIANO = program_change(0, 0, 1)
ORGAN = program_change(3, 300, 20)


def note(port: str, part: str, *, tick: int = 0, duration: int = 960) -> Chunk:
    return Chunk(part, 1, 0, tick, (ChunkNote(tick, 60, duration, 90),), port=port)


def sent(rig: Rig, known: int = 0) -> list[tuple[str, bytes]]:
    return [(event.port, event.data) for event in rig.io.sent[known:]]


def with_bass(rig: Rig) -> Rig:
    rig.core.handle(SetPorts(("bass",)))
    rig.core.step()
    return rig


def test_a_bank_and_a_program_are_sent_as_musicians_count() -> None:
    assert ORGAN == [control_change(3, 0, 2), control_change(3, 32, 44), bytes((0xC3, 19))]


def test_an_output_that_opens_is_told() -> None:
    rig = with_bass(Rig())
    assert rig.of(Plugged) == [Plugged("Hocket Out bass", "out", "bass", there=True)]


def test_two_parts_sound_the_same_pitch_on_two_outputs() -> None:
    rig = with_bass(Rig(trace=True))
    rig.core.handle(note("", "lead"))
    rig.core.handle(note("bass", "bass"))
    rig.run_ms(1100)
    assert sent(rig) == [(port, data) for data in (note_on(0, 60, 90), note_off(0, 60)) for port in ("", "bass")]


def test_a_sound_is_sent_at_once_and_again_when_the_ports_are_others() -> None:
    rig = with_bass(Rig())
    rig.core.handle(Program("lead", "", 0, 0, 1))
    rig.core.handle(Program("bass", "bass", 3, 300, 20))
    everything = [("", data) for data in PIANO] + [("bass", data) for data in ORGAN]
    assert sent(rig) == everything
    rig.io.reason = "unplugged"
    rig.core.step()
    again = RecordingIO(rig.time)
    rig.core.attach(again, "none: test", ())
    rig.core.step()
    assert [(event.port, event.data) for event in again.sent] == everything


def test_a_sound_for_an_output_that_is_not_there_waits_for_it() -> None:
    rig = Rig()
    rig.core.handle(Program("bass", "bass", 3, 300, 20))
    assert rig.io.sent == []
    with_bass(rig)
    assert sent(rig) == [("bass", data) for data in ORGAN]


def test_a_sound_is_forgotten_with_its_part_and_an_invalid_one_at_once() -> None:
    rig = Rig()
    rig.core.handle(Program("lead", "", 0, 0, 1))
    rig.core.handle(Program("lead", "", 0, 0, 0))
    for channel, bank, program in ((16, 0, 1), (0, 16384, 1), (0, 0, 129), (-1, 0, 1)):
        rig.core.handle(Program("wrong", "", channel, bank, program))
    assert sent(rig) == [("", data) for data in PIANO]
    rig.core.attach(again := RecordingIO(rig.time), "none: test", ())
    assert again.sent == []


def test_an_output_that_is_to_close_is_released_first() -> None:
    rig = with_bass(Rig())
    rig.core.handle(note("", "lead"))
    rig.core.handle(note("bass", "bass"))
    rig.core.step()
    rig.core.handle(SetPorts(()))
    closing = [("bass", data) for data in (note_off(0, 60), *release_messages(0))]
    assert sent(rig, 2) == closing
    rig.core.shutdown()
    assert rig.io.lost_output == 0
    assert sent(rig, 2 + len(closing))[0] == ("", note_off(0, 60))


def test_notes_for_an_output_that_is_not_there_are_counted() -> None:
    rig = Rig()
    rig.core.handle(note("nowhere", "lead", duration=10))
    rig.run_ms(600)
    assert rig.of(Counters)[-1].lost_output == 2


def test_panic_reaches_every_output() -> None:
    rig = with_bass(Rig())
    rig.core.handle(note("bass", "bass"))
    rig.core.step()
    rig.core.handle(Panic())
    assert ("bass", control_change(0, 120, 0)) in sent(rig)
    rig.core.handle(Panic(everything=True))
    offs = {(port, data[0], data[1]) for port, data in sent(rig) if data[0] & 0xF0 == 0x80}
    assert len(offs) == 2 * 16 * 128


def test_the_end_releases_every_output() -> None:
    rig = with_bass(Rig())
    rig.core.handle(note("bass", "bass"))
    rig.core.step()
    rig.core.shutdown()
    assert sent(rig, 1) == [("bass", data) for data in (note_off(0, 60), *release_messages(0))]


def test_thru_reaches_the_outputs_of_a_part_and_lets_go_of_its_pedal() -> None:
    rig = with_bass(Rig())
    rig.core.handle(SetThru("controls", (Way("bass", 4),)))
    for data in (control_change(0, 64, 127), note_on(0, 60, 9)):
        rig.core.handle(Inject(data, rig.time.ns))
    rig.core.step()
    assert sent(rig) == [("bass", control_change(4, 64, 127))]
    rig.core.handle(SetThru("off"))
    assert sent(rig, 1) == [("bass", control_change(4, 64, 0))]


def test_our_own_on_another_output_is_an_echo_too() -> None:
    rig = with_bass(Rig())
    rig.core.handle(note("bass", "bass"))
    rig.core.step()
    rig.core.step()
    rig.io.inject(note_on(0, 60, 90))
    rig.core.step()
    assert rig.of(Played) == []


def test_a_device_that_goes_is_released_and_the_rest_plays_on() -> None:
    rig = with_bass(Rig())
    rig.core.handle(note("", "lead"))
    rig.core.handle(note("bass", "bass"))
    rig.core.step()
    rig.io.tell(Plugged("synth", "out", "", there=False))
    rig.core.step()
    assert sent(rig, 2) == [("", note_off(0, 60))]
    rig.core.handle(Program("lead", "", 0, 0, 1))
    known = len(rig.io.sent)
    rig.io.tell(Plugged("synth", "out", "", there=True))
    rig.core.step()
    missed = [note_off(0, 60), *release_messages(0)]
    assert sent(rig, known) == [("", data) for data in (*missed, *PIANO)]  # a synth that was off knows no sound


def test_keys_of_a_keyboard_that_goes_are_let_go() -> None:
    rig = Rig(thru=True)
    for data in (note_on(2, 50, 70), note_on(1, 51, 70), note_off(1, 51), control_change(2, 64, 127)):
        rig.io.inject(data)
    rig.core.step()
    known = len(rig.io.sent)
    rig.io.tell(Plugged("keys", "in", "", there=False))
    rig.core.step()
    assert [played.data for played in rig.of(Played)[4:]] == [note_off(2, 50)]
    assert sent(rig, known) == [("", note_off(2, 50)), ("", control_change(2, 64, 0))]


def test_a_device_that_is_back_knows_its_sound_before_the_notes_that_were_handed_over_ahead() -> None:
    rig = Rig(lead_ns=40 * MS)
    rig.core.handle(Program("lead", "", 0, 0, 1))
    rig.io.tell(Plugged("synth", "out", "", there=False))
    rig.core.step()
    known = len(rig.io.sent)
    rig.core.handle(note("", "lead", tick=24))  # due in 25 ms: the ports have it at once
    rig.core.step()
    assert sent(rig, known) == [("", note_on(0, 60, 90))]
    rig.io.tell(Plugged("synth", "out", "", there=True))
    rig.core.step()
    by_time = sorted(rig.io.sent[known:], key=lambda event: event.due_ns)  # as a back end with a lead writes
    assert [event.data for event in by_time] == [*PIANO, note_on(0, 60, 90)]


def test_a_device_that_is_back_knows_its_sound_before_what_is_due_at_that_moment() -> None:
    rig = Rig()
    rig.core.handle(Program("lead", "", 0, 0, 1))
    rig.io.tell(Plugged("synth", "out", "", there=False))
    rig.core.step()
    known = len(rig.io.sent)
    rig.core.handle(note("", "lead"))
    rig.io.tell(Plugged("synth", "out", "", there=True))
    rig.core.step()
    assert [data for _, data in sent(rig, known)] == [*PIANO, note_on(0, 60, 90)]
