"""What the engine says to its player."""

from realtime.engine.player_link import in_pieces
from realtime.messages import MAX_CHUNK_NOTES, Chunk, ChunkNote, Quit


def test_a_long_chunk_goes_in_pieces_that_are_the_same_work() -> None:
    notes = tuple(ChunkNote(n, 60, 1, 80) for n in range(2 * MAX_CHUNK_NOTES + 1))
    chunk = Chunk(part="a", generation=3, channel=2, start_tick=7, notes=notes, port="p", epoch=5, monophonic=True)
    pieces = [piece for piece in in_pieces(chunk) if isinstance(piece, Chunk)]
    assert [len(piece.notes) for piece in pieces] == [MAX_CHUNK_NOTES, MAX_CHUNK_NOTES, 1]
    assert sum((piece.notes for piece in pieces), ()) == notes
    others = {(p.part, p.generation, p.channel, p.start_tick, p.port, p.epoch, p.monophonic) for p in pieces}
    assert others == {("a", 3, 2, 7, "p", 5, True)}


def test_what_is_short_goes_as_it_is() -> None:
    empty = Chunk(part="a", generation=3, channel=2, start_tick=7, notes=())  # it may replace what was there
    assert list(in_pieces(empty)) == [empty]
    assert list(in_pieces(Quit())) == [Quit()]
