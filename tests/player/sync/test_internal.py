"""Hocket leads: start, stop, place, count-in, tap tempo; through the core, on memory ports and a fake clock."""

import pytest

from realtime.messages import (
    Chunk,
    ChunkNote,
    Clock,
    Counters,
    Inject,
    Locate,
    SetSync,
    SetTempo,
    StartTransport,
    StopTransport,
    TapTempo,
    Transport,
)
from realtime.player.midi_bytes import note_off, note_on
from realtime.player.sync.internal import Taps
from realtime.player.sync.options import SyncOptions
from tests.player.fakes import Rig

MS = 1_000_000
BEAT_MS = 500  # at 120 a minute


def note(tick: int, pitch: int = 60, *, epoch: int = 0, duration: int = 480) -> Chunk:
    placed = (ChunkNote(tick, pitch, duration, 90),)
    return Chunk(part="a", generation=1, channel=0, start_tick=tick, notes=placed, epoch=epoch)


def transport(rig: Rig) -> Transport:
    told: Transport = rig.of(Transport)[-1]
    return told


def test_it_plays_from_the_beginning_and_says_so_once() -> None:
    rig = Rig()
    rig.run_ms(1000)
    assert rig.of(Transport) == [Transport(playing=True, tick=0, source="internal")]
    assert len(rig.of(Clock)) == 1


def test_stop_releases_and_drops_and_the_start_goes_on_from_there() -> None:
    rig = Rig()
    rig.core.handle(note(0))
    rig.core.handle(note(960, 62))
    rig.run_ms(250)
    rig.core.handle(StopTransport())
    assert rig.io.data == [note_on(0, 60, 90), note_off(0, 60)]
    assert transport(rig) == Transport(playing=False, tick=240, source="internal", epoch=2)
    rig.run_ms(3000)
    rig.core.handle(StartTransport())
    assert transport(rig) == Transport(playing=True, tick=240, source="internal", epoch=2)
    assert rig.clock.tick() == 240
    rig.run_ms(2000)
    assert len(rig.io.sent) == 2  # what waited at 960 was dropped


def test_while_it_stands_only_what_is_meant_for_the_start_is_taken() -> None:
    rig = Rig()
    rig.core.handle(StopTransport())
    rig.core.handle(Locate(960))
    assert (transport(rig).tick, transport(rig).epoch) == (960, 3)
    rig.core.handle(note(960, 60, epoch=3))
    rig.core.handle(note(960, 61, epoch=2))  # meant for the place before
    rig.core.handle(note(rig.clock.tick(), 62))  # meant for now
    rig.run_ms(1500)
    assert rig.io.sent == []
    rig.core.handle(StartTransport())
    rig.core.step()
    assert rig.io.data == [note_on(0, 60, 90)]
    assert rig.io.sent[0].due_ns == rig.time.ns
    rig.run_ms(600)
    assert rig.of(Counters)[-1].refused_notes == 2


def test_a_relocation_while_playing_releases_first_and_refuses_what_is_on_its_way() -> None:
    rig = Rig()
    rig.core.handle(note(0, duration=4800))
    rig.run_ms(100)
    rig.core.handle(Locate(9600))
    assert rig.io.data == [note_on(0, 60, 90), note_off(0, 60)]
    assert rig.clock.tick() == 9600
    rig.core.handle(note(9700, 61, epoch=1))
    rig.core.handle(note(9700, 62, epoch=2))
    rig.run_ms(200)
    assert rig.io.data[2:] == [note_on(0, 62, 90)]


def test_keys_held_through_thru_survive_a_stop() -> None:
    rig = Rig(thru=True)
    rig.core.handle(Inject(data=note_on(3, 50, 70), time_ns=rig.time.ns))
    rig.core.step()
    rig.core.handle(StopTransport())
    assert rig.io.data == [note_on(3, 50, 70)]
    rig.core.handle(Inject(data=note_off(3, 50), time_ns=rig.time.ns))
    rig.core.step()
    assert rig.io.data[1:] == [note_off(3, 50)]


