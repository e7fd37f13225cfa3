"""Chaos: four parts play to a tape, another Hocket and a window to others, and everything that can go wrong does.

python -m tests.faults.soak [--minutes 10] [--seed 1] [--json]

Rounds of all the harm of `soak_harm.HARM`, in an order and with details that the seed decides. At the end: every
note-on has had its note-off on every channel, as the tapes heard it; what was dropped or late, by the harm that came
before; memory, handles and threads of each process. The last line is JSON; the exit code is 1 if anything hangs, at
the end or for long, or the music does not come back.
"""

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.faults.ledger import Ledger
from tests.faults.soak_harm import HARM
from tests.faults.soak_stage import FAULTS, Stage
from tests.faults.soak_watch import Watch
from tests.faults.window_rig import roll
from tests.jack_server import JackServer

CALM_SHARE: Final = 0.1  # of the time, at the beginning and the end: no harm at all
CALM_MOST_SECONDS: Final = 5.0
MUSIC_SECONDS: Final = 15.0  # after any harm: then it is lost
LASTING: Final = ("engine killed", "player killed", "server restarted", "output unplugged", "both suspended")
KILLS: Final = ("killed", "restarted")
CALM: Final = "(calm)"
MUST_BE_NONE: Final = ("hung", "silent", "invalid_bytes")
LONGEST_SECONDS: Final = 10.0  # that a note may sound: two bars at the slowest tempo take 8 s
# What may have ended a note but its note-off, or lost that: only the harm that is named.
EXPLAINED: Final = {
    "struck_twice": ("player suspended", "both suspended"),  # JACK loses or repeats the cycle that it hits
    "ended_by_server": ("server restarted",),  # the tape's own: it hears nothing more
    # By the next player: nobody else is left to do it.
    "ended_by_panic": ("player killed", "window's player killed"),
}


REASONS: Final = {
    "late_events": "left over 1 ms after their time: at a start or a move of the transport, which is at once; after a "
    "standstill, whose note-offs are sent however late; on a machine that is too busy",
    "late_ons_dropped": "note-ons over 100 ms late: the process stood still, and a burst of what is past helps nobody",
    "refused_notes": "placed for a place or a phrase that was over when they came, or struck twice at one tick",
    "overflow": "found a queue full",
    "lost_output": "meant for an output that was not there",
    "struck_twice": "a cycle of JACK in which a process was suspended is lost to its listeners, or heard twice",
    "ended_by_server": "sounded at the tape when its own JACK server died",
    "ended_by_panic": "sounded when the player was killed; the next player's reset of all channels ended them",
}


@dataclass
class Account:
    """What came of one kind of harm."""

    times: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    recovered: list[float] = field(default_factory=list)  # seconds from the end of the harm to the next note


