"""Ways to spoil bytes that are good: changed, cut, doubled, swapped."""

import random
from collections.abc import Sequence

from hypothesis import strategies as st

NASTY = (
    b"",
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
    b"[" * 40,
    b'"',
    b"\n",
    b"1e999",
    b"-1",
)


@st.composite
def spoiled(draw: st.DrawFn, good: Sequence[bytes], most: int = 4) -> bytes:
    """One of `good` with up to `most` changes."""
    data = bytearray(draw(st.sampled_from(good)))
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, len(data)))
        end = min(len(data), at + draw(st.integers(0, 8)))
        data[at:end] = draw(
            st.one_of(st.sampled_from(NASTY), st.binary(max_size=6), st.just(bytes(data[:at][-8:])), st.just(b""))
        )
        if draw(st.integers(0, 9)) == 0:
            del data[at:]
    return bytes(data)


def spoil(good: bytes, chance: random.Random) -> bytes:
    """The same much faster, for thousands of files at once."""
    data = bytearray(good)
    for _ in range(chance.randint(1, 6)):
        at = chance.randint(0, len(data))
        random_bytes = chance.randbytes(chance.randint(0, 6))
        data[at : at + chance.randint(0, 8)] = chance.choice((*NASTY, random_bytes, bytes(data[:at][-8:])))
    return bytes(data[: chance.randint(0, len(data))] if chance.random() < 0.1 else data)
