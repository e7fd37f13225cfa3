"""A flood of controllers: fewer are heard, and nothing sounds differently."""

from hypothesis import given
from hypothesis import strategies as st

from realtime.messages import Counters, Played
from realtime.player.flood import newest
from realtime.player.midi_bytes import SUSTAIN, control_change, note_off, note_on
from realtime.player.ports import INPUT_BATCH
from tests.player.fakes import Rig

CHANNELS = st.integers(0, 1)
VALUES = st.integers(0, 127)
MESSAGES = st.one_of(
    st.builds(control_change, CHANNELS, st.sampled_from((0, 1, 6, 11, 64, 98, 123)), VALUES),
    st.builds(note_on, CHANNELS, st.integers(60, 62), st.integers(1, 127)),
    st.builds(note_off, CHANNELS, st.integers(60, 62)),
    st.builds(lambda status, channel, *rest: bytes((status | channel, *rest)), st.just(0xE0), CHANNELS, VALUES, VALUES),
    st.builds(lambda channel, value: bytes((0xD0 | channel, value)), CHANNELS, VALUES),
    st.sampled_from((b"", b"\xf8", b"\xb0", bytes((0xA0, 60, 3)), bytes((0xA0, 61, 4)))),
)
STEPS = (0, 6, 64, 98, 123)


def heard_by_notes(messages: list[bytes]) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """What is no value, each with the newest values of its moment, and those of the end."""
    values: dict[bytes, bytes] = {}
    found: list[tuple[bytes, dict[bytes, bytes]]] = []
    for data in messages:
        if data and data[0] & 0xF0 in (0xD0, 0xE0):
            values[data[:1]] = data
        elif data and (data[0] & 0xF0 == 0xA0 or (data[0] & 0xF0 == 0xB0 and len(data) > 1 and data[1] not in STEPS)):
            values[data[:2]] = data
        else:
            found.append((data, dict(values)))
    return [*found, (b"", values)]


@given(st.lists(MESSAGES, max_size=60))
def test_every_note_and_switch_is_heard_with_the_values_of_its_time(messages: list[bytes]) -> None:
    arrived = list(enumerate(messages))
    kept = newest(arrived)
    assert [timed for timed in arrived if timed in kept] == kept  # in order, nothing new
    assert heard_by_notes([data for _, data in kept]) == heard_by_notes(messages)
    assert newest(kept) == kept


def test_only_a_flood_is_thinned() -> None:
    rig = Rig()
    for value in range(INPUT_BATCH - 1):
        rig.io.inject(control_change(0, 1, value % 128))
    rig.core.step()
    assert len(rig.of(Played)) == INPUT_BATCH - 1


def test_of_a_flood_the_newest_values_and_all_notes_are_heard_and_the_rest_is_counted() -> None:
    rig = Rig(thru=True)
    for value in range(INPUT_BATCH - 2):
        rig.io.inject(control_change(0, 1 + value % 2, value % 128))
    rig.io.inject(note_off(0, 60))
    rig.io.inject(control_change(0, SUSTAIN, 0))
    rig.run_ms(600)
    last = [control_change(0, 1, 124), control_change(0, 2, 125), note_off(0, 60), control_change(0, SUSTAIN, 0)]
    assert [played.data for played in rig.of(Played)] == last
    told = rig.of(Counters)[-1]
    assert (told.received, told.coalesced, told.overflow) == (INPUT_BATCH, INPUT_BATCH - 4, 0)
