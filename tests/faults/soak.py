"""Chaos: four parts play to a tape, a second Hocket to another, while everything that can go wrong goes wrong.

python -m tests.faults.soak [--minutes 10] [--seed 1] [--json]

Rounds of all the harm of `soak_harm.HARM`, in an order and with details that the seed decides. At the end: every
note-on has had its note-off on every channel, as the tapes heard it; what was dropped or late, by the harm that came
before; memory, handles and threads of each process. The last line is JSON; the exit code is 1 if anything hangs or is
not explained.
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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.faults.ledger import Ledger
from tests.faults.soak_harm import HARM
from tests.faults.soak_stage import FAULTS, Stage
from tests.faults.soak_watch import Watch
from tests.jack_server import JackServer

CALM_SECONDS: Final = 4.0  # at the beginning and the end, with no harm at all
MUSIC_SECONDS: Final = 15.0  # after any harm: then it is lost
LASTING: Final = ("engine killed", "player killed", "server restarted", "output unplugged", "both suspended")
KILLS: Final = ("killed", "restarted")
CALM: Final = "(calm)"
HEARD: Final = ("struck_twice", "ended_by_server", "ended_by_panic")  # counts of the ledger, by harm


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

    def run(self, seconds: float) -> None:
        end = time.monotonic() + seconds - CALM_SECONDS
        self._calm()
        while time.monotonic() < end:
            for name in self.stage.rng.sample(list(HARM), len(HARM)):
                if time.monotonic() < end:
                    self._do(name)
        self._calm()

    def _calm(self) -> None:
        self.stage.tape.wait_for_music(ons=1)
        end = time.monotonic() + CALM_SECONDS
        while time.monotonic() < end:
            self.watch.look(self.stage.pids())
            time.sleep(0.5)
        self._account(CALM)

    def _do(self, name: str) -> None:
        stage = self.stage
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

    def listen(self) -> Ledger:
        self.stage.second_tape.listen()
        self.stage.tape.events.clear()
        self.stage.second_tape.events.clear()
        return self.stage.tape.listen()

    def _account(self, name: str) -> None:
        now = self.stage.counted()
        account = self.accounts[name]
        account.times += 1
        now["struck_twice"] = self.stage.tape.ledger.struck_twice.total()
        now["ended_by_server"] = self.stage.tape.ledger.ended_by_server.total()
        account.faults += Counter(
            {key: now[key] - self._seen[key] for key in (*FAULTS, "struck_twice", "ended_by_server")}
        )
        self._seen = now

    def finish(self) -> dict[str, Any]:
        """End both Hockets; the figures."""
        stage = self.stage
        stage.close()
        time.sleep(0.5)
        self.listen()
        ledgers = (stage.tape.ledger, stage.second_tape.ledger)
        now = stage.counted()
        unexplained = sum(not_explained(ledger) for ledger in ledgers)
        return {
            "ons": sum(ledger.ons.total() for ledger in ledgers),
            "offs": sum(ledger.offs.total() for ledger in ledgers),
            "hung": sum(ledger.hung for ledger in ledgers),
            "unexplained": unexplained,
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
            "periods_missed_by_tapes": stage.tape.missed + stage.second_tape.missed,
            "rss_growth_mb": self.watch.growth_mb(),
            "told": dict(stage.telling),
        }


def not_explained(ledger: Ledger) -> int:
    """Note-ons that neither a note-off, nor a panic, nor the death of the tape's own server has ended."""
    return (
        abs(
            ledger.ons.total()
            - ledger.offs.total()
            - ledger.ended_by_panic.total()
            - ledger.ended_by_server.total()
            - ledger.struck_twice.total()
            - ledger.hung
        )
        + ledger.struck_twice.total()
    )


def tell(soak: Soak, result: dict[str, Any]) -> None:
    print(f"{'harm':<26}{'times':>6}{'next note, s (median, worst)':>32}  dropped or late in the meantime")
    for name, account in sorted(soak.accounts.items()):
        back = account.recovered
        times = f"{statistics.median(back):.2f} {max(back):.2f}" if back else "-"
        faults = ", ".join(f"{key} {count}" for key, count in account.faults.items() if count)
        print(f"{name:<26}{account.times:>6}{times:>32}  {faults or '-'}")
    soak.watch.tell()
    print("By channel (note-ons, note-offs, ended by the server's death, by a panic):")
    for which, ledger in (("tape", soak.stage.tape.ledger), ("second", soak.stage.second_tape.ledger)):
        for channel in sorted(ledger.ons):
            counts = (
                count[channel] for count in (ledger.ons, ledger.offs, ledger.ended_by_server, ledger.ended_by_panic)
            )
            print(f"  {which} {channel + 1:>2}:", *counts)
    if result["hung"]:
        print("hung:", soak.stage.tape.ledger.sounding, soak.stage.second_tape.ledger.sounding)


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
    return int(bool(result["hung"] or result["unexplained"] or result["silent"] or result["invalid_bytes"]))


if __name__ == "__main__":
    sys.exit(main())
