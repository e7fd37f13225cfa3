"""The entrances for bytes, each with bytes out of nowhere and with good bytes spoiled; and all that once did harm."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.bundle import load_bundle
from realtime.engine.commands import AddPart, OpenSession, QuitEngine, SetControl
from realtime.messages import Chunk, ChunkNote, Message, Played, Ready, SetPorts
from realtime.remote.packets import BUNDLE, Packets
from realtime.session import write_session
from tests.bundle import hostile
from tests.bundle.test_hostile import lying, packed, saved
from tests.fuzz import fuzzed, targets
from tests.fuzz.mutations import spoiled
from tests.test_session import FULL

FOUND = Path(__file__).parent / "found"
STATUS = st.sampled_from(
    [0x80, 0x90, 0x9F, 0xB3, 0xC0, 0xD1, 0xE0, 0xF0, 0xF2, 0xF4, 0xF5, 0xF7, 0xF8, 0xFA, 0xFD, 0xFE]
)
MIDI = st.lists(st.tuples(STATUS, st.binary(max_size=3)), max_size=12).map(
    lambda events: b"".join(bytes((status,)) + more for status, more in events)
)


def messages(*sent: Message) -> bytes:
    bodies = [msgspec.msgpack.encode(message) for message in sent]
    return b"".join(len(body).to_bytes(4, "big") + body for body in bodies)


def packet() -> bytes:
    one = Packets().write("/hocket/bass/density", [0.5, "snap", 3, True])
    return BUNDLE + bytes(7) + b"\x01" + len(one).to_bytes(4, "big") + one


@pytest.mark.parametrize("path", sorted(FOUND.iterdir()), ids=lambda path: path.name)
def test_what_was_found_does_no_harm_any_more(path: Path) -> None:
    targets.TARGETS[path.name.split("--")[0]](path.read_bytes())


@fuzzed(200)
@given(st.binary(min_size=8, max_size=8), MIDI)
def test_midi_in_any_pieces(cuts: bytes, stream: bytes) -> None:
    targets.midi_input(cuts + stream)


@fuzzed(200)
@given(st.one_of(st.binary(max_size=200), spoiled([packet()])))
def test_osc(data: bytes) -> None:
    pytest.importorskip("pythonosc")
    targets.osc(data)


NOTES = (ChunkNote(0, 60, 480, 90), ChunkNote(480, 62, 240, 1))
TO_PLAYER = messages(Chunk("a", 1, 0, 0, NOTES), SetPorts(("bass", "lead")))
TO_ENGINE = messages(OpenSession(FULL), SetControl("density", "high", "bass"), AddPart(FULL.part[0]), QuitEngine())
FROM_PLAYER = messages(Ready(2, "memory", "in", "out", "none: test"), Played(1, 2, b"\x90\x3c\x50"))


@fuzzed(300)
@given(st.one_of(st.binary(max_size=100), spoiled([TO_PLAYER, FROM_PLAYER, TO_ENGINE])))
def test_frames_between_processes(data: bytes) -> None:
    targets.wire(data)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("session") / "set.toml"
    write_session(FULL, path)
    return path.read_bytes()


@fuzzed(60)
@given(data=st.data())
def test_session_files(written: bytes, data: st.DataObject) -> None:
    targets.session(data.draw(spoiled([written])))


@fuzzed(150)
@given(data=st.data())
def test_manifests(toy_morph: Path, data: st.DataObject) -> None:
    targets.manifest(data.draw(spoiled([(toy_morph / "bundle.json").read_bytes()])))


GRAPHS = [hostile.plain().SerializeToString()[-600:], hostile.external("x").SerializeToString()]


@fuzzed(300)
@given(st.one_of(st.binary(max_size=60), spoiled(GRAPHS, 2)))
def test_graph_files(data: bytes) -> None:
    targets.graph(data)


TABLES = [saved(mean=np.zeros(3), root=np.eye(2)), packed(mean=lying("(4, 4)")), packed(mean=lying("(1e9,)"))]


@fuzzed(150)
@given(st.one_of(st.binary(max_size=60), spoiled(TABLES)))
def test_tables(data: bytes) -> None:
    targets.tables(data)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_subnormal=False), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)


@fuzzed(100)
@given(data=st.data())
def test_manifests_that_are_json_but_say_something_else(toy_morph: Path, data: st.DataObject) -> None:
    values = msgspec.json.decode((toy_morph / "bundle.json").read_bytes())
    place = values
    while isinstance(place, dict | list) and place:
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = data.draw(st.sampled_from(list(keys)))
        if data.draw(st.booleans()) or not isinstance(place[key], dict | list):
            place[key] = data.draw(JSON)
            break
        place = place[key]
    targets.manifest(msgspec.json.encode(values))


def test_the_good_bytes_are_good(toy_morph: Path, written: bytes) -> None:
    """What is spoiled above is taken as it is."""
    load_bundle(toy_morph)
    targets.session(written)
    checks: tuple[tuple[Callable[[bytes], None], bytes], ...] = (
        (targets.osc, packet()),
        (targets.wire, TO_PLAYER),
        (targets.wire, TO_ENGINE),
    )
    for target, data in checks:
        target(data)
