"""How soon the answer comes: `python -m tests.benchmarks.turn`

Engine and player as shipped, grid none. Phrases of 64 notes, 32nds at 260 beats a minute: faster than anyone plays,
so that the cache has to be filled in a hurry. From the phrase judged ended (`TurnStarted.judged_ns`) to the first
note-on of that answer handed to the port (`Sent.sent_ns`); `silence_*` is from the moment at which the rules say
that the phrase has ended. The next phrase makes each answer give way.
Also what `hocket run` takes to start and holds in memory (see `started`).
"""

import subprocess
import sys
import threading
import time
from statistics import median
from typing import Any, Final

from realtime.engine.commands import Forward, QuitEngine
from realtime.engine.engine import Engine
from realtime.engine.favour import SWITCH_INTERVAL_SECONDS
from realtime.engine.options import EngineOptions, PartStart, load_model
from realtime.engine.phrase_end import phrase_end_tick
from realtime.engine.player_link import PlayerOptions
from realtime.engine.reports import ModelFailed, Report, TurnStarted
from realtime.engine.setup import PartSetup
from realtime.engine.turns import TurnRules
from realtime.messages import Clock, Counters, Inject, Ready, Sent
from realtime.music.note import Note
from realtime.music.units import PPQ, TempoAnchor
from tests.benchmarks.measure import finish, machine, note, parser, percentile
from tests.benchmarks.started import measure_starts

BPM: Final = 260.0
NOTES: Final = 64
NOTE_TICKS: Final = PPQ // 8
PAUSE_NS: Final = 200_000_000  # from the phrase judged ended to the next one's first note
FIRST_NS: Final = 500_000_000
LIMIT_FACTOR: Final = 3  # of the time that all turns should take


