"""`hocket demo`: a whole performance without a device, checked and written down.

Engine and player are those of `hocket run`; the musician is a table of notes, the ports are in memory. Continue answers
two phrases; then the music is passed along: Morph loops what was played, Quartet harmonises the last answer, Sketch
varies what Quartet played.
"""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from realtime.engine import commands as ask
from realtime.engine.bar_buffer import PLAYED
from realtime.engine.engine import Engine
from realtime.engine.favour import SWITCH_INTERVAL_SECONDS
from realtime.engine.options import EngineOptions, PartStart, load_model
from realtime.engine.player_link import PlayerOptions
from realtime.engine.reports import PartLaunched, Refused, Report, TurnStarted
from realtime.engine.setup import PartSetup
from realtime.engine.turns import TurnRules
from realtime.messages import Clock, Inject, Ready, Sent
from realtime.music.examples import EXAMPLES
from realtime.music.midi_file import OutTrack, read_midi, write_midi
from realtime.music.note import Note, Phrase
from realtime.music.units import PPQ, TempoAnchor
from realtime.synth.errors import SynthError

BPM: Final = 120.0
PIECES: Final = ("bach", "joy")
TURNS: Final = "continue"
# (part, source, controls): two bars each, after the last answer.
PASSED: Final[tuple[tuple[str, str, dict[str, float | str]], ...]] = (
    ("morph", PLAYED, {}),
    ("quartet", TURNS, {}),
    ("sketch", "quartet", {"mode": "vary", "amount": 0.5}),
)
PASSED_BARS: Final = 2
AHEAD_SECONDS: Final = 0.25  # asked for so long before its bar line: time to make it
START_SECONDS: Final = 0.5
LIMIT_SECONDS: Final = 45.0


class DemoReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was played and whether all was well. Times in ms."""

    ok: bool
    turns: int
    notes_played: int
    notes_answered: int
    notes_by_part: dict[str, int]
    hung_notes: int
    on_the_grid: bool
    first_note_ms: tuple[float, ...]  # from the phrase judged ended to the first note; the grid's wait is in it
    late_max_ms: float
    seconds: float
    midi: str
    wav: str


class Performance:
    """The musician and the tape: plays the pieces in turn, records what is sent. All calls come from the engine."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._left = list(PIECES)
        self.engine: Engine | None = None
        self._anchor: TempoAnchor | None = None
        self.prompts: list[Note] = []
        self.turns: list[TurnStarted] = []
        self.launches: list[PartLaunched] = []
        self.refused: list[str] = []
        self.sent: list[Sent] = []

    def observe(self, report: Report) -> None:
        """Follow the engine."""
        match report:
            case Ready():
                self._tell(f"engine and player are up ({report.backend} ports, priority {report.realtime_priority})")
            case Clock() if self._anchor is None:
                self._anchor = report.anchor()
                self._play_next(self._anchor.tick_at(time.monotonic_ns() + int(START_SECONDS * 1e9)))
            case TurnStarted():
                self.turns.append(report)
                self._tell(
                    f"  heard {report.prompt_notes} notes; the model answers for {report.length_ticks // PPQ} beats"
                )
                self._play_next(report.start_tick + report.length_ticks)
            case PartLaunched():
                self.launches.append(report)
                self._tell(f"{report.part} plays on")
            case Refused(text):
                self.refused.append(text)
                self._tell(text)
            case Sent():
                self.sent.append(report)
            case _:
                pass

    def _play_next(self, after_tick: int) -> None:
        assert self._anchor is not None
        if not self._left:
            self._pass_along(after_tick)
            return
        example = EXAMPLES[self._left.pop(0)]
        bar = example.meter.bar_ticks
        phrase = example.phrase(-(-after_tick // bar) * bar)
        self._tell(f"playing: {example.title}")
        self.prompts += phrase.notes
        for note in phrase.notes:
            on, off = self._anchor.time_of(note.start_tick), self._anchor.time_of(note.end_tick)
            self._ask(ask.Forward(Inject(bytes((0x90, note.pitch, note.velocity)), on)))
            self._ask(ask.Forward(Inject(bytes((0x80, note.pitch, 64)), off)))

    def _pass_along(self, tick: int) -> None:
        """One part after the other, each from the bar line where the last one stops."""
        last = None
        for part, source, controls in PASSED:
            commands: list[ask.Command] = [ask.SetControl(name, value, part) for name, value in controls.items()]
            commands += [ask.Take(part, source), *([ask.Halt(last)] if last else []), ask.Launch(part)]
            self._at(tick, commands)
            tick, last = tick + PASSED_BARS * 4 * PPQ, part
        self._at(tick, [ask.Halt()])
        self._at(tick + PPQ, [ask.QuitEngine()])  # when the note-offs have been told

    def _at(self, tick: int, commands: list[ask.Command]) -> None:
        assert self._anchor is not None
        wait = (self._anchor.time_of(tick) - time.monotonic_ns()) / 1e9 - AHEAD_SECONDS
        timer = threading.Timer(max(0.0, wait), self._ask, commands)
        timer.daemon = True
        timer.start()

    def _ask(self, *commands: ask.Command) -> None:
        assert self.engine is not None
        for command in commands:
            self.engine.command(command)

    def played(self) -> tuple[dict[str, list[Note]], int]:
        """Each part's notes as they were sent, and how many never ended."""
        assert self._anchor is not None
        notes: dict[str, list[Note]] = {part: [] for part in (TURNS, *(part for part, _, _ in PASSED))}
        sounding: dict[tuple[str, int], Sent] = {}
        for event in self.sent:
            key = (event.part, event.data[1])
            if event.data[0] & 0xF0 == 0x90:
                sounding[key] = event
            elif key in sounding:
                on = sounding.pop(key)
                start, end = self._anchor.tick_at(on.due_ns), self._anchor.tick_at(event.due_ns)
                notes[event.part.split("/")[0]].append(Note(start, event.data[1], max(1, end - start), on.data[2]))
        return notes, len(sounding)


def run_demo(out: Path, *, seed: int, tell: Callable[[str], None]) -> DemoReport:
    """Play the demo in real time (about 30 s) and write `demo.mid` and, where there is a synth, `demo.wav`."""
    begun = time.monotonic()
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    out.mkdir(parents=True, exist_ok=True)
    performance = Performance(tell)
    names = (TURNS, *(part for part, _, _ in PASSED))
    parts = [PartStart(PartSetup(model=name, seed=seed, playing=False), load_model(name)) for name in names]
    options = EngineOptions(
        player=PlayerOptions(backend="memory", bpm=BPM, trace=True),
        rules=TurnRules(grid="beat", length="bars", bars=2),
    )
    engine = Engine(parts, options, observe=performance.observe)
    performance.engine = engine
    watchdog = threading.Timer(LIMIT_SECONDS, engine.command, (ask.QuitEngine(),))
    watchdog.daemon = True
    watchdog.start()
    engine.run()
    watchdog.cancel()
    notes, hung = performance.played()
    tracks = [OutTrack(name="You", phrase=Phrase.of(performance.prompts))] + [
        OutTrack(name=f"Hocket {part.capitalize()}", phrase=Phrase.of(notes[part]), channel=channel)
        for channel, part in enumerate(notes, 1)
    ]
    midi = out / "demo.mid"
    write_midi(midi, tracks, bpm=BPM)
    wav = _render(midi, out / "demo.wav", tell)
    return _report(performance, notes, hung, midi=str(midi), wav=wav, seconds=time.monotonic() - begun, tell=tell)


def _render(midi: Path, wav: Path, tell: Callable[[str], None]) -> str:
    from realtime.synth.render import render_wav
    from realtime.synth.score_events import timed_events

    try:
        render_wav(timed_events(read_midi(midi)), wav, soundfont=None)
    except SynthError as error:
        tell(f"no demo.wav: {error}")
        return ""
    return str(wav)


def _report(
    performance: Performance,
    notes: dict[str, list[Note]],
    hung: int,
    *,
    midi: str,
    wav: str,
    seconds: float,
    tell: Callable[[str], None],
) -> DemoReport:
    waits, on_grid = _waits_ms(performance), _on_grid(performance, notes)
    late = max(((event.sent_ns - event.due_ns) / 1e6 for event in performance.sent), default=0.0)
    counts = {part: len(played) for part, played in notes.items()}
    all_played = len(performance.turns) == len(PIECES) == len(waits) and all(counts.values())
    ok = all_played and not hung and on_grid and not performance.refused
    tell(f"{'all well' if ok else 'NOT well'}: notes {counts}, at most {late:.2f} ms late, {hung} hung")
    tell(f"wrote {midi}{' and ' + wav if wav else ''} after {seconds:.0f} s")
    return DemoReport(
        ok=ok,
        turns=len(performance.turns),
        notes_played=len(performance.prompts),
        notes_answered=counts[TURNS],
        notes_by_part=counts,
        hung_notes=hung,
        on_the_grid=on_grid,
        first_note_ms=waits,
        late_max_ms=round(late, 3),
        seconds=round(seconds, 1),
        midi=midi,
        wav=wav,
    )


def _waits_ms(performance: Performance) -> tuple[float, ...]:
    """Of each answer that began: from the phrase judged ended to its first note."""
    ons = [event for event in performance.sent if event.part == TURNS and event.data[0] & 0xF0 == 0x90]
    firsts = [next((event for event in ons if event.generation == turn.generation), None) for turn in performance.turns]
    pairs = zip(firsts, performance.turns, strict=True)
    return tuple(round((first.sent_ns - turn.judged_ns) / 1e6, 3) for first, turn in pairs if first is not None)


def _on_grid(performance: Performance, notes: dict[str, list[Note]]) -> bool:
    """Whether answers begin on a beat as they were meant to, and the loops on bar lines."""
    starts = {note.start_tick for note in notes[TURNS]}
    answers = all(
        turn.start_tick in starts and (turn.start_tick - turn.origin_tick) % PPQ == 0 for turn in performance.turns
    )
    bars = {launch.start_tick % (4 * PPQ) for launch in performance.launches}
    return answers and len(bars) == 1 and len(performance.launches) == len(PASSED)
