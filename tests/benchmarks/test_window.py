"""The window that benchmarks play beside: it is the real one."""

import pytest

from realtime.engine.commands import Command, DescribeRack, Forward
from realtime.engine.reports import RackChanged
from realtime.messages import Ready, StartTransport, WatchPorts
from tests.benchmarks.window import WindowProcess
from tests.player.jack_peer import wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not WindowProcess.is_installed(), reason="PySide6 is not installed"),
]
READY = Ready(wire_version=6, backend="memory", in_port="In", out_port="Out", realtime_priority="none: test")


def test_it_asks_what_there_is_and_paints() -> None:
    asked: list[Command] = []
    window = WindowProcess(("morph",))
    try:
        window.carry(asked.append)
        window.tell(READY)
        window.tell(RackChanged(("morph",)))
        wait_until(lambda: DescribeRack() in asked and Forward(WatchPorts()) in asked, "what a window asks")
    finally:
        painted = window.end()
    assert asked[0] == Forward(StartTransport())  # an engine that plays is not stopped
    assert painted > 0
