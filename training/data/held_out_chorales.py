"""Files of music21's corpus that hold a test chorale of the JSB standard split (the same bass line)."""

from typing import Final

# Found by comparing bass lines: 73 of the 77 test chorales so, the other four by their melody.
_NAMES: Final = (
    "bwv102.7 bwv110.7 bwv112.5 bwv112.5-sc bwv114.7 bwv12.7 bwv120.8-a bwv126.6 bwv13.6 bwv136.6 bwv137.5 bwv145-a "
    "bwv148.6 bwv153.9 bwv159.5 bwv171.6 bwv172.6 bwv174.5 bwv184.5 bwv185.6 bwv197.5 bwv244.3 bwv245.14 bwv245.37 "
    "bwv245.5 bwv248.17 bwv248.46-5 bwv248.53-5 bwv256 bwv270 bwv276 bwv289 bwv290 bwv291 bwv292 bwv294 bwv298 "
    "bwv306 bwv311 bwv316 bwv317 bwv32.6 bwv326 bwv327 bwv331 bwv338 bwv339 bwv340 bwv350 bwv36.8-2 bwv361 bwv366 "
    "bwv37.6 bwv371 bwv393 bwv40.8 bwv404 bwv405 bwv41.6 bwv410 bwv419 bwv429 bwv43.11 bwv430 bwv431 bwv45.7 "
    "bwv56.5 bwv57.8 bwv60.5 bwv64.4 bwv65.7 bwv67.7 bwv69.6-a bwv7.7 bwv78.7 bwv85.6 bwv87.7 bwv9.7 bwv90.5 "
    "bwv93.7 bwv99.6 "
)
SAME_AS_JSB_TEST: Final = frozenset(_NAMES.split())
