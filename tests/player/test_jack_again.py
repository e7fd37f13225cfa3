"""Note-offs that a gap of JACK's cycles may have swallowed come again, and never end a note struck since."""

from realtime.player.backends.jack_again import AGAIN_NS, MAX_KEYS, TIMES, Again
from realtime.player.midi_bytes import control_change, note_off, note_on
from realtime.player.ports import Outgoing

FRAMES = 256


def wrote(again: Again, *messages: bytes) -> None:
    for data in messages:
        again.wrote(Outgoing(due_ns=0, data=data))


def test_without_a_gap_nothing_comes_again_also_where_the_count_goes_round() -> None:
    again = Again()
    wrote(again, note_off(0, 60))
    frames = [(1 << 32) - 2 * FRAMES + FRAMES * n & (1 << 32) - 1 for n in range(5)]
    assert [again.due(frame, FRAMES, frame) for frame in frames] == [[]] * 5
    assert again.gaps == 0


def test_after_a_gap_each_note_off_comes_a_few_times() -> None:
    again = Again()
    again.due(0, FRAMES, 1)
    wrote(again, note_on(0, 60, 80), note_off(0, 60), control_change(0, 7, 1), note_on(0, 62, 80))
    cycles = [again.due(FRAMES * (3 + n), FRAMES, 1 + n * AGAIN_NS // 2) for n in range(8)]
    assert [cycle for cycle in cycles if cycle] == [[("", note_off(0, 60))]] * TIMES
    assert again.gaps == 1


def test_what_was_struck_anew_is_left_alone_and_old_ends_are_forgotten() -> None:
    again = Again()
    again.due(0, FRAMES, 1)
    wrote(again, *(note_off(1, pitch) for pitch in range(MAX_KEYS + 1)), note_on(1, 5, 80))
    (first, *_) = found = again.due(FRAMES * 9, FRAMES, 2)
    assert first == ("", note_off(1, 1))
    assert len(found) == MAX_KEYS - 1
    assert ("", note_off(1, 5)) not in found
