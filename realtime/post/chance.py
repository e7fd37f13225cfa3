"""Chance that a note carries in itself: from its place and pitch, never from what was drawn before it."""

_MASK = (1 << 64) - 1
_GOLDEN, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_HALF = 0xFFFF


def chances(seed: int, tick: int, pitch: int) -> tuple[float, float]:
    """Two independent numbers in -1..1, most of them near 0 (each the mean of two even ones).

    The finaliser of SplitMix64 (Steele, Lea, Flood 2014) over the three; the same on every machine.
    """
    x = (((seed << 7) + pitch << 43) + tick) * _GOLDEN & _MASK
    x = ((x ^ x >> 30) * _FIRST) & _MASK
    x = ((x ^ x >> 27) * _SECOND) & _MASK
    x ^= x >> 31
    return ((x & _HALF) + (x >> 16 & _HALF)) / _HALF - 1.0, ((x >> 32 & _HALF) + (x >> 48)) / _HALF - 1.0
