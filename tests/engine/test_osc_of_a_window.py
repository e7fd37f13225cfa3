"""The engine of a window listens to OSC where its session says so, and plays on where the port is taken."""

import socket

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from realtime.client import EngineClient
from realtime.engine.reports import Clock, Refused, Report
from realtime.messages import Ready
from realtime.session import LOOPBACK, Ports, Remote, Session
from tests.engine.test_client import Window

pytestmark = pytest.mark.processes


class Listening(Window):
    """A window whose session wants OSC on a port."""

    def __init__(self, port: int) -> None:
        self.told: list[Report | None] = []
        session = Session(ports=Ports(backend="memory"), remote=Remote(osc=port))
        self.client = EngineClient(session, self.told.append)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])


def test_a_message_reaches_the_engine() -> None:
    window = Listening(port := free_port())
    try:
        window.wait(Ready)
        message = OscMessageBuilder("/hocket/tempo")
        message.add_arg(93.0)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside:
            outside.sendto(message.build().dgram, (LOOPBACK, port))
        window.wait(Clock, 1, lambda clock: clock.bpm == 93.0)
    finally:
        window.client.close()


def test_a_port_that_is_taken_is_said_and_it_plays_on() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((LOOPBACK, 0))
        port = taken.getsockname()[1]
        window = Listening(port)
        try:
            window.wait(Ready)
            (refused,) = window.wait(Refused)
            assert str(port) in refused.text
        finally:
            assert window.client.close() == 0
