"""Messages over a pipe: what is longer than the reader wants does not hold up what follows."""

import io

from realtime.messages import MAX_CHUNK_NOTES, Chunk, ChunkNote, Quit, ToPlayer
from realtime.player.process import MESSAGE_LIMIT_BYTES
from realtime.wire import MAX_MESSAGE_BYTES, Receiver, Sender

LARGEST = (1 << 63) - 1


def chunk_of(count: int) -> Chunk:
    """The longest there is of so many notes."""
    note = ChunkNote(LARGEST, LARGEST, LARGEST, LARGEST)
    return Chunk(part="p" * 100, generation=LARGEST, channel=1, start_tick=LARGEST, notes=(note,) * count)


def sent(*messages: Chunk | Quit) -> io.BytesIO:
    stream = io.BytesIO()
    sender = Sender(stream)
    assert all(sender.send(message) for message in messages)
    stream.seek(0)
    return stream


def test_the_largest_chunk_is_read_by_the_player() -> None:
    message = chunk_of(MAX_CHUNK_NOTES)
    receiver = Receiver[ToPlayer](sent(message), ToPlayer, limit_bytes=MESSAGE_LIMIT_BYTES)
    assert receiver.receive() == message
    assert not receiver.skipped


def test_what_is_too_long_is_counted_and_the_next_is_read() -> None:
    stream = sent(chunk_of(2 * MAX_CHUNK_NOTES), Quit(), chunk_of(2 * MAX_CHUNK_NOTES))
    receiver = Receiver[ToPlayer](stream, ToPlayer, limit_bytes=MESSAGE_LIMIT_BYTES)
    assert receiver.receive() == Quit()
    assert receiver.skipped == 1
    assert receiver.receive() is None  # the end
    assert receiver.skipped == 2


def test_a_length_that_can_be_none_is_the_end() -> None:
    stream = io.BytesIO((MAX_MESSAGE_BYTES + 1).to_bytes(4, "big") + bytes(100))
    assert Receiver[ToPlayer](stream, ToPlayer, limit_bytes=64).receive() is None