@pytest.mark.parametrize(("lead_ms", "offset_ms"), [(0, 0.0), (43, 0.0), (43, -30.0), (43, 30.0)])
def test_the_first_notes_are_on_time_however_early_the_ports_want_them(lead_ms: int, offset_ms: float) -> None:
    rig = Rig(lead_ns=lead_ms * MS, sync=SyncOptions(offset_ms=offset_ms))
    rig.core.handle(StopTransport())
    rig.core.handle(Locate(960))
    rig.core.handle(note(960, epoch=3))
    rig.core.handle(StartTransport())
    assert not transport(rig).counting_in
    told_ns = rig.time.ns
    rig.core.step()
    while not rig.io.sent:
        rig.run_ms(1)
    first = rig.io.sent[0]
    assert first.due_ns == told_ns + (lead_ms + max(0, offset_ms)) * MS
    assert first.due_ns - rig.time.ns == lead_ms * MS  # handed over in time
    assert rig.clock.time_of(960) == first.due_ns - offset_ms * MS


@pytest.mark.parametrize("channel", [10, 0])
def test_a_count_in_clicks_and_then_plays(channel: int) -> None:
    rig = Rig(sync=SyncOptions(count_in=1, count_in_channel=channel))
    assert not transport(rig).playing
    start_ns = rig.time.ns
    rig.core.handle(StartTransport())
    assert transport(rig) == Transport(playing=True, tick=0, source="internal", counting_in=True)
    rig.core.handle(note(0))
    rig.run_ms(4 * BEAT_MS + 1)
    ons = [(event.due_ns - start_ns, event.data) for event in rig.io.sent if event.data[0] & 0xF0 == 0x90]
    clicks = [(0, note_on(9, 76, 110)), *((beat * BEAT_MS * MS, note_on(9, 77, 80)) for beat in (1, 2, 3))]
    assert ons == [*(clicks if channel else []), (4 * BEAT_MS * MS, note_on(0, 60, 90))]
    assert not transport(rig).counting_in


@pytest.mark.parametrize("offset_ms", [-30.0, 25.0])
def test_the_offset_moves_what_is_sent_and_no_tick(offset_ms: float) -> None:
    rig = Rig(sync=SyncOptions(offset_ms=offset_ms))
    start_ns = rig.time.ns
    rig.core.handle(note(480, duration=240))
    rig.run_ms(1000)
    assert [event.due_ns - start_ns for event in rig.io.sent] == [
        round((BEAT_MS + offset_ms) * MS),
        round((1.5 * BEAT_MS + offset_ms) * MS),
    ]
    rig.run_ms(600)
    assert rig.of(Counters)[-1].late_events == 0


def test_taps_set_the_tempo() -> None:
    rig = Rig()
    for _ in range(5):
        rig.core.handle(TapTempo())
        rig.run_ms(600)
    assert rig.of(Clock)[-1].bpm == pytest.approx(100.0)


def test_one_late_tap_and_a_pause_do_not_count() -> None:
    taps = Taps()
    assert taps.tap(0) is None
    gaps_ms = (500, 500, 700, 500, 500)
    time_ns, bpm = 0, None
    for gap_ms in gaps_ms:
        time_ns += gap_ms * MS
        bpm = taps.tap(time_ns)
    assert bpm == pytest.approx(120.0)
    assert taps.tap(time_ns + 10_000 * MS) is None
    assert taps.tap(time_ns + 10_750 * MS) == pytest.approx(80.0)


def test_another_source_releases_first_and_a_refused_one_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    rig = Rig()
    rig.core.handle(note(0, duration=4800))
    rig.run_ms(100)
    rig.core.handle(SetSync(source="jack"))  # memory ports have no transport
    assert "JACK" in capsys.readouterr().err
    assert len(rig.io.sent) == 1
    rig.core.handle(SetSync(source="clock", offset_ms=10))
    assert rig.io.data == [note_on(0, 60, 90), note_off(0, 60)]
    assert transport(rig) == Transport(playing=False, tick=0, source="clock", locked=False, epoch=2)
    rig.core.handle(SetTempo(bpm=90.0))
    assert "MIDI clock leads" in capsys.readouterr().err
    tick = rig.clock.tick()
    rig.core.handle(SetSync())
    assert transport(rig) == Transport(playing=True, tick=tick, source="internal", epoch=3)
    rig.core.handle(SetTempo(bpm=90.0))
    assert rig.of(Clock)[-1].bpm == 90.0
