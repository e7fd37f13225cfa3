"""Fault 24: the synth dies, or its sound font is none. Whoever listens to the port hears nothing of it."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from realtime.messages import SoundChanged
from tests.faults.long import LONG
from tests.faults.rig import Played, Tape, children, command_line, playing, session_of
from tests.faults.soak_stage import has_sound

pytestmark = [
    pytest.mark.jack,
    pytest.mark.processes,
    pytest.mark.skipif(not has_sound(), reason="FluidSynth or a sound font is missing"),
]
Measured = Callable[[int, str, float], None]


def synths(played: Played) -> list[int]:
    return [pid for pid in children(played.client.pid) if "realtime.synth" in command_line(pid)]


@pytest.mark.parametrize("how", [pytest.param("SIGKILL", marks=LONG), "SIGSEGV"])
def test_a_synth_that_dies_is_replaced(tape: Tape, measured: Measured, how: str) -> None:
    with playing(session_of(("morph", "quartet"), sound=True)) as played:
        tape.wait_for_music()
        played.wait(SoundChanged)
        ons, begin = tape.listen().ons.total(), time.monotonic()
        (first,) = synths(played)
        os.kill(first, getattr(signal, how))
        states = played.wait(SoundChanged, 3, seconds=5.0)
        measured(24, f"{how} of the synth to sound again, s", time.monotonic() - begin)
        assert [told.there for told in states] == [True, False, True]
        assert synths(played) not in ([], [first])
        assert tape.listen().ons.total() > ons  # the port heard music all the time
        assert played.close() == 0
    tape.wait_for_silence(0.5)
    assert tape.is_balanced()


@pytest.mark.parametrize("content", [b"RIFF\xff\xff\xff\x7fsfbk" + bytes(2000), None])
def test_a_font_that_is_none_is_said_and_another_one_plays(
    tape: Tape, measured: Measured, tmp_path: Path, content: bytes | None
) -> None:
    font = tmp_path / "mine.sf2"
    if content is not None:
        font.write_bytes(content)
    begin = time.monotonic()
    with playing(session_of(sound=True, soundfont=str(font))) as played:
        tape.wait_for_music()
        states = played.wait(SoundChanged, 2)
        measured(24, "start to sound with another font, s", time.monotonic() - begin)
        assert [told.there for told in states] == [False, True]
        assert str(font) in states[0].text
        assert "another sound font" in states[1].text
        assert played.close() == 0
    tape.wait_for_silence(0.5)
    assert tape.is_balanced()
