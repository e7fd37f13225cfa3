"""Finding a soundfont and refusing files that are none, before FluidSynth reads a byte of them."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from realtime.synth.errors import SoundfontError

ENVIRONMENT_NAME = "HOCKET_SOUNDFONT"
SUFFIXES = (".sf2", ".sf3")
MIN_BYTES = 512  # the mandatory chunks of an empty font take more
MAX_BYTES = 2 << 30  # RIFF sizes end at 4 GiB; the largest common General MIDI fonts have about 1.2 GB
HOW_TO_GET_ONE = {
    "linux": "apt install timgm6mb-soundfont (or your distribution's General MIDI soundfont)",
    "darwin": "put a General MIDI .sf2 file into ~/Library/Audio/Sounds/Banks",
    "win32": r"put a General MIDI .sf2 file into C:\soundfonts",
}

# Small fonts first: they load at once. A directory's other fonts follow in order of name.
PREFERRED_NAMES = ("TimGM6mb.sf2", "default-GM.sf2", "default.sf2", "default-GM.sf3", "FluidR3_GM.sf2")
FOLDERS = {
    "linux": (
        "~/.local/share/sounds/sf2",
        "~/.local/share/soundfonts",
        "/usr/local/share/soundfonts",
        "/usr/share/sounds/sf2",  # Debian, Ubuntu
        "/usr/share/sounds/sf3",
        "/usr/share/soundfonts",  # Fedora, Arch, openSUSE
    ),
    "darwin": (
        "~/Library/Audio/Sounds/Banks",
        "/Library/Audio/Sounds/Banks",
        "/opt/homebrew/share/soundfonts",
        "/opt/homebrew/share/fluid-synth/sf2",
        "/usr/local/share/soundfonts",
        "/usr/local/share/fluid-synth/sf2",
    ),
    "win32": (
        r"~\soundfonts",
        r"C:\soundfonts",
        r"C:\ProgramData\soundfonts",
        r"C:\tools\fluidsynth\share\soundfonts",
    ),
}


def find_soundfont(
    path: Path | None = None, *, environment: Mapping[str, str] | None = None, platform: str | None = None
) -> Path:
    """The font to use: `path`, else the one HOCKET_SOUNDFONT names, else the first in the system's folders.

    A font that was asked for and is unusable is an error, never silently replaced by another.
    """
    environment = os.environ if environment is None else environment
    platform = platform or sys.platform
    platform = platform if platform in FOLDERS else "linux"  # other Unixes keep fonts alike
    asked_for = path or (Path(environment[ENVIRONMENT_NAME]) if environment.get(ENVIRONMENT_NAME) else None)
    if asked_for is not None:
        return check_soundfont(asked_for.expanduser())
    for candidate in _candidates(FOLDERS[platform]):
        try:
            return check_soundfont(candidate)
        except SoundfontError:
            continue
    raise SoundfontError(
        f"no soundfont found; {HOW_TO_GET_ONE[platform]}, or give one with --soundfont or {ENVIRONMENT_NAME}"
    )


def check_soundfont(path: Path) -> Path:
    """Return `path` if the file begins like a SoundFont (RIFF .. sfbk; SF3 begins alike) and has a sane size."""
    try:
        if not path.is_file():  # a folder, a device or a pipe is none either
            raise SoundfontError(f"no such soundfont: {path}")
        with path.open("rb") as file:
            head = file.read(12)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise SoundfontError(f"cannot read soundfont {path}: {error.strerror}") from None
    if head[:4] != b"RIFF" or head[8:12] != b"sfbk":
        raise SoundfontError(f"{path} is no soundfont: expected RIFF..sfbk (.sf2 or .sf3), got {head!r}")
    riff_bytes = int.from_bytes(head[4:8], "little") + 8
    if not MIN_BYTES <= size <= MAX_BYTES or riff_bytes > size:
        raise SoundfontError(f"{path} is cut short or too large: {size} bytes, its header says {riff_bytes}")
    return path


def _candidates(folders: tuple[str, ...]) -> Iterator[Path]:
    for folder in (Path(name).expanduser() for name in folders):
        if folder.is_dir():
            names = {entry.name for entry in folder.iterdir() if entry.suffix.lower() in SUFFIXES}
            first = [name for name in PREFERRED_NAMES if name in names]
            for name in (*first, *sorted(names.difference(first))):
                yield folder / name
