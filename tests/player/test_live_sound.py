"""The built-in sound of a real player comes, changes and goes on a real JACK server; the notes go on meanwhile."""

import pytest

from realtime.errors import HocketError
from realtime.messages import Chunk, ChunkNote, Sent, SetSound, SoundChanged
from realtime.synth.library import extra
from realtime.synth.soundfont import find_soundfont
from tests.player.player_process import PlayerProcess, offs, ons


def has_sound() -> bool:
    try:
        extra()
        find_soundfont()
    except HocketError:
        return False
    return True


pytestmark = [
    pytest.mark.jack,
    pytest.mark.processes,
    pytest.mark.usefixtures("jack_server"),
    pytest.mark.skipif(not has_sound(), reason="FluidSynth or a sound font is missing"),
]
ABSENT = "no audio device 'Focusrite' (there are: JACK"
STEPS = (  # what is asked for, and what becomes of it
    (SetSound(on=True), SoundChanged(there=True)),
    (SetSound(on=True, audio="JACK"), SoundChanged(there=True)),
    (SetSound(on=False, audio="JACK"), SoundChanged(there=False)),
)


def ask(player: PlayerProcess, wanted: SetSound) -> SoundChanged:
    count = len(player.of(SoundChanged))
    player.send(wanted)
    player.wait(lambda: len(player.of(SoundChanged)) > count, f"{wanted} was not answered", 30.0)
    return player.of(SoundChanged)[-1]


@pytest.mark.timeout(180)
def test_the_sound_changes_beside_the_music() -> None:
    with PlayerProcess("--backend", "memory", "--trace", "--no-realtime") as player:
        player.wait_ready()
        start = player.tick() + 100
        notes = tuple(ChunkNote(start + 96 * index, 60, 48, 80) for index in range(200))  # ten a second, for 20 s
        player.send(Chunk(part="a", generation=1, channel=0, start_tick=start, notes=notes))
        for wanted, answer in STEPS:
            before = ons(player)
            assert ask(player, wanted) == answer
            player.wait(lambda before=before: ons(player) > before + 2, "the music stood still")  # type: ignore[misc]
        told = ask(player, SetSound(on=True, audio="Focusrite"))
        assert told.there
        assert told.text.startswith(ABSENT)
        player.wait(lambda: offs(player) == 200, "the music did not end", 60.0)
        assert ons(player) == 200
        late_ms = sorted((sent.sent_ns - sent.due_ns) / 1e6 for sent in player.of(Sent))
        assert late_ms[len(late_ms) // 2] < 1.0
