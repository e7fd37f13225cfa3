import pytest

from realtime.cli.terminal import RULES, VERBS, Terminal
from realtime.engine import commands as ask
from realtime.engine.setup import STRIP, PartSetup
from realtime.messages import ListenAgain, Panic, SetTempo, StartTransport, StopTransport, TapTempo
from realtime.session import Remote


def asked(line: str) -> list[ask.Command]:
    """The commands that a line leads to."""
    commands: list[ask.Command] = []
    Terminal(commands.append, Remote(osc=9000)).do(line.split())
    return commands


LINES = [
    ("go", ask.HandOver()),
    ("go bass", ask.HandOver("bass")),
    ("set density 0.5", ask.SetControl("density", "0.5")),
    ("set bass scale dorian", ask.SetControl("scale", "dorian", "bass")),
    ("set bass post.swing 0.5", ask.SetControl("post.swing", "0.5", "bass")),
    ("set end trade", ask.SetRule("end", "trade")),
    ("set bass grid 1/16", ask.SetRule("grid", "1/16", "bass")),
    ("set bars 4", ask.SetRule("bars", "4")),
    ("launch", ask.Launch()),
    ("launch bass", ask.Launch("bass")),
    ("halt", ask.Halt()),
    ("halt bass", ask.Halt("bass")),
    ("mute bass on", ask.SetControl("mute", 1.0, "bass")),
    ("solo bass off", ask.SetControl("solo", 0.0, "bass")),
    ("lock bass on", ask.SetControl("lock", 1.0, "bass")),
    ("take bass", ask.Take("bass", "played", 2)),
    ("take bass lead 4", ask.Take("bass", "lead", 4)),
    ("reroll bass", ask.Reroll("bass")),
    ("reroll bass chords_seed melody_seed", ask.Reroll("bass", ("chords_seed", "melody_seed"))),
    ("keep bass tenor alto", ask.SetLocks(frozenset({"tenor", "alto"}), "bass")),
    ("keep bass", ask.SetLocks(frozenset(), "bass")),
    ("store bass 1", ask.StoreSnapshot(1, "bass")),
    ("recall bass 8", ask.RecallSnapshot(8, "bass")),
    ("morph bass 1 2 0.25", ask.MorphBetween(1, 2, 0.25, "bass")),
    ("random bass", ask.RandomStep(0.15, "bass")),
    ("random bass 1", ask.RandomStep(1.0, "bass")),
    ("add morph", ask.AddPart(PartSetup(model="morph"))),
    ("add morph 5 lead", ask.AddPart(PartSetup(model="morph", channel=5, name="lead"))),
    ("remove bass", ask.RemovePart("bass")),
    ("hear", ask.Forward(ListenAgain())),
    ("swap bass other", ask.SwapModel("other", "bass")),
    ("swap bass", ask.SwapModel("", "bass")),
    ("port bass Low end", ask.SetPort("Low end", "bass")),
    ("port bass", ask.SetPort("", "bass")),
    ("bpm 97.5", ask.Forward(SetTempo(97.5))),
    ("tap", ask.Forward(TapTempo())),
    ("start", ask.Forward(StartTransport())),
    ("stop", ask.Forward(StopTransport())),
    ("thru all", ask.SetThruTo("all")),
    ("thru controls quartet", ask.SetThruTo("controls", "quartet")),
    ("thru off", ask.SetThruTo("off")),
    ("save set.toml", ask.SaveSession("set.toml", Remote(osc=9000))),
    ("locate 5", ask.LocateBar(5)),
    ("sync link", ask.SetSource("link")),
    ("capture", ask.Capture(8)),
    ("capture 4 bass", ask.Capture(4, "bass")),
    ("learn density", ask.Learn("density")),
    ("learn bass density", ask.Learn("density", "bass")),
    ("forget bass density", ask.ForgetMaps("density", "bass")),
    ("maps", ask.DescribeMaps()),
    ("panic", ask.Forward(Panic())),
    ("panic all", ask.Forward(Panic(everything=True))),
    ("quit", ask.QuitEngine()),
]


@pytest.mark.parametrize(("line", "command"), LINES)
def test_a_line_asks_for_one_thing(line: str, command: ask.Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(line) == [command]
    assert capsys.readouterr().err == ""


def test_every_verb_is_tried_above() -> None:
    assert {line.split()[0] for line, _ in LINES} == set(VERBS)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("sing", "no such command: 'sing' (help, go, set, launch,"),
        ("\x1b[2J", r"no such command: '\x1b[2J'"),
        ("go a b", "go takes: [PART]"),
        ("set density", "set takes: [PART] NAME VALUE"),
        ("set a density 1 2", "set takes: [PART] NAME VALUE"),
        ("mute bass", "mute takes: PART on|off"),
        ("mute bass maybe", "mute takes: PART on|off"),
        ("take", "take takes: PART [SOURCE] [BARS]"),
        ("take bass lead two", "take takes: PART [SOURCE] [BARS]"),
        ("take bass lead 65", "bars must be 1..64, got 65"),
        ("store bass", "store takes: PART SLOT"),
        ("store bass one", "store takes: PART SLOT"),
        ("morph bass 1 2", "morph takes: PART SLOT SLOT PLACE"),
        ("morph bass 1 2 1.5", "the place between two snapshots must be 0..1, got 1.5"),
        ("morph bass 1 2 nan", "the place between two snapshots must be 0..1, got nan"),
        ("random bass nan", "the size of a random step must be 0..1 of the range, got nan"),
        ("random bass -1", "the size of a random step must be 0..1 of the range, got -1"),
        ("add morph 17", "channel must be 0..16, got 17"),
        ("add morph 1 a/b", "a part's name is 1..32 letters, digits, - and _, got 'a/b'"),
        ("add morph x", "add takes: MODEL [CHANNEL] [NAME]"),
        ("bpm 500", "tempo must be 20..400 beats a minute, got 500"),
        ("bpm nan", "tempo must be 20..400 beats a minute, got nan"),
        ("bpm fast", "bpm takes: N"),
        ("locate 0", "bars are 1..100000, got 0"),
        ("capture 65", "bars must be 1..64, got 65"),
        ("learn", "learn takes: [PART] CONTROL"),
        ("panic now", "panic takes: [all]"),
        ("thru", "thru takes: off|controls|all"),
        ("thru some", "thru must be one of off, controls, all, got 'some'"),
        ("save", "save takes: FILE"),
        ("quit now", "quit takes: nothing"),
    ],
)
def test_what_makes_no_sense_is_explained_in_one_line(line: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(line) == []
    (said,) = capsys.readouterr().err.splitlines()
    assert says in said


def test_help_lists_every_verb_with_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("help") == []
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in lines] == list(VERBS)
    assert all(verb.takes in line and verb.help in line for verb, line in zip(VERBS.values(), lines, strict=True))
    asked("help take")
    assert capsys.readouterr().err.startswith("take PART [SOURCE] [BARS]  ")


def test_the_names_of_rules_are_no_control_of_any_part() -> None:
    assert RULES == ("end", "grid", "length", "listen", "bars")
    assert not set(RULES) & {control.name for control in STRIP}
