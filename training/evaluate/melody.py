"""Score an exported decoder: nats per note event, one event at a time through onnxruntime, as the live app steps it."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from realtime.bundle.store import Bundle
from realtime.generators.event_choice import lean
from realtime.generators.sampling import probabilities
from realtime.generators.tune_memory import Probabilities, TuneMemory
from realtime.music.melody_codec import Event
from training.data.augment import TuneArrays
from training.data.windows import WindowConfig, score_windows
from training.export.decoder_graph import STEP_GRAPH
from training.export.stepper import Stepper

Sums = dict[str, npt.NDArray[np.float64]]
FIELDS = ("nats_per_note", "nats_pitch", "nats_duration", "nats_per_note_memory")


def open_stepper(bundle: Bundle) -> Stepper:
    """The bundle's decoder, ready to step."""
    graph = bundle.graph_path(STEP_GRAPH)
    return Stepper(str(graph), bundle.spec.graph(STEP_GRAPH), int(bundle.spec.config["max_context"]))


def default_memory(bundle: Bundle) -> float:
    """How far the bundle leans towards the tune unless told otherwise; 0 for bundles from before the control."""
    return next((control.default for control in bundle.spec.controls if control.name == "memory"), 0.0)


def softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """In double precision, over one axis."""
    x = np.exp(logits.astype(np.float64) - logits.max())
    return x / x.sum()


def leant(plain: Probabilities, recalled: Probabilities, strength: float) -> Probabilities:
    """The network's probabilities as the live generator leans them towards the tune."""
    return plain if recalled is plain else probabilities(lean(plain, recalled, strength), temperature=1.0, top_p=1.0)


def tune_nats(stepper: Stepper, tune: TuneArrays, config: WindowConfig, memory: float) -> npt.NDArray[np.float64]:
    """[N, 4]: -log p of each event's pitch, and of its duration given the pitch; the same with the tune memory.

    The memory hears the tune from its first event, as it hears a performance; the network hears its window.
    """
    out = []
    heard = TuneMemory()
    for piece in score_windows(tune, config):
        stepper.reset()
        for i, (pitch, duration) in enumerate(zip(piece.pitch_S.tolist(), piece.duration_S.tolist(), strict=True)):
            # One row a call, kept ones too: int8 activations are scaled over a call, so groups give other digits.
            stepper.feed(piece.rows_SF[i : i + 1])
            if piece.weight_S[i] == 0:
                continue
            pitch_P, duration_D = softmax(stepper.pitch_logits[0]), softmax(stepper.duration_logits[0, pitch])
            plain = (pitch_P[pitch], duration_D[duration])
            leaning = (
                leant(pitch_P, heard.pitch(pitch_P), memory)[pitch],
                leant(duration_D, heard.duration(duration_D, pitch), memory)[duration],
            )
            out.append(-np.log(np.maximum([*plain, *leaning], 1e-12)))
            heard.add(Event(pitch, duration))
    return np.array(out)


def score_tunes(stepper: Stepper, tunes: Iterable[TuneArrays], *, keep: int, memory: float = 0.0) -> Sums:
    """(pitch nats, duration nats, both with the tune memory at this strength, events) by data set."""
    config = WindowConfig(length=stepper.max_context, keep=keep)
    sums: Sums = {}
    for tune in tunes:
        add_nats(sums, [tune], tune_nats(stepper, tune, config, memory))
    return sums


def add_nats(sums: Sums, tunes: Sequence[TuneArrays], nats_N4: npt.NDArray[np.float64]) -> None:
    """Add the nats of all events of the tunes, as `tune_nats` gives them, to their data sets'."""
    ends = np.cumsum([len(tune) for tune in tunes])
    for tune, part_N4 in zip(tunes, np.split(nats_N4, ends[:-1]), strict=True):
        pitch, duration, *recalled = part_N4.sum(0)
        part = np.array([pitch, duration, sum(recalled), len(part_N4)])
        sums[tune.source] = sums.get(tune.source, np.zeros(4)) + part


def scores_of(sums: Sums, prefix: str = "") -> dict[str, float]:
    """Nats per event of all sets together under `prefix`, and of each under `prefix` + its name; rounded to 1e-4.

    A sum is (pitch nats, duration nats, both with the tune memory, events).
    """
    scores: dict[str, float] = {}
    parts: list[tuple[str, npt.NDArray[np.float64]]] = sorted(sums.items())
    if parts:
        parts.insert(0, ("", np.sum([part for _, part in parts], axis=0)))
    for name, part in parts:
        stem = prefix + (f"{name}." if name else "")
        pitch, duration, recalled = (part[:-1] / part[-1]).tolist()
        for field, value in zip(FIELDS, (pitch + duration, pitch, duration, recalled), strict=True):
            scores[stem + field] = round(value, 4)
    return scores
