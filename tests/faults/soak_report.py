"""The soak's report: what was done, what it cost, who explains it, and what nobody does."""

import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

from tests.faults.ledger import Lost
from tests.faults.rig import Tape
from tests.faults.soak_reasons import NOBODY, REASONS, SECOND, Counted, Evidence
from tests.faults.soak_stage import Stage

LISTED: Final = 40
LONG_NS: Final = 8 * SECOND


@dataclass
class Account:
    """What came of one kind of harm."""

    times: int = 0
    recovered: list[float] = field(default_factory=list)  # seconds from the end of the harm to the next note
    cost: Counter[str] = field(default_factory=Counter)  # notes that lost their note-off, events dropped or late


@dataclass
class Explained:
    """Everything that was lost, dropped or late, by who did it."""

    accounts: dict[str, Account] = field(default_factory=lambda: defaultdict(Account))
    nobodys: list[str] = field(default_factory=list)  # in words
    count: int = 0  # of those
    long: list[str] = field(default_factory=list)  # notes that lost their note-off and went on and on, in words

    def add(self, who: str, what: str, count: int, told: str) -> None:
        self.accounts[who].cost[what] += count
        if who == NOBODY:
            self.nobodys.append(told)
            self.count += count


def explain(explained: Explained, stage: Stage, evidence: Evidence, begun_ns: int) -> None:
    """Attribute all of it."""
    for tape in stage.tapes:
        for lost in tape.ledger.lost:
            who = evidence.of_lost(tape.name, lost, (gap_ns for gap_ns, _ in tape.gaps))
            told = _of_lost(tape, lost, evidence, begun_ns)
            explained.add(who, lost.kind, 1, told)
            if lost.until_ns - lost.since_ns > LONG_NS:
                explained.long.append(f"{told}; {who}")
    for counted in stage.counted():
        explained.add(
            evidence.of_counted(counted), counted.key, counted.count, _of_counted(counted, evidence, begun_ns)
        )


def _of_lost(tape: Tape, lost: Lost, evidence: Evidence, begun_ns: int) -> str:
    length = (lost.until_ns - lost.since_ns) / SECOND
    return (
        f"{(lost.until_ns - begun_ns) / SECOND:.2f} s: {lost.kind} at {tape.name}, channel {lost.channel + 1}, "
        f"pitch {lost.pitch}, after {length:.2f} s; {evidence.before(lost.until_ns)}"
    )


def _of_counted(counted: Counted, evidence: Evidence, begun_ns: int) -> str:
    when = (counted.told_ns - begun_ns) / SECOND
    return (
        f"{when:.2f} s: {counted.key} {counted.count} (latest so far {counted.worst_ms:.1f} ms, "
        f"{counted.missed_cycles} cycles of JACK's missed); "
        f"{evidence.before(counted.told_ns)}"
    )


def tell(explained: Explained, stage: Stage) -> None:
    """Print it."""
    print(f"{'harm':<26}{'times':>6}{'next note, s (median, worst)':>32}  what it cost")
    for name, account in sorted(explained.accounts.items()):
        back = account.recovered
        times = f"{statistics.median(back):.2f} {max(back):.2f}" if back else "-"
        cost = ", ".join(f"{key} {count}" for key, count in account.cost.items() if count)
        print(f"{name:<26}{account.times or '-':>6}{times:>32}  {cost or '-'}")
    print("Why:")
    for key in sorted({key for account in explained.accounts.values() for key in account.cost}):
        print(f"  {key}: {REASONS[key]}")
    for told in explained.long:
        print(f"  sounded long: {told}")
    print("By channel (note-ons, note-offs, ended by the server's death, by a panic, by the next note-on):")
    for tape in stage.tapes:
        of = tape.ledger
        for channel in sorted(of.ons):
            counts = (of.ons, of.offs, of.ended_by_server, of.ended_by_panic, of.struck_twice)
            print(f"  {tape.name:<6} {channel + 1:>2}:", *(count[channel] for count in counts))
    if explained.count:
        print(f"Explained by nothing: {explained.count}")
        print(*(f"  {each}" for each in explained.nobodys[:LISTED]), sep="\n")
    if hung := {tape.name: tape.ledger.sounding for tape in stage.tapes if tape.ledger.hung}:
        print("Hung:", hung)
