"""A score as timed MIDI messages for the renderer."""

from realtime.music.midi_file import Score
from realtime.music.note import DRUM_CHANNEL
from realtime.synth.render import TimedEvent

MELODIC_CHANNELS = [channel for channel in range(16) if channel != DRUM_CHANNEL]


def timed_events(score: Score) -> list[TimedEvent]:
    """All tracks in order of time; each melodic track on a channel of its own with its program."""
    events: list[tuple[float, int, bytes]] = []
    for index, track in enumerate(score.tracks):
        channel = DRUM_CHANNEL if track.is_drum else MELODIC_CHANNELS[index % len(MELODIC_CHANNELS)]
        events.append((0.0, 0, bytes((0xC0 | channel, track.program & 0x7F))))
        for start, pitch, length, velocity in track.notes:
            on, off = score.tempo.seconds_at(start), score.tempo.seconds_at(start + length)
            events.append((on, 2, bytes((0x90 | channel, pitch, velocity))))
            events.append((off, 1, bytes((0x80 | channel, pitch, 64))))
    return [TimedEvent(seconds, data) for seconds, _, data in sorted(events)]
