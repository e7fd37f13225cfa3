"""The host with a client that starts nothing: order, coalescing, loss, restart, a standstill."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.viewmodels.engine_host import FROZEN, LOST, READY, STARTING, EngineHost
from gui.viewmodels.engine_link import newest
from gui.viewmodels.restarts import Restarts
from realtime.engine.commands import Command, DescribeRack, Forward, HandOver
from realtime.engine.reports import PartState, RackChanged, Report, Status
from realtime.messages import Clock, Counters, Locate, Played, Ready, StartTransport, StopTransport, Transport
from realtime.session import Session, Time

READY_REPORT = Ready(wire_version=3, backend="memory", in_port="In", out_port="Out", realtime_priority="none: test")
PLAYS = Transport(playing=True, tick=0, source="internal")
STANDS = Transport(playing=False, tick=0, source="internal")


class FakeClient:
    """In place of `EngineClient`; `tell` speaks as its reader thread would."""

    def __init__(self, session: Session, tell: Callable[[Report | None], object], *, takes: str) -> None:
        self.session, self.tell, self.takes = session, tell, takes
        self.sent: list[Command] = []
        self.is_killed = self.is_closed = False

    def send(self, command: Command) -> bool:
        self.sent.append(command)
        return True

    def kill(self) -> None:
        self.is_killed = True

    def close(self) -> int:
        self.is_closed = True
        return 0


class Engines:
    """All clients that a host has started."""

    def __init__(self) -> None:
        self.clients: list[FakeClient] = []

    def start(self, session: Session, tell: Callable[[Report | None], object], *, takes: str) -> FakeClient:
        self.clients.append(FakeClient(session, tell, takes=takes))
        return self.clients[-1]


@pytest.fixture
def engines() -> Engines:
    return Engines()


@pytest.fixture
def host(qtbot: QtBot, engines: Engines) -> Iterator[EngineHost]:
    host = EngineHost(engines.start, Restarts(delays_seconds=(0.001,)))
    yield host
    host.stop(1.0)


def started(qtbot: QtBot, host: EngineHost, engines: Engines, *, plays: bool = False) -> FakeClient:
    host.start(plays=plays)
    qtbot.waitUntil(lambda: bool(engines.clients) and bool(engines.clients[-1].sent))
    engines.clients[-1].tell(READY_REPORT)
    qtbot.waitUntil(lambda: host.state == READY)
    return engines.clients[-1]


def told_status(qtbot: QtBot, host: EngineHost, engines: Engines) -> FakeClient:
    """A host whose engine has told how it is."""
    client = started(qtbot, host, engines)
    heard: list[Report] = []
    host.reported.connect(heard.append)
    client.tell(Status(1.0, 1.0))
    qtbot.waitUntil(lambda: bool(heard))
    return client


def state(part: str, value: float) -> PartState:
    return PartState(part=part, values={"x": value}, playing=False, silent=False)


def test_of_what_has_become_stale_only_the_newest_is_left_in_its_place() -> None:
    played = [Played(n, n, bytes((0x90, 60, n + 1))) for n in range(3)]
    told = [
        Counters(ons=1), played[0], state("a", 1), Clock(0, 0, 100.0), played[1], state("b", 1), Counters(ons=2),
        state("a", 2), Clock(0, 0, 101.0), RackChanged(("a",)), played[2],
    ]  # fmt: skip
    assert newest(told) == [
        played[0], played[1], state("b", 1), Counters(ons=2), state("a", 2), Clock(0, 0, 101.0), RackChanged(("a",)),
        played[2],
    ]  # fmt: skip


def test_the_end_is_never_coalesced_away() -> None:
    assert newest([Counters(), None]) == [Counters(), None]


def test_reports_come_in_order_in_the_windows_thread(qtbot: QtBot, host: EngineHost, engines: Engines) -> None:
    client = started(qtbot, host, engines)
    heard: list[Report] = []
    host.reported.connect(heard.append)
    told = [Played(n, n, bytes((0x90, 60, 1 + n % 100))) for n in range(500)]
    for report in told:
        client.tell(report)
    qtbot.waitUntil(lambda: len(heard) == 500)
    assert heard == told


def test_a_window_that_is_not_to_play_says_so_before_all_else(qtbot: QtBot, host: EngineHost, engines: Engines) -> None:
    host.use(lambda: Session(time=Time(bpm=99.0)), "takes")
    client = started(qtbot, host, engines)
    assert client.sent == [Forward(StopTransport()), Forward(Locate(0))]
    assert (client.session.time.bpm, client.takes) == (99.0, "takes")
    heard: list[Report] = []
    host.reported.connect(heard.append)
    for report in (PLAYS, STANDS, PLAYS):
        client.tell(report)
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == [STANDS, PLAYS], "the moment before the player heard that it is to stand is nobody's business"


def test_a_leader_outside_is_neither_started_nor_stopped(qtbot: QtBot, host: EngineHost, engines: Engines) -> None:
    host.use(lambda: Session(time=Time(sync="jack")))
    host.start()
    qtbot.waitUntil(lambda: bool(engines.clients))
    host.ask(DescribeRack())
    qtbot.waitUntil(lambda: bool(engines.clients[0].sent))
    assert engines.clients[0].sent == [DescribeRack()]


def test_what_is_asked_too_early_waits_for_the_engine(qtbot: QtBot, host: EngineHost, engines: Engines) -> None:
    assert not host.ask(HandOver())
    host.start(plays=True)
    assert host.ask(HandOver())
    qtbot.waitUntil(lambda: bool(engines.clients) and len(engines.clients[0].sent) == 2)
    assert engines.clients[0].sent == [Forward(StartTransport()), HandOver()]


def test_a_lost_engine_is_started_again_and_plays_on_from_where_it_would_be(
    qtbot: QtBot, host: EngineHost, engines: Engines
) -> None:
    states: list[str] = []
    host.state_changed.connect(states.append)
    client = started(qtbot, host, engines, plays=True)
    client.tell(Clock(48_000, 0, 120.0))
    client.tell(PLAYS)
    client.tell(None)
    qtbot.waitUntil(lambda: len(engines.clients) == 2 and len(engines.clients[1].sent) == 2)
    start, locate = engines.clients[1].sent
    assert start == Forward(StartTransport())
    assert isinstance(locate, Forward)
    assert isinstance(locate.message, Locate)
    assert locate.message.tick > 48_000
    assert states == [STARTING, READY, LOST, STARTING]
    qtbot.waitUntil(lambda: client.is_closed)


def test_what_a_lost_engine_still_says_is_not_heard(qtbot: QtBot, host: EngineHost, engines: Engines) -> None:
    client = started(qtbot, host, engines)
    client.tell(None)
    qtbot.waitUntil(lambda: len(engines.clients) == 2)
    heard: list[Report] = []
    host.reported.connect(heard.append)
    client.tell(RackChanged(("old",)))
    engines.clients[1].tell(RackChanged(("new",)))
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [RackChanged(("new",))]


def test_after_too_many_losses_it_waits_for_the_user(qtbot: QtBot, host: EngineHost, engines: Engines) -> None:
    host.start()
    for number in range(6):
        qtbot.waitUntil(lambda number=number: len(engines.clients) == number + 1)
        engines.clients[-1].tell(None)
    qtbot.waitUntil(lambda: host.state == LOST and host.is_final)
    host.start()
    qtbot.waitUntil(lambda: len(engines.clients) == 7)
    assert host.state == STARTING


@pytest.mark.parametrize("plays", [True, False])
def test_another_player_goes_on_as_the_last_one_did(
    qtbot: QtBot, host: EngineHost, engines: Engines, plays: bool
) -> None:
    client = started(qtbot, host, engines, plays=plays)
    heard: list[Report] = []
    host.reported.connect(heard.append)
    client.tell(Clock(48_000, 0, 120.0))
    client.tell(PLAYS if plays else STANDS)
    qtbot.waitUntil(lambda: len(heard) == 2)
    client.sent.clear()
    for report in (READY_REPORT, Clock(0, 0, 120.0), PLAYS):
        client.tell(report)
    qtbot.waitUntil(lambda: len(client.sent) == 2)
    first, locate = client.sent
    assert first == Forward(StartTransport() if plays else StopTransport())
    assert isinstance(locate, Forward)
    assert isinstance(locate.message, Locate)
    assert locate.message.tick == 0 or plays
    assert (PLAYS in heard[2:]) == plays


def test_a_standstill_is_said_and_so_is_its_end(qtbot: QtBot, engines: Engines) -> None:
    now = [100.0]
    host = EngineHost(engines.start, now=lambda: now[0])
    client = told_status(qtbot, host, engines)
    for _ in range(5):
        now[0] += 0.5
        host._look()
    assert host.state == FROZEN
    client.tell(Status(1.0, 1.0))
    qtbot.waitUntil(lambda: host.state == READY)
    host.stop(1.0)


def test_a_computer_that_slept_is_no_standstill(qtbot: QtBot, engines: Engines) -> None:
    now = [100.0]
    host = EngineHost(engines.start, now=lambda: now[0])
    told_status(qtbot, host, engines)
    for seconds in (3600, 1.9):
        now[0] += seconds
        host._look()
        assert host.state == READY
    host.stop(1.0)


def test_the_end_closes_the_engine(qtbot: QtBot, engines: Engines) -> None:
    host = EngineHost(engines.start)
    client = started(qtbot, host, engines)
    host.stop(2.0)
    assert client.is_closed
    assert not host.ask(HandOver())


def test_an_engine_that_cannot_be_started_is_a_lost_one(qtbot: QtBot) -> None:
    def fail(*_: object, **__: object) -> FakeClient:
        raise OSError("no such program")

    host = EngineHost(fail)
    host.start()
    qtbot.waitUntil(lambda: host.state == LOST)
    assert "no such program" in host.reason
    host.stop(1.0)