class Soak:
    """A run."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.accounts: dict[str, Account] = defaultdict(Account)
        self.watch = Watch()
        self.silent = 0  # times that the music did not come back
        self._seen: Counter[str] = Counter()
        self._begun = time.monotonic()

    def run(self, seconds: float) -> None:
        calm = min(CALM_MOST_SECONDS, CALM_SHARE * seconds)
        end = time.monotonic() + seconds - calm
        self._calm(calm)
        while time.monotonic() < end:
            for name in self.stage.rng.sample(list(HARM), len(HARM)):
                if time.monotonic() < end:
                    self._do(name)
        self._calm(calm)

    def _calm(self, seconds: float) -> None:
        roll()  # what the window follows
        self.stage.tape.wait_for_music(ons=1)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.watch.look(self.stage.pids())
            time.sleep(0.5)
        self._account(CALM)

    def _do(self, name: str) -> None:
        stage = self.stage
        print(f"{time.monotonic() - self._begun:7.1f} s: {name}", file=sys.stderr, flush=True)
        HARM[name](stage)
        done = time.monotonic()
        self.listen()
        stage.played.gone.wait(0.2 if name == "engine killed" else 0.0)
        stage.revive()
        self._await_music(name, done)
        time.sleep(stage.rng.uniform(0.6, 1.5))  # counters come twice a second
        stage.revive()
        self.watch.look(stage.pids())
        self._account(name)

    def _await_music(self, name: str, since: float) -> None:
        before = self.stage.tape.listen().ons.total()
        while self.listen().ons.total() == before:
            if time.monotonic() > since + MUSIC_SECONDS:
                self.silent += 1
                print(f"no music {MUSIC_SECONDS:g} s after: {name}", file=sys.stderr)
                return
            self.stage.revive()
            time.sleep(0.01)
        self.accounts[name].recovered.append(time.monotonic() - since)

    @property
    def ledgers(self) -> list[Ledger]:
        return [tape.ledger for tape in (self.stage.tape, *self.stage.others)]

    def listen(self) -> Ledger:
        """The ledger of the first tape; all are brought up to date."""
        for tape in (*self.stage.others, self.stage.tape):
            tape.listen()
            tape.events.clear()
        return self.stage.tape.ledger

    def _account(self, name: str) -> None:
        now = self.stage.counted()
        account = self.accounts[name]
        account.times += 1
        for key in EXPLAINED:
            now[key] = sum(getattr(ledger, key).total() for ledger in self.ledgers)
        account.faults += Counter({key: now[key] - self._seen[key] for key in (*FAULTS, *EXPLAINED)})
        self._seen = now

    def finish(self) -> dict[str, Any]:
        """End both Hockets; the figures."""
        stage, now = self.stage, self.stage.counted()
        stage.close()
        time.sleep(0.5)
        self.listen()
        ledgers = self.ledgers
        return {
            "ons": sum(ledger.ons.total() for ledger in ledgers),
            "offs": sum(ledger.offs.total() for ledger in ledgers),
            "hung": sum(ledger.hung for ledger in ledgers),
            "longest_note_s": round(max(ledger.longest_ns for ledger in ledgers) / 1e9, 2),
            "unexplained": not_explained(self.accounts),
            "ended_by_server": sum(ledger.ended_by_server.total() for ledger in ledgers),
            "ended_by_panic": sum(ledger.ended_by_panic.total() for ledger in ledgers),
            "struck_twice": sum(ledger.struck_twice.total() for ledger in ledgers),
            "invalid_bytes": sum(ledger.invalid for ledger in ledgers),
            "late": now["late_events"],
            "dropped": sum(now[key] for key in FAULTS if key != "late_events"),
            "silent": self.silent,
            "kills": sum(
                account.times for name, account in self.accounts.items() if "killed" in name or "server" in name
            ),
            "engines": stage.engines,
            "periods_missed_by_tapes": sum(tape.missed for tape in (stage.tape, *stage.others)),
            "rss_growth_mb": self.watch.growth_mb(),
            "told": dict(stage.telling),
        }


def not_explained(accounts: Mapping[str, Account]) -> int:
    """Notes that something else than their note-off has ended, in the time after harm that cannot have done it.

    Late consequences of earlier harm are among them: what a window's next player resets comes a second later.
    """
    return sum(
        account.faults[key]
        for name, account in accounts.items()
        for key, harms in EXPLAINED.items()
        if name not in harms
    )


def tell(soak: Soak, result: dict[str, Any]) -> None:
    print(f"{'harm':<26}{'times':>6}{'next note, s (median, worst)':>32}  dropped or late in the meantime")
    for name, account in sorted(soak.accounts.items()):
        back = account.recovered
        times = f"{statistics.median(back):.2f} {max(back):.2f}" if back else "-"
        faults = ", ".join(f"{key} {count}" for key, count in account.faults.items() if count)
        print(f"{name:<26}{account.times:>6}{times:>32}  {faults or '-'}")
    print("Why:")
    seen = {key for account in soak.accounts.values() for key, count in account.faults.items() if count}
    for key in sorted(seen):
        print(f"  {key}: {REASONS[key]}")
    soak.watch.tell()
    print("By channel (note-ons, note-offs, ended by the server's death, by a panic):")
    for which, ledger in zip(("tape", "second", "window"), soak.ledgers, strict=False):
        counts = (ledger.ons, ledger.offs, ledger.ended_by_server, ledger.ended_by_panic)
        for channel in sorted(ledger.ons):
            print(f"  {which} {channel + 1:>2}:", *(count[channel] for count in counts))
    if result["hung"]:
        print("hung:", *(ledger.sounding for ledger in soak.ledgers))


def soak(minutes: float, seed: int, *, quiet: bool = False) -> dict[str, Any]:
    """Run it; the figures."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        server = stack.enter_context(JackServer(Path(folder) / "jackd.log", name=f"hocket-soak-{os.getpid()}"))
        stage = Stage(Path(folder), server, seed)
        stack.callback(stage.tear_down)
        run = Soak(stage)
        try:
            run.run(minutes * 60)
        finally:
            result = run.finish()
        recovered = {name: max(run.accounts[name].recovered, default=None) for name in LASTING}
        result |= {"seed": seed, "minutes": minutes, "recovery_worst_s": recovered}
        if not quiet:
            tell(run, result)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="the last line alone")
    given = parser.parse_args()
    result = soak(given.minutes, given.seed, quiet=given.json)
    print(json.dumps(result))
    return int(any(result[key] for key in MUST_BE_NONE) or result["longest_note_s"] > LONGEST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
