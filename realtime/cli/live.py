"""Verbs that touch MIDI ports: run, ports, monitor, panic."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from realtime.cli.output import log_to_stderr, print_json, print_table, say
from realtime.cli.values import meter_of, one_of
from realtime.errors import UsageError
from realtime.music.units import check_bpm

if TYPE_CHECKING:
    from realtime.engine.routing import Thru
    from realtime.synth.outputs import Output

BESIDE_SESSION = ("session", "trace", "takes", "osc", "osc_listen")  # options that go together with --session
BACKENDS = ("auto", "jack", "rtmidi", "rtmidi-jack", "memory")


def run(
    ctx: typer.Context,
    in_port: str = typer.Option("", "--in", help="Connect this MIDI input to Hocket In (part of a name is enough)."),
    out_port: str = typer.Option("", "--out", help="Connect Hocket Out to this MIDI output."),
    model: list[str] = typer.Option(
        ["continue"], "--model", help="Name or folder of a model. Repeatable: a part each."
    ),
    bpm: float = typer.Option(120.0, "--bpm", help="Tempo, beats a minute."),
    meter: str = typer.Option("4/4", "--meter", help="Time signature."),
    end: str = typer.Option("auto", "--end", help="When your phrase ends: auto, trade, pedal, key."),
    grid: str = typer.Option("beat", "--grid", help="Where an answer starts: none, 1/16, beat, bar."),
    length: str = typer.Option("phrase", "--length", help="How long it is: phrase, bars, endless."),
    bars: int = typer.Option(2, "--bars", min=1, max=64, help="Bars of a trade or of a 'bars' answer."),
    control: list[str] = typer.Option(
        [], "--control", "-c", help="[part.]name=value; see `hocket models`. Repeatable."
    ),
    seed: int | None = typer.Option(None, "--seed", min=0, help="Same seed, same phrase: same answer."),
    channel: int = typer.Option(1, "--channel", min=1, max=16, help="MIDI channel of the first part; others follow."),
    thru: bool = typer.Option(False, "--thru/--no-thru", help="Pass what you play on to Hocket Out."),
    thru_controls: bool = typer.Option(False, "--thru-controls", help="Pass on controls and bends, but no notes."),
    thru_to: str = typer.Option("", "--thru-to", help="Pass on to the channels of this part."),
    sound: bool = typer.Option(False, "--sound/--no-sound", help="Also play through the built-in synth."),
    soundfont: str = typer.Option("", "--soundfont", help="Sound font of the built-in synth."),
    audio: str = typer.Option("", "--audio", help="Audio device of the built-in synth (part of a name is enough)."),
    sync: str = typer.Option("internal", "--sync", help="Who leads the beat: internal, clock, jack, link."),
    clock_out: bool = typer.Option(False, "--clock-out", help="Send MIDI clock and song position to Hocket Out."),
    offset_ms: float = typer.Option(0.0, "--offset-ms", help="Notes and clock leave later (or, below 0, earlier)."),
    count_in: int = typer.Option(0, "--count-in", help="Bars of clicks on channel 10 before the music begins."),
    start_stop: bool = typer.Option(False, "--start-stop", help="With --sync link: start and stop with the others."),
    backend: str = typer.Option("auto", "--backend", help=f"MIDI system: {', '.join(BACKENDS)}."),
    trace: Path | None = typer.Option(None, "--trace", help="Write all that happens to this file, as JSON lines."),
    takes: Path | None = typer.Option(None, "--takes", help="Keep each answer in this folder, and what you capture."),
    session: Path | None = typer.Option(None, "--session", help="A session file; beside it: --trace, --takes, --osc."),
    osc: int | None = typer.Option(None, "--osc", min=0, max=65535, help="Listen to OSC on this UDP port."),
    osc_listen: str = typer.Option("127.0.0.1", "--osc-listen", help="IP address for it; other than this machine's."),
) -> None:
    """Play live: your phrase goes in, the answer comes out, until Ctrl-C.

    While it runs it takes commands on standard input: `go` (hand over), `set [PART] NAME VALUE`, `launch`, `halt`,
    `mute PART on`, `take PART SOURCE`, `bpm VALUE`, `panic`, `quit` and more; a wrong one lists them all.
    """
    log_to_stderr()
    from realtime.cli.performance import Outside, load_parts, perform, setups_of
    from realtime.engine.options import EngineOptions
    from realtime.engine.player_link import PlayerOptions
    from realtime.engine.turns import TurnRules
    from realtime.player.sync.options import SyncOptions
    from realtime.session import Remote

    outside = Outside(remote=Remote(osc=osc), listen=osc_listen)
    if session is not None:
        from realtime.cli.sessions import perform_session

        _check_beside_session(ctx)
        perform_session(session, trace=trace, outside=outside, takes=str(takes or ""))
        return
    bar = meter_of(meter)
    rules = TurnRules(**_rule_names(end, grid, length), bars=bars, meter=bar)
    player = PlayerOptions(
        backend=one_of("--backend", backend, BACKENDS),
        in_port=in_port,
        out_port=out_port,
        bpm=check_bpm(bpm),
        thru=_thru_of(thru, thru_controls, thru_to),
        trace=trace is not None,
        synth=sound,
        soundfont=soundfont,
        audio=audio,
        sync=SyncOptions(
            source=sync, clock_out=clock_out, offset_ms=offset_ms, count_in=count_in, start_stop=start_stop, meter=bar
        ),
    )
    options = EngineOptions(player=player, rules=rules, takes=str(takes or ""))
    perform(load_parts(setups_of(model, channel=channel, seed=seed), control), options, trace=trace, outside=outside)


def _check_beside_session(ctx: typer.Context) -> None:
    """What the session file says is not said a second time: nobody would know which holds."""
    for option in ctx.command.params:
        source = ctx.get_parameter_source(option.name or "")
        if source is not None and source.name == "COMMANDLINE" and option.name not in BESIDE_SESSION:
            raise UsageError(f"{option.opts[0]} and --session: the session file says that; change it there")


def _thru_of(everything: bool, controls: bool, part: str) -> "Thru":
    from realtime.engine.routing import Thru
    from realtime.messages import THRU_ALL, THRU_CONTROLS, THRU_OFF

    if everything and controls:
        raise UsageError("--thru passes on all there is, --thru-controls no notes: choose one of them")
    if part and not (everything or controls):
        raise UsageError(f"--thru-to {part} says where, not what: add --thru or --thru-controls")
    return Thru(mode=THRU_ALL if everything else THRU_CONTROLS if controls else THRU_OFF, part=part)


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
    """List the MIDI ports that other programs and devices offer, and the audio devices for the built-in synth."""
    from realtime.player.opening import list_ports

    found, audio = list_ports(one_of("--backend", backend, BACKENDS)), _audio_devices()
    if as_json:
        ports = [{"name": p.name, "direction": p.direction, "backend": p.backend} for p in found]
        print_json({"ports": ports, "audio": [output.name for output in audio]})
        return
    if not found:
        say("no MIDI ports: no other program or device offers any (`hocket doctor` tells which MIDI systems work)")
    rows = [*((p.direction, p.backend, p.name) for p in found), *(("audio", o.driver, o.name) for o in audio)]
    if rows:
        print_table([("direction", "system", "name"), *rows])


def _audio_devices() -> "tuple[Output, ...]":
    """None where nobody can tell: `hocket doctor` says why."""
    from realtime.player.quiet import quiet_libraries
    from realtime.synth.errors import SynthError
    from realtime.synth.outputs import find_outputs

    try:
        with quiet_libraries():
            return find_outputs()
    except SynthError:
        return ()


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
