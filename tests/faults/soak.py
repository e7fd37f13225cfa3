"""Chaos: four parts play to a tape, another Hocket and a window to others, and everything that can go wrong does.

python -m tests.faults.soak [--minutes 10] [--seed 1] [--json]

Rounds of the harm of `soak_harm.HARM`, in an order and with details that the seed decides: for half of the time or
more all but that which ends a process, so that each lives long enough to show a leak, then all of it. At the end: every
note-on has had its note-off on every channel, as the tapes heard it; what was lost, dropped or late, by the harm that
explains it (`soak_reasons`); memory, handles and threads of each process. The last line is JSON; the exit code is 1 if
a note hangs, at the end or for long, the music does not come back, a process grows, or anything has no explanation.
"""

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.faults.canary import ROLES, Canary
from tests.faults.soak_harm import HARM
from tests.faults.soak_reasons import OF_THE_MUSIC, SECOND, SERVER, Evidence, Harm
from tests.faults.soak_report import Explained, explain, tell
from tests.faults.soak_stage import Stage
from tests.faults.soak_watch import LIFE_SECONDS, Watch
from tests.faults.window_rig import roll
from tests.jack_server import JackServer

CALM_SHARE: Final = 0.1  # of the time, at the beginning, in the middle and at the end: no harm at all
CALM_MOST_SECONDS: Final = 5.0
GENTLE_SHARE: Final = 0.5  # of the time, from the beginning: no process ends
GENTLE_MOST_SHARE: Final = 0.7  # where that makes lives long enough to tell of growth
MUSIC_SECONDS: Final = 15.0  # after any harm: then it is lost
LASTING: Final = ("engine killed", "player killed", SERVER, "output unplugged", "both suspended")
GENTLE: Final = tuple(name for name in HARM if "killed" not in name and name != SERVER)
CALM: Final = "(calm)"
NOT_LOST: Final = ("late_events", "coalesced", *OF_THE_MUSIC)
MUST_BE_NONE: Final = ("hung", "silent", "invalid_bytes", "unexplained", "leaks")


