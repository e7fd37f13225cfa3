"""How long the post chain takes for 64 notes, with every setting in use, and to be made anew after a slider's move."""

import sys
from statistics import median
from typing import Final

from realtime.music.note import Note
from realtime.music.units import Meter
from realtime.post import PostChain, PostSettings
from tests.benchmarks.measure import finish, laps, machine, milliseconds, parser, percentile

NOTES: Final = tuple(Note(i * 120, 48 + i * 7 % 24, 110, 40 + i) for i in range(64))
EVERYTHING: Final = PostSettings.of(
    {
        "scale_lock": "snap",
        "key": "D",
        "octave": 1,
        "range_low": 40,
        "range_high": 80,
        "max_onsets": 3,
        "level": 1.2,
        "velocity_curve": 0.3,
        "quantise": "1/16",
        "quantise_strength": 0.7,
        "swing": 0.5,
        "humanise_ticks": 10,
        "humanise_velocity": 8,
    }
)


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--times", type=int, default=2000)
    times = options.parse_args().times
    chain, meter, values = PostChain(EVERYTHING), Meter(), EVERYTHING.controls()
    applied = laps(lambda: chain.apply(NOTES, meter), times).wall
    made = laps(lambda: PostChain(PostSettings.of(values)), times).wall
    report = {
        "p50_ms": milliseconds(median(applied)),
        "p95_ms": milliseconds(percentile(applied, 95)),
        "new_chain_p50_ms": milliseconds(median(made)),
    }
    finish({**report, "machine": machine()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
