"""What the messages between processes are made of."""

import msgspec


class Message(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Base of all messages; the class name is the tag on the wire."""


class ChunkNote(msgspec.Struct, frozen=True, array_like=True):
    """A note placed on the timeline."""

    start_tick: int
    pitch: int
    duration_ticks: int
    velocity: int


class Way(msgspec.Struct, frozen=True, array_like=True):
    """A channel of an output."""

    port: str  # name of an output of its own; empty: the common one
    channel: int  # 0..15
