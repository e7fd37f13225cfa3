"""Thin objects around FluidSynth: one synth with one soundfont, and its live half with audio thread and sequencer.

FluidSynth renders in blocks of 64 frames, so an event sounds up to 1.5 ms after its place (44.1 kHz).
"""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

from realtime.synth import frames
from realtime.synth.errors import SoundfontError, SynthError
from realtime.synth.library import extra, fluidsynth

CHANNELS = 16
DRUM_CHANNEL = 9
TICKS_PER_SECOND = 10_000  # of the sequencer; its 32-bit tick lasts for five days
BANK_SELECT, BANK_SELECT_FINE = 0, 32
_ANYONE = -1
_BYTES_PER_FRAME = 8  # two float32


class Fluid:
    """One FluidSynth with a soundfont on 16 channels; channel 9 (10 on screen) has the drums."""

    def __init__(self, soundfont: Path, *, sample_rate: int, gain: float) -> None:
        self._library = fluidsynth()
        self._extra = extra()
        self.synth: Any = self._library.Synth(gain=gain, samplerate=float(sample_rate), channels=CHANNELS)
        self._open = True
        if not self.synth.synth or self.synth.sfload(str(soundfont), 1) < 0:
            self.close()
            raise SoundfontError(f"FluidSynth cannot read {soundfont}; try another soundfont")

    def apply(self, data: bytes) -> None:
        """Do one MIDI channel message now."""
        kind, channel, first, last = data[0] & 0xF0, data[0] & 0x0F, data[1], data[-1]
        if frames.is_note_on(data):
            self.synth.noteon(channel, first, last)
        elif frames.is_note_off(data):
            self.synth.noteoff(channel, first)
        elif kind == frames.CONTROL:
            self.synth.cc(channel, first, last)
        elif kind == frames.PROGRAM:
            self.synth.program_change(channel, first)
        elif kind == frames.BEND:
            self.synth.pitch_bend(channel, (first | last << 7) - 8192)
        elif kind == frames.PRESSURE:
            self._extra.fluid_synth_channel_pressure(self.synth.synth, channel, first)

    def render(self, count: int) -> bytes:
        """The next `count` frames: interleaved stereo float32, not clipped."""
        buffer = ctypes.create_string_buffer(count * _BYTES_PER_FRAME)
        self._extra.fluid_synth_write_float(self.synth.synth, count, buffer, 0, 2, buffer, 1, 2)
        return buffer.raw

    def release_all(self) -> None:
        """Let go of every key and pedal."""
        for channel in range(CHANNELS):
            self.synth.cc(channel, 64, 0)
            self.synth.all_notes_off(channel)

    def close(self) -> None:
        """Free everything, once: FluidSynth crashes when it is deleted twice."""
        if self._open:
            self._open = False
            self.synth.delete()


class LiveFluid:
    """A `Fluid` that plays: FluidSynth's own audio thread, and its sequencer driven by the samples rendered."""

    def __init__(self, fluid: Fluid, *, driver: str, device: str | None = None) -> None:
        self._fluid = fluid
        self._library = fluidsynth()
        self._extra = extra()
        self.driver = driver
        synth = fluid.synth
        synth.setting("audio.driver", driver)
        synth.setting("audio.jack.id", "Hocket")
        synth.setting("audio.jack.autoconnect", 1)
        if device is not None:
            synth.setting(f"audio.{driver}.device", device)
        # Not Synth.start(): it opens a MIDI driver as well and hides a driver that failed.
        synth.audio_driver = self._library.new_fluid_audio_driver(synth.settings, synth.synth)
        if not synth.audio_driver:
            raise SynthError(f"no audio through {driver}" + (f" on {device!r}" if device else ""))
        self._sequencer: Any = self._library.Sequencer(time_scale=TICKS_PER_SECOND, use_system_timer=False)
        self._destination = self._sequencer.register_fluidsynth(synth)

    def tick(self) -> int:
        """The sequencer's time: rendered samples, in ticks."""
        return int(self._sequencer.get_tick())

    def schedule(self, tick: int, data: bytes) -> None:
        """Do one MIDI channel message at `tick`; at once if that has passed. Any thread."""
        event = self._library.new_fluid_event()
        try:
            self._library.fluid_event_set_source(event, _ANYONE)
            self._library.fluid_event_set_dest(event, self._destination)
            if self._fill(event, data):
                self._library.fluid_sequencer_send_at(self._sequencer.sequencer, event, tick, 1)
        finally:
            self._library.delete_fluid_event(event)

    def _fill(self, event: Any, data: bytes) -> bool:
        kind, channel, first, last = data[0] & 0xF0, data[0] & 0x0F, data[1], data[-1]
        if frames.is_note_on(data):
            self._library.fluid_event_noteon(event, channel, first, last)
        elif frames.is_note_off(data):
            self._library.fluid_event_noteoff(event, channel, first)
        elif kind == frames.CONTROL and first in (BANK_SELECT, BANK_SELECT_FINE):
            # A bank event, because only that is sure to come before a program change of the same tick.
            if first == BANK_SELECT_FINE or channel == DRUM_CHANNEL:
                return False
            self._extra.fluid_event_bank_select(event, channel, last)
        else:
            fill = self._fillers.get(kind)
            if fill is None:
                return False
            fill(self._extra, event, channel, data)
        return True

    _fillers: dict[int, Callable[[Any, Any, int, bytes], None]] = {  # noqa: RUF012  (never written to)
        frames.CONTROL: lambda api, event, ch, d: api.fluid_event_control_change(event, ch, d[1], d[2]),
        frames.PROGRAM: lambda api, event, ch, d: api.fluid_event_program_change(event, ch, d[1]),
        frames.PRESSURE: lambda api, event, ch, d: api.fluid_event_channel_pressure(event, ch, d[1]),
        frames.BEND: lambda api, event, ch, d: api.fluid_event_pitch_bend(event, ch, d[1] | d[2] << 7),
    }

    def silence(self) -> None:
        """Forget what is scheduled and let go of every key."""
        self._extra.fluid_sequencer_remove_events(self._sequencer.sequencer, _ANYONE, _ANYONE, _ANYONE)
        self._fluid.release_all()

    def close(self) -> None:
        """Stop the audio thread, then free sequencer and synth in the order FluidSynth needs."""
        driver, self._fluid.synth.audio_driver = self._fluid.synth.audio_driver, None
        if driver:
            self._library.delete_fluid_audio_driver(driver)
            self._sequencer.delete()
        self._fluid.close()
