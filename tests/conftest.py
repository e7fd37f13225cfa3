"""Fixtures that several packages share."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jack_server import JackServer
from tests.toy_bundle import write_toy_bundle, write_toy_morph, write_toy_quartet

REAL = ("jack", "processes", "faults")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts real servers and processes shares the machine with whatever else runs on it.

    A test of that kind that fails is tried again once, and pytest says that it was ("R"). All others have one try.
    """
    for item in items:
        if any(item.get_closest_marker(name) for name in REAL):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def jack_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JackServer]:
    """A running JACK server of this test session's own."""
    if not JackServer.is_installed():
        pytest.skip("jackd is not installed (Debian: jackd2)")
    log = tmp_path_factory.mktemp("jack") / "jackd.log"
    with JackServer(log, name=f"hocket-test-{os.getpid()}") as server:
        yield server


@pytest.fixture(scope="session")
def toy_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A valid bundle with a tiny random network. Not to be changed: `toy_copy` is."""
    return write_toy_bundle(tmp_path_factory.mktemp("models") / "toy")


@pytest.fixture(scope="session")
def toy_morph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A valid morph bundle with a tiny random network. Not to be changed."""
    return write_toy_morph(tmp_path_factory.mktemp("models") / "morph")


@pytest.fixture(scope="session")
def toy_quartet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A valid quartet bundle with tiny random networks. Not to be changed."""
    return write_toy_quartet(tmp_path_factory.mktemp("models") / "quartet")


@pytest.fixture
def toy_copy(toy_bundle: Path, tmp_path: Path) -> Path:
    """A copy of the toy bundle that a test may damage."""
    return Path(shutil.copytree(toy_bundle, tmp_path / "toy"))


@pytest.fixture(scope="session")
def shipped_bundle() -> Path:
    """The bundle that is shipped."""
    return Path(__file__).parents[1] / "exported_models" / "continue"
