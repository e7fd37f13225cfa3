""".mid files: read with symusic in a child process with limits, written with mido. The only file reader there is.

A file from anywhere may be broken or built to hang a parser, so nothing of it is parsed in the process that plays.
"""

import io
import os
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from realtime.errors import FileError
from realtime.files import write_atomic
from realtime.music.note import DRUM_CHANNEL, Note, Phrase
from realtime.music.units import MAX_BPM, MIN_BPM, PPQ, Meter, TempoMap

MAX_FILE_BYTES = 16 << 20
MAX_NOTES = 300_000
READ_SECONDS = 5.0  # on a busy machine; the reader may compute for two
_HEADER = struct.Struct(">4sIHHH")


class FileTrack(msgspec.Struct, frozen=True):
    """One track of a file. Notes are (start tick, pitch, duration ticks, velocity) at 480 ticks a beat."""

    name: str
    program: int
    is_drum: bool
    notes: list[tuple[int, int, int, int]]


class RawScore(msgspec.Struct, frozen=True):
    """What the child process found."""

    tracks: list[FileTrack]
    tempos: list[tuple[int, float]]  # (tick, beats a minute)
    meters: list[tuple[int, int, int]]  # (tick, numerator, denominator)


@dataclass(frozen=True, slots=True)
class Score:
    """A file's music."""

    tracks: tuple[FileTrack, ...]
    tempo: TempoMap
    meter: Meter

    def phrase(self, track: int | None = None) -> Phrase:
        """All notes of all tracks but drums as one phrase, or those of one track (counted from 0)."""
        if track is not None and not 0 <= track < len(self.tracks):
            raise FileError(f"no track {track + 1}: the file has {len(self.tracks)} tracks with notes")
        chosen = [t for t in self.tracks if not t.is_drum] if track is None else [self.tracks[track]]
        notes = [Note(start, pitch, length, velocity) for t in chosen for start, pitch, length, velocity in t.notes]
        return Phrase.of(notes, meter=self.meter)


def read_midi(path: Path) -> Score:
    """Read a `.mid` file. Raises `FileError`: what is wrong with the file, in one line."""
    _check_header(path)
    command = [sys.executable, "-m", "realtime.music.midi_read_child", str(path)]
    try:
        result = subprocess.run(command, capture_output=True, timeout=READ_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise FileError(f"{path}: not read within {READ_SECONDS:g} s; the file is damaged or far too large") from None
    if result.returncode != 0:
        lines = result.stderr.decode(errors="replace").strip().splitlines()
        reason = lines[-1][:200] if lines else f"the reader ended with {result.returncode}"
        raise FileError(f"{path}: cannot be read as MIDI ({reason})")
    try:
        return _checked(path, msgspec.msgpack.decode(result.stdout, type=RawScore))
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: cannot be read as MIDI (the reader's answer: {error})") from None


def _check_header(path: Path) -> None:
    """Refuse what parsers are known to misread, before one sees it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEADER.size)
    except OSError as error:
        raise FileError(f"{path}: {os.strerror(error.errno or 0)}") from None
    if size > MAX_FILE_BYTES:
        raise FileError(f"{path}: {size >> 20} MiB; MIDI files up to {MAX_FILE_BYTES >> 20} MiB are read")
    if len(head) < _HEADER.size or head[:4] != b"MThd":
        raise FileError(f"{path}: not a MIDI file (it does not begin with MThd)")
    _, _, midi_format, tracks, division = _HEADER.unpack(head)
    if midi_format > 2 or tracks == 0:
        raise FileError(f"{path}: MIDI format {midi_format} with {tracks} tracks; expected format 0, 1 or 2 with some")
    if division & 0x8000 or division == 0:
        raise FileError(f"{path}: its time is in film frames or undefined (division {division}); expected ticks a beat")


def _checked(path: Path, raw: RawScore) -> Score:
    if sum(len(track.notes) for track in raw.tracks) > MAX_NOTES:
        raise FileError(f"{path}: more than {MAX_NOTES} notes")
    changes: dict[int, float] = {0: 120.0}
    changes.update((max(0, tick), min(MAX_BPM, max(MIN_BPM, bpm))) for tick, bpm in raw.tempos)
    meter = Meter()
    for _, numerator, denominator in raw.meters[:1]:
        if 1 <= numerator <= 64 and denominator in (1, 2, 4, 8, 16, 32, 64):
            meter = Meter(numerator, denominator)
    return Score(tuple(t for t in raw.tracks if t.notes), TempoMap(tuple(sorted(changes.items()))), meter)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutTrack:
    """A track to be written."""

    name: str
    phrase: Phrase
    channel: int = 0
    program: int | None = 0  # 0..127; None: none is set


def write_midi(path: Path, tracks: Sequence[OutTrack], *, bpm: float = 120.0) -> None:
    """Write what `midi_bytes` gives. Whole or not at all; raises `FileError`."""
    write_atomic(path, midi_bytes(tracks, bpm=bpm), keep_last=False)


def midi_bytes(tracks: Sequence[OutTrack], *, bpm: float = 120.0) -> bytes:
    """A format-1 file at 480 ticks a beat: a tempo track, then one track each."""
    import mido

    meter = tracks[0].phrase.meter if tracks else Meter()
    file = mido.MidiFile(type=1, ticks_per_beat=PPQ, charset="utf-8")
    head = mido.MidiTrack()
    head.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm), time=0))
    head.append(mido.MetaMessage("time_signature", numerator=meter.numerator, denominator=meter.denominator, time=0))
    file.tracks.append(head)
    for track in tracks:
        file.tracks.append(_mido_track(track))
    data = io.BytesIO()
    file.save(file=data)
    return data.getvalue()


def _mido_track(track: OutTrack) -> "list[object]":
    import mido

    out = mido.MidiTrack()
    out.append(mido.MetaMessage("track_name", name=track.name, time=0))
    if track.channel != DRUM_CHANNEL and track.program is not None:
        out.append(mido.Message("program_change", channel=track.channel, program=track.program, time=0))
    events = sorted(
        (tick, on, note.pitch, note.velocity)
        for note in track.phrase.notes
        for tick, on in ((note.end_tick, False), (note.start_tick, True))
    )  # at one tick False sorts first: offs before ons
    now = 0
    for tick, on, pitch, velocity in events:
        kind = "note_on" if on else "note_off"
        out.append(
            mido.Message(kind, channel=track.channel, note=pitch, velocity=velocity if on else 64, time=tick - now)
        )
        now = tick
    out.append(mido.MetaMessage("end_of_track", time=max(0, track.phrase.length_ticks - now)))
    return out  # type: ignore[no-any-return]
