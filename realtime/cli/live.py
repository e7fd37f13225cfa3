"""Verbs that touch MIDI ports: run, ports, monitor, panic."""

from pathlib import Path

import typer

from realtime.cli.output import log_to_stderr, print_json, print_table, say
from realtime.cli.values import meter_of, one_of
from realtime.errors import UsageError
from realtime.music.units import check_bpm

BACKENDS = ("auto", "jack", "rtmidi", "rtmidi-jack", "memory")


def run(
    in_port: str = typer.Option("", "--in", help="Connect this MIDI input to Hocket In (part of a name is enough)."),
    out_port: str = typer.Option("", "--out", help="Connect Hocket Out to this MIDI output."),
    model: str = typer.Option("continue", "--model", help="Name or folder of a model."),
    bpm: float = typer.Option(120.0, "--bpm", help="Tempo, beats a minute."),
    meter: str = typer.Option("4/4", "--meter", help="Time signature."),
    end: str = typer.Option("auto", "--end", help="When your phrase ends: auto, trade, pedal, key."),
    grid: str = typer.Option("beat", "--grid", help="Where an answer starts: none, 1/16, beat, bar."),
    length: str = typer.Option("phrase", "--length", help="How long it is: phrase, bars, endless."),
    bars: int = typer.Option(2, "--bars", min=1, max=64, help="Bars of a trade or of a 'bars' answer."),
    control: list[str] = typer.Option([], "--control", "-c", help="name=value; see `hocket models`. Repeatable."),
    seed: int | None = typer.Option(None, "--seed", min=0, help="Same seed, same phrase: same answer."),
    channel: int = typer.Option(1, "--channel", min=1, max=16, help="MIDI channel of the answer."),
    thru: bool = typer.Option(False, "--thru/--no-thru", help="Pass what you play on to Hocket Out."),
    sound: bool = typer.Option(False, "--sound/--no-sound", help="Also play through the built-in synth."),
    soundfont: str = typer.Option("", "--soundfont", help="Sound font of the built-in synth."),
    sync: str = typer.Option("internal", "--sync", help="Where the tempo comes from: internal."),
    backend: str = typer.Option("auto", "--backend", help=f"MIDI system: {', '.join(BACKENDS)}."),
    trace: Path | None = typer.Option(None, "--trace", help="Write all that happens to this file, as JSON lines."),
) -> None:
    """Play live: your phrase goes in, the answer comes out, until Ctrl-C.

    While it runs it takes commands on standard input: `go` (hand over), `set NAME VALUE`, `bpm VALUE`, `panic`, `quit`.
    """
    log_to_stderr()
    from realtime.engine.player_link import PlayerOptions
    from realtime.engine.turns import TurnRules

    one_of("--sync", sync, ("internal",))
    rules = TurnRules(**_rule_names(end, grid, length), bars=bars, meter=meter_of(meter))
    player = PlayerOptions(
        backend=one_of("--backend", backend, BACKENDS),
        in_port=in_port,
        out_port=out_port,
        bpm=check_bpm(bpm),
        thru=thru,
        trace=trace is not None,
        synth=sound,
        soundfont=soundfont,
    )
    from realtime.cli.performance import perform

    perform(model, player, rules, settings=control, channel=channel - 1, seed=seed, trace=trace)


def _rule_names(end: str, grid: str, length: str) -> dict[str, str]:
    from realtime.engine.phrase_end import GRIDS, LENGTHS, TURN_ENDS

    return {
        "end": one_of("--end", end, TURN_ENDS),
        "grid": one_of("--grid", grid, GRIDS),
        "length": one_of("--length", length, LENGTHS),
    }


def ports(
    as_json: bool = typer.Option(False, "--json", help="One JSON object."),
    backend: str = typer.Option("auto", "--backend", help=f"MIDI system: {', '.join(BACKENDS)}."),
) -> None:
    """List the MIDI ports that other programs and devices offer."""
    from realtime.player.opening import list_ports

    found = list_ports(one_of("--backend", backend, BACKENDS))
    if as_json:
        print_json({"ports": [{"name": p.name, "direction": p.direction, "backend": p.backend} for p in found]})
    elif found:
        print_table([("direction", "backend", "name"), *((p.direction, p.backend, p.name) for p in found)])
    else:
        say("no MIDI ports: no other program or device offers any (`hocket doctor` tells which MIDI systems work)")


def monitor(
    name: str = typer.Argument("", help="Input port (part of a name is enough); without it, only Hocket's own."),
    backend: str = typer.Option("auto", "--backend", help=f"MIDI system: {', '.join(BACKENDS)}."),
) -> None:
    """Print what arrives at a MIDI input, until Ctrl-C."""
    from realtime.cli.monitor import watch

    watch(name, one_of("--backend", backend, BACKENDS))


def panic(
    name: str = typer.Argument("", help="Output port (part of a name is enough); without it, all there are."),
    backend: str = typer.Option("auto", "--backend", help=f"MIDI system: {', '.join(BACKENDS)}."),
) -> None:
    """Silence: a note-off for every note, sustain up, all notes and sounds off, on all 16 channels."""
    from realtime.cli.monitor import silence

    silenced = silence(name, one_of("--backend", backend, BACKENDS))
    if not silenced:
        raise UsageError("no MIDI output to silence (`hocket ports` lists what there is)")
    say(f"silenced {', '.join(silenced)}")
