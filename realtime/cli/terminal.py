"""Commands on standard input while Hocket plays, one a line. Unknown ones are explained, never fatal."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from realtime.cli.output import say
from realtime.engine import commands as ask
from realtime.engine.bar_buffer import PLAYED
from realtime.engine.setup import PartSetup
from realtime.engine.turns import RULE_CHOICES
from realtime.errors import HocketError, UsageError
from realtime.messages import (
    THRU_MODES,
    ListenAgain,
    Panic,
    SetTempo,
    StartTransport,
    StopTransport,
    TapTempo,
    ToPlayer,
)
from realtime.music.units import check_bpm
from realtime.player.sync.options import SOURCES
from realtime.session import Remote

RULES: Final = (*RULE_CHOICES, "bars")


@dataclass(frozen=True, slots=True)
class Verb:
    """One command: what follows the word ("[X]" may be left out, "..." is any number), and what it asks for."""

    takes: str
    ask: Callable[[list[str]], ask.Command]
    help: str

    def fits(self, words: list[str]) -> bool:
        """Whether there are as many words as it takes."""
        names = self.takes.split()
        most = len(words) if "...]" in names else len(names)
        return sum(name[0] not in "[." for name in names) <= len(words) <= most


def _at(words: list[str], place: int, default: str = "") -> str:
    return words[place] if len(words) > place else default


def _strip(name: str) -> Callable[[list[str]], ask.Command]:
    return lambda words: ask.SetControl(name, {"on": 1.0, "off": 0.0}[words[1]], words[0])


def _to_player(message: ToPlayer) -> Callable[[list[str]], ask.Command]:
    return lambda words: ask.Forward(message)


def _set(words: list[str]) -> ask.Command:
    *part, name, value = words
    kind = ask.SetRule if name in RULES else ask.SetControl
    return kind(name, value, "".join(part))


def _setup(words: list[str]) -> PartSetup:
    """Raises `ValueError` unless the channel is a number, `UsageError` if it is none of MIDI's."""
    channel = int(_at(words, 1, "0"))
    try:
        return PartSetup(model=words[0], channel=channel, name=_at(words, 2))
    except ValueError as error:
        raise UsageError(str(error)) from None