class Soak:
    """A run."""

    def __init__(self, stage: Stage, canary: Canary) -> None:
        self.stage = stage
        self.explained = Explained()
        self.watch = Watch()
        self.silent = 0  # times that the music did not come back
        self._canary = canary
        self._harms: list[Harm] = []
        self._begun_ns = time.monotonic_ns()

    def run(self, seconds: float) -> None:
        calm, begin = min(CALM_MOST_SECONDS, CALM_SHARE * seconds), time.monotonic()
        self._calm(calm)
        self._do_harm(GENTLE, begin + gentle_seconds(seconds) - calm)
        self._calm(calm)
        self._do_harm(tuple(HARM), begin + seconds - calm)
        self._calm(calm)

    def _calm(self, seconds: float) -> None:
        roll()  # what the window follows
        self.stage.tape.wait_for_music(ons=1)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.watch.look(self.stage.pids())
            self.listen()
            time.sleep(0.5)
        self.explained.accounts[CALM].times += 1

    def _do_harm(self, names: Sequence[str], end: float) -> None:
        while time.monotonic() < end:
            for name in self.stage.rng.sample(names, len(names)):
                if time.monotonic() < end:
                    self._do(name)

    def _do(self, name: str) -> None:
        stage, begin_ns = self.stage, time.monotonic_ns()
        print(f"{(begin_ns - self._begun_ns) / 1e9:7.1f} s: {name}", file=sys.stderr, flush=True)
        if HARM[name](stage) is False:
            return
        done = time.monotonic()
        self._harms.append(Harm(name=name, begin_ns=begin_ns, end_ns=time.monotonic_ns()))
        self.listen()
        stage.played.gone.wait(0.2 if name == "engine killed" else 0.0)
        stage.revive()
        self._await_music(name, done)
        time.sleep(stage.rng.uniform(0.6, 1.5))
        stage.revive()
        self.watch.look(stage.pids())
        self.explained.accounts[name].times += 1

    def _await_music(self, name: str, since: float) -> None:
        before = self.stage.tape.ledger.ons.total()
        while self.listen() == before:
            if time.monotonic() > since + MUSIC_SECONDS:
                self.silent += 1
                print(f"no music {MUSIC_SECONDS:g} s after: {name}", file=sys.stderr)
                return
            self.stage.revive()
            time.sleep(0.01)
        self.explained.accounts[name].recovered.append(time.monotonic() - since)

    def listen(self) -> int:
        """Bring the ledgers up to date; the note-ons of the first."""
        for tape in reversed(self.stage.tapes):
            tape.listen()
            tape.events.clear()
        return self.stage.tape.ledger.ons.total()

    def finish(self) -> dict[str, Any]:
        """End both Hockets; the figures."""
        stage = self.stage
        stage.close()
        time.sleep(0.5)
        self.listen()
        late_ns = [when for who in ROLES for when, _ in self._canary.late_ns(who)]
        gaps_ns = [when for when, _ in stage.tape.gaps]
        explain(self.explained, stage, Evidence(self._harms, sorted(late_ns + gaps_ns)), self._begun_ns)
        return self._notes() | self._events() | self._processes() | {"told": dict(stage.telling)}

    def _notes(self) -> dict[str, Any]:
        ledgers = [tape.ledger for tape in self.stage.tapes]
        losses = [lost for ledger in ledgers for lost in ledger.lost]
        return {
            "ons": sum(ledger.ons.total() for ledger in ledgers),
            "offs": sum(ledger.offs.total() for ledger in ledgers),
            "hung": sum(ledger.hung for ledger in ledgers),
            "longest_note_s": round(max(ledger.longest_ns for ledger in ledgers) / SECOND, 2),
            "longest_lost_s": round(max((lost.until_ns - lost.since_ns for lost in losses), default=0) / SECOND, 2),
            "ended_by_server": sum(ledger.ended_by_server.total() for ledger in ledgers),
            "ended_by_panic": sum(ledger.ended_by_panic.total() for ledger in ledgers),
            "struck_twice": sum(ledger.struck_twice.total() for ledger in ledgers),
            "invalid_bytes": sum(ledger.invalid for ledger in ledgers),
            "unexplained": self.explained.count,
        }

    def _events(self) -> dict[str, Any]:
        counted = self.stage.counted()
        dropped = [each.count for each in counted if each.key not in NOT_LOST]
        return {
            "late": sum(each.count for each in counted if each.key == "late_events"),
            "dropped": sum(dropped),
            "silent": self.silent,
            "periods_missed_by_tapes": sum(tape.missed for tape in self.stage.tapes),
            "machine_late": {who: self._late(who) for who in ROLES},
        }

    def _late(self, who: str) -> dict[str, float]:
        delays_ns = [delay_ns for _, delay_ns in self._canary.late_ns(who)]
        return {"times": len(delays_ns), "worst_ms": round(max(delays_ns, default=0) / 1e6, 2)}

    def _processes(self) -> dict[str, Any]:
        lives = list(self.watch.grown())
        names = [harm.name for harm in self._harms]
        return {
            "kills": sum("killed" in name or name == SERVER for name in names),
            "engines": self.stage.engines,
            "leaks": sum(life.is_leak for life in lives),
            "growth_mb_in_10_min": {life.role: round(life.mb, 2) for life in sorted(lives, key=lambda each: each.mb)},
        }


def gentle_seconds(seconds: float) -> float:
    """How much of a run goes by before anything is killed."""
    enough = LIFE_SECONDS + 2 * CALM_MOST_SECONDS
    half = GENTLE_SHARE * seconds
    return enough if half < enough <= GENTLE_MOST_SHARE * seconds else half


def soak(minutes: float, seed: int, *, quiet: bool = False) -> dict[str, Any]:
    """Run it; the figures."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        server = stack.enter_context(JackServer(folder / "jackd.log", name=f"hocket-soak-{os.getpid()}"))
        stage, canary = Stage(folder, server, seed), Canary(folder)
        stack.callback(stage.tear_down)
        stack.callback(canary.close)
        run = Soak(stage, canary)
        try:
            run.run(minutes * 60)
        finally:
            result = run.finish()
        accounts = run.explained.accounts
        recovered = {name: max(accounts[name].recovered, default=None) for name in LASTING if name in accounts}
        result |= {"seed": seed, "minutes": minutes, "recovery_worst_s": recovered}
        if not quiet:
            tell(run.explained, stage)
            run.watch.tell()
    return result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="the last line alone")
    given = parser.parse_args()
    result = soak(given.minutes, given.seed, quiet=given.json)
    print(json.dumps(result))
    return int(any(result[key] for key in MUST_BE_NONE))


if __name__ == "__main__":
    sys.exit(main())
