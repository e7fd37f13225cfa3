"""Takes: every answer, and the last bars when they are asked for. Main loop only; files are written by a thread.

An answer's take holds what was really sent of it: it is made a moment after the answer has ended or given way.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from realtime.engine.bar_buffer import KEPT_BARS, PLAYED
from realtime.engine.commands import Capture
from realtime.engine.parts.base import Stage
from realtime.engine.rack import Rack
from realtime.engine.recorder import Recorder
from realtime.engine.reports import Refused, TakeKept, TurnStarted, Yielded
from realtime.errors import HocketError
from realtime.handover import Background
from realtime.messages import ChunkNote
from realtime.music.units import MAX_BPM, MIN_BPM, PPQ
from realtime.takes.store import TakeStore
from realtime.takes.take import STAMP, Take, TakeVoice, next_id

LATE_TICKS: Final = PPQ // 2  # an answer's last notes and its cut are known by then
PATIENCE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """An answer under way."""

    part: str
    start_tick: int
    end_tick: int
    program: int
    origin: dict[str, Any]  # fields of the take that say what made it
    is_whole: bool = True  # as long as it was to be


class Taking:
    """`is_on`: somebody wants takes. `put` brings a report to the main loop, from any thread."""

    def __init__(
        self,
        stage: Stage,
        rack: Rack,
        recorder: Recorder,
        put: Callable[[TakeKept | Refused], object],
        *,
        folder: str,
        is_on: bool,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._stage, self._rack, self._recorder, self._put = stage, rack, recorder, put
        self._store = TakeStore(Path(folder)) if folder else None
        self._is_on = is_on
        self._now = now
        self._answers: list[_Answer] = []
        self._last_id = ""
        self._saving = Background("takes")

    def told(self, report: object, now_tick: int) -> None:
        """An answer begins or gives way."""
        if not self._is_on:
            return
        match report:
            case TurnStarted():
                self._end(report.part, report.start_tick)
                self._begin(report)
            case Yielded(part=part):
                self._end(part, now_tick)

    def passed(self, now_tick: int) -> None:
        """Answers that have ended are takes; what goes on for longer than a take may is kept in pieces."""
        for answer in [each for each in self._answers if now_tick >= each.end_tick + LATE_TICKS]:
            self._answers.remove(answer)
            self._keep(answer)

    def begin_again(self, now_tick: int) -> None:
        """The timeline ends here."""
        for answer in self._answers:
            self._keep(replace(answer, end_tick=min(answer.end_tick, now_tick), is_whole=now_tick >= answer.end_tick))
        self._answers.clear()

    def capture(self, wanted: Capture, now_tick: int) -> None:
        """Make a take of the last bars, or say why not."""
        if not self._is_on:
            self._stage.observe(Refused("there is no folder for takes; start with --takes FOLDER"))
            return
        window = self._recorder.last_bars(wanted.source, now_tick, wanted.bars)
        if window is None:
            self._stage.observe(Refused(f"nothing to capture: {wanted.source or 'nobody'} has played no notes yet"))
            return
        voices = tuple(self._voices(window.voices))
        self._save(wanted.source, voices, window.length_ticks, self._origin(wanted.source))

    def finish(self) -> None:
        """At the end: what has begun is kept, and all is written."""
        written = threading.Event()
        self._saving.do(written.set)
        written.wait(PATIENCE_SECONDS)

    # --- inside ---------------------------------------------------------------------------------------

    def _begin(self, turn: TurnStarted) -> None:
        longest = KEPT_BARS * self._stage.bars.meter.bar_ticks
        start, end = turn.start_tick, turn.start_tick + turn.length_ticks
        origin = {**self._origin(turn.part), "seed": turn.seed}
        program = self._program(turn.part)
        while start < end and len(self._answers) < KEPT_BARS:
            piece = min(end, start + longest)
            self._answers.append(
                _Answer(part=turn.part, start_tick=start, end_tick=piece, program=program, origin=origin)
            )
            start = piece

    def _end(self, part: str, tick: int) -> None:
        """Nothing of a part's answer comes after `tick`."""
        cut = [each for each in self._answers if each.part != part or each.start_tick < tick]
        self._answers = [
            replace(each, end_tick=tick, is_whole=False) if each.part == part and tick < each.end_tick else each
            for each in cut
        ]

    def _keep(self, answer: _Answer) -> None:
        channel, notes = self._recorder.notes(answer.part, answer.start_tick, answer.end_tick)
        if notes:
            voice = TakeVoice(name=answer.part, channel=channel, program=answer.program, notes=notes)
            sounding = max(note.start_tick + note.duration_ticks for note in notes)
            length = answer.end_tick - answer.start_tick if answer.is_whole else -(-sounding // PPQ) * PPQ
            self._save(answer.part, (voice,), length, answer.origin)

    def _voices(self, found: Mapping[str, tuple[int, tuple[ChunkNote, ...]]]) -> Iterator[TakeVoice]:
        for name, (channel, notes) in sorted(found.items()):
            part, _, number = name.partition("/")
            names = self._voice_names(part)
            title = f"{part} {names[int(number) - 1]}" if number and int(number) <= len(names) else part
            yield TakeVoice(name=title, channel=channel, program=self._program(part), notes=notes)

    def _voice_names(self, part: str) -> tuple[str, ...]:
        return () if part == PLAYED or part not in self._rack else self._rack[part].described().voices

    def _program(self, part: str) -> int:
        return int(self._rack[part].settings()["program"]) if part in self._rack else 0

    def _origin(self, part: str) -> dict[str, Any]:
        """What made a part's notes; nothing for the musician, or for all."""
        if part not in self._rack:
            return {}
        one, spec = self._rack[part], self._rack[part].spec
        controls = {control.name: one.settings()[control.name] for control in spec.controls}
        return {"kind": spec.kind, "model": one.kept().model, "controls": controls, "seed": one.state().seed}

    def _save(self, source: str, voices: tuple[TakeVoice, ...], length_ticks: int, origin: dict[str, Any]) -> None:
        self._last_id = next_id(self._now().strftime(STAMP), after=self._last_id)
        take = Take(
            id=self._last_id,
            source=source,
            voices=voices,
            length_ticks=max(1, length_ticks),
            bpm=min(MAX_BPM, max(MIN_BPM, self._stage.bpm())),
            meter=str(self._stage.bars.meter),
            **origin,
        )
        if self._store is None:
            self._put(TakeKept(take))
        else:
            self._saving.do(partial(_write, self._store, take, self._put))


def _write(store: TakeStore, take: Take, put: Callable[[TakeKept | Refused], object]) -> None:
    try:
        put(TakeKept(store.keep(take).take))
    except HocketError as error:
        put(Refused(str(error)))
