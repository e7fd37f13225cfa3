"""What all faults need: a JACK server of their own, a tape on it, and a place for what was measured."""

import os
from collections.abc import Callable, Iterator

import pytest

from tests.faults.measured import keep
from tests.faults.rig import Tape
from tests.jack_server import JackServer

PERIOD = 256  # 5.3 ms at 48 kHz: what a musician has


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/faults" in item.path.as_posix():
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JackServer]:
    """A server that nobody kills."""
    if not JackServer.is_installed():
        pytest.skip("jackd is not installed (Debian: jackd2)")
    log = tmp_path_factory.mktemp("jack") / "jackd.log"
    with JackServer(log, name=f"hocket-faults-{os.getpid()}", period=PERIOD) as running:
        yield running


@pytest.fixture
def mortal_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JackServer]:
    """One to be killed. A killed server keeps its place of eight, so it is always of the same name."""
    if not JackServer.is_installed():
        pytest.skip("jackd is not installed (Debian: jackd2)")
    log = tmp_path_factory.mktemp("jack") / "jackd.log"
    with JackServer(log, name="hocket-faults-killed", period=PERIOD) as running:
        yield running


@pytest.fixture
def new_tape() -> Iterator[Callable[..., Tape]]:
    """Makes tapes, and leaves none of their processes behind."""
    made: list[Tape] = []

    def make(name: str, *, plays: bool = False) -> Tape:
        made.append(Tape(name, plays=plays))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def tape(server: JackServer, new_tape: Callable[..., Tape]) -> Tape:
    """What hears the output."""
    return new_tape("tape")


@pytest.fixture
def keys(server: JackServer, new_tape: Callable[..., Tape]) -> Tape:
    """Another program, which plays into Hocket's input."""
    return new_tape("keys", plays=True)


@pytest.fixture
def measured() -> Callable[[int, str, float], None]:
    """`measured(fault, what, value)` keeps a value for the table."""
    return keep
