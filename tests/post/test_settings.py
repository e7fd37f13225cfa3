import pytest
from hypothesis import given

from realtime.errors import UsageError
from realtime.music.scales import SCALES
from realtime.post import POST_CONTROLS, PostSettings
from tests.post.settings_strategy import any_settings


def test_the_table_and_the_value_have_the_same_names_and_defaults() -> None:
    assert PostSettings().controls() == {control.name: control.default for control in POST_CONTROLS}
    assert PostSettings.of({}) == PostSettings()


def test_labels_and_numbers_say_the_same() -> None:
    by_label = PostSettings.of({"scale_lock": "snap", "key": "Eb", "scale": "dorian", "quantise": "1/8T", "swing": 0.5})
    scale = tuple(SCALES).index("dorian")
    assert by_label == PostSettings(scale_lock=1, key=3, scale=scale, quantise=3, swing=0.5)


def test_a_session_keeps_what_was_changed_in_words() -> None:
    settings = PostSettings(scale_lock=2, key=2, swing_grid=1, level=1.5)
    assert settings.changed() == {"scale_lock": "filter", "key": "D", "swing_grid": "1/16", "level": 1.5}
    assert PostSettings().changed() == {}


@given(settings=any_settings())
def test_written_settings_are_read_back(settings: PostSettings) -> None:
    assert PostSettings.of(settings.changed()) == settings
    assert PostSettings.of(settings.controls()) == settings


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"swng": 0.5}, r"the post chain has no control 'swng' \(it has scale_lock, key"),
        ({"swing": 1.5}, r"swing must be 0..1, got 1.5"),
        ({"level": float("nan")}, r"level must be 0..2, got nan"),
        ({"scale_lock": "snapp"}, r"scale_lock takes a number \(off, snap, filter\), got 'snapp'"),
        ({"range_low": 128}, r"range_low must be 0..127, got 128"),
    ],
)
def test_wrong_values_get_one_clear_line(values: dict[str, float | str], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        PostSettings.of(values)


def test_no_way_around_the_check() -> None:
    with pytest.raises(UsageError, match=r"octave must be -3..3, got 4"):
        PostSettings(octave=4)
