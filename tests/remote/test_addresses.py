from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.bundle.installed import installed_bundles
from realtime.bundle.store import MANIFEST, load_bundle
from realtime.engine import commands as ask
from realtime.engine.setup import POST, STRIP, controls_of
from realtime.errors import UsageError
from realtime.messages import ListenAgain, Locate, Panic, SetTempo, StartTransport, StopTransport, TapTempo
from realtime.post import POST_CONTROLS
from realtime.remote.addresses import FOR_ALL, FOR_PART, Argument, Query, command_of

ASKED: list[tuple[str, Sequence[Argument], ask.Command | Query | None]] = [
    ("/hocket/tempo", [97.5], ask.Forward(SetTempo(97.5))),
    ("/hocket/tempo", [97], ask.Forward(SetTempo(97.0))),
    ("/hocket/tap", [], ask.Forward(TapTempo())),
    ("/hocket/thru", ["all"], ask.SetThruTo("all")),
    ("/hocket/thru", ["controls", "bass"], ask.SetThruTo("controls", "bass")),
    ("/hocket/capture", [], ask.Capture(8)),
    ("/hocket/capture", [4, "bass"], ask.Capture(4, "bass")),
    ("/hocket/start", [], ask.Forward(StartTransport())),
    ("/hocket/start", [1.0], ask.Forward(StartTransport())),
    ("/hocket/start", [0.0], None),
    ("/hocket/stop", [True], ask.Forward(StopTransport())),
    ("/hocket/stop", [False], None),
    ("/hocket/locate", [8], ask.Forward(Locate(3840))),
    ("/hocket/go", [], ask.HandOver()),
    ("/hocket/go", ["bass"], ask.HandOver("bass")),
    ("/hocket/go", [1], ask.HandOver()),
    ("/hocket/go", [0], None),
    ("/hocket/go", [None], ask.HandOver()),
    ("/hocket/launch", ["bass"], ask.Launch("bass")),
    ("/hocket/halt", [], ask.Halt()),
    ("/hocket/panic", [], ask.Forward(Panic())),
    ("/hocket/query", [], Query()),
    ("/hocket/query", [9001], Query(9001)),
    ("/hocket/bass/density", [0.5], ask.SetControl("density", 0.5, "bass")),
    ("/hocket/bass/scale", ["dorian"], ask.SetControl("scale", "dorian", "bass")),
    ("/hocket/bass/mute", [True], ask.SetControl("mute", 1.0, "bass")),
    ("/hocket/bass/launch", ["4 bars"], ask.SetControl("launch", "4 bars", "bass")),
    ("/hocket/bass/post/swing", [1], ask.SetControl("post.swing", 1.0, "bass")),
    ("/hocket/bass/turns/end", ["trade"], ask.SetRule("end", "trade", "bass")),
    ("/hocket/bass/turns/bars", [4.0], ask.SetRule("bars", 4, "bass")),
    ("/hocket/bass/take", [], ask.Take("bass")),
    ("/hocket/bass/take", ["lead"], ask.Take("bass", "lead")),
    ("/hocket/bass/take", ["lead", 4], ask.Take("bass", "lead", 4)),
    ("/hocket/bass/reroll", [], ask.Reroll("bass")),
    ("/hocket/bass/reroll", [1.0], ask.Reroll("bass")),
    ("/hocket/bass/reroll", [0.0], None),
    ("/hocket/bass/reroll", ["a_seed", "b_seed"], ask.Reroll("bass", ("a_seed", "b_seed"))),
    ("/hocket/bass/keep", [], ask.SetLocks(frozenset(), "bass")),
    ("/hocket/bass/keep", ["alto", "tenor"], ask.SetLocks(frozenset({"alto", "tenor"}), "bass")),
    ("/hocket/bass/port", ["Low end"], ask.SetPort("Low end", "bass")),
    ("/hocket/bass/port", [], ask.SetPort("", "bass")),
    ("/hocket/hear", [], ask.Forward(ListenAgain())),
    ("/hocket/bass/again", [1], ask.SwapModel("", "bass")),
    ("/hocket/bass/again", [0], None),
    ("/hocket/bass/random", [], ask.RandomStep(0.15, "bass")),
    ("/hocket/bass/random", [0.3], ask.RandomStep(0.3, "bass")),
    ("/hocket/bass/snapshot/store", [1], ask.StoreSnapshot(1, "bass")),
    ("/hocket/bass/snapshot/recall", [8.0], ask.RecallSnapshot(8, "bass")),
    ("/hocket/bass/snapshot/morph", [1, 2, 0.25], ask.MorphBetween(1, 2, 0.25, "bass")),
]


def refusal(address: str, arguments: Sequence[Argument]) -> str:
    """Why a message asks for nothing; empty if it does ask for something."""
    try:
        command_of(address, arguments)
    except UsageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("address", "arguments", "command"), ASKED)
