"""What is no take is refused."""

import msgspec
import pytest

from realtime.messages import ChunkNote
from realtime.takes.take import Take, TakeVoice
from tests.takes.examples import take


@pytest.mark.parametrize(
    "note", [ChunkNote(-1, 60, 1, 1), ChunkNote(0, 128, 1, 1), ChunkNote(0, 60, 0, 1), ChunkNote(0, 60, 1, 0)]
)
def test_a_note_that_midi_has_not_is_refused(note: ChunkNote) -> None:
    with pytest.raises(ValueError, match="no such note"):
        TakeVoice(name="lead", notes=(note,))


@pytest.mark.parametrize(
    ("fields", "says"),
    [({"length_ticks": 0}, "length_ticks must be 1"), ({"bpm": 500.0}, "bpm must be"), ({"day": "x"}, "a take's id")],
)
def test_what_cannot_be_is_refused(fields: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        take(**fields)  # type: ignore[arg-type]


def test_a_take_crosses_a_pipe_as_it_is() -> None:
    kept = take(seed=7, controls={"temperature": 0.5})
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=Take) == kept
