"""A take as a `.mid` file."""

from realtime.music.midi_file import OutTrack, midi_bytes
from realtime.music.note import Note, Phrase
from realtime.music.units import Meter
from realtime.takes.take import Take, TakeVoice


def take_midi(take: Take) -> bytes:
    """A format-1 file with the take's tempo and meter: one track a voice, with its name, channel and program."""
    return midi_bytes([_track(take, voice) for voice in take.voices], bpm=take.bpm)


def _track(take: Take, voice: TakeVoice) -> OutTrack:
    notes = (Note(n.start_tick, n.pitch, n.duration_ticks, n.velocity) for n in voice.notes)
    return OutTrack(
        name=voice.name,
        phrase=Phrase.of(notes, meter=Meter.of(take.meter), length_ticks=take.length_ticks),
        channel=voice.channel,
        program=voice.program - 1 if voice.program else None,
    )
