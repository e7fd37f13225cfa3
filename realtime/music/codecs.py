"""All codecs by name. A bundle names its codec and carries the hash of the codec's tables."""

from typing import Protocol

from realtime.music.melody_codec import MelodyCodec


class Codec(Protocol):
    """What every codec has; encode and decode are typed by each."""

    name: str

    def table_hash(self) -> str:
        """sha256 of the codec's tables: weights trained under another hash do not fit."""


CODECS: dict[str, MelodyCodec] = {codec.name: codec for codec in (MelodyCodec(),)}
