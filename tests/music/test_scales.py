import pytest

from realtime.errors import UsageError
from realtime.music.scales import SCALES, Scale, fold, pitch_class


@pytest.mark.parametrize("name", sorted(SCALES))
@pytest.mark.parametrize("root", range(12))
def test_snap_is_monotone_and_lands_in_the_scale(name: str, root: int) -> None:
    scale = Scale(root, name)
    snapped = [scale.snap(pitch) for pitch in range(128)]
    assert snapped == sorted(snapped)
    assert all(scale.contains(pitch) for pitch in snapped)
    assert all(scale.snap(pitch) == pitch for pitch in range(128) if scale.contains(pitch))


@pytest.mark.parametrize(("text", "root"), [("C", 0), ("f#", 6), ("Gb", 6), ("bb", 10), ("A#", 10)])
def test_pitch_class_names(text: str, root: int) -> None:
    assert pitch_class(text) == root


def test_unknown_names_say_what_there_is() -> None:
    with pytest.raises(UsageError, match="one of C, C#"):
        pitch_class("H")
    with pytest.raises(UsageError, match="major, minor"):
        Scale(0, "lydain")


def test_a_scale_from_its_controls() -> None:
    assert Scale.of_controls(2.0, float(tuple(SCALES).index("dorian"))) == Scale(2, "dorian")


@pytest.mark.parametrize(
    ("pitch", "low", "high", "folded"),
    [
        (60, 0, 127, 60),
        (-1, 0, 127, 11),
        (130, 0, 127, 118),  # by one octave, not to the lowest of them
        (128, 0, 127, 116),
        (40, 60, 71, 64),
        (90, 60, 71, 66),
        (40, 60, 62, 60),  # no E there: the nearer end
        (90, 60, 62, 62),
    ],
)
def test_fold_moves_by_as_few_octaves_as_it_takes(pitch: int, low: int, high: int, folded: int) -> None:
    assert fold(pitch, low, high) == folded
