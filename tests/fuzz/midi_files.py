"""`.mid` files, valid and not: one for each invalid class of the field's test corpora, and bombs. All made here."""

import struct
from collections.abc import Callable
from typing import Final

END: Final = b"\x00\xff\x2f\x00"
NOTE: Final = b"\x00\x90\x3c\x50\x83\x60\x80\x3c\x40"  # a beat of middle C


def chunk(kind: bytes, data: bytes, size: int | None = None) -> bytes:
    return kind + struct.pack(">I", len(data) if size is None else size) + data


def header(tracks: int = 1, *, midi_format: int = 1, division: int = 480) -> bytes:
    return chunk(b"MThd", struct.pack(">HHH", midi_format, tracks & 0xFFFF, division & 0xFFFF))


def file(*tracks: bytes, **options: int) -> bytes:
    return header(options.pop("tracks", len(tracks)), **options) + b"".join(chunk(b"MTrk", track) for track in tracks)


def meta(kind: int, data: bytes, size: int | None = None) -> bytes:
    return b"\x00\xff" + bytes((kind, len(data) if size is None else size)) + data


VALID: Final = {
    "notes": file(NOTE * 4 + END),
    "empty track": file(END),
    "format 0": file(NOTE + END, midi_format=0),
    "running status": file(b"\x00\x90\x3c\x50\x60\x3c\x00\x60\x40\x50\x60\x40\x00" + END),
    "all sorts": file(
        meta(0x51, b"\x07\xa1\x20")
        + meta(0x58, b"\x06\x03\x18\x08")
        + meta(0x59, b"\xfd\x01")
        + meta(0x03, b"A")
        + END,
        b"\x00\xc0\x05\x00\xb0\x40\x7f\x00\xe0\x00\x40\x00\xf0\x03\x7e\x7f\xf7" + NOTE + meta(0x05, b"la") + END,
        b"\x00\x99\x24\x64\x60\x89\x24\x00" + END,
    ),
}

# Class -> file. The reader may refuse it or read it, but in one line and within a second.
INVALID: Final = {
    "extra chunk": file(NOTE + END) + chunk(b"MTrk", NOTE + END),
    "unknown chunk": header() + chunk(b"XFIH", b"1234") + chunk(b"MTrk", NOTE + END),
    "chunk too long": header() + chunk(b"MTrk", NOTE + END, 1 << 31),
    "chunk too short": header() + chunk(b"MTrk", NOTE + END, 5),
    "header too long": chunk(b"MThd", struct.pack(">HHH", 1, 1, 480), 1 << 30) + chunk(b"MTrk", NOTE + END),
    "header too short": chunk(b"MThd", b"\x00\x01\x00") + chunk(b"MTrk", NOTE + END),
    "no header": chunk(b"MTrk", NOTE + END),
    "bad parameter": file(b"\x00\x90\xff\xff\x60\x80\x3c\x40" + END),
    "bad status": file(b"\x00\xf4\x00\xf5\x00\xfd" + NOTE + END),
    "no status": file(b"\x00\x3c\x50\x60\x3c\x00" + END),
    "bad key signature": file(meta(0x59, b"\x70\x09") + NOTE + END),
    "short meta": file(meta(0x51, b"\x07", 3) + NOTE + END),
    "meta without data": file(meta(0x51, b"") + meta(0x58, b"") + meta(0x59, b"") + NOTE + END),
    "tempo 0": file(meta(0x51, bytes(3)) + NOTE + END),
    "meter 0/0": file(meta(0x58, bytes(4)) + NOTE + END),
    "meter 255/2^255": file(meta(0x58, b"\xff\xff\xff\xff") + NOTE + END),
    "film frames": file(NOTE + END, division=0xE728),
    "division 0": file(NOTE + END, division=0),
    "division 1": file(NOTE + END, division=1),
    "format 2": file(NOTE + END, NOTE + END, midi_format=2),
    "format 99": file(NOTE + END, midi_format=99),
    "no end of track": file(NOTE),
    "-1 tracks": file(NOTE + END, tracks=-1),
    "32767 tracks": file(NOTE + END, tracks=32767),
    "0 tracks": file(NOTE + END, tracks=0),
    "unclosed notes": file(b"\x00\x90\x3c\x50" * 20 + END),
    "offs without ons": file(b"\x00\x80\x3c\x50" * 20 + END),
    "Latin-1 text": file(meta(0x03, "Prélude à".encode("latin-1")) + NOTE + END),
    "text that is none": file(meta(0x03, bytes(range(256))[1:127]) + meta(0x03, bytes(range(128, 255))) + NOTE + END),
    "unfinished SysEx": file(b"\x00\xf0\x7f\x01\x02" + NOTE + END),
    "SysEx larger than the file": file(b"\x00\xf0\xff\xff\xff\x7f" + NOTE + END),
    "empty": b"",
    "header alone": header(),
    "half a header": header()[:9],
    "after the end of track": file(NOTE + END + NOTE + NOTE),
}

# Name -> file, made when asked for: small files that are large inside, or just large.
BOMBS: Final[dict[str, Callable[[], bytes]]] = {
    "1 MB of one delta time": lambda: file(b"\xff" * 1_000_000),
    "1 M notes": lambda: file(b"\x00\x90\x3c\x50\x01\x80\x3c\x40" * 1_000_000 + END),
    "2 M ons alone": lambda: file(b"\x00\x90\x3c\x50" * 2_000_000 + END),
    "2 M ons in running status": lambda: file(b"\x00\x90\x3c\x50" + b"\x00\x3c\x50" * 2_000_000 + END),
    "gaps of 10^9 ticks": lambda: file((b"\x83\xdc\xb5\x00" + NOTE[1:]) * 100 + END),  # 7 x 10^6 each: far away in all
    "65,000 tracks": lambda: file(*[END] * 65_000),
    "1 M tempos": lambda: file(meta(0x51, b"\x07\xa1\x20") * 1_000_000 + END),
    "4 M bytes of text": lambda: file(b"\x00\xff\x01\x81\xf4\x92\x00" + b"x" * 4_000_000 + END),
    "division 32767, far notes": lambda: file((b"\xff\xff\xff\x7f" + NOTE[1:]) * 1000 + END, division=0x7FFF),
    "division 1, far notes": lambda: file((b"\xff\xff\xff\x7f" + NOTE[1:]) * 1000 + END, division=1),
}
