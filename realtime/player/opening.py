"""Opens a back end by name, or the first of jack, rtmidi, memory that works here; lists what ports exist."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from realtime.errors import PortError, UsageError
from realtime.player.backends.memory import MemoryIO
from realtime.player.ports import BackendMissingError, MidiIO, PortConfig, PortInfo, Wake
from realtime.player.quiet import quiet_libraries

BACKENDS: Final = ("jack", "rtmidi", "rtmidi-jack", "memory")
AUTO_ORDER: Final = ("jack", "rtmidi")


def open_io(config: PortConfig, wake: Wake) -> tuple[MidiIO, tuple[str, ...]]:
    """Open the ports; returns them and one-line warnings about what was tried in vain.

    `wake` is called from any thread when input has come in, by back ends that can tell. A back end asked for
    by name must be there; `auto` goes down to memory, but never past a port that was asked for by name.
    """
    with quiet_libraries():
        return _open_first(config, wake)


def _open_first(config: PortConfig, wake: Wake) -> tuple[MidiIO, tuple[str, ...]]:
    if config.backend != "auto":
        return _opener(config.backend)(config, wake), ()
    warnings: list[str] = []
    port_missing: tuple[str, PortError] | None = None
    strict = replace(config, patient=False)  # the system that has the ports goes before the one that waits for them
    for backend in AUTO_ORDER:
        try:
            return _opener(backend)(strict, wake), tuple(warnings)
        except BackendMissingError as error:
            warnings.append(f"{backend}: {error}")
        except PortError as error:
            port_missing = port_missing or (backend, error)
            warnings.append(f"{backend}: {error}")
    if port_missing is not None:
        if not config.patient:
            raise port_missing[1]
        return _opener(port_missing[0])(config, wake), ()
    if config.wanted_in or config.wanted_out:
        raise PortError(
            f"no MIDI system is here to hold {config.wanted_in or config.wanted_out!r}: " + "; ".join(warnings)
        )
    return MemoryIO(config), (*warnings, "no MIDI output: notes are played to memory only")


def list_ports(backend: str = "auto") -> list[PortInfo]:
    """Ports of one back end, or of all that work here (`auto`)."""
    with quiet_libraries():
        return _list_all(backend)


def _list_all(backend: str) -> list[PortInfo]:
    if backend != "auto":
        return _lister(backend)()
    found: list[PortInfo] = []
    for name in AUTO_ORDER:
        try:
            found += _lister(name)()
        except BackendMissingError:
            continue
    return found


def _open_memory(config: PortConfig) -> MemoryIO:
    wanted = config.wanted_in or config.wanted_out
    if wanted:
        raise PortError(f"no MIDI port matches {wanted!r}: the memory back end is connected to nothing")
    return MemoryIO(config)


@contextmanager
def _installed(what: str) -> Iterator[None]:
    """A binding that is imported: without its system library (OSError) or itself, its MIDI system is missing."""
    try:
        yield
    except (ImportError, OSError) as error:
        raise BackendMissingError(f"{what} is not installed here") from error


def _opener(backend: str) -> Callable[[PortConfig, Wake], MidiIO]:
    # Imported when asked for: each binding needs a system library that may not be there.
    if backend == "jack":
        with _installed("JACK"):
            from realtime.player.backends.jack import open_jack
        return open_jack
    if backend in ("rtmidi", "rtmidi-jack"):
        with _installed("python-rtmidi"):
            from realtime.player.backends.rtmidi import open_rtmidi
        return lambda config, _wake: open_rtmidi(config, backend)
    if backend == "memory":
        return lambda config, _wake: _open_memory(config)
    raise UsageError(f"no such MIDI back end: {backend!r} (auto, {', '.join(BACKENDS)})")


def _lister(backend: str) -> Callable[[], list[PortInfo]]:
    if backend == "jack":
        with _installed("JACK"):
            from realtime.player.backends.jack import list_jack_ports
        return list_jack_ports
    if backend in ("rtmidi", "rtmidi-jack"):
        with _installed("python-rtmidi"):
            from realtime.player.backends.rtmidi import list_rtmidi_ports
        return lambda: list_rtmidi_ports(backend)
    if backend == "memory":
        return list
    raise UsageError(f"no such MIDI back end: {backend!r} (auto, {', '.join(BACKENDS)})")
