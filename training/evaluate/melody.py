"""Score an exported decoder: nats per note event, one event at a time through onnxruntime, as the live app steps it."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from realtime.bundle.store import Bundle
from training.data.augment import TuneArrays
from training.data.windows import WindowConfig, score_windows
from training.export.decoder_graph import STEP_GRAPH
from training.export.stepper import Stepper

Sums = dict[str, npt.NDArray[np.float64]]
FIELDS = ("nats_per_note", "nats_pitch", "nats_duration")


def open_stepper(bundle: Bundle) -> Stepper:
    """The bundle's decoder, ready to step."""
    graph = bundle.graph_path(STEP_GRAPH)
    return Stepper(str(graph), bundle.spec.graph(STEP_GRAPH), int(bundle.spec.config["max_context"]))


def log_softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """In double precision, over the last axis."""
    x = logits.astype(np.float64)
    x -= x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def tune_nats(stepper: Stepper, tune: TuneArrays, config: WindowConfig) -> npt.NDArray[np.float64]:
    """[N, 2]: -log p of each event's pitch, and of its duration given the pitch."""
    out = []
    for piece in score_windows(tune, config):
        stepper.reset()
        for i, pitch in enumerate(piece.pitch_S.tolist()):
            # One row a call, kept ones too: int8 activations are scaled over a call, so groups give other digits.
            stepper.feed(piece.rows_SF[i : i + 1])
            if piece.weight_S[i] == 0:
                continue
            out.append(
                (
                    -log_softmax(stepper.pitch_logits[0])[pitch],
                    -log_softmax(stepper.duration_logits[0, pitch])[int(piece.duration_S[i])],
                )
            )
    return np.array(out)


def score_tunes(stepper: Stepper, tunes: Iterable[TuneArrays], *, keep: int) -> Sums:
    """(pitch nats, duration nats, events) by data set."""
    config = WindowConfig(length=stepper.max_context, keep=keep)
    sums: Sums = {}
    for tune in tunes:
        nats = tune_nats(stepper, tune, config)
        sums[tune.source] = sums.get(tune.source, np.zeros(3)) + np.array([*nats.sum(0), len(nats)])
    return sums


def scores_of(sums: Sums, prefix: str = "") -> dict[str, float]:
    """Nats per event of all sets together under `prefix`, and of each under `prefix` + its name; rounded to 1e-4."""
    scores: dict[str, float] = {}
    total = sum(sums.values(), start=np.zeros(3))
    parts: Sequence[tuple[str, npt.NDArray[np.float64]]] = [("", total), *sorted(sums.items())] if sums else []
    for name, (pitch, duration, events) in parts:
        stem = prefix + (f"{name}." if name else "")
        for field, value in zip(FIELDS, (pitch + duration, pitch, duration), strict=True):
            scores[stem + field] = round(float(value / events), 4)
    return scores
