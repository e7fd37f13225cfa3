import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.music.attributes import ATTRIBUTES, WEAKNESS_S, attributes_of, attributes_of_one
from realtime.music.pattern_codec import HOLD, REST, STEPS, SYMBOLS, onset

C, D, G = onset(60), onset(62), onset(67)


def pattern(places: dict[int, int], fill: int = HOLD) -> np.ndarray:
    symbols = np.full(STEPS, fill)
    for step, symbol in places.items():
        symbols[step] = symbol
    return symbols


@pytest.mark.parametrize(
    ("symbols", "expected"),
    [
        # density, register, range, syncopation, interval, rests
        (pattern({0: C, 16: G}), (2, 63.5, 7, 0.0, 7.0, 0.0)),
        (pattern({0: C, 8: D, 16: G}), (3, 63.0, 7, (0 + 1 / 4 + 0) / 3, (2 + 5) / 2, 0.0)),
        (pattern({0: C, 4: D, 6: C, 7: D}), (4, 61.0, 2, (0 + 2 + 3 + 4) / 16, 2.0, 0.0)),
        (pattern({4: C, 5: REST, **dict.fromkeys(range(4), REST), **dict.fromkeys(range(6, 32), REST)}),
         (1, 60.0, 0, 0.5, 0.0, 31 / 32)),
        (pattern({}, REST), (0, 60.0, 0, 0.0, 0.0, 1.0)),
    ],
)  # fmt: skip
def test_by_hand(symbols: np.ndarray, expected: tuple[float, ...]) -> None:
    assert attributes_of(symbols) == pytest.approx(np.array(expected))
    assert attributes_of(np.stack([symbols, symbols]))[1] == pytest.approx(np.array(expected))


def test_the_order_is_that_of_the_names() -> None:
    assert tuple(ATTRIBUTES) == ("density", "register", "range", "syncopation", "interval", "rests")
    assert WEAKNESS_S[[0, 8, 4, 2, 1]].tolist() == [0, 0.25, 0.5, 0.75, 1.0]


@given(st.lists(st.integers(0, SYMBOLS - 1), min_size=STEPS, max_size=STEPS))
def test_one_pattern_in_plain_python_is_measured_alike(symbols: list[int]) -> None:
    symbols_S = np.array(symbols)
    assert attributes_of_one(symbols_S) == pytest.approx(tuple(attributes_of(symbols_S)), abs=1e-12)