def test_an_address_asks_for_one_thing(
    address: str, arguments: Sequence[Argument], command: ask.Command | Query | None
) -> None:
    assert command_of(address, arguments) == command


def test_every_address_of_the_table_is_tried_above() -> None:
    tried = {address.split("/", 2)[2] for address, _, _ in ASKED}
    assert set(FOR_ALL) <= tried
    assert {f"bass/{path}" for path in FOR_PART} - tried == {
        f"bass/turns/{name}" for name in ("grid", "length", "listen")
    }


@pytest.mark.parametrize(
    ("address", "arguments", "says"),
    [
        ("/live/tempo", [1], "no such address: '/live/tempo'"),
        ("/hocket", [], "no such address"),
        ("/hocket/", [], "no such address"),
        ("/hocket//density", [1], "no such address"),
        ("/hocket/" + "x" * 65, [1], "no such address"),
        ("/hocket/sing", [], "there is /hocket/tempo, /hocket/tap"),
        ("/hocket/quit", [], "there is /hocket/tempo"),
        ("/hocket/save", ["x.toml"], "there is /hocket/tempo"),
        ("/hocket/tempo", [], "takes 1 values, got 0"),
        ("/hocket/tempo", ["fast"], "expected a number, got 'fast'"),
        ("/hocket/tempo", [1e9], "tempo must be 20..400"),
        ("/hocket/tempo", [float("nan")], "expected a number, got nan"),
        ("/hocket/tempo", [[1.0]], "expected a number, got [1.0]"),
        ("/hocket/locate", [-1], "the song position must be 0.."),
        ("/hocket/go", ["a", "b"], "takes 0..1 values, got 2"),
        ("/hocket/go", ["\x1b[2J"], "expected a name of at most 64 characters"),
        ("/hocket/go", [float("nan")], "expected a number, got nan"),
        ("/hocket/query", [0], "expected a port, 1..65535, got 0"),
        ("/hocket/bass/density", [], "takes 1 values, got 0"),
        ("/hocket/bass/density", [float("inf")], "expected a number, got inf"),
        ("/hocket/bass/density", ["x" * 65], "expected a name of at most 64 characters"),
        ("/hocket/bass/density", [b"\x00"], "expected a number"),
        ("/hocket/bass/\x1b", [1], "no such address: '/hocket/bass/\\x1b'"),
        ("/hocket/b a s s/density", [1], "no part can be called 'b a s s'"),
        ("/hocket/*/density", [1], "no part can be called '*'"),
        ("/hocket/bass/post/swing/x", [1], "a part has take"),
        ("/hocket/bass/pre/swing", [1], "a part has take"),
        ("/hocket/bass/take", ["lead", 65], "bars must be 1..64, got 65"),
        ("/hocket/bass/snapshot/store", [1.5], "expected a whole number, got 1.5"),
        ("/hocket/bass/snapshot/morph", [1, 2], "takes 3 values, got 2"),
        ("/hocket/bass/snapshot/morph", [1, 2, 1.5], "the place between two snapshots must be 0..1"),
        ("/hocket/bass/random", [-0.1], "the size of a random step must be 0..1"),
        ("/hocket/bass/keep", [3], "expected a name"),
    ],
)
def test_what_makes_no_sense_is_one_line_that_says_why(address: str, arguments: Sequence[Argument], says: str) -> None:
    said = refusal(address, arguments)
    assert says in said
    assert said.isprintable()
    assert len(said) < 400


WORDS = st.sampled_from(["hocket", "tempo", "bass", "post", "swing", "take", "snapshot", "store", "", "*", "é"])
FLOATS = st.floats(allow_subnormal=False)  # another test's inference may have turned them off in this process
ARGUMENTS = st.one_of(st.none(), st.booleans(), st.integers(), FLOATS, st.text(max_size=80), st.binary(max_size=8))


@given(st.lists(st.one_of(WORDS, st.text(max_size=70)), max_size=5), st.lists(ARGUMENTS, max_size=5))
def test_anything_at_all_is_a_command_or_a_usage_error(words: list[str], arguments: list[Argument]) -> None:
    assert refusal("/".join(["", "hocket", *words]), arguments).isprintable()


def test_every_control_of_every_installed_model_has_an_address() -> None:
    for folder in installed_bundles().values():
        assert (folder / MANIFEST).is_file()
        for name, (_, control) in controls_of(load_bundle(folder).spec).items():
            path = name.replace(POST, "post/", 1) if name.startswith(POST) else name
            value = control.default
            assert command_of(f"/hocket/bass/{path}", [value]) == ask.SetControl(name, value, "bass")


def test_no_control_that_all_parts_have_is_hidden_by_a_request() -> None:
    names = {control.name for control in (*STRIP, *POST_CONTROLS)}
    assert not names & {path.split("/")[0] for path in FOR_PART}
