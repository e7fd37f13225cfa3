"""What was really sent and played."""

import pytest

from realtime.engine.bar_lines import BarLines
from realtime.engine.recorder import Recorder, Window
from realtime.messages import Chunk, ChunkNote, Cut, Played
from realtime.music.units import Meter

BAR = 1920


def note(tick: int, pitch: int = 60, length: int = 240) -> ChunkNote:
    return ChunkNote(tick, pitch, length, 80)


def chunk(
    *notes: ChunkNote, part: str = "bass", generation: int = 1, start: int | None = None, mono: bool = False
) -> Chunk:
    first = min((n.start_tick for n in notes), default=0) if start is None else start
    return Chunk(part, generation, 3, first, notes, monophonic=mono)


def played(tick: int, pitch: int, on: bool = True, channel: int = 0) -> Played:
    return Played(time_ns=0, tick=tick, data=bytes(((0x90 if on else 0x80) | channel, pitch, 70)))


def starts(window: Window | None, voice: str = "bass") -> list[int]:
    assert window is not None
    return [n.start_tick for n in window.voices.get(voice, (0, ()))[1]]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(BarLines(Meter()))


def test_what_has_not_begun_is_not_in_it(recorder: Recorder) -> None:
    recorder.place(chunk(note(0), note(480), note(960)), 0)
    window = recorder.last_bars("", 500, 4)
    assert starts(window) == [0, 480]
    assert window is not None
    assert (window.start_tick, window.length_ticks, window.voices["bass"][0]) == (0, BAR, 3)


def test_a_newer_generation_replaces_what_has_not_begun(recorder: Recorder) -> None:
    recorder.place(chunk(note(0), note(480), note(960)), 0)
    recorder.place(chunk(note(720), generation=2, start=240), 500)  # from 240 on, but 480 has sounded
    recorder.place(chunk(note(1200)), 500)  # of the old generation: too late
    assert starts(recorder.last_bars("bass", BAR - 1, 1)) == [0, 480, 720]


def test_a_cut_ends_what_sounds_and_drops_the_rest(recorder: Recorder) -> None:
    recorder.place(chunk(note(0, length=960), note(480)), 0)
    recorder.cut(Cut("bass", 2), 100)
    recorder.place(chunk(note(600)), 100)
    assert recorder.notes("bass", 0, BAR) == (3, (note(0, length=100),))


def test_the_next_note_of_a_monophonic_voice_ends_the_last(recorder: Recorder) -> None:
    recorder.place(chunk(note(0, 60, 960), note(480, 62, 960), mono=True), 0)
    assert [n.duration_ticks for n in recorder.notes("bass", 0, BAR)[1]] == [480, 960]


def test_the_musician_is_kept_by_channel_with_the_keys_that_are_down(recorder: Recorder) -> None:
    recorder.play(played(100, 60))
    recorder.play(played(300, 60, on=False))
    recorder.play(played(400, 64, channel=2))
    window = recorder.last_bars("played", 900, 1)
    assert window is not None
    assert window.voices == {
        "played/1": (0, (ChunkNote(100, 60, 200, 70),)),
        "played/3": (2, (ChunkNote(400, 64, 500, 70),)),
    }
    assert recorder.last_bars("bass", 900, 1) is None


def test_whole_bars_are_counted_back_from_the_newest_note(recorder: Recorder) -> None:
    recorder.place(chunk(*(note(bar * BAR) for bar in range(10))), 0)
    late = recorder.last_bars("", 7 * BAR + 1000, 2)  # more than half of bar 8 is over: it is one of the two
    assert late is not None
    assert (late.start_tick, late.length_ticks) == (6 * BAR, 2 * BAR)
    young = recorder.last_bars("", 7 * BAR + 100, 2)  # it has hardly begun: two whole ones, and what there is of it
    assert young is not None
    assert (young.start_tick, young.length_ticks) == (5 * BAR, 3 * BAR)
    long_ago = recorder.last_bars("", 40 * BAR, 64)
    assert long_ago is not None
    assert (long_ago.start_tick, long_ago.length_ticks) == (0, 10 * BAR)


def test_what_was_before_a_stop_stays_until_something_new_is_played(recorder: Recorder) -> None:
    recorder.place(chunk(note(BAR), note(BAR + 960)), 0)
    recorder.play(played(BAR, 72))
    recorder.begin_again(BAR + 500)  # the song goes back to its beginning
    window = recorder.last_bars("", 10, 4)
    assert starts(window) == [0]
    assert starts(window, "played/1") == [0]
    recorder.begin_again(20)  # once more: nothing new has been played
    assert starts(recorder.last_bars("", 10, 4)) == [0]
    recorder.place(chunk(note(100), generation=9), 0)
    window = recorder.last_bars("", 120, 4)
    assert starts(window) == [100]
    assert starts(window, "played/1") == []


def test_silence_ends_all_voices(recorder: Recorder) -> None:
    recorder.place(chunk(note(0, length=960), note(480)), 0)
    recorder.place(chunk(note(480), part="lead"), 0)
    recorder.silence(200)
    assert recorder.notes("bass", 0, BAR)[1] == (note(0, length=200),)
    assert recorder.notes("lead", 0, BAR)[1] == ()


def test_the_oldest_bars_are_forgotten(recorder: Recorder) -> None:
    for bar in range(200):
        recorder.place(chunk(note(bar * BAR)), bar * BAR)
    assert recorder.notes("bass", 0, 133 * BAR)[1] == ()
    assert len(recorder.notes("bass", 0, 200 * BAR)[1]) == 67
