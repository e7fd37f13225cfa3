"""Fixtures that several packages share."""

import os
from collections.abc import Iterator

import pytest

from tests.jack_server import JackServer


@pytest.fixture(scope="session")
def jack_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JackServer]:
    """A running JACK server of this test session's own."""
    if not JackServer.is_installed():
        pytest.skip("jackd is not installed (Debian: jackd2)")
    log = tmp_path_factory.mktemp("jack") / "jackd.log"
    with JackServer(log, name=f"hocket-test-{os.getpid()}") as server:
        yield server
