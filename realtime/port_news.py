"""What the player tells of MIDI ports: which there are, come and go, and which is muted."""

import msgspec

from realtime.message import Message


class Plugged(Message, frozen=True, tag=True):
    """A device that was asked for by name, or an output of our own, came or went. One that went is waited for."""

    name: str
    direction: str  # "in" or "out"
    port: str  # the output of ours that it belongs to; empty: the common one
    there: bool


class SeenPort(msgspec.Struct, frozen=True, array_like=True):
    """A MIDI port that another program or a device offers."""

    name: str
    direction: str  # "in": it can be listened to; "out": it can be played to
    backend: str
    used: bool = False  # by us


class PortsSeen(Message, frozen=True, tag=True):
    """All ports there are."""

    ports: tuple[SeenPort, ...]


class PortLost(Message, frozen=True, tag=True):
    """The MIDI system went away; the player goes on in silence and looks for it once a second."""

    text: str


class InputMuted(Message, frozen=True, tag=True, kw_only=True):
    """What leaves an output comes back in by a wire: nothing of what comes in is heard; or it is again. Until nothing
    has come back for two seconds, `ListenAgain`, or another `Ready`."""

    in_port: str
    out_port: str  # as in `Ready`; or the name of an output of its own
    muted: bool
