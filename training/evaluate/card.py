"""A model card of one page: what a bundle is, its scores beside the baseline's, its data, and pictures of answers."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from realtime.bundle.store import Bundle
from training.kinds import kind_of_bundle

CARD: Final = "card.md"
PICTURE: Final = "answers.png"
LOWER_IS_BETTER: Final = ("nats", "error", "wrong", "leak", "jump", "cost", "distance")


def write_card(bundle: Bundle, report: Mapping[str, Any], held_out: Sequence[Any], out: Path) -> Path:
    """Write `card.md` and `answers.png` into `out`. `report`: what `evaluate_command` found on `held_out`."""
    out.mkdir(parents=True, exist_ok=True)
    drawn = kind_of_bundle(bundle).draw(bundle, held_out, out / PICTURE)
    text = "\n".join(card_lines(bundle, report, drawn)) + "\n"
    path = out / CARD
    path.write_text(text, encoding="utf-8")
    return path


def card_lines(bundle: Bundle, report: Mapping[str, Any], drawn: Sequence[str]) -> list[str]:
    """The card's Markdown."""
    spec, trained = bundle.spec, bundle.spec.trained_by
    size = sum((bundle.folder / name).stat().st_size for name in spec.files)
    about = [
        f"# {_plain(spec.title)}",
        "",
        f"A {spec.kind} bundle: {spec.params / 1e6:.2f} M parameters, {size / 1e6:.1f} MB, codec {spec.codec}. "
        f"Card written {datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d} by `hocket evaluate --card`.",
        "",
        f"## Scores on {report['split']} ({report['n']:,} scored)",
        "",
        "From the exported bundle through onnxruntime, beside the baseline on the same music. "
        f"Lower is better where a name holds {', '.join(LOWER_IS_BETTER[:-1])} or {LOWER_IS_BETTER[-1]}.",
        "",
        *_table(("score", "this model", "baseline", "difference"), _score_rows(report, "baselines")),
        *_mixture_lines(report),
        "",
        f"Copies of training music: {_copying(report.get('copy_gate') or {})}",
    ]
    pictures = ["", "## Answers", "", f"![Piano rolls]({PICTURE})", "", *(f"- {_plain(title)}" for title in drawn)]
    data = _table(
        ("data", "licence", "source", "notes"),
        ((item.name, item.licence, item.source, f"{item.notes:,}") for item in trained.data),
    )
    training = [
        f"`{trained.command}`",
        "",
        f"Recipe {trained.recipe}, seed {trained.seed}, {trained.cpu_minutes:g} CPU minutes, "
        f"commit {trained.commit or 'not known'}.",
    ]
    return [*about, *(pictures if drawn else []), "", "## Trained on", "", *data, "", "## Training", "", *training]


def _mixture_lines(report: Mapping[str, Any]) -> list[str]:
    """The strongest rival, where the kind of model has one."""
    mixture = report.get("mixture") or {}
    beside = {**report, "scores": {name: value for name, value in report["scores"].items() if name in mixture}}
    if not beside["scores"]:
        return []
    said = "With its tune memory the model's rival is a mixture of long- and short-term n-grams (`mixture.py`)."
    return ["", said, "", *_table(("score", "this model", "mixture", "difference"), _score_rows(beside, "mixture"))]


def _score_rows(report: Mapping[str, Any], rival: str) -> Iterable[tuple[str, ...]]:
    baselines = report.get(rival) or {}
    for name, value in report["scores"].items():
        if name not in baselines:
            yield name, f"{value:.4g}", "", ""
            continue
        other = baselines[name]
        change = f"{100 * (value - other) / abs(other):+.1f} %" if other else ""
        yield name, f"{value:.4g}", f"{other:.4g}", change


def _copying(gate: Mapping[str, Any]) -> str:
    if gate.get("passed") is None:
        return "not checked, there was no training music in the data."
    numbers = ", ".join(
        f"{name.replace('_', ' ')} {value:g}"
        for name, value in gate.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    )
    return f"{'passed' if gate['passed'] else '**not passed**'} ({numbers})."


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(_plain(cell) for cell in line) + " |" for line in lines]


def _plain(text: str) -> str:
    """Without what Markdown would read as a column or a new line."""
    return text.replace("|", "/").replace("\n", " ")
