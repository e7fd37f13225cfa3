"""All verbs on one Typer application."""

import typer

from realtime import __version__
from realtime.cli import inspect, live, offline, train, window

app = typer.Typer(
    name="hocket",
    help="A live AI MIDI instrument: play a phrase, hear the answer, in any DAW.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for verb in (
    window.gui,
    live.run,
    offline.demo,
    offline.generate,
    live.ports,
    live.monitor,
    live.panic,
    inspect.models,
    inspect.doctor,
    offline.render,
    train.train,
    train.export,
    train.evaluate,
):
    app.command()(verb)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hocket {__version__}")
        raise typer.Exit


@app.callback()
def common(
    ctx: typer.Context,
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version and end."
    ),
) -> None:
    """A live AI MIDI instrument: play a phrase, hear the answer, in any DAW. Without a verb: the window."""
    if ctx.invoked_subcommand is None:
        window.gui(None)
