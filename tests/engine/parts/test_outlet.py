from realtime.engine.bar_buffer import BarBuffer
from realtime.engine.bar_lines import BarLines
from realtime.engine.parts.outlet import Outlet, Route
from realtime.messages import Chunk, Cut, Message, Program, Way
from realtime.music.note import Note
from realtime.music.units import Meter
from realtime.post import PostChain, PostSettings

ORIGIN = 100


class Desk:
    """An outlet and what it sends."""

    def __init__(self, voices: int = 1) -> None:
        self.sent: list[Message] = []
        bars = BarLines(Meter())
        bars.set_origin(ORIGIN)
        self.buffer = BarBuffer(bars)
        self.outlet = Outlet("morph", voices, bars=bars, buffer=self.buffer, send=self.sent.append, monophonic=True)

    def chunks(self) -> list[Chunk]:
        return [message for message in self.sent if isinstance(message, Chunk)]


def test_notes_are_placed_on_the_timeline_and_remembered() -> None:
    desk = Desk()
    desk.outlet.send_beat([[Note(0, 60, 120), Note(240, 62, 120)]])
    (chunk,) = desk.chunks()
    assert (chunk.part, chunk.generation, chunk.monophonic) == ("morph", 0, True)
    assert [n.start_tick for n in chunk.notes] == [ORIGIN, ORIGIN + 240]
    (phrase,) = desk.buffer.last_bars("morph", 2000)
    assert [n.pitch for n in phrase.notes] == [60, 62]


def test_each_voice_is_a_part_of_its_own_on_a_channel_of_its_own() -> None:
    desk = Desk(voices=2)
    desk.outlet.set_route(Route(channels=(3, 4)))
    desk.outlet.send_beat([[Note(0, 60, 120)], [Note(0, 48, 120)]])
    assert [(chunk.part, chunk.channel) for chunk in desk.chunks()] == [("morph/1", 3), ("morph/2", 4)]


def test_another_route_releases_first() -> None:
    desk = Desk()
    assert desk.outlet.set_route(Route(channels=(5,)))
    assert [type(message) for message in desk.sent] == [Cut, Program]
    assert not desk.outlet.set_route(Route(channels=(5,)))
    assert len(desk.sent) == 2


def test_another_sound_cuts_nothing_and_is_told_for_each_voice() -> None:
    desk = Desk(voices=2)
    assert not desk.outlet.set_route(Route(bank=129, program=5))
    assert desk.sent == [Program("morph/1", "", 0, 129, 5), Program("morph/2", "", 0, 129, 5)]


def test_an_output_of_its_own_is_in_every_chunk_and_way() -> None:
    desk = Desk(voices=3)
    desk.outlet.set_route(Route(channels=(3, 4), port="bass"))
    desk.outlet.send_beat([[Note(0, 60, 120)], [Note(0, 48, 120)]])
    assert [(chunk.port, chunk.channel) for chunk in desk.chunks()] == [("bass", 3), ("bass", 4)]
    assert desk.outlet.ways == (Way("bass", 3), Way("bass", 4))  # the last channel serves the third voice too


def test_a_closed_outlet_leaves_its_channels_alone() -> None:
    desk = Desk()
    desk.outlet.set_route(Route(program=5))
    desk.outlet.close()
    assert desk.sent[-2:] == [Cut("morph", 1), Program("morph", "", 0, 0, 0)]


def test_a_replaced_beat_takes_only_what_begins_from_there_on() -> None:
    desk = Desk()
    desk.outlet.send_beat([[Note(0, 60, 120), Note(240, 62, 120)]])
    desk.outlet.replace_beat([[Note(0, 70, 120), Note(240, 72, 120)]], from_tick=120)
    chunk = desk.chunks()[-1]
    assert (chunk.generation, chunk.start_tick) == (1, ORIGIN + 120)
    assert [n.pitch for n in chunk.notes] == [72]
    (phrase,) = desk.buffer.last_bars("morph", 2000)
    assert [n.pitch for n in phrase.notes] == [60, 72]


def test_a_delayed_note_of_before_is_sent_again_and_an_early_one_waits() -> None:
    desk = Desk()
    desk.outlet.chain = PostChain(PostSettings.of({"quantise": "1/4"}))
    desk.outlet.send_beat([[Note(250, 60, 100)]])  # moved to 480
    desk.outlet.replace_beat([[Note(250, 70, 100)]], from_tick=360)
    assert [(n.start_tick, n.pitch) for n in desk.chunks()[-1].notes] == [(ORIGIN + 480, 60)]
    desk.outlet.replace_beat([[Note(130, 70, 100)]], from_tick=120)  # would move to 0
    assert [(n.start_tick, n.pitch) for n in desk.chunks()[-1].notes] == [(ORIGIN + 120, 70)]


def test_a_silent_voice_sends_nothing_and_is_not_remembered() -> None:
    desk = Desk(voices=2)
    desk.outlet.silent_voices = frozenset({1})
    desk.outlet.send_beat([[Note(0, 60, 120)], [Note(0, 48, 120)]])
    assert [chunk.part for chunk in desk.chunks()] == ["morph/1"]


def test_streamed_notes_pass_the_chain_too() -> None:
    desk = Desk()
    desk.outlet.chain = PostChain(PostSettings.of({"octave": 1}))
    generation = desk.outlet.next_generation()
    (sent,) = desk.outlet.stream(generation, [Note(ORIGIN + 480, 60, 100)])
    assert sent == Note(ORIGIN + 480, 72, 100)
    desk.outlet.silent_voices = frozenset({0})
    assert desk.outlet.stream(generation, [Note(ORIGIN + 480, 60, 100)]) == []


def test_a_limit_of_notes_a_beat_holds_for_streamed_notes_too() -> None:
    desk = Desk()
    notes = [Note(start, 60, 60) for start in range(0, 960, 120)]
    assert [len(batch) for batch in desk.outlet.in_batches(notes)] == [1] * 8
    desk.outlet.chain = PostChain(PostSettings.of({"max_onsets": 2}))
    batches = list(desk.outlet.in_batches(notes))
    sent = [note for batch in batches for note in desk.outlet.stream(1, [n.shifted(ORIGIN) for n in batch])]
    assert [len(batch) for batch in batches] == [4, 4]
    assert [note.start_tick - ORIGIN for note in sent] == [0, 240, 480, 720]
