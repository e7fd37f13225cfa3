import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.widgets.value_scale import ValueScale, nice_step, pitch_name, title_of
from realtime.bundle.spec import ControlSpec, choice

TEMPERATURE = ControlSpec(name="temperature", low=0, high=2, default=0.9, help="how bold the answer is")
TOP_P = ControlSpec(name="top_p", low=0.05, high=1, default=0.95)
OCTAVE = ControlSpec(name="octave", low=-3, high=3, default=0, unit="octaves", integer=True)
LOWEST = ControlSpec(name="range_low", low=0, high=127, default=0, unit="MIDI pitch", integer=True)
MODE = choice("scale_mode", ("off", "snap", "filter"), default=1)


@given(st.floats(0, 2, allow_subnormal=False))
def test_a_position_is_at_most_half_a_step_away(value: float) -> None:
    scale = ValueScale.of(TEMPERATURE)
    assert abs(scale.value_at(scale.position_of(value)) - value) <= scale.step / 2 + 1e-9


@given(st.sampled_from([TEMPERATURE, TOP_P, OCTAVE, LOWEST, MODE]), st.integers(-5, 300))
def test_what_is_written_is_read_back(spec: ControlSpec, position: int) -> None:
    scale = ValueScale.of(spec)
    value = scale.value_at(position)
    assert spec.low <= value <= spec.high
    assert scale.parse(scale.exact(value)) == value
    assert scale.parse(scale.spoken(value)) == pytest.approx(value, abs=scale.step + 1e-9)
    assert scale.position_of(value) == min(scale.top, max(0, position))


@pytest.mark.parametrize(("span", "step"), [(1, 0.005), (2, 0.01), (6, 0.02), (200, 1), (12, 0.05)])
def test_steps_are_round(span: float, step: float) -> None:
    assert nice_step(span) == pytest.approx(step)


@pytest.mark.parametrize(
    ("spec", "value", "text"),
    [
        (TEMPERATURE, 0.9, "0.90"),
        (OCTAVE, 2, "+2 octaves"),
        (OCTAVE, 0, "0 octaves"),
        (OCTAVE, -1, "-1 octaves"),
        (LOWEST, 60, "C4"),
        (MODE, 2, "filter"),
    ],
)
def test_values_stand_on_screen_with_their_unit(spec: ControlSpec, value: float, text: str) -> None:
    assert ValueScale.of(spec).spoken(value) == text


@pytest.mark.parametrize(("text", "value"), [("1.25", 1.25), (" 0,5 ", 0.5), ("2", 2)])
def test_numbers_are_typed_as_one_likes(text: str, value: float) -> None:
    assert ValueScale.of(TEMPERATURE).parse(text) == value


def test_pitches_are_typed_by_name_or_number() -> None:
    scale = ValueScale.of(LOWEST)
    assert [scale.parse(text) for text in ("60", "c4", "Eb3", "C-1", "G9")] == [60, 60, 51, 0, 127]


@pytest.mark.parametrize(
    ("spec", "text", "says"),
    [
        (TEMPERATURE, "3", "temperature must be 0..2, got 3"),
        (TEMPERATURE, "hot", "temperature takes a number, got 'hot'"),
        (TEMPERATURE, "nan", "temperature must be 0..2, got nan"),
        (LOWEST, "H4", "range_low takes a pitch, 0 to 127 or C-1 to G9, got 'H4'"),
        (MODE, "none", "off, snap, filter"),
    ],
)
def test_what_is_refused_is_named_in_one_line(spec: ControlSpec, text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says.replace(".", r"\.")) as caught:
        ValueScale.of(spec).parse(text)
    assert "\n" not in str(caught.value)


def test_the_tooltip_has_name_help_range_and_default() -> None:
    assert ValueScale.of(TEMPERATURE).help() == "temperature\nHow bold the answer is.\n0.00 to 2.00, default 0.90"
    assert ValueScale.of(MODE).help() == "scale mode\ndefault snap"


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(ValueError, match="needs low < high"):
        ValueScale.of(ControlSpec(name="stuck", low=1, high=1, default=1))


def test_names() -> None:
    assert [pitch_name(pitch) for pitch in (0, 60, 61, 127)] == ["C-1", "C4", "C#4", "G9"]
    assert title_of("melody_1_seed") == "melody 1 seed"