VERBS: Final[dict[str, Verb]] = {
    "go": Verb("[PART]", lambda words: ask.HandOver(_at(words, 0)), "it is the model's turn"),
    "set": Verb("[PART] NAME VALUE", _set, "change a control, or a rule of taking turns"),
    "launch": Verb("[PART]", lambda words: ask.Launch(_at(words, 0)), "play on and on, from the launch grid on"),
    "halt": Verb("[PART]", lambda words: ask.Halt(_at(words, 0)), "stop and release"),
    "mute": Verb("PART on|off", _strip("mute"), "silence a part; its time goes on"),
    "solo": Verb("PART on|off", _strip("solo"), "silence all parts without solo"),
    "lock": Verb("PART on|off", _strip("lock"), "keep what it plays, whatever its controls do"),
    "take": Verb(
        "PART [SOURCE] [BARS]",
        lambda words: ask.Take(words[0], _at(words, 1, PLAYED), int(_at(words, 2, "2"))),
        f"go on from the last bars of another part, or of what was {PLAYED!r}",
    ),
    "reroll": Verb("PART [CONTROL ...]", lambda words: ask.Reroll(words[0], tuple(words[1:])), "draw anew"),
    "keep": Verb(
        "PART [VOICE ...]", lambda words: ask.SetLocks(frozenset(words[1:]), words[0]), "voices or bars that stay"
    ),
    "store": Verb("PART SLOT", lambda words: ask.StoreSnapshot(int(words[1]), words[0]), "keep a snapshot, 1..8"),
    "recall": Verb("PART SLOT", lambda words: ask.RecallSnapshot(int(words[1]), words[0]), "go back to it"),
    "morph": Verb(
        "PART SLOT SLOT PLACE",
        lambda words: ask.MorphBetween(int(words[1]), int(words[2]), float(words[3]), words[0]),
        "a place from one snapshot (0) to another (1)",
    ),
    "random": Verb(
        "PART [SIZE]", lambda words: ask.RandomStep(float(_at(words, 1, "0.15")), words[0]), "move all sliders a bit"
    ),
    "add": Verb("MODEL [CHANNEL] [NAME]", lambda words: ask.AddPart(_setup(words)), "another part"),
    "remove": Verb("PART", lambda words: ask.RemovePart(words[0]), "take a part out"),
    "swap": Verb(
        "PART [MODEL]",
        lambda words: ask.SwapModel(_at(words, 1), words[0]),
        "another model for a part, or its own once more after it failed",
    ),
    "port": Verb(
        "PART [NAME ...]",
        lambda words: ask.SetPort(" ".join(words[1:]), words[0]),
        "an output of the part's own, or again the common one",
    ),
    "bpm": Verb("N", lambda words: ask.Forward(SetTempo(check_bpm(float(words[0])))), "tempo"),
    "tap": Verb("", _to_player(TapTempo()), "tempo by taps"),
    "start": Verb("", _to_player(StartTransport()), "start the transport"),
    "stop": Verb("", _to_player(StopTransport()), "stop it"),
    "thru": Verb(
        f"{'|'.join(THRU_MODES)} [PART]",
        lambda words: ask.SetThruTo(words[0], _at(words, 1)),
        "what of your playing goes on to the output, or to a part's channels",
    ),
    "hear": Verb("", _to_player(ListenAgain()), "listen to the input, though our own output comes back there"),
    "save": Verb("FILE", lambda words: ask.SaveSession(words[0]), "write a session file, for --session"),
    "locate": Verb("BAR", lambda words: ask.LocateBar(int(words[0])), "go to a bar of the song, from 1 on"),
    "sync": Verb(
        "|".join(SOURCES), lambda words: ask.SetSource(words[0]), "who leads the beat; all else stays as it was"
    ),
    "capture": Verb(
        "[BARS] [SOURCE]",
        lambda words: ask.Capture(int(_at(words, 0, "8")), _at(words, 1)),
        f"make a take of the last bars of all, of a part, or of what was {PLAYED!r}",
    ),
    "learn": Verb(
        "[PART] CONTROL", lambda words: ask.Learn(words[-1], "".join(words[:-1])), "map the next knob that is moved"
    ),
    "forget": Verb(
        "[PART] CONTROL", lambda words: ask.ForgetMaps(words[-1], "".join(words[:-1])), "no knob moves it any more"
    ),
    "maps": Verb("", lambda words: ask.DescribeMaps(), "which knobs move what"),
    "panic": Verb(
        "[all]",
        lambda words: ask.Forward(Panic(everything={"": False, "all": True}[_at(words, 0)])),
        "silence; all: on every channel",
    ),
    "quit": Verb("", lambda words: ask.QuitEngine(), "end"),
}


class Terminal:
    """Reads lines and asks an engine, which refuses what it cannot do. `remote` stands in sessions that are saved."""

    def __init__(self, command: Callable[[ask.Command], None], remote: Remote = Remote()) -> None:  # frozen
        self._command, self._remote = command, remote

    def read(self) -> None:
        """Terminal thread: until the input ends; then the music goes on without it.

        Unbuffered: a daemon thread that holds a buffer's lock at the end of the program would break the ending.
        """
        if sys.stdin is None:  # started without one: descriptor 0 may be anything
            return
        with open(0, "rb", buffering=0, closefd=False) as lines:
            for line in lines:
                words = line.decode(errors="replace").split()
                if words:
                    self.do(words)

    def do(self, words: list[str]) -> None:
        """Carry out one line, or say what is wrong with it."""
        word, *rest = words
        if word == "help":
            _explain(rest)
            return
        verb = VERBS.get(word)
        if verb is None:
            say(f"no such command: {word[:40]!r} (help, {', '.join(VERBS)})")
            return
        try:
            if not verb.fits(rest):
                raise ValueError(f"got {len(rest)} words")
            asked = verb.ask(rest)
        except (ValueError, KeyError):
            say(f"{word} takes: {verb.takes or 'nothing'}")
        except HocketError as error:
            say(str(error))
        else:
            self._command(ask.SaveSession(asked.path, self._remote) if isinstance(asked, ask.SaveSession) else asked)


def _explain(words: list[str]) -> None:
    chosen = {word: VERBS[word] for word in words if word in VERBS} or VERBS
    lines = [(f"{word} {verb.takes}".rstrip(), verb.help) for word, verb in chosen.items()]
    width = max(len(usage) for usage, _ in lines)
    for usage, text in lines:
        say(f"{usage.ljust(width)}  {text}")
