"""How models fill cycles: the shipped bundles, through orders alone."""

from dataclasses import replace

import numpy as np
import pytest

from realtime.engine.options import load_model
from realtime.engine.parts.makers import maker_of
from realtime.engine.parts.makers.sketch import locked
from realtime.engine.parts.material import Maker, Order, Path, Point
from realtime.errors import UsageError
from realtime.music.chorale import ChoraleCodec
from realtime.music.examples import EXAMPLES
from realtime.music.note import Phrase
from realtime.music.scales import Scale
from realtime.music.units import Meter

ORDER = Order(version=1, cycle=0, phrase=0, point=Point(seed=5), meter=Meter())
JIG = EXAMPLES["jig"].phrase()


@pytest.fixture(scope="module")
def morph() -> Maker:
    return maker_of(load_model("morph"))


@pytest.fixture(scope="module")
def quartet() -> Maker:
    return maker_of(load_model("quartet"))


@pytest.fixture(scope="module")
def sketch() -> Maker:
    return maker_of(load_model("sketch"))


@pytest.fixture(params=["morph", "quartet", "sketch"])
def maker(request: pytest.FixtureRequest) -> Maker:
    found: Maker = request.getfixturevalue(request.param)
    return found


def test_the_same_order_gives_the_same_material_within_its_cycle(maker: Maker) -> None:
    first, again = maker.make(ORDER), maker.make(ORDER)
    assert first.voices == again.voices
    assert len(first.voices) == len(maker.voice_names)
    assert any(voice.notes for voice in first.voices)
    for voice in first.voices:
        assert all(0 <= n.start_tick < n.end_tick <= first.length_ticks for n in voice.notes)


def test_another_seed_is_other_music_and_so_is_a_source(maker: Maker) -> None:
    plain = maker.make(ORDER)
    assert maker.make(replace(ORDER, point=Point(seed=6))).voices != plain.voices
    assert maker.make(replace(ORDER, point=Point(seed=5, source=(JIG,)))).voices != plain.voices


def test_continue_takes_turns_and_is_no_maker() -> None:
    with pytest.raises(UsageError, match="takes turns"):
        maker_of(load_model("continue"))


def sounding(voice: Phrase) -> list[tuple[int, int]]:
    return [(note.start_tick, note.pitch) for note in voice.notes]


def test_a_morph_begins_and_ends_where_its_snapshots_are(morph: Maker) -> None:
    start, end = Point(seed=1, controls={"density": 1.5}), Point(seed=2, controls={"register": 2.0})
    patterns = [
        morph.make(replace(ORDER, path=Path(start=start, end=end, place=place))).voices[0] for place in (0.0, 0.5, 1.0)
    ]
    ends = [morph.make(replace(ORDER, point=point)).voices[0] for point in (start, end)]
    assert sounding(patterns[0]) == sounding(ends[0])
    assert sounding(patterns[2]) == sounding(ends[1])
    assert sounding(patterns[1]) not in (sounding(patterns[0]), sounding(patterns[2]))


def test_a_quartets_next_phrase_is_new_and_the_same_one_comes_back_when_made_again(quartet: Maker) -> None:
    first = quartet.make(ORDER)
    second = quartet.make(replace(ORDER, cycle=1, phrase=1, previous=first))
    assert second.voices != first.voices
    assert quartet.make(replace(ORDER, cycle=1, phrase=1, previous=second)).voices == second.voices


@pytest.mark.parametrize("kept", [{"soprano"}, {"bass", "tenor"}])
def test_locked_voices_stay_while_the_others_are_made_anew(quartet: Maker, sketch: Maker, kept: set[str]) -> None:
    for maker in (quartet, sketch):
        first = maker.make(ORDER)
        again = maker.make(replace(ORDER, point=Point(seed=99), previous=first, locks=frozenset(kept)))
        same = {name for name, a, b in zip(maker.voice_names, first.voices, again.voices, strict=True) if a == b}
        assert kept <= same
        assert same != set(maker.voice_names)


def test_a_locked_bar_stays_to_the_last_bit(sketch: Maker) -> None:
    first = sketch.make(ORDER)
    again = sketch.make(replace(ORDER, point=Point(seed=99), previous=first, locks=frozenset({"bar1"})))
    for a, b in zip(first.voices, again.voices, strict=True):
        assert [n for n in a.notes if n.start_tick < 1920] == [n for n in b.notes if n.start_tick < 1920]
    assert again.voices != first.voices


def test_a_melody_is_harmonised_under_the_melody(quartet: Maker, sketch: Maker) -> None:
    melody = ChoraleCodec().decode(ChoraleCodec().encode((JIG, Phrase(), Phrase(), Phrase())))[0]
    point = Point(seed=5, source=(melody,))
    made = quartet.make(replace(ORDER, point=point))
    assert sounding(made.voices[0]) == sounding(melody)
    assert all(voice.notes for voice in made.voices)
    harmonise = replace(point, controls={"mode": float(_label(sketch, "mode", "harmonise"))})
    made = sketch.make(replace(ORDER, point=harmonise))
    assert sounding(made.voices[0]) == sounding(melody)
    assert all(voice.notes for voice in made.voices)


def _label(maker: Maker, name: str, label: str) -> float:
    control = next(control for control in maker.spec.controls if control.name == name)
    return control.parse(label)


def test_names_of_voices_and_bars_are_cells() -> None:
    cells = locked(frozenset({"bass", "bar2"}))
    assert cells[3].all()
    assert cells[:, 16:].all()
    assert not cells[:3, :16].any()
    assert not np.any(locked(frozenset()))


def test_a_morph_keeps_to_the_scale_it_starts_with(morph: Maker) -> None:
    filtered = {
        "scale_mode": _label(morph, "scale_mode", "filter"),
        "scale": _label(morph, "scale", "minor-pentatonic"),
    }
    start, end = Point(seed=1, controls=filtered), Point(seed=2, controls=filtered)
    scale = Scale(0, "minor-pentatonic")
    for place in (0.0, 0.25, 0.5, 0.75, 1.0):
        (voice,) = morph.make(replace(ORDER, path=Path(start=start, end=end, place=place))).voices
        assert all(scale.contains(note.pitch) for note in voice.notes)
