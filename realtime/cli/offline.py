"""Verbs without a live performance: generate, render, demo."""

from pathlib import Path

import typer

from realtime.cli.output import print_json, say
from realtime.cli.values import controls_of, meter_of, one_of


def generate(
    model: str = typer.Argument(help="Name or folder of a model."),
    out: Path = typer.Option(..., "-o", "--out", help="The .mid file to write."),
    prime: Path | None = typer.Option(None, "--prime", help="A .mid file: the phrase to answer."),
    track: int | None = typer.Option(None, "--track", min=1, help="Track of the prime (default: all but drums)."),
    bars: int | None = typer.Option(
        None, "--bars", min=1, max=512, help="Length of the answer (default: the prime's)."
    ),
    end: str = typer.Option("auto", "--end", help="auto: after a silence, as live; trade: at the phrase's bar line."),
    grid: str = typer.Option("beat", "--grid", help="Where the answer starts: none, 1/16, beat, bar."),
    meter: str = typer.Option("4/4", "--meter", help="Time signature, where no prime gives one."),
    bpm: float | None = typer.Option(None, "--bpm", help="Tempo of the file (default: the prime's, or 120)."),
    temperature: float | None = typer.Option(None, "--temperature", help="Short for --control temperature=T."),
    control: list[str] = typer.Option([], "--control", "-c", help="name=value; see `hocket models`. Repeatable."),
    seed: int = typer.Option(0, "--seed", min=0, help="Same seed, same prime: same answer."),
    answer_only: bool = typer.Option(False, "--answer-only", help="Leave the prime out of the file."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object about what was written."),
) -> None:
    """Make music without playing: the answer to a phrase, or an opening of the model's own, as a .mid file."""
    from realtime.engine.phrase_end import GRIDS
    from realtime.generators.registry import find_bundle, open_generator
    from realtime.offline import Prime, answer_prime, read_prime, write_answer

    one_of("--end", end, ("auto", "trade"))
    one_of("--grid", grid, GRIDS)
    generator = open_generator(find_bundle(model))
    settings = [*control, *([f"temperature={temperature}"] if temperature is not None else [])]
    controls = controls_of(generator.spec, settings)
    start = read_prime(prime, track=track, bpm=bpm) if prime else Prime.silence(meter_of(meter), bpm or 120.0)
    answer = answer_prime(generator, start, end=end, grid=grid, bars=bars, controls=controls, seed=seed)
    write_answer(out, start, answer, with_prime=not answer_only)
    summary = {"file": str(out), "notes": len(answer.notes), "seed": seed, "start_tick": answer.start_tick}
    if as_json:
        print_json(summary)
    else:
        say(f"{out}: {len(answer.notes)} notes (seed {seed})")


def render(
    source: Path = typer.Argument(help="A .mid file."),
    out: Path | None = typer.Option(None, "-o", "--out", help="The .wav file to write."),
    soundfont: Path | None = typer.Option(None, "--soundfont", help="Sound font (default: the system's)."),
    play: bool = typer.Option(False, "--play", help="Also play it."),
    device: str = typer.Option("", "--device", help="Audio device to play on (part of a name is enough)."),
) -> None:
    """Hear a .mid file: render it to .wav with FluidSynth, and play it if asked to."""
    from realtime.errors import UsageError
    from realtime.music.midi_file import read_midi
    from realtime.synth.audio import play_wav
    from realtime.synth.render import render_wav
    from realtime.synth.score_events import timed_events

    if out is None and not play:
        raise UsageError("nothing to do: give -o FILE.wav, --play or both")
    target = out or source.with_suffix(".wav")
    report = render_wav(timed_events(read_midi(source)), target, soundfont=soundfont)
    say(f"{target}: {report.seconds:.1f} s, peak {report.peak:.2f}, {report.soundfont}")
    if play:
        play_wav(target, device or None)


def demo(
    out: Path = typer.Option(Path("demo-out"), "--out", help="Folder for demo.mid and demo.wav."),
    seed: int = typer.Option(1, "--seed", min=0, help="Seed of the answers."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object about what happened."),
) -> None:
    """A self-check that needs no device: a phrase is played to the model and the answer comes in time.

    Everything is real but the port: engine and player run as in `hocket run`, on the in-memory backend.
    """
    from realtime.demo import run_demo

    report = run_demo(out, seed=seed, tell=say)
    if as_json:
        print_json(report)
    if not report.ok:
        raise typer.Exit(1)
