"""Controls as the manifest describes them: one way to check, read and show a value."""

import msgspec
import pytest

from realtime.bundle.spec import ControlSpec, choice, resolve
from realtime.errors import UsageError

DENSITY = ControlSpec(name="density", low=-2, high=2, default=0.5)
STEPS = ControlSpec(name="steps", low=1, high=4, default=2, integer=True)
MODE = choice("mode", ("continue", "fill", "vary"), default=1)
ALL = (DENSITY, STEPS, MODE)


@pytest.mark.parametrize(
    ("control", "given", "value"),
    [(DENSITY, "1.25", 1.25), (STEPS, "3.4", 3), (MODE, "vary", 2), (MODE, "1", 1), (DENSITY, "-2", -2)],
)
def test_values_as_they_are_typed(control: ControlSpec, given: str, value: float) -> None:
    assert control.parse(given) == value
    assert control.parse(str(control.show(value))) == value


@pytest.mark.parametrize(
    ("control", "given", "says"),
    [
        (DENSITY, "3", r"density must be -2\.\.2, got 3"),
        (DENSITY, "nan", r"density must be -2\.\.2, got nan"),
        (DENSITY, "much", "density takes a number, got 'much'"),
        (MODE, "sing", r"mode takes a number \(continue, fill, vary\), got 'sing'"),
        (MODE, "3", r"mode must be 0\.\.2, got 3"),
    ],
)
def test_values_that_cannot_be(control: ControlSpec, given: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        control.parse(given)


def test_what_is_given_stands_before_the_defaults() -> None:
    assert resolve("toy", ALL, {}) == {"density": 0.5, "steps": 2, "mode": 1}
    assert resolve("toy", ALL, {"mode": "fill", "steps": 4.0}) == {"density": 0.5, "steps": 4, "mode": 1}
    with pytest.raises(UsageError, match=r"toy has no control 'tempo' \(it has density, steps, mode\)"):
        resolve("toy", ALL, {"tempo": 1.0})
    with pytest.raises(UsageError, match="density must be"):
        resolve("toy", ALL, {"density": 9.0})


def test_a_label_is_shown_for_a_choice() -> None:
    assert MODE.show(2) == "vary"
    assert DENSITY.show(2) == 2
    assert msgspec.json.decode(msgspec.json.encode(MODE), type=ControlSpec) == MODE
