"""Does the model copy? The longest runs its answers share with training tunes, beside those of people's tunes."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from realtime.music.melody_codec import REST, Event, EventLine, Row, RowBuilder, interval_id
from training.data.augment import IntArray, TuneArrays
from training.export.stepper import Stepper

PROMPT_EVENTS: Final = 32
ANSWER_EVENTS: Final = 64
PROMPTS: Final = 60
TEMPERATURE, TOP_P = 0.9, 0.95  # the bundle's defaults
SYMBOL_BASE: Final = 64  # above every duration id


def symbols(interval_N: IntArray, duration_N: IntArray) -> IntArray:
    """One number an event: its interval and duration; the same in every key."""
    return interval_N.astype(np.int64) * SYMBOL_BASE + duration_N


def longest_run(piece_S: IntArray, corpus_T: IntArray) -> int:
    """Length of the longest run of events of the piece that stands somewhere in the corpus."""
    runs_T = np.zeros(len(corpus_T) + 1, np.int32)
    longest = 0
    for symbol in piece_S:
        runs_T[1:] = np.where(corpus_T == symbol, runs_T[:-1] + 1, 0)  # the run that ends here and one before
        longest = max(longest, int(runs_T.max()))
    return longest


def corpus_symbols(tunes: Sequence[TuneArrays]) -> IntArray:
    """All tunes one after another, -1 between them."""
    parts = [part for tune in tunes for part in (symbols(tune.interval_N, tune.duration_N), np.array([-1]))]
    return np.concatenate(parts)


def choose(logits: npt.NDArray[np.float32], rng: np.random.Generator) -> int:
    """A draw at the default temperature from the default share of the likeliest."""
    scaled = logits.astype(np.float64) / TEMPERATURE
    p = np.exp(scaled - scaled.max())
    p /= p.sum()
    order = np.argsort(-p, kind="stable")
    kept = order[: int(np.searchsorted(np.cumsum(p[order]), TOP_P)) + 1]
    return int(rng.choice(kept, p=p[kept] / p[kept].sum()))


def answer(stepper: Stepper, prompt: EventLine, style: int, rng: np.random.Generator) -> list[Event]:
    """`ANSWER_EVENTS` events that the bundle's decoder plays after the prompt."""
    builder = RowBuilder(start_tick=prompt.start_tick, meter=prompt.meter, style=style)
    rows: list[Row] = [builder.first(), *(builder.after(event) for event in prompt.events)]
    events: list[Event] = []
    stepper.reset()
    fed = 0
    while len(events) < ANSWER_EVENTS:
        if stepper.length + len(rows) - fed > stepper.max_context:  # full: read the later half afresh
            stepper.reset()
            fed = max(0, len(rows) - stepper.max_context // 2)
        for row in rows[fed:]:
            stepper.feed([row])
        fed = len(rows)
        pitch = choose(stepper.pitch_logits[0], rng)
        event = Event(pitch, choose(stepper.duration_logits[0, pitch], rng))
        events.append(event)
        rows.append(builder.after(event))
    return events


def copy_gate(
    stepper: Stepper, train: Sequence[TuneArrays], held_out: Sequence[TuneArrays], seed: int = 0
) -> dict[str, float | bool | None]:
    """Longest runs shared with `train`: of answers to held-out prompts, and of the held-out tunes' own next events.

    Passed if the answers' median and 95th percentile are at most those of the tunes; None without training
    tunes in the data: nothing can be said then.
    """
    need = PROMPT_EVENTS + ANSWER_EVENTS
    tunes = [tune for tune in held_out if len(tune) >= need]
    if not train or not tunes:
        return {"passed": None, "prompts": 0}
    rng = np.random.default_rng(seed)
    chosen = [tunes[i] for i in sorted(rng.permutation(len(tunes))[:PROMPTS])]
    corpus_T = corpus_symbols(train)
    model, people = [], []
    for tune in chosen:
        events = answer(stepper, _prompt(tune), tune.style, rng)
        model.append(longest_run(_answer_symbols(tune, events), corpus_T))
        true = slice(PROMPT_EVENTS, need)
        people.append(longest_run(symbols(tune.interval_N[true], tune.duration_N[true]), corpus_T))
    (model_median, model_p95), (median, p95) = np.percentile(model, (50, 95)), np.percentile(people, (50, 95))
    return {
        "passed": bool(model_median <= median and model_p95 <= p95),
        "prompts": len(chosen),
        "longest_run_median": float(model_median),
        "longest_run_p95": float(model_p95),
        "people_longest_run_median": float(median),
        "people_longest_run_p95": float(p95),
    }


def _prompt(tune: TuneArrays) -> EventLine:
    pairs = zip(tune.pitch_N[:PROMPT_EVENTS].tolist(), tune.duration_N[:PROMPT_EVENTS].tolist(), strict=True)
    return EventLine(tuple(Event(p, d) for p, d in pairs), int(tune.tick_N1[0]), tune.meter)


def _answer_symbols(tune: TuneArrays, events: Sequence[Event]) -> IntArray:
    """The answer's symbols; the first interval is counted from the prompt's last pitch."""
    sounding = tune.pitch_N[:PROMPT_EVENTS][tune.pitch_N[:PROMPT_EVENTS] != REST]
    last = int(sounding[-1]) if len(sounding) else None
    intervals = []
    for event in events:
        intervals.append(interval_id(event.pitch_id, last))
        last = last if event.is_rest else event.pitch_id
    return symbols(np.array(intervals), np.array([event.duration_id for event in events]))