def phrase(start_tick: int, number: int) -> list[Note]:
    """A run through a seventh chord, on another degree each time."""
    steps = (0, 4, 7, 11, 12, 11, 7, 4)
    return [
        Note(start_tick + i * NOTE_TICKS, 48 + number % 12 + steps[i % 8] + i // 16, NOTE_TICKS * 9 // 10, 70 + i % 16)
        for i in range(NOTES)
    ]


class Musician:
    """Plays phrase after phrase and notes when each was answered.

    The engine's main loop calls `observe`; phrases after the first are sent from a timer's thread in between.
    """

    def __init__(self, turns: int, backend: str) -> None:
        self._wanted, self._backend = turns, backend
        self._anchor: TempoAnchor | None = None
        self._other: subprocess.Popen[str] | None = None  # on JACK: the process that plays
        self._ended_ns: list[int] = []  # when each phrase has ended by the rules
        self.engine: Engine | None = None
        self.turns: list[TurnStarted] = []
        self.first_ns: dict[int, int] = {}  # generation -> when its first note was sent
        self.failures: list[str] = []
        self.counters = Counters()

    def observe(self, report: Report) -> None:
        """Follow the engine."""
        match report:
            case Ready() if self._backend == "jack":
                self._other = subprocess.Popen(
                    [sys.executable, "-m", "tests.benchmarks.musician"], stdin=subprocess.PIPE, text=True
                )
            case Clock() if self._anchor is None:
                self._anchor = report.anchor()
                self._play(time.monotonic_ns() + FIRST_NS * (4 if self._other else 1))
            case TurnStarted():
                self.turns.append(report)
                # Later: the next phrase on its way to the player would hold up the answer.
                threading.Timer(PAUSE_NS / 2e9, self._go_on, (report.judged_ns + PAUSE_NS,)).start()
            case Sent() if report.data[0] & 0xF0 == 0x90:
                self.first_ns.setdefault(report.generation, report.sent_ns)
            case Counters():
                self.counters = report
            case ModelFailed(text):
                self.failures.append(text)

    def _go_on(self, start_ns: int) -> None:
        assert self.engine is not None
        if len(self.turns) < self._wanted:
            self._play(start_ns)
        else:
            self.engine.command(QuitEngine())

    def _play(self, start_ns: int) -> None:
        assert self._anchor is not None
        notes = phrase(self._anchor.tick_at(start_ns), len(self.turns))
        ended_tick = phrase_end_tick([n.start_tick for n in notes], notes[-1].end_tick, BPM)
        self._ended_ns.append(self._anchor.time_of(ended_tick))
        for n in notes:
            self._send(self._anchor.time_of(n.start_tick), bytes((0x90, n.pitch, n.velocity)))
            self._send(self._anchor.time_of(n.end_tick), bytes((0x80, n.pitch, 64)))

    def _send(self, time_ns: int, data: bytes) -> None:
        assert self.engine is not None
        if self._other is not None and self._other.stdin is not None:
            self._other.stdin.write(f"{time_ns} {data.hex()}\n")
            self._other.stdin.flush()
        else:
            self.engine.command(Forward(Inject(data, time_ns)))

    def close(self) -> None:
        """Send the other process home."""
        if self._other is not None:
            self._other.communicate(timeout=10)

    def waits_ms(self) -> tuple[list[float], list[float]]:
        """Of each answered turn: from judged ended, and from ended by the rules, to the first note."""
        answered = [
            (turn, ended_ns, self.first_ns[turn.generation])
            for turn, ended_ns in zip(self.turns, self._ended_ns, strict=True)
            if turn.generation in self.first_ns
        ]
        judged = [(first_ns - turn.judged_ns) / 1e6 for turn, _, first_ns in answered]
        return judged, [(first_ns - ended_ns) / 1e6 for _, ended_ns, first_ns in answered]


def play_turns(turns: int, backend: str) -> Musician:
    """Let the engine hear and answer that many phrases."""
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)  # as `hocket run` does
    musician = Musician(turns, backend)
    options = EngineOptions(player=PlayerOptions(backend=backend, bpm=BPM, trace=True), rules=TurnRules(grid="none"))
    parts = [PartStart(PartSetup(model="continue", seed=1), load_model("continue"))]
    engine = Engine(parts, options, observe=musician.observe)
    musician.engine = engine
    phrase_seconds = NOTES * NOTE_TICKS / PPQ * 60 / BPM
    limit = 10 + LIMIT_FACTOR * turns * (phrase_seconds + 0.5)
    watchdog = threading.Timer(limit, engine.command, (QuitEngine(),))
    watchdog.daemon = True
    watchdog.start()
    try:
        engine.run()
    finally:
        watchdog.cancel()
        musician.close()
    return musician


def report_of(musician: Musician) -> dict[str, Any]:
    """Counts and waits. `unanswered` turns sent no note before the next phrase began."""
    judged, silence = musician.waits_ms()
    if not judged:
        raise RuntimeError(f"no turn was answered ({'; '.join(musician.failures) or 'no phrase was heard'})")
    return {
        "turns": len(musician.turns),
        "p50_ms": round(median(judged), 3),
        "p95_ms": round(percentile(judged, 95), 3),
        "max_ms": round(max(judged), 3),
        "silence_p50_ms": round(median(silence), 3),
        "silence_p95_ms": round(percentile(silence, 95), 3),
        "unanswered": len(musician.turns) - len(judged),
        "notes_heard": sorted({turn.prompt_notes for turn in musician.turns}),
        "model_failures": len(musician.failures),
        "echoes": musician.counters.echoes,  # notes of the phrase that the player took for the answer coming back
        "late_max_us": musician.counters.late_max_us,
    }


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--turns", type=int, default=100)
    options.add_argument("--backend", choices=("memory", "jack"), default="memory")
    arguments = options.parse_args()
    begun = machine()
    starts = measure_starts()
    if not arguments.json:
        note(f"start and memory: {starts}")
    turns = report_of(play_turns(arguments.turns, arguments.backend))
    finish({**turns, **starts, "backend": arguments.backend, "machine": begun})
    return 0


if __name__ == "__main__":
    sys.exit(main())
