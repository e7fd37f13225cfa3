import time

import pytest

from realtime.player import waiting
from realtime.player.waiting import LEAD_NS, SPIN_NS, wait_until


@pytest.fixture
def slept_ns(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was slept for; the clock runs in steps of 1 us and by what is slept."""
    slept: list[int] = []
    now_ns = 0

    def monotonic_ns() -> int:
        nonlocal now_ns
        now_ns += 1000
        return now_ns

    def sleep(seconds: float) -> None:
        nonlocal now_ns
        slept.append(round(seconds * 1e9))
        now_ns += slept[-1]

    monkeypatch.setattr(waiting, "time", type("Time", (), {"monotonic_ns": monotonic_ns, "sleep": sleep}))
    return slept


@pytest.mark.parametrize(("ahead_ns", "expected"), [(-5, []), (SPIN_NS, []), (SPIN_NS + 200_000, [199_000])])
def test_it_sleeps_for_what_is_far_away_only(slept_ns: list[int], ahead_ns: int, expected: list[int]) -> None:
    wait_until(ahead_ns)
    assert slept_ns == expected
    assert waiting.time.monotonic_ns() >= ahead_ns


def test_it_never_returns_too_early() -> None:
    until_ns = time.monotonic_ns() + LEAD_NS
    wait_until(until_ns)
    assert time.monotonic_ns() >= until_ns
