"""Any settings, notes and meters, for the tests that hold whatever they are."""

from hypothesis import strategies as st

from realtime.bundle.spec import ControlSpec
from realtime.music.note import Note
from realtime.music.units import Meter
from realtime.post import POST_CONTROLS, PostSettings


def values_of(control: ControlSpec) -> st.SearchStrategy[float]:
    """Any value of a control, its default more often than by chance."""
    numbers = (
        st.integers(int(control.low), int(control.high))
        if control.integer
        else st.floats(control.low, control.high, allow_subnormal=False)  # onnxruntime turns them off
    )
    return st.just(control.default) | numbers


def any_settings(**fixed: float | str) -> st.SearchStrategy[PostSettings]:
    """Settings, of which some are given."""
    free = {control.name: values_of(control) for control in POST_CONTROLS if control.name not in fixed}
    return st.fixed_dictionaries(free).map(lambda values: PostSettings.of({**values, **fixed}))


METERS = st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(5, 16)])
TICKS = st.integers(0, 8).map(lambda beat: beat * 480) | st.integers(0, 64).map(lambda n: n * 60) | st.integers(0, 4000)
# Few pitches: notes are to meet.
PITCHES = st.integers(60, 64) | st.integers(0, 127)
NOTES = st.lists(st.builds(Note, TICKS, PITCHES, st.integers(1, 1200), st.integers(1, 127)), max_size=24).map(
    lambda notes: tuple(sorted(notes))
)
