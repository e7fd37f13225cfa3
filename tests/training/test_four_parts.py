"""Reading four-part pieces from what people have: tracks in any order, hymns on two staves, triplets, broken files."""

import sys
import types
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import mido
import numpy as np
import pytest

from realtime.errors import FileError
from realtime.music.chorale import PITCH_LOW, REST, VOICES, symbol_of
from tests.training.test_corpus import write_index, write_tune
from training.data.chorales import load_chorales, music21_sources, windows
from training.data.corpus import ReadConfig
from training.data.four_parts import read_grid_parts, read_midi_parts
from training.data.parse import Job
from training.data.workers import Pool

TICKS = 96
TUNE = [72, 74, 76, 77, 79, 77, 76, 74, 72, 71, 72, 74, 76, 79]
BEATS = len(TUNE)
BARS = (0, 16, 32, 48)
Timed = tuple[int, int, int]  # start and length in ticks, pitch


def beats(pitches: Sequence[int]) -> list[Timed]:
    return [(TICKS * i, TICKS, pitch) for i, pitch in enumerate(pitches)]


def hymn(shift: int = 0, tune: Sequence[int] = TUNE) -> list[list[Timed]]:
    """Soprano first; the bass repeats its note on every beat."""
    return [beats([p + shift - down for p in tune]) for down in (0, 5, 9)] + [beats([48 + shift] * len(tune))]


def write_tracks(path: Path, tracks: Sequence[Sequence[Timed]], meter: tuple[int, int] = (4, 4)) -> None:
    file = mido.MidiFile(ticks_per_beat=TICKS)
    signs = mido.MidiTrack([mido.MetaMessage("time_signature", numerator=meter[0], denominator=meter[1])])
    file.tracks.append(signs)
    for notes in tracks:
        marks = [(s, 1, p) for s, _, p in notes] + [(s + d, 0, p) for s, d, p in notes]
        track, now = mido.MidiTrack(), 0
        for tick, on, pitch in sorted(marks):
            track.append(mido.Message("note_on", note=pitch, velocity=64 * on, time=tick - now))
            now = tick
        file.tracks.append(track)
    file.save(path)


def test_four_tracks_become_voices_the_highest_first(tmp_path: Path) -> None:
    write_tracks(tmp_path / "a.mid", hymn()[::-1])
    (found,) = read_midi_parts(tmp_path / "a.mid")
    assert found.grid.steps == 4 * BEATS
    assert found.grid.symbol_VS[0, ::4].tolist() == [symbol_of(p) for p in TUNE]
    assert found.grid.symbol_VS[1, ::4].tolist() == [symbol_of(p - 5) for p in TUNE]
    assert np.flatnonzero(found.grid.strike_VS[3]).tolist() == list(range(0, 4 * BEATS, 4))
    assert found.bar_steps == BARS


def test_a_hymn_on_two_staves_has_four_voices(tmp_path: Path) -> None:
    four = hymn()
    four[1] = [(0, 4 * TICKS, 60), *four[1][4:]]  # the alto holds a note while the soprano moves
    write_tracks(tmp_path / "four.mid", four)
    write_tracks(tmp_path / "two.mid", [four[0] + four[1], four[2] + four[3]])
    (wide,), (printed,) = read_midi_parts(tmp_path / "four.mid"), read_midi_parts(tmp_path / "two.mid")
    assert printed.grid == wide.grid


def test_voices_in_unison_are_one_note_for_both(tmp_path: Path) -> None:
    lower = beats([55] * 10)
    write_tracks(tmp_path / "a.mid", [beats(TUNE[:10]), beats([72] * 10 + []) and lower + beats([48] * 10)])
    (found,) = read_midi_parts(tmp_path / "a.mid")
    assert np.array_equal(found.grid.symbol_VS[0], found.grid.symbol_VS[1])


