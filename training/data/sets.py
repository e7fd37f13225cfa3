"""The data sets that are known by their folder's name: style, licence, which tracks and files are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

Row = Mapping[str, str]  # of an index.csv


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSpec:
    """How one data set is read, and under which licence it came."""

    style: str = "any"
    licence: str = "not stated: your own folder"
    source: str = "your own folder"
    tracks: Callable[[Row], list[int] | None] = lambda row: None
    takes: Callable[[Row], bool] = lambda row: True


VOICES: Final = ("voice", "sing", "stimme", "chant", "gesang", "canto", "alto", "soprano", "tenor", "bass", "baritone")


def _voice_tracks(row: Row) -> list[int]:
    parts = row.get("parts", "").casefold().split("|")
    return [i for i, part in enumerate(parts) if any(word in part for word in VOICES) and "piano" not in part]


def _solo(row: Row) -> bool:
    return row.get("category") == "solo" and row.get("tracks") == "1" and float(row.get("overlap") or 1) < 0.2


CC0: Final = "CC0 1.0"
PUBLIC_DOMAIN: Final = "public domain"
SETS: Final[dict[str, SetSpec]] = {
    "bach-cello": SetSpec(
        style="strings", licence=PUBLIC_DOMAIN, source="Mutopia Project, BWV 1007, 1009-1011", tracks=lambda row: [0]
    ),
    "bach-violin-flute": SetSpec(
        style="strings",
        licence=PUBLIC_DOMAIN,
        source="github.com/salu133445/bach-violin-dataset; Mutopia Project, BWV 1013",
        tracks=lambda row: [0],
    ),
    "irish-cre": SetSpec(
        style="dance",
        licence="CC BY 4.0 (Bill Black; D. Diamond, A. Shahid Khattak, Polifonia project)",
        source="github.com/polifonia-project/folk_ngram_analysis, Ceol Rince na hEireann",
    ),
    "openscore-lieder": SetSpec(
        style="song", licence=CC0, source="github.com/OpenScore/Lieder, voice parts", tracks=_voice_tracks
    ),
    "mutopia-pd": SetSpec(licence=PUBLIC_DOMAIN, source="Mutopia Project, solo pieces", takes=_solo),
    "jsb-chorales": SetSpec(
        style="chorale",
        licence="none stated; pitches of public-domain music",
        source="github.com/czhuang/JSB-Chorales-dataset",
    ),
    "music21-folk": SetSpec(
        style="dance",
        licence="music21 corpus, with the permission of the encoders",
        source="music21: ryansMammoth, oneills1850, airdsAirs",
    ),
}


def _four_voices(row: Row) -> bool:
    return row.get("category") == "satb"


FOUR_PART_SETS: Final[dict[str, SetSpec]] = {
    "jsb-chorales": SETS["jsb-chorales"],
    "mutopia-pd": SetSpec(licence=PUBLIC_DOMAIN, source="Mutopia Project, pieces for four voices", takes=_four_voices),
    "openscore-quartets": SetSpec(licence=CC0, source="github.com/OpenScore/StringQuartets"),
    "music21-chorales": SetSpec(
        licence="music21 corpus (files: Margaret Greentree 2004); music in the public domain", source="music21: bach"
    ),
}
