import contextlib
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.remote.addresses import Argument
from realtime.remote.packets import BUNDLE, MAX_DEPTH, MAX_PACKET_BYTES, Packets

pytest.importorskip("pythonosc")
NOW = bytes(7) + b"\x01"  # the time tag that means: at once
PANIC = b"/hocket/panic\0\0\0,\0\0\0"


def read(data: bytes) -> list[tuple[str, list[Argument]]]:
    return list(Packets().read(data))


def bundle(*elements: bytes) -> bytes:
    return BUNDLE + NOW + b"".join(len(element).to_bytes(4, "big") + element for element in elements)


def test_a_message_as_the_specification_prints_it() -> None:
    # opensoundcontrol.org, OSC 1.0, examples of messages
    printed = bytes.fromhex("2f6f7363696c6c61746f722f342f6672657175656e6379002c66000043dc0000")
    assert read(printed) == [("/oscillator/4/frequency", [440.0])]
    assert Packets().write("/oscillator/4/frequency", [440.0]) == printed


WRITTEN = st.one_of(st.booleans(), st.integers(-(2**31), 2**31 - 1), st.text("abc é-/", max_size=20))


@given(st.lists(WRITTEN, max_size=8))
def test_what_is_written_is_read_back(arguments: list[Argument]) -> None:
    assert read(Packets().write("/hocket/bass/density", arguments)) == [("/hocket/bass/density", arguments)]


def test_a_message_without_type_tags_has_no_arguments() -> None:
    assert read(b"/hocket/panic\0\0\0") == [("/hocket/panic", [])]


def test_bundles_are_opened_in_order_and_their_time_is_now() -> None:
    first, second = Packets().write("/a", [1]), Packets().write("/b", [2])
    assert read(bundle(first, bundle(second, first), PANIC)) == [
        ("/a", [1]),
        ("/b", [2]),
        ("/a", [1]),
        ("/hocket/panic", []),
    ]
    assert read(bundle()) == []


def deep(levels: int) -> bytes:
    data = PANIC
    for _ in range(levels):
        data = bundle(data)
    return data


def test_bundles_in_bundles_have_an_end() -> None:
    assert read(deep(MAX_DEPTH)) == [("/hocket/panic", [])]
    with pytest.raises(ValueError, match="too deep"):
        read(deep(MAX_DEPTH + 1))
    with pytest.raises(ValueError, match="too deep"):
        read(deep(300))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"hello",
        b"/",
        b"/hocket/panic",  # no end of the address
        b"/hocket\0,i\0\0",  # no value
        b"/hocket\0,i\0\0\0\0",
        b"/hocket\0,s\0\0abcd",  # no end of the text
        b"/hocket\0,s\0\0\xff\xfe\0\0",
        b"/hocket\0,q\0\0",  # a type that there is not
        b"/hocket\0,b\0\0\xff\xff\xff\xff",  # a blob, of negative size
        b"/hocket\0,[[[\0\0\0\0",
        b"/hocket\0," + b"T" * 33 + b"\0\0",
        b"/hocket\0i\0\0\0\0\0\0\1",  # no comma
        b"/h\xc3\xa9\0\0\0\0,\0\0\0",
        BUNDLE,
        BUNDLE + NOW[:4],
        BUNDLE + NOW + b"\0\0",
        BUNDLE + NOW + struct.pack(">i", -4),  # python-osc 1.10.2 alone never comes back from this one
        BUNDLE + NOW + struct.pack(">i", 0),
        BUNDLE + NOW + struct.pack(">i", 100) + PANIC,
        bundle(b"nonsense"),
        PANIC + bytes(MAX_PACKET_BYTES),
    ],
)
def test_what_is_not_osc_is_a_value_error_and_no_log_line(data: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(data)
    assert caplog.records == []


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=60).map(lambda data: b"/a\0\0," + data)))
def test_random_bytes_are_messages_or_a_value_error(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert all(address.startswith("/") for address, _ in read(data))


@given(st.data())
def test_a_good_packet_with_bytes_changed_is_messages_or_a_value_error(data: st.DataObject) -> None:
    packet = bytearray(bundle(Packets().write("/hocket/bass/density", [0.5, "snap", 3]), bundle(PANIC)))
    for _ in range(data.draw(st.integers(1, 4))):
        packet[data.draw(st.integers(0, len(packet) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ValueError):
        assert all(address.startswith("/") for address, _ in read(bytes(packet)))


def test_numbers_that_are_none_arrive_as_such() -> None:
    ((_, (nan, infinite)),) = read(b"/a\0\0,ff\0" + struct.pack(">ff", math.nan, math.inf))
    assert math.isnan(float(nan))  # type: ignore[arg-type]
    assert infinite == math.inf  # for the table of addresses to refuse
