"""Fault 19, short: music, and all harm at once."""

import os

import pytest

from tests.faults.long import seconds
from tests.faults.soak import MUST_BE_NONE, soak
from tests.jack_server import JackServer

SECONDS = 60.0 if os.environ.get("CI") else seconds(10.0, 60.0)


@pytest.mark.jack
@pytest.mark.processes
@pytest.mark.timeout(SECONDS + 120)
def test_a_while_of_chaos(capfd: pytest.CaptureFixture[str]) -> None:
    if not JackServer.is_installed():
        pytest.skip("jackd is not installed (Debian: jackd2)")
    result = soak(SECONDS / 60, seed=3)
    assert result["ons"] > 3 * SECONDS
    assert not any(result[key] for key in MUST_BE_NONE), result
