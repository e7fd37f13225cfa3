import pytest
from hypothesis import given

from realtime.music.scales import SCALES, Scale
from realtime.post import PostSettings
from realtime.post.pitch import LEFT_OUT, UNCHANGED, pitch_table
from tests.post.settings_strategy import any_settings


def table(**values: float | str) -> tuple[int, ...]:
    return pitch_table(PostSettings.of(values))


@pytest.mark.parametrize("scale", SCALES)
def test_snap_is_monotone(scale: str) -> None:
    for key in range(12):
        snapped = table(scale_lock="snap", key=key, scale=scale)
        assert list(snapped) == sorted(snapped)
        assert all(Scale(key, scale).contains(pitch) for pitch in snapped)


def test_filter_leaves_out_what_is_not_in_the_scale() -> None:
    filtered = table(scale_lock="filter", key="D", scale="major")
    assert [filtered[pitch] for pitch in range(60, 67)] == [LEFT_OUT, 61, 62, LEFT_OUT, 64, LEFT_OUT, 66]


@pytest.mark.parametrize(
    ("values", "pitch", "sounds"),
    [
        ({"octave": 2}, 60, 84),
        ({"octave": 3}, 120, 120),  # 156 comes back into MIDI by three octaves
        ({"octave": -3}, 30, 6),  # -6, up by one
        ({"range_low": 48, "range_high": 72}, 47, 59),
        ({"range_low": 48, "range_high": 72}, 100, 64),
        ({"range_low": 72, "range_high": 48}, 47, 59),  # the other way round: the same
        ({"range_low": 60, "range_high": 64}, 65, 64),  # no F in the range: its nearer end
        ({"range_low": 60, "range_high": 64}, 50, 62),
        ({"range_low": 60, "range_high": 64}, 54, 60),
        ({"scale_lock": "snap", "range_low": 61, "range_high": 63}, 72, 62),  # the only pitch of C major there
        ({"scale_lock": "snap", "range_low": 61, "range_high": 61}, 72, 61),  # none: the range wins
    ],
)
def test_octave_and_range(values: dict[str, float | str], pitch: int, sounds: int) -> None:
    assert table(**values)[pitch] == sounds


@given(settings=any_settings())
def test_all_that_sounds_is_in_the_range_and_in_the_scale_if_that_can_be(settings: PostSettings) -> None:
    low, high = sorted((settings.range_low, settings.range_high))
    sounding = [pitch for pitch in pitch_table(settings) if pitch != LEFT_OUT]
    assert all(low <= pitch <= high for pitch in sounding)
    scale = Scale.of_controls(settings.key, settings.scale)
    if settings.scale_lock and any(scale.contains(pitch) for pitch in range(low, high + 1)):
        assert all(scale.contains(pitch) for pitch in sounding)


@given(settings=any_settings(octave=0))
def test_a_second_time_changes_nothing(settings: PostSettings) -> None:
    once = pitch_table(settings)
    assert all(once[pitch] == pitch for pitch in once if pitch != LEFT_OUT)


def test_the_range_moves_by_octaves_wherever_there_is_room() -> None:
    assert all(pitch % 12 == place % 12 for place, pitch in enumerate(table(range_low=50, range_high=61)))
    assert table() == UNCHANGED
