"""All codecs by name. A bundle names its codec and carries the hash of the codec's tables."""

from typing import Protocol

from realtime.music.chorale import ChoraleCodec
from realtime.music.melody_codec import MelodyCodec
from realtime.music.pattern_codec import PatternCodec
from realtime.music.pianoroll import PianoRollCodec


class Codec(Protocol):
    """What every codec has; encode and decode are typed by each."""

    @property
    def name(self) -> str:
        """The name in `CODECS` and in bundles."""

    def table_hash(self) -> str:
        """sha256 of the codec's tables: weights trained under another hash do not fit."""


CODECS: dict[str, Codec] = {
    codec.name: codec for codec in (MelodyCodec(), PianoRollCodec(), PatternCodec(), ChoraleCodec())
}
