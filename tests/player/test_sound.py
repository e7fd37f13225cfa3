"""The built-in sound of the player: a synth that dies is started again and told its sounds, and never waited for."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from realtime.messages import SetSound, SoundChanged
from realtime.player import sound as module
from realtime.player.midi_bytes import control_change, note_off, note_on, program_change
from realtime.player.sound import Sound
from realtime.synth.client import SynthOptions
from realtime.synth.errors import SoundfontError, SynthError
from tests.player.jack_peer import wait_until


class FakeSynth:
    """Hears all until it is dead."""

    error: str | None = None
    report: ClassVar[dict[str, str]] = {}

    def __init__(self, options: SynthOptions) -> None:
        self.options = options
        self.heard: list[bytes] = []
        self.dead = threading.Event()

    def send(self, data: bytes, due_ns: int) -> bool:
        if not self.dead.is_set():
            self.heard.append(data)
        return not self.dead.is_set()

    def alive(self) -> bool:
        return not self.dead.is_set()

    def close(self, *, timeout_seconds: float = 0.0) -> int:
        self.dead.set()
        return 0


Started = list[FakeSynth]
Start = Callable[[SynthOptions], FakeSynth]


def begin(monkeypatch: pytest.MonkeyPatch, refuse: Callable[[SynthOptions], SynthError | None], font: str = ""):  # type: ignore[no-untyped-def]
    """A `Sound`, the synths that have been started for it, and what it has told."""
    started: Started = []
    told: list[SoundChanged] = []

    def start(options: SynthOptions) -> FakeSynth:
        error = refuse(options)
        if error is not None:
            raise error
        started.append(FakeSynth(options))
        return started[-1]

    monkeypatch.setattr(module.SynthClient, "start", start)
    monkeypatch.setattr(module, "RESTART_SECONDS", (0.0, 0.0, 0.0))
    sound = Sound(SetSound(on=True, soundfont=font))
    sound.watch(told.append)
    return sound, started, told


def end(sound: Sound) -> None:
    """All that was to be done by then has been done."""
    sound.close()
    sound._thread.join(5)
    assert not sound._thread.is_alive()


def test_the_next_synth_knows_the_sounds_and_only_the_newest_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    sound, started, told = begin(monkeypatch, lambda _: None)
    wait_until(lambda: bool(started) and sound._client is not None, "the synth")
    for data in (*program_change(2, 0, 5), *program_change(2, 1, 9), control_change(2, 7, 90), note_on(2, 60, 80)):
        sound.send(data, 1)
    started[0].dead.set()
    sound.send(note_off(2, 60), 2)
    wait_until(lambda: len(started) == 2 and sound._client is not None, "the next synth")
    sound.send(note_on(2, 64, 80), 3)
    assert started[1].heard == [*program_change(2, 1, 9), control_change(2, 7, 90), note_on(2, 64, 80)]
    assert [state.there for state in told][-2:] == [False, True]
    sound.close()
    assert started[1].dead.is_set()


def test_one_that_dies_and_dies_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    sound, started, _ = begin(monkeypatch, lambda _: None)
    for number in range(4):  # the first, and three more
        wait_until(lambda number=number: len(started) == number + 1 and sound._client is not None, "a synth")  # type: ignore[misc]
        started[-1].dead.set()
        sound.send(note_on(0, 60, 80), number)
    end(sound)
    assert len(started) == 4
    sound.send(note_on(0, 60, 80), 9)  # harmless


def test_a_font_that_cannot_be_played_is_said_and_another_one_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(options: SynthOptions) -> SynthError | None:
        return SoundfontError("mine.sf2 is none") if options.soundfont == Path("mine.sf2") else None

    sound, started, told = begin(monkeypatch, refuse, "mine.sf2")
    wait_until(lambda: sound._client is not None, "the synth")
    assert started[0].options.soundfont is None
    assert sound._state == SoundChanged(there=True, text="the built-in sound plays with another sound font")
    sound.close()
    assert told


def test_where_there_is_no_sound_it_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[SynthOptions] = []
    sound, started, _ = begin(monkeypatch, lambda options: asked.append(options) or SynthError("no audio device"))
    wait_until(lambda: bool(asked), "the first try")
    end(sound)
    assert len(asked) == 1
    assert not started
    assert sound._state == SoundChanged(there=False, text="no built-in sound: no audio device")


def test_without_a_device_the_font_that_was_asked_for_is_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[SynthOptions] = []

    def refuse(options: SynthOptions) -> SynthError | None:
        asked.append(options)
        return SynthError("no audio device") if 2 <= len(asked) <= 4 else None  # tried once, then with either font

    sound, started, _ = begin(monkeypatch, refuse, "mine.sf2")
    wait_until(lambda: sound._client is not None, "the synth")
    started[0].dead.set()
    sound.send(note_on(0, 60, 80), 1)
    wait_until(lambda: len(started) == 2, "the next synth")
    assert started[1].options.soundfont == Path("mine.sf2")
    sound.close()


def test_another_device_is_another_synth_that_knows_the_sounds(monkeypatch: pytest.MonkeyPatch) -> None:
    sound, started, told = begin(monkeypatch, lambda _: None)
    wait_until(lambda: sound._client is not None, "the synth")
    sound.send(program_change(2, 1, 9)[-1], 1)
    sound.change(SetSound(on=True, audio="Headphones"))
    sound.send(note_on(2, 60, 80), 2)  # not for the one that is being closed; the other may not be there yet
    wait_until(lambda: len(started) == 2 and sound._client is not None, "the other synth")
    sound.send(note_on(2, 64, 80), 3)
    end(sound)
    assert [synth.options.output for synth in started] == [None, "Headphones"]
    assert started[0].dead.is_set()
    assert set(started[0].heard) == {program_change(2, 1, 9)[-1]}
    assert (started[1].heard[0], started[1].heard[-1]) == (program_change(2, 1, 9)[-1], note_on(2, 64, 80))
    assert told[-1] == SoundChanged(there=True)


def test_it_can_be_switched_off_and_on(monkeypatch: pytest.MonkeyPatch) -> None:
    sound, started, told = begin(monkeypatch, lambda _: None)
    wait_until(lambda: sound._client is not None, "the synth")
    sound.change(SetSound(on=False))
    wait_until(lambda: started[0].dead.is_set(), "its end")
    sound.send(note_on(0, 60, 80), 1)
    sound.change(SetSound(on=False))
    sound.change(SetSound(on=True))
    wait_until(lambda: len(started) == 2 and sound._client is not None, "the next synth")
    end(sound)
    assert [state.there for state in told] == [True, False, True]
    assert told[1].text == ""


def test_one_that_was_off_from_the_start_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.SynthClient, "start", lambda _: pytest.fail("started"))
    sound = Sound(SetSound(on=False, audio="Headphones"))
    sound.send(note_on(0, 60, 80), 1)
    end(sound)
    assert sound._state is None


def test_a_device_that_is_not_there_is_said_and_the_usual_one_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeSynth, "report", {"instead": "no audio device 'Focusrite' (there are: JACK)"})
    sound, started, told = begin(monkeypatch, lambda _: None)
    sound.change(SetSound(on=True, audio="Focusrite"))
    wait_until(lambda: len(started) == 2, "the synth")
    end(sound)
    text = "no audio device 'Focusrite' (there are: JACK): the built-in sound plays on the usual one"
    assert told[-1] == SoundChanged(there=True, text=text)


def test_a_try_that_was_under_way_when_another_was_asked_for_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    loading, loaded = threading.Event(), threading.Event()
    started: Started = []

    def start(options: SynthOptions) -> FakeSynth:
        started.append(FakeSynth(options))
        if len(started) == 1:
            loading.set()
            loaded.wait(5)
        return started[-1]

    monkeypatch.setattr(module.SynthClient, "start", start)
    sound = Sound(SetSound(on=True))
    loading.wait(5)
    sound.change(SetSound(on=True, audio="Headphones"))
    loaded.set()
    wait_until(lambda: len(started) == 2 and sound._client is not None, "the synth that is wanted")
    sound.send(note_on(0, 60, 80), 1)
    end(sound)
    assert started[0].dead.is_set()
    assert [synth.heard for synth in started] == [[], [note_on(0, 60, 80)]]
