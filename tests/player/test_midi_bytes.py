import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.player.midi_bytes import SPECS, is_note, is_note_off, is_note_on, note_off, parse_channel_message


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
@pytest.mark.parametrize("channel", [0, 9, 15])
def test_every_kind_of_message_at_its_length_and_no_other(spec, channel) -> None:  # type: ignore[no-untyped-def]
    whole = bytes((spec.status | channel, 21, 84))[: spec.length]
    assert parse_channel_message(whole) == whole
    assert parse_channel_message(whole[:-1]) is None
    assert parse_channel_message(whole + b"\x01") is None
    assert parse_channel_message(bytes((whole[0], *[0x80] * (spec.length - 1)))) is None


def test_a_note_on_without_velocity_is_a_note_off() -> None:
    assert parse_channel_message(bytes((0x93, 60, 0))) == note_off(3, 60)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x90", b"<Z", b"\xf0\x7e\xf7", b"\xf0" + bytes(100_000), b"\xf8", b"\xfe", b"\xf4", b"\xfd\x01\x02"],
)
def test_system_messages_running_status_and_rubbish_are_refused(data: bytes) -> None:
    assert parse_channel_message(data) is None


@given(st.binary(max_size=5))
def test_whatever_is_accepted_is_valid(data: bytes) -> None:
    message = parse_channel_message(data)
    if message is not None:
        assert 0x80 <= message[0] < 0xF0
        assert all(byte < 128 for byte in message[1:])
        assert is_note(message) == (is_note_on(message) or is_note_off(message))
        assert not (is_note_on(message) and message[2] == 0)
