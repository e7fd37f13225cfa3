"""What explains each note that lost its note-off, and each event that was dropped or late. Pure.

An explanation is a harm that can have done it, to a process that plays to the tape, at a time when it can have: while
the note sounded, or shortly before the player counted. The machine explains what no harm does, where it was seen to be
late itself. What is left is `NOBODY`'s, and an error of ours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from realtime.player.owed import NOTICED_NS
from tests.faults.ledger import BY_PANIC, BY_SERVER, STRUCK_TWICE, TOO_LATE, Lost

MS: Final = 1_000_000
SECOND: Final = 1000 * MS
MACHINE, MUSIC, NOBODY = "(machine)", "(music)", "(nobody)"
SERVER: Final = "server restarted"
KILLS: Final = ("engine killed", "player killed", SERVER)
STANDSTILLS: Final = ("player suspended", "engine suspended", "both suspended")
MOVES: Final = ("JACK transport followed", "clock followed", "transport stopped")

# What may have ended a note of a tape but its note-off, or lost that.
LOST_BY: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    **{(BY_SERVER, tape): (SERVER,) for tape in ("tape", "second", "third")},
    # By the next player: nobody else is left to do it.
    (BY_PANIC, "tape"): ("player killed", "player suspended", "both suspended", "output unplugged"),
    (BY_PANIC, "third"): ("window's player killed",),
    (STRUCK_TWICE, "tape"): ("player suspended", "both suspended", "output unplugged"),
    (TOO_LATE, "tape"): ("player suspended", "both suspended", "output unplugged"),
}
# Harms to the first Hocket, the one whose counters are heard, that may cost it such events.
COUNTED_BY: Final[dict[str, tuple[str, ...]]] = {
    "late_ons_dropped": (*STANDSTILLS, *KILLS),
    "refused_notes": (*MOVES, *KILLS, *STANDSTILLS),
    "late_events": (*MOVES, *KILLS, *STANDSTILLS, "output unplugged"),
    "coalesced": ("controllers flooded",),
    "overflow": ("controllers flooded", "MIDI rubbish"),
    "lost_output": (SERVER,),
}
# Of these only where one of those was over so shortly before. An output that is back is told to end all notes first,
# if nobody knows whether it has heard a panic do so, or the same when it was back the last time.
ONLY_AFTER: Final[dict[tuple[str, str], tuple[tuple[str, ...], int]]] = {
    ("late_events", "output unplugged"): (("panic", "output unplugged"), NOTICED_NS),
}
OF_THE_MACHINE: Final = ("late_events", "late_ons_dropped")
OF_THE_MUSIC: Final = ("doubled_notes",)

CYCLES_NS: Final = 100 * MS  # around a harm: the cycles of JACK's that it spoils, before it is seen and after it ends
COUNTED_NS: Final = 700 * MS  # counters come twice a second, through two pipes
AFTER_NS: Final = {**dict.fromkeys(KILLS, 4 * SECOND)}  # until the next player has begun to play
SOON_NS: Final = SECOND  # the same of all others

REASONS: Final = {
    "late_events": "left over 1 ms after their time: at a start or a move of the transport, or where a beat from "
    "outside is ahead of ours, which is at once; after a standstill, whose note-offs are sent however late; behind "
    "the 2,000 messages that silence an output which is back after a panic; while the machine was late itself",
    "late_ons_dropped": "note-ons over 100 ms late: the process stood still, and a burst of what is past helps nobody",
    "refused_notes": "on their way to a place or a phrase that was over when they came",
    "doubled_notes": "two notes of one channel and pitch at one tick: the second is not struck",
    "coalesced": "values of controllers that a newer one had replaced before they were heard",
    "overflow": "found a queue full",
    "lost_output": "meant for an output that was not there",
    STRUCK_TWICE: "its note-off was lost: a cycle of JACK in which a process is suspended is lost to its listeners, or "
    "heard twice; a device that is unplugged hears nothing",
    TOO_LATE: "the same, and a panic's note-offs for all notes have ended it",
    BY_SERVER: "sounded at the tape when its own JACK server died",
    BY_PANIC: "sounded when the player was killed; the next player's reset of all channels ended them",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What was done, and when, in monotonic ns."""

    name: str
    begin_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one of the player's counters grew by."""

    key: str
    count: int
    told_ns: int
    worst_ms: float = 0.0  # the latest event of this player so far, where events were late
    missed_cycles: int = 0  # of JACK's, that this player has missed so far


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was done, and when the machine was late: a tape missed periods, or a process that only waits woke."""

    harms: Sequence[Harm]
    late_ns: Sequence[int]

    def of_lost(self, tape: str, lost: Lost, gaps_ns: Iterable[int]) -> str:
        """Who lost the note-off of a note; `gaps_ns`: when the tape itself was not called."""
        begin_ns, end_ns = lost.since_ns - CYCLES_NS, lost.until_ns + CYCLES_NS
        for harm in reversed(self.harms):
            if harm.name in LOST_BY.get((lost.kind, tape), ()) and harm.begin_ns < end_ns and harm.end_ns > begin_ns:
                return harm.name
        return MACHINE if any(begin_ns < gap_ns < end_ns for gap_ns in gaps_ns) else NOBODY

    def of_counted(self, counted: Counted) -> str:
        """Who has cost the player these events."""
        if counted.key in OF_THE_MUSIC:
            return MUSIC
        begin_ns, end_ns = counted.told_ns - COUNTED_NS, counted.told_ns
        for harm in reversed(self.harms):
            after_ns = AFTER_NS.get(harm.name, SOON_NS)
            is_near = harm.begin_ns < end_ns and harm.end_ns + after_ns > begin_ns
            if harm.name in COUNTED_BY[counted.key] and is_near and self._is_possible(counted.key, harm):
                return harm.name
        was_late = any(begin_ns < late_ns < end_ns for late_ns in self.late_ns)
        return MACHINE if was_late and counted.key in OF_THE_MACHINE else NOBODY

    def _is_possible(self, key: str, harm: Harm) -> bool:
        names, within_ns = ONLY_AFTER.get((key, harm.name), ((), 0))
        before = (other for other in self.harms if other.name in names and other.end_ns <= harm.begin_ns)
        return not names or any(harm.begin_ns - other.end_ns < within_ns for other in before)

    def before(self, time_ns: int, count: int = 3) -> str:
        """The last harms before a moment, in words."""
        last = [harm for harm in self.harms if harm.begin_ns < time_ns][-count:]
        return ", ".join(f"{harm.name} {(time_ns - harm.begin_ns) / SECOND:.2f} s before" for harm in last)
