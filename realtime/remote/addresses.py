"""Which OSC address asks for what: one table, no sockets. Files and models are out of a remote's reach on purpose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from realtime.engine import commands as ask
from realtime.engine.setup import NAME, POST
from realtime.engine.turns import RULE_CHOICES
from realtime.errors import UsageError
from realtime.messages import ListenAgain, Locate, Panic, SetTempo, StartTransport, StopTransport, TapTempo
from realtime.music.units import PPQ, check_bpm

ROOT: Final = "hocket"
MAX_WORD: Final = 64  # characters of a name in an address or argument
MAX_BEATS: Final = 1 << 20
Argument = int | float | str | bool | None


@dataclass(frozen=True, slots=True)
class Query:
    """Send the parts and controls to the asker; `port`: to this one of its ports, 0 to the one it sends from."""

    port: int = 0


@dataclass(frozen=True, slots=True)
class Verb:
    """What an address asks for: `ask` gets the part's name (if the address has one), then the arguments."""

    ask: Callable[..., ask.Command | Query]
    takes: tuple[Callable[[Argument], Any], ...] = ()
    optional: int = 0  # how many of the last ones may be left out
    any_number: bool = False  # of the last one
    button: bool = False  # a single number is no argument: 0 is the release of a button, which asks for nothing


def number(value: Argument) -> float:
    """A finite number; true is 1."""
    if not isinstance(value, int | float) or not isfinite(value):
        raise UsageError(f"expected a number, got {value!r:.40}")
    return float(value)


def whole(value: Argument) -> int:
    """A whole number, also as a float."""
    if not number(value).is_integer():
        raise UsageError(f"expected a whole number, got {value!r:.40}")
    return int(number(value))


def text(value: Argument) -> str:
    """A short text that can be shown."""
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= MAX_WORD:
        raise UsageError(f"expected a name of at most {MAX_WORD} characters, got {value!r:.40}")
    return value


def setting(value: Argument) -> float | str:
    """A control's value: a number or a label."""
    return text(value) if isinstance(value, str) else number(value)


def port(value: Argument) -> int:
    """A UDP port."""
    if not 1 <= whole(value) <= 65535:
        raise UsageError(f"expected a port, 1..65535, got {value!r:.40}")
    return whole(value)


def _locate(beats: float) -> ask.Command:
    if not 0 <= beats <= MAX_BEATS:
        raise UsageError(f"the song position must be 0..{MAX_BEATS} beats, got {beats:g}")
    return ask.Forward(Locate(round(beats * PPQ)))


FOR_ALL: Final[dict[str, Verb]] = {  # /hocket/WORD
    "tempo": Verb(lambda bpm: ask.Forward(SetTempo(check_bpm(bpm))), (number,)),
    "tap": Verb(lambda: ask.Forward(TapTempo()), button=True),
    "start": Verb(lambda: ask.Forward(StartTransport()), button=True),
    "stop": Verb(lambda: ask.Forward(StopTransport()), button=True),
    "locate": Verb(_locate, (number,)),
    "go": Verb(ask.HandOver, (text,), optional=1, button=True),
    "launch": Verb(ask.Launch, (text,), optional=1, button=True),
    "halt": Verb(ask.Halt, (text,), optional=1, button=True),
    "panic": Verb(lambda: ask.Forward(Panic()), button=True),
    "thru": Verb(ask.SetThruTo, (text, text), optional=1),
    "hear": Verb(lambda: ask.Forward(ListenAgain()), button=True),
    "capture": Verb(ask.Capture, (whole, text), optional=2, button=True),
    "query": Verb(Query, (port,), optional=1),
}
FOR_PART: Final[dict[str, Verb]] = {  # /hocket/PART/WORDS; all else there is a control
    "take": Verb(ask.Take, (text, whole), optional=2, button=True),
    "reroll": Verb(lambda part, *names: ask.Reroll(part, names), (text,), any_number=True, button=True),
    "keep": Verb(lambda part, *names: ask.SetLocks(frozenset(names), part), (text,), any_number=True),
    "port": Verb(lambda part, name="": ask.SetPort(name, part), (text,), optional=1),
    "again": Verb(lambda part: ask.SwapModel("", part), button=True),  # its own model, after it failed
    "random": Verb(lambda part, size=0.15: ask.RandomStep(size, part), (number,), optional=1),
    "snapshot/store": Verb(lambda part, slot: ask.StoreSnapshot(slot, part), (whole,)),
    "snapshot/recall": Verb(lambda part, slot: ask.RecallSnapshot(slot, part), (whole,)),
    "snapshot/morph": Verb(lambda part, a, b, place: ask.MorphBetween(a, b, place, part), (whole, whole, number)),
    **{
        f"turns/{name}": Verb(lambda part, value, name=name: ask.SetRule(name, value, part), (text,))
        for name in RULE_CHOICES
    },
    "turns/bars": Verb(lambda part, bars: ask.SetRule("bars", bars, part), (whole,)),
}


def command_of(address: str, arguments: Sequence[Argument]) -> ask.Command | Query | None:
    """What a message asks for; None for the release of a button. Raises `UsageError`: nothing is to be done."""
    root, *words = address.removeprefix("/").split("/")
    if root != ROOT or not words or not all(0 < len(word) <= MAX_WORD and word.isprintable() for word in words):
        raise UsageError(f"no such address: {address!r:.80} (/{ROOT}/..., see the README)")
    given: list[Argument] = [argument for argument in arguments if argument is not None]
    try:
        return _for_all(words[0], given) if len(words) == 1 else _for_part(words[0], words[1:], given)
    except UsageError as error:
        raise UsageError(f"{address:.80}: {error}") from None


def _for_all(word: str, given: list[Argument]) -> ask.Command | Query | None:
    if word not in FOR_ALL:
        raise UsageError(f"there is {', '.join(f'/{ROOT}/{name}' for name in FOR_ALL)}, and /{ROOT}/PART/CONTROL")
    return _asked(FOR_ALL[word], (), given)


def _for_part(part: str, words: list[str], given: list[Argument]) -> ask.Command | Query | None:
    if not NAME.fullmatch(part):
        raise UsageError(f"no part can be called {part!r}")
    path = "/".join(words)
    if path in FOR_PART:
        return _asked(FOR_PART[path], (part,), given)
    name = path if len(words) == 1 else POST + words[1]
    if len(words) > 2 or (len(words) == 2 and words[0] != POST.removesuffix(".")):
        raise UsageError(f"a part has {', '.join(FOR_PART)}, post/NAME and its controls")
    return _asked(Verb(lambda value: ask.SetControl(text(name), value, part), (setting,)), (), given)


def _asked(verb: Verb, part: tuple[str, ...], given: list[Argument]) -> ask.Command | Query | None:
    if verb.button and len(given) == 1 and isinstance(given[0], int | float):
        if number(given[0]) == 0:
            return None
        given = []
    most = len(given) if verb.any_number else len(verb.takes)
    least = 0 if verb.any_number else most - verb.optional
    if not least <= len(given) <= most:
        raise UsageError(f"takes {least if least == most else f'{least}..{most}'} values, got {len(given)}")
    takes = verb.takes * len(given) if verb.any_number else verb.takes
    return verb.ask(*part, *(take(value) for take, value in zip(takes, given, strict=False)))
