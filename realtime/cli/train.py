"""The training side's verbs. Without the `train` extra each is one clear line."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import typer

from realtime.cli.output import print_json, print_table, say
from realtime.errors import HocketError, UsageError

NEEDS_EXTRA = "training needs the train extra: pip install -e '.[train]' in the project's folder (brings PyTorch)"
# What is set beside a score: the n-gram or PCA, and, beside scores with a memory, the strongest mixture of n-grams.
BESIDE = (("baseline", "baselines"), ("mixture", "mixture"))


class ExtraMissingError(HocketError):
    """PyTorch is not installed."""

    exit_code = 2


class TrainingSide(Protocol):
    """The functions of `training.cli` that the verbs call."""

    def train_command(
        self,
        recipe: str,
        data: Sequence[Path],
        out: Path,
        *,
        device: str,
        cpu_minutes: float | None,
        seed: int,
        resume: bool,
        leave_out: Sequence[Path],
        init: Path | None,
    ) -> object:
        """Train a recipe into a run folder."""

    def list_command(self) -> Sequence[Mapping[str, object]]:
        """The recipes: "name", "kind", "title", "devices", and the budget: "minutes" of CPU time, "steps"."""

    def export_command(self, run_dir: Path, out: Path) -> object:
        """Make a bundle of a run."""

    def evaluate_command(self, bundle: Path, data: Sequence[Path], *, card: Path | None) -> dict[str, dict[str, float]]:
        """Score a bundle: "scores" and "baselines" by the same names."""


def _training() -> TrainingSide:
    """The training side, by name: `realtime` must not depend on it."""
    try:
        return cast(TrainingSide, import_module("training.cli"))
    except ImportError as error:
        raise ExtraMissingError(f"{NEEDS_EXTRA}; missing: {error.name}") from None


def train(
    recipe: str = typer.Argument("", help="A recipe, e.g. continue or continue-debug.", show_default=False),
    data: list[Path] = typer.Option([], "--data", help="Folder of .mid files; repeatable. Default: music21's tunes."),
    out: Path = typer.Option(Path("runs/latest"), "--out", help="Folder for checkpoints and the log."),
    device: str = typer.Option("cpu", "--device", help="cpu or cuda."),
    minutes: float | None = typer.Option(None, "--minutes", help="CPU minutes to train for (default: the recipe's)."),
    seed: int = typer.Option(0, "--seed", min=0, help="Seed."),
    resume: bool = typer.Option(False, "--resume", help="Go on where a killed run in --out stood, if there is one."),
    leave_out: list[Path] = typer.Option([], "--leave-out", help="Text file, names of tunes not to read; repeatable."),
    init: Path | None = typer.Option(None, "--init", help="Start from the weights of this other run."),
    listing: bool = typer.Option(False, "--list", help="Only list the recipes."),
    as_json: bool = typer.Option(False, "--json", help="With --list: one JSON list."),
) -> None:
    """Train a model on MIDI files."""
    if listing:
        _list_recipes(as_json=as_json)
        return
    if not recipe:
        raise UsageError("which recipe? `hocket train --list` tells them")
    _training().train_command(
        recipe, data, out, device=device, cpu_minutes=minutes, seed=seed, resume=resume, leave_out=leave_out, init=init
    )


def _list_recipes(*, as_json: bool) -> None:
    found = _training().list_command()
    if as_json:
        print_json(found)
        return
    print_table((str(each["name"]), str(each["kind"]), _budget(each), str(each["title"])) for each in found)


def _budget(recipe: Mapping[str, object]) -> str:
    units = (("minutes", "min"), ("steps", "steps"))
    return ", ".join(f"{recipe[name]:g} {unit}" for name, unit in units if recipe[name] is not None)


def export(
    run: Path = typer.Argument(help="Folder of a training run."),
    out: Path = typer.Option(..., "--out", "-o", help="Folder of the new bundle."),
) -> None:
    """Turn a training run into a bundle that plays live; checks it against PyTorch."""
    _training().export_command(run, out)
    say(f"{out}: exported and verified")


def evaluate(
    bundle: Path = typer.Argument(help="Folder of a bundle."),
    data: list[Path] = typer.Option([], "--data", help="Folder of .mid files with held-out music; repeatable."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object."),
    card: Path | None = typer.Option(None, "--card", help="Folder for a model card with pictures."),
) -> None:
    """Score a bundle on held-out music, beside a plain baseline (an n-gram, PCA)."""
    report = _training().evaluate_command(bundle, data, card=card)
    if as_json:
        print_json(report)
    else:
        for name, value in report["scores"].items():
            beside = [f"   {kind} {report[part][name]:.4f}" for kind, part in BESIDE if name in report.get(part, {})]
            say(f"{name:28s} {value:.4f}{''.join(beside)}")
