"""The OSC server: a UDP socket and a thread that turns packets into engine commands.

Threading: `start`, `close` and `observe` are called by whoever runs the engine; the rest is the server's own thread.
The two meet in the engine's inbox (`command`) and in one `Latest` for the answer to a query.
"""

import ipaddress
import logging
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from realtime.engine.commands import Command, DescribeRack
from realtime.engine.reports import RackDescribed, Report
from realtime.errors import PortError, UsageError
from realtime.handover import Latest
from realtime.remote.addresses import Query, command_of
from realtime.remote.funnel import WINDOW_SECONDS, Funnel
from realtime.remote.packets import MAX_PACKET_BYTES, Packets
from realtime.remote.replies import replies_of
from realtime.session import LOOPBACK

log = logging.getLogger(__name__)
IDLE_SECONDS: Final = 0.2
PACKETS_AT_ONCE: Final = 256  # before what waits is handed on
MAX_ASKERS: Final = 8
COMPLAINT_SECONDS: Final = 1.0  # at most one line on what was ignored in so long


class OscServer:
    """Listens from the start; acts once `start` has said on whom. Raises `UsageError` or `PortError`."""

    def __init__(self, port: int, address: str = LOOPBACK) -> None:
        self._packets = Packets()
        self._socket = _bound(port, address)
        self.address, self.port = self._socket.getsockname()[:2]
        self._funnel = Funnel()
        self._described: Latest[RackDescribed] = Latest()
        self._askers: dict[tuple[Any, ...], None] = {}
        self._complaint_at = 0.0
        self._closing = False
        self._command: Callable[[Command], object] = lambda _: None
        self._thread = threading.Thread(target=self._run, name="osc", daemon=True)
        self.received = 0  # packets
        self.ignored = 0  # packets that were not OSC, and messages that make no sense

    @property
    def dropped(self) -> int:
        """Messages for which there was no room."""
        return self._funnel.dropped

    def start(self, command: Callable[[Command], object]) -> None:
        """Hand what is asked for to `command`, in the server's thread."""
        self._command = command
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._closing = True
        if self._thread.is_alive():
            self._thread.join(5 * IDLE_SECONDS)
        self._socket.close()

    def observe(self, report: Report) -> None:
        """What the engine reports."""
        if isinstance(report, RackDescribed):
            self._described.put(report)

    # --- the server's thread --------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing:
            wait = self._funnel.wait_seconds(time.monotonic())
            wait = IDLE_SECONDS if wait is None else wait
            if select.select([self._socket], [], [], min(wait, WINDOW_SECONDS) if self._askers else wait)[0]:
                self._receive()
            for command in self._funnel.take(time.monotonic()):
                self._command(command)
            if self._askers:
                self._answer()

    def _receive(self) -> None:
        for _ in range(PACKETS_AT_ONCE):
            try:
                data, sender = self._socket.recvfrom(MAX_PACKET_BYTES + 1)
            except BlockingIOError:
                return
            except OSError:  # Windows: the last reply was refused, or a packet is larger than the buffer
                self.ignored += 1
                continue
            self.received += 1
            self._read(data, sender)

    def _read(self, data: bytes, sender: tuple[Any, ...]) -> None:
        try:
            for address, arguments in self._packets.read(data):
                self._ask(address, arguments, sender)
        except ValueError as error:
            self._ignore(f"a packet of {len(data)} bytes is not OSC: {error}")

    def _ask(self, address: str, arguments: list[Any], sender: tuple[Any, ...]) -> None:
        try:
            asked = command_of(address, arguments)
        except UsageError as error:
            self._ignore(str(error))
            return
        if isinstance(asked, Query):
            self._remember((sender[0], asked.port or sender[1], *sender[2:]))
        elif asked is not None:
            self._funnel.put(asked)

    def _ignore(self, why: str) -> None:
        self.ignored += 1
        now = time.monotonic()
        if now >= self._complaint_at:
            self._complaint_at = now + COMPLAINT_SECONDS
            log.warning("OSC, ignored (%d so far): %s", self.ignored, why)

    def _remember(self, asker: tuple[Any, ...]) -> None:
        """Answers go to this machine only: a false sender's address must not point them at another."""
        if not ipaddress.ip_address(asker[0].split("%")[0]).is_loopback or len(self._askers) >= MAX_ASKERS:
            self._ignore(f"a query from {asker[0]}")
            return
        if not self._askers:
            self._described.take(0)  # an answer to an earlier one
            self._command(DescribeRack())
        self._askers[asker] = None

    def _answer(self) -> None:
        described = self._described.take(0)
        if described is None:
            return
        packets = [self._packets.write(address, arguments) for address, arguments in replies_of(described)]
        for asker in self._askers:
            for packet in packets:
                try:
                    self._socket.sendto(packet, asker)
                except OSError:  # nobody there, or its buffer is full
                    break
        self._askers.clear()


@contextmanager
def open_remote(port: int | None, address: str = LOOPBACK) -> Iterator[OscServer | None]:
    """An OSC server on this port (0: a free one), closed at the end; without a port, none."""
    if port is None:
        yield None
        return
    server = OscServer(port, address)
    try:
        yield server
    finally:
        server.close()


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches an address. Raises `UsageError` if it is none."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        raise UsageError(f"OSC listens on an IP address such as {LOOPBACK} or 0.0.0.0, got {address!r:.60}") from None


def _bound(port: int, address: str) -> socket.socket:
    is_loopback(address)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    out = socket.socket(family, socket.SOCK_DGRAM)
    out.setblocking(False)
    try:
        out.bind((address, port))
    except OSError as error:
        out.close()
        why = os.strerror(error.errno or 0)
        raise PortError(f"OSC cannot listen on {address}, port {port} ({why}); choose another port") from None
    return out
