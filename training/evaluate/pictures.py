"""Piano-roll pictures of what models play: for a model card, and to look at before we ship.

python -m training.evaluate.pictures BUNDLE OUT.png FILE.mid [FILE.mid ...]
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from realtime.bundle.store import Bundle
from realtime.generators.base import GenerateRequest
from realtime.generators.registry import open_generator
from realtime.music.chorale import VOICE_NAMES, ChoraleCodec, ChoraleGrid
from realtime.music.melody_codec import MelodyCodec
from realtime.music.midi_file import read_midi
from realtime.music.note import Note, Phrase
from realtime.music.units import PPQ, Meter
from realtime.offline import OfflineAnswer, Prime, answer_prime
from training.data.chorales import Chorale
from training.data.corpus import Tune

PROMPT_BARS = 4
ANSWER_BARS = 4
MAX_PROMPT_NOTES = 48
PROMPT_COLOUR, ANSWER_COLOUR = "#56B4E9", "#D55E00"  # Okabe-Ito
VOICE_COLOURS = ("#D55E00", "#E69F00", "#009E73", "#0072B2")  # soprano first
VOICE_HATCHES = ("", "///", "...", "")
PICTURED = 4
PART_BARS = 8
BPM = 100.0


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


def draw_answered(bundle: Bundle, held_out: Sequence[Tune], picture: Path) -> list[str]:
    """Answers to the openings of a few held-out tunes, at the controls' defaults; the tunes' names."""
    generator, codec, rows = open_generator(bundle.folder), MelodyCodec(), []
    for seed, tune in enumerate(held_out[:: max(1, len(held_out) // PICTURED)][:PICTURED]):
        phrase = codec.decode(tune.line)
        if not phrase.notes:
            continue
        prime = Prime(opening_of(phrase), BPM)
        answer = answer_prime(generator, prime, end="trade", bars=ANSWER_BARS, seed=seed)
        rows.append((f"{tune.source}: {tune.name} (seed {seed})", prime, answer))
    if rows:
        draw_answers(rows, picture)
    return [title for title, _, _ in rows]


def draw_parts(bundle: Bundle, held_out: Sequence[Chorale], picture: Path) -> list[str]:
    """Eight bars of a held-out piece, then what the model plays from a few seeds at the controls' defaults."""
    generator, steps = open_generator(bundle.folder), PART_BARS * 16
    rows = []
    for piece in held_out[:1]:
        strike_VT = None if piece.strike_VT is None else piece.strike_VT[:, :steps]
        grid = ChoraleGrid.of(piece.symbol_VT[:, :steps], strike_VT)
        rows.append((f"by people, held out: {piece.name}", ChoraleCodec().decode(grid)))
    for seed in range(PICTURED - 1):
        request = GenerateRequest(context=Phrase(), start_tick=0, length_ticks=PART_BARS * Meter().bar_ticks)
        rows.append((f"{bundle.spec.name}, seed {seed}", generator.parts(request, generator.initial_state(seed))))
    draw_voices(rows, picture)
    return [title for title, _ in rows]


def draw_voices(titled: Sequence[tuple[str, Sequence[Phrase]]], out: Path) -> None:
    """One row a piece, one colour a voice; bar lines in grey."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.patches import Patch

    figure, axes = pyplot.subplots(len(titled), 1, figsize=(16, 3 * len(titled)), squeeze=False)
    for axis, (title, voices) in zip(axes[:, 0], titled, strict=True):
        for voice, colour, hatch in zip(voices, VOICE_COLOURS, VOICE_HATCHES, strict=True):
            _draw(axis, voice.notes, colour, hatch)
        end = max((note.end_tick for voice in voices for note in voice.notes), default=PPQ)
        _draw_bars(axis, end, voices[0].meter)
        axis.set_title(title, loc="left", fontsize=9)
    axes[0, 0].legend(
        handles=[
            Patch(facecolor=c, hatch=h, label=n)
            for c, h, n in zip(VOICE_COLOURS, VOICE_HATCHES, VOICE_NAMES, strict=True)
        ],
        fontsize=8,
        ncols=4,
    )
    figure.tight_layout()
    figure.savefig(out, dpi=80)
    pyplot.close(figure)


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
        _draw_bars(axis, end, prime.phrase.meter)
        axis.axvline(answer.start_tick / PPQ, color="0.3", linewidth=1.2)
        axis.set_title(title, loc="left", fontsize=9)
    figure.tight_layout()
    figure.savefig(out, dpi=80)
    pyplot.close(figure)


def _draw_bars(axis: Any, end_tick: int, meter: Meter) -> None:
    for tick in range(0, end_tick + 1, meter.bar_ticks):
        axis.axvline(tick / PPQ, color="0.8", linewidth=0.8, zorder=0)
    axis.set_xlim(0, end_tick / PPQ)


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
