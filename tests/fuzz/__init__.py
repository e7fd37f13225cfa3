"""Everything that takes bytes from outside, fed with bytes that nobody meant: what must hold is in `targets`.

`found/` keeps each input that once did harm. HYPOTHESIS_PROFILE=deep looks for more, fifty times as long.
"""

import os

from hypothesis import HealthCheck, settings

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"


def fuzzed(examples: int) -> settings:
    """So many examples, which take under five seconds; fifty times as many in the deep profile."""
    unchecked = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples * (50 if DEEP else 1), deadline=None, suppress_health_check=unchecked)
