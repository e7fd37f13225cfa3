"""What the acceptance test makes of a take, by hand; Ardour itself is for `make accept`."""

from pathlib import Path

import mido
import pytest

from tests.acceptance.ardour import Key, Strike, find_take, is_accepted, read_take, report_of, strikes_sent

SENT: dict[Key, list[Strike]] = {
    ("continue", 0, 60): [(10.0, 90), (10.5, 80)],
    ("morph", 1, 60): [(10.0, 70)],
    ("quartet", 2, 50): [(11.0, 60)],
    ("sketch", 6, 48): [(11.0, 64), (12.0, 64)],
}


def recorded(**changed: list[Strike]) -> dict[Key, list[Strike]]:
    """All of it 7 s earlier, as on the DAW's own timeline; other strikes for some tracks."""
    return {key: changed.get(key[0], [(at - 7, velocity) for at, velocity in told]) for key, told in SENT.items()}


def test_all_is_there() -> None:
    report = report_of(SENT, recorded())
    assert (report["sent"], report["recorded"], report["missing"], report["extra"]) == (6, 6, 0, 0)
    assert (report["onset_p99_ms"], report["wrong_velocity"]) == (0.0, 0)
    assert report["by_track"] == {"continue": 2, "morph": 1, "quartet": 1, "sketch": 2}
    assert is_accepted(report)


@pytest.mark.parametrize(
    ("track", "strikes", "fault", "expected"),
    [
        ("morph", [], "missing", 1),
        ("morph", [(3.0, 70), (3.5, 70)], "extra", 1),
        ("morph", [(3.0, 71)], "wrong_velocity", 1),
        ("morph", [(3.0004, 70)], "onset_max_ms", 0.4),
    ],
)
def test_each_fault_is_found(track: str, strikes: list[Strike], fault: str, expected: float) -> None:
    report = report_of(SENT, recorded(**{track: strikes}))
    assert report[fault] == expected
    assert not is_accepted(report)


def test_a_part_that_never_played_is_no_proof() -> None:
    without = {key: strikes for key, strikes in SENT.items() if key[0] != "sketch"}
    assert not is_accepted(report_of(without, {key: told for key, told in recorded().items() if key in without}))


def test_a_take_and_the_players_word_are_read_alike(tmp_path: Path) -> None:
    file = tmp_path / "interchange" / "take" / "midifiles" / "Take1_morph-2.mid"
    file.parent.mkdir(parents=True)
    take, track = mido.MidiFile(ticks_per_beat=19_200), mido.MidiTrack()
    take.tracks.append(track)
    track.append(mido.Message("note_on", channel=1, note=60, velocity=70, time=19_200))
    track.append(mido.Message("note_off", channel=1, note=60, time=9_600))
    track.append(mido.Message("note_on", channel=1, note=60, velocity=71, time=9_600))
    take.save(file)
    assert read_take("morph", find_take(tmp_path, "morph")) == {("morph", 1, 60): [(0.5, 70), (1.0, 71)]}
    told = [
        {"port": "morph", "data": "kTxG", "sent_ns": 500_000_000},  # 91 3c 46
        {"port": "morph", "data": "gTxA", "sent_ns": 750_000_000},  # 81 3c 40
        {"port": "morph", "data": "kTxH", "sent_ns": 1_000_000_000},  # 91 3c 47
    ]
    assert strikes_sent(told) == {("morph", 1, 60): [(0.5, 70), (1.0, 71)]}