def test_beats_off_the_grid_cut_the_piece(tmp_path: Path) -> None:
    tracks = hymn(tune=TUNE * 2)
    tracks[0][9:10] = [(9 * TICKS + i * TICKS // 3, TICKS // 3, 72 + i) for i in range(3)]
    write_tracks(tmp_path / "a.mid", tracks)
    first, second = read_midi_parts(tmp_path / "a.mid")
    assert (first.grid.steps, second.grid.steps) == (4 * 9, 4 * 18)
    assert (first.label, second.label) == ("0", "1")
    assert first.bar_steps == (0, 16, 32)
    assert second.bar_steps == (8, 24, 40, 56)  # the stretch begins in the third bar


def test_a_piece_that_is_not_in_four_quarters_has_no_such_bars(tmp_path: Path) -> None:
    write_tracks(tmp_path / "a.mid", hymn(), meter=(3, 4))
    assert read_midi_parts(tmp_path / "a.mid")[0].bar_steps == ()


@pytest.mark.parametrize(
    ("tracks", "said"),
    [
        (hymn()[:3], "tracks with notes: 3; four are needed"),
        ([], "tracks with notes: 0; four are needed"),
        ([n[:3] for n in hymn()], "no two bars on the sixteenth grid"),
        ([[(s + 40 * (i % 3 > 0), d, p) for i, (s, d, p) in enumerate(n)] for n in hymn()], "off the sixteenth grid"),
        ([beats([72, 76]) + [(i * 50, 400, 60 + i) for i in range(30)], *hymn()[1:]], "notes overlap"),
        ([[(0, TICKS, 60), (TICKS * 20_000, TICKS, 60)], *hymn()[1:]], "bars; at most"),
    ],
)
def test_what_is_no_four_part_piece_is_told_why(tmp_path: Path, tracks: list[list[Timed]], said: str) -> None:
    write_tracks(tmp_path / "a.mid", tracks)
    with pytest.raises(FileError, match=said):
        read_midi_parts(tmp_path / "a.mid")


def test_a_folder_of_ones_own_is_read_split_and_listed(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for number in range(4):
        tune = [72 + (number * (i + 2) + i * i) % 11 for i in range(BEATS)]
        write_tracks(folder / f"{number}.mid", hymn(tune=tune))
    write_tracks(folder / "in F.mid", hymn(5, tune=[72 + (i * i) % 11 for i in range(BEATS)]))  # number 0 again
    write_tune(folder / "melody.mid", pitches=TUNE)
    (folder / "broken.mid").write_bytes(b"MThd" + bytes(9))
    corpus = load_chorales([folder], config=ReadConfig(cache=tmp_path / "cache"))
    assert {tune.name for tune in corpus.tunes} == {"0", "1", "2", "3"}
    assert corpus.split("valid")
    assert corpus.split("train")
    reasons = {problem.file: problem.reason for problem in corpus.problems}
    assert reasons["melody.mid"].startswith("tracks with notes: 1")
    assert reasons["broken.mid"].startswith("no readable MIDI file")
    assert [line["reason"] for line in corpus.listing if "reason" in line] == ["a copy of 0"]
    assert all(tune.strike_VT is not None and tune.bar_steps == BARS for tune in corpus.tunes)
    assert corpus.note_counts("train") == {"mine": 4 * BEATS * len(corpus.split("train"))}
    assert windows(corpus.tunes, 16).shape == (8, VOICES, 32)


def test_a_melody_harmonised_twice_is_on_one_side(tmp_path: Path) -> None:
    write_tracks(tmp_path / "a.mid", hymn())
    write_tracks(tmp_path / "b.mid", [hymn()[0], *hymn(tune=TUNE[::-1])[1:]])
    write_index(tmp_path, [{"file": "a.mid", "split": "valid"}, {"file": "b.mid", "split": "train"}])
    with_other = load_chorales([tmp_path])
    assert [tune.name for tune in with_other.tunes] == ["a"]
    assert [line["reason"] for line in with_other.listing if "reason" in line] == ["opens like a, which is held out"]


def write_grid(path: Path, **pieces: list[np.ndarray]) -> None:
    arrays = {}
    for split, found in pieces.items():
        arrays[f"{split}_pitch"] = np.concatenate([piece.T for piece in found]).astype(np.int8)
        arrays[f"{split}_start"] = np.cumsum([0, *(piece.shape[1] for piece in found)]).astype(np.int32)
    np.savez(path, **arrays)


def test_a_grid_file_keeps_its_split_and_says_nothing_of_strikes(tmp_path: Path) -> None:
    piece = np.repeat(np.array([[72 + (i * i) % 7 for i in range(BEATS)]] * VOICES), 4, axis=1)
    piece[3, :8] = -1
    write_grid(tmp_path / "jsb16_satb.npz", train=[piece, piece[:, :40]], valid=[piece + 2 * (piece > 0)])
    (first, _, other) = read_grid_parts(tmp_path / "jsb16_satb.npz")
    assert (first.label, first.split, first.struck) == ("train/0", "train", False)
    assert first.grid.symbol_VS[3, :9].tolist() == [REST] * 8 + [int(piece[3, 8]) - PITCH_LOW + 1]
    assert other.split == "valid"
    corpus = load_chorales([tmp_path])
    sides = {tune.name: tune.split for tune in corpus.tunes}
    assert sides == {f"{tmp_path.name}/{n}": n.split("/")[0] for n in ("train/0", "train/1", "valid/0")}
    assert all(tune.strike_VT is None for tune in corpus.tunes)


def test_a_grid_file_with_impossible_pitches_is_refused(tmp_path: Path) -> None:
    write_grid(tmp_path / "jsb16_satb.npz", train=[np.full((VOICES, 40), 110)])
    with pytest.raises(FileError, match=r"pitches 24\.\.107 or -1 are needed"):
        read_grid_parts(tmp_path / "jsb16_satb.npz")


def test_a_folder_without_such_pieces_says_what_was_wrong(tmp_path: Path) -> None:
    write_tune(tmp_path / "melody.mid", pitches=TUNE)
    with pytest.raises(FileError, match=r"melody\.mid: tracks with notes: 1"):
        load_chorales([tmp_path])


SCORE = """<?xml version="1.0"?>
<score-partwise><part-list>{list}</part-list>{parts}</score-partwise>"""
NOTE = "<note><pitch><step>{step}</step><octave>{octave}</octave></pitch><duration>{length}</duration>{tie}</note>"


def write_score(path: Path) -> None:
    """A pick-up beat and two bars; the soprano's last note is tied over the bar line. A horn plays with them."""
    names = ("Horn", "Soprano", "Alto", "Tenor", "Bass")
    listing = "".join(
        f'<score-part id="P{i}"><part-name>{name}</part-name></score-part>' for i, name in enumerate(names)
    )
    parts = []
    for i, octave in enumerate((5, 5, 4, 4, 3)):
        first = "<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
        note = NOTE.format(step="C", octave=octave, length=1, tie="")
        tied = [NOTE.format(step="E", octave=octave, length=1, tie=f'<tie type="{t}"/>') for t in ("start", "stop")]
        bars = (first + note, note * 3 + tied[0], tied[1] + note * 3)
        numbered = "".join(
            f'<measure number="{n}"{" implicit=" + chr(34) + "yes" + chr(34) if n == 0 else ""}>{bar}</measure>'
            for n, bar in enumerate(bars)
        )
        parts.append(f'<part id="P{i}">{numbered}</part>')
    path.write_text(SCORE.format(list=listing, parts="".join(parts)))


@pytest.mark.skipif(find_spec("music21") is None, reason="music21 is not installed")
def test_a_score_of_music21_keeps_onsets_ties_and_bars(tmp_path: Path) -> None:
    write_score(tmp_path / "a.musicxml")
    (read,) = Pool().parse_all([Job(path=str(tmp_path / "a.musicxml"), kind="parts-music21", seconds=60.0)])
    assert read.parsed.problems == []
    found = read.parsed.parts[0].parts()
    assert found.bar_steps == (4, 20)
    assert np.flatnonzero(found.grid.strike_VS[0]).tolist() == [0, 4, 8, 12, 16, 24, 28, 32]
    assert found.grid.symbol_VS[:, 0].tolist() == [symbol_of(p) for p in (72, 60, 60, 48)]


def test_without_data_music21s_chorales_are_read_but_those_of_the_test_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = tmp_path / "music21" / "corpus" / "bach"
    corpus.mkdir(parents=True)
    for name in ("bwv1.6", "bwv10.7", "bwv102.7"):  # the last is a test chorale
        (corpus / f"{name}.mxl").write_bytes(b"no score")
    package = types.ModuleType("music21")
    package.__spec__ = ModuleSpec("music21", None, origin=str(tmp_path / "music21" / "__init__.py"))
    monkeypatch.setitem(sys.modules, "music21", package)
    with pytest.raises(FileError, match="music21's corpus: no piece of four parts"):
        load_chorales()
    assert [source.name for source in music21_sources()] == ["bwv1.6", "bwv10.7"]
