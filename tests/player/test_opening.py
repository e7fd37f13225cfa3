"""Which back end is chosen, and what a port's name means."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from realtime.errors import PortError, UsageError
from realtime.player import opening
from realtime.player.backends.memory import MemoryIO
from realtime.player.opening import list_ports, open_io
from realtime.player.ports import BackendMissingError, MidiIO, PortConfig, match_port
from tests.player.io_pair import nothing


@pytest.mark.jack
def test_auto_prefers_jack(jack_server: object) -> None:
    io, warnings = open_io(PortConfig(), nothing)
    io.close()
    assert (io.backend, warnings) == ("jack", ())


def test_auto_goes_down_to_memory_with_a_line_for_each_step(no_midi: None) -> None:
    io, warnings = open_io(PortConfig(), nothing)
    assert io.backend == "memory"
    assert [line.partition(":")[0] for line in warnings] == ["jack", "rtmidi", "no MIDI output"]
    assert list_ports() == []


def test_auto_never_ignores_a_port_asked_for_by_name(no_midi: None) -> None:
    with pytest.raises(PortError, match="Launchkey"):
        open_io(PortConfig(in_name="Launchkey"), nothing)


@pytest.mark.parametrize("backend", ["jack", "rtmidi"])
def test_a_back_end_asked_for_by_name_must_be_there(backend: str, no_midi: None) -> None:
    with pytest.raises(PortError, match="here"):
        open_io(PortConfig(backend=backend), nothing)


class Systems:
    """MIDI systems of this machine: what ports each has, and who was asked to be patient."""

    def __init__(self, ports: dict[str, str]) -> None:
        self._ports = ports
        self.waited: list[str] = []

    def opener(self, backend: str) -> Callable[[PortConfig, object], MemoryIO]:
        def open_ports(config: PortConfig, _: object) -> MemoryIO:
            if config.patient:
                self.waited.append(backend)
            elif config.in_name != self._ports[backend]:
                raise PortError(f"{backend} has no {config.in_name}")
            opened = MemoryIO(config)
            opened.backend = backend
            return opened

        return open_ports


@pytest.fixture
def systems(monkeypatch: pytest.MonkeyPatch) -> Systems:
    made = Systems({"jack": "Launchkey", "rtmidi": "Keystep"})
    monkeypatch.setattr(opening, "_opener", made.opener)
    return made


def test_auto_goes_where_the_port_is_that_was_asked_for(systems: Systems) -> None:
    io, warnings = open_io(PortConfig(in_name="Keystep", patient=True), nothing)
    assert (io.backend, warnings) == ("rtmidi", ("jack: jack has no Keystep",))
    assert systems.waited == []


def test_auto_waits_in_the_first_system_for_a_port_that_none_has_yet(systems: Systems) -> None:
    with pytest.raises(PortError, match="jack has no Fatar"):
        open_io(PortConfig(in_name="Fatar"), nothing)
    io, warnings = open_io(PortConfig(in_name="Fatar", patient=True), nothing)
    assert (io.backend, warnings) == ("jack", ())
    assert systems.waited == ["jack"]


@pytest.mark.parametrize(("backend", "module"), [("jack", "jack"), ("rtmidi", "rtmidi"), ("rtmidi-jack", "rtmidi")])
def test_a_binding_that_cannot_be_imported_is_a_system_that_is_missing(
    backend: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, f"realtime.player.backends.{module}", None)
    monkeypatch.delattr(f"realtime.player.backends.{module}", raising=False)
    for use in (lambda: open_io(PortConfig(backend=backend), nothing), lambda: list_ports(backend)):
        with pytest.raises(BackendMissingError, match="is not installed here"):
            use()


def test_memory_has_no_ports_to_be_asked_for(no_midi: None) -> None:
    assert list_ports("memory") == []
    with pytest.raises(PortError, match=r"'Synth'.*connected to nothing"):
        open_io(PortConfig(backend="memory", out_name="Synth"), nothing)


def test_without_a_stderr_a_port_is_opened_all_the_same() -> None:
    """A program may be started with that descriptor closed."""
    code = (
        "import os, sys; os.close(2); sys.stderr = None\n"
        "from realtime.player.opening import *\n"
        "print(open_io(PortConfig(backend='memory'), print)[0].backend)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "memory\n"


@pytest.mark.parametrize("use", [lambda: open_io(PortConfig(backend="x"), nothing), lambda: list_ports("x")])
def test_an_unknown_back_end_is_refused(use: Callable[[], object]) -> None:
    with pytest.raises(UsageError, match="memory"):
        use()


@pytest.fixture
def no_midi(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which neither JACK nor the system's own MIDI works."""

    def missing(*_arguments: object) -> MidiIO:
        raise BackendMissingError("not here")

    opener, lister = opening._opener, opening._lister
    broken = ("jack", "rtmidi")
    monkeypatch.setattr(opening, "_opener", lambda name: missing if name in broken else opener(name))
    monkeypatch.setattr(opening, "_lister", lambda name: missing if name in broken else lister(name))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("Synth", "Synth"), ("SYNTH", "Synth"), ("synth 2", "My Synth 2:in"), ("my", "My Synth 2:in")],
)
def test_names_match_exactly_first(wanted: str, found: str) -> None:
    assert match_port(wanted, ["My Synth 2:in", "Synth"], "output") == found


@pytest.mark.parametrize("name", ["", "  ", "Hocket Out", "hocket out", "Hocket:Hocket Out"])
def test_our_own_name_means_the_virtual_port_only(name: str) -> None:
    assert PortConfig(out_name=name).wanted_out == ""
    assert PortConfig(in_name="Hocket Out").wanted_in == "Hocket Out"  # another Hocket's output
