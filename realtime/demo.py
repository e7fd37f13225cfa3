"""`hocket demo`: a whole performance without a device, checked and written down.

Engine and player are those of `hocket run`; the musician is a table of notes, the ports are in memory.
"""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from realtime.cli.performance import SWITCH_INTERVAL_SECONDS
from realtime.engine.engine import Engine, EngineOptions
from realtime.engine.player_link import PlayerOptions
from realtime.engine.reports import Forward, QuitEngine, Report, TurnStarted
from realtime.engine.turns import TurnRules
from realtime.generators.registry import find_bundle, open_live_generator
from realtime.messages import Clock, Inject, Ready, Sent
from realtime.music.examples import EXAMPLES
from realtime.music.midi_file import OutTrack, read_midi, write_midi
from realtime.music.note import Note, Phrase
from realtime.music.units import PPQ, TempoAnchor
from realtime.synth.errors import SynthError

BPM = 120.0
PIECES = ("bach", "joy")
START_SECONDS = 0.5
LIMIT_SECONDS = 35.0


class DemoReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was played and whether all was well. Times in ms."""

    ok: bool
    turns: int
    notes_played: int
    notes_answered: int
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
            case Sent():
                self.sent.append(report)
            case _:
                pass

    def _play_next(self, after_tick: int) -> None:
        assert self.engine is not None
        assert self._anchor is not None
        if not self._left:
            wait = (self._anchor.time_of(after_tick) - time.monotonic_ns()) / 1e9 + 0.2
            threading.Timer(max(0.0, wait), self.engine.command, (QuitEngine(),)).start()
            return
        example = EXAMPLES[self._left.pop(0)]
        bar = example.meter.bar_ticks
        phrase = example.phrase(-(-after_tick // bar) * bar)
        self._tell(f"playing: {example.title}")
        self.prompts += phrase.notes
        for note in phrase.notes:
            on, off = self._anchor.time_of(note.start_tick), self._anchor.time_of(note.end_tick)
            self.engine.command(Forward(Inject(bytes((0x90, note.pitch, note.velocity)), on)))
            self.engine.command(Forward(Inject(bytes((0x80, note.pitch, 64)), off)))

    def answered(self) -> tuple[list[Note], int]:
        """The answer's notes as they were sent, and how many never ended."""
        assert self._anchor is not None
        notes: list[Note] = []
        sounding: dict[int, Sent] = {}
        for event in self.sent:
            pitch = event.data[1]
            if event.data[0] & 0xF0 == 0x90:
                sounding[pitch] = event
            elif pitch in sounding:
                on = sounding.pop(pitch)
                start, end = self._anchor.tick_at(on.due_ns), self._anchor.tick_at(event.due_ns)
                notes.append(Note(start, pitch, max(1, end - start), on.data[2]))
        return notes, len(sounding)


def run_demo(out: Path, *, seed: int, tell: Callable[[str], None]) -> DemoReport:
    """Play the demo in real time (about 20 s) and write `demo.mid` and, where there is a synth, `demo.wav`."""
    begun = time.monotonic()
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    out.mkdir(parents=True, exist_ok=True)
    performance = Performance(tell)
    options = EngineOptions(
        player=PlayerOptions(backend="memory", bpm=BPM, trace=True),
        rules=TurnRules(grid="beat", length="bars", bars=2),
        seed=seed,
    )
    engine = Engine(open_live_generator(find_bundle("continue")), options, observe=performance.observe)
    performance.engine = engine
    watchdog = threading.Timer(LIMIT_SECONDS, engine.command, (QuitEngine(),))
    watchdog.daemon = True
    watchdog.start()
    engine.run()
    watchdog.cancel()
    notes, hung = performance.answered()
    tracks = [
        OutTrack(name="You", phrase=Phrase.of(performance.prompts)),
        OutTrack(name="Hocket Continue", phrase=Phrase.of(notes), channel=1),
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
    notes: list[Note],
    hung: int,
    *,
    midi: str,
    wav: str,
    seconds: float,
    tell: Callable[[str], None],
) -> DemoReport:
    ons = [event for event in performance.sent if event.data[0] & 0xF0 == 0x90]
    firsts = [next((event for event in ons if event.generation == turn.generation), None) for turn in performance.turns]
    waits = tuple(
        round((first.sent_ns - turn.judged_ns) / 1e6, 3)
        for first, turn in zip(firsts, performance.turns, strict=True)
        if first is not None
    )
    starts = {note.start_tick for note in notes}
    on_grid = all(
        turn.start_tick in starts and (turn.start_tick - turn.origin_tick) % PPQ == 0 for turn in performance.turns
    )
    late = max(((event.sent_ns - event.due_ns) / 1e6 for event in performance.sent), default=0.0)
    ok = len(performance.turns) == len(PIECES) == len(waits) and not hung and on_grid
    tell(f"{'all well' if ok else 'NOT well'}: {len(notes)} notes answered, at most {late:.2f} ms late, {hung} hung")
    tell(f"wrote {midi}{' and ' + wav if wav else ''} after {seconds:.0f} s")
    return DemoReport(
        ok=ok,
        turns=len(performance.turns),
        notes_played=len(performance.prompts),
        notes_answered=len(notes),
        hung_notes=hung,
        on_the_grid=on_grid,
        first_note_ms=waits,
        late_max_ms=round(late, 3),
        seconds=round(seconds, 1),
        midi=midi,
        wav=wav,
    )
