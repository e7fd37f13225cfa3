"""The timeline beside a plain account of it: what sounds ends when it was promised, whatever is placed and replaced."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from realtime.messages import Chunk, ChunkNote
from realtime.player.midi_bytes import is_note_off, is_note_on, note_off, note_on
from realtime.player.timeline import THRU, Event, Key, Timeline
from tests.fuzz import fuzzed

ALWAYS = -(1 << 50)  # nothing is too late
MONOPHONIC = "c"  # the part whose notes end one another


def length(tick: int, pitch: int) -> int:
    """A note's length follows from its place, so that each note-on tells when its note-off is due."""
    return 20 + (7 * tick + pitch) % 50


@dataclass
class Account:
    """What was promised."""

    ends: dict[Key, int] = field(default_factory=dict)  # of what sounds
    owner: dict[Key, str] = field(default_factory=dict)
    oldest: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # by part: (from tick on, generation)
    last_tick: int = 0

    def replaced(self, chunk: Chunk) -> None:
        self.oldest.setdefault(chunk.part, []).append((chunk.start_tick, chunk.generation))

    def popped(self, events: list[Event]) -> None:
        """What became due: in order, each note-off on time unless its pitch or its part's voice was needed."""
        for index, event in enumerate(events):
            assert event.tick >= self.last_tick, "ticks go back"
            self.last_tick = event.tick
            if is_note_off(event.data):
                self._ended(event, events[index + 1 :])
            else:
                self._begun(event)

    def _begun(self, event: Event) -> None:
        key = _key(event)
        assert key not in self.ends, "a second on"
        for start, generation in self.oldest.get(event.part, ()):
            assert event.tick < start or event.generation >= generation, "a replaced note sounds"
        self.ends[key], self.owner[key] = event.tick + length(event.tick, key[2]), event.part
        if event.part == MONOPHONIC:
            others = [other for other, owner in self.owner.items() if owner == event.part]
            begins = {self.ends[other] - length(event.tick, other[2]) for other in others}
            assert begins == {event.tick}, "two notes of one voice"

    def _ended(self, event: Event, later: list[Event]) -> None:
        key = _key(event)
        due, owner = self.ends.pop(key), self.owner.pop(key)
        ons = [other for other in later if other.tick == event.tick and is_note_on(other.data)]
        struck_again = any(_key(on) == key for on in ons)
        gave_way = owner == MONOPHONIC and any(on.part == owner for on in ons)
        assert event.tick == due or ((struck_again or gave_way) and event.tick < due), "a note-off was cut or moved"

    def released(self, events: Iterable[Event]) -> None:
        """By hand: a cut, a panic, a key of the musician's."""
        for event in events:
            key = _key(event)
            if is_note_off(event.data):
                del self.ends[key], self.owner[key]
            else:
                self.ends[key], self.owner[key] = 1 << 50, event.part

    def at_rest(self, timeline: Timeline, now: int) -> None:
        """After all that was due has gone out."""
        assert timeline.sounding == self.owner
        assert all(due > now for due in self.ends.values()), "a note-off is late"


def _key(event: Event) -> Key:
    return event.port, event.data[0] & 15, event.data[1]


PITCHES, PORTS, PARTS = st.integers(60, 63), st.sampled_from(["", "bass"]), st.sampled_from(["a", "b", MONOPHONIC])
PLACES = st.lists(st.tuples(st.integers(0, 60), PITCHES), min_size=1, max_size=6)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("chunk"), PARTS, st.integers(0, 2), st.integers(0, 40), PLACES, PORTS),
        st.tuples(st.just("cut"), PARTS),
        st.tuples(st.just("step"), st.integers(0, 30)),
        st.tuples(st.just("step"), st.integers(10, 60)),
        st.tuples(st.just("key"), st.booleans(), PITCHES, PORTS),
        st.tuples(st.just("panic")),
    ),
    min_size=6,
    max_size=30,
)


@fuzzed(300)
@given(ACTIONS)
def test_what_sounds_ends_when_it_was_promised(actions: list[tuple[Any, ...]]) -> None:
    timeline, account, now, newest = Timeline(), Account(), 0, dict.fromkeys(["a", "b", MONOPHONIC], 0)
    for action in actions:
        match action:
            case ("chunk", part, newer, ahead, places, port):
                newest[part] += newer
                notes = tuple(ChunkNote(now + at, pitch, length(now + at, pitch), 90) for at, pitch in places)
                chunk = Chunk(part, newest[part], 0, now + ahead, notes, part == MONOPHONIC, port)
                if timeline.accept(chunk) and newer:
                    account.replaced(chunk)
            case ("cut", part):
                newest[part] += 1
                account.released(timeline.cut(part, newest[part], now))
                account.oldest[part] = [(ALWAYS, newest[part])]
                assert part not in timeline.sounding.values()
            case ("key", down, pitch, port):
                account.released(timeline.thru((note_on(0, pitch, 80) if down else note_off(0, pitch)), now, port))
            case ("step", ahead):
                now += ahead
                account.popped(timeline.pop_due(now, ALWAYS))
                account.at_rest(timeline, now)
            case _:
                account.released(timeline.panic(now))
                assert not account.ends
    account.popped(timeline.pop_due(now + 1000, ALWAYS))
    assert set(account.owner.values()) <= {THRU}  # keys that are still down
