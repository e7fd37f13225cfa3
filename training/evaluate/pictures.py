"""Piano-roll pictures of answers: what a model card shows and what we look at before we ship.

python -m training.evaluate.pictures BUNDLE OUT.png FILE.mid [FILE.mid ...]
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from realtime.generators.registry import open_generator
from realtime.music.midi_file import read_midi
from realtime.music.note import Note, Phrase
from realtime.music.units import PPQ
from realtime.offline import OfflineAnswer, Prime, answer_prime

PROMPT_BARS = 4
ANSWER_BARS = 4
MAX_PROMPT_NOTES = 48
PROMPT_COLOUR, ANSWER_COLOUR = "#56B4E9", "#D55E00"  # Okabe-Ito


def opening(path: Path) -> Prime:
    """The first four bars with notes of a file, at most 48 notes."""
    score = read_midi(path)
    return Prime(opening_of(score.phrase()), score.tempo.bpm_at(0))


def opening_of(phrase: Phrase) -> Phrase:
    """The first four bars with notes, at most 48 notes."""
    bar = phrase.meter.bar_ticks
    first = phrase.notes[0].start_tick // bar * bar
    notes = [n.shifted(-first) for n in phrase.notes if n.start_tick < first + PROMPT_BARS * bar]
    return Phrase.of(notes[:MAX_PROMPT_NOTES], meter=phrase.meter)


def draw_answers(titled: Sequence[tuple[str, Prime, OfflineAnswer]], out: Path) -> None:
    """One row a phrase: what was played, then the answer; bar lines in grey."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(len(titled), 1, figsize=(16, 2.2 * len(titled)), squeeze=False)
    for axis, (title, prime, answer) in zip(axes[:, 0], titled, strict=True):
        _draw(axis, prime.phrase.notes, PROMPT_COLOUR, "")
        _draw(axis, answer.notes, ANSWER_COLOUR, "///")
        end = max(note.end_tick for note in (*prime.phrase.notes, *answer.notes))
        for tick in range(0, end + 1, prime.phrase.meter.bar_ticks):
            axis.axvline(tick / PPQ, color="0.8", linewidth=0.8, zorder=0)
        axis.axvline(answer.start_tick / PPQ, color="0.3", linewidth=1.2)
        axis.set_title(title, loc="left", fontsize=9)
        axis.set_xlim(0, end / PPQ)
    figure.tight_layout()
    figure.savefig(out, dpi=80)
    pyplot.close(figure)


def _draw(axis: Any, notes: Sequence[Note], colour: str, hatch: str) -> None:
    for note in notes:
        alpha = 0.35 + 0.65 * note.velocity / 127
        axis.broken_barh(
            [(note.start_tick / PPQ, note.duration_ticks / PPQ * 0.94)],
            (note.pitch - 0.4, 0.8),
            facecolors=colour,
            alpha=alpha,
            hatch=hatch,
        )


def main(bundle: Path, out: Path, files: Sequence[Path]) -> None:
    """Answer the opening of each file and draw all."""
    generator = open_generator(bundle)
    rows = []
    for index, file in enumerate(files):
        prime = opening(file)
        answer = answer_prime(generator, prime, end="trade", bars=ANSWER_BARS, seed=index)
        rows.append((f"{file.stem} (seed {index})", prime, answer))
    draw_answers(rows, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
