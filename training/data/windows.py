"""Batches of windows: an epoch of augmented draws for training, whole tunes cut with overlap for scoring."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.data.augment import AugmentConfig, IntArray, TuneArrays, View, Window, draw_view, window


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowConfig:
    """Sizes of windows and batches."""

    length: int = 320  # events of a window at most; the network's context
    batch_events: int = 2400  # events of a batch, about
    keep: int = 192  # when the context is full, the last `keep` events are read afresh, as live
    repeats: tuple[tuple[str, int], ...] = (("bach-cello", 2), ("bach-violin-flute", 2))  # small sets seen more often
    metric: bool = True  # whether scored rows say where in the bar they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Windows padded to one length. B windows, S rows, F features."""

    rows_BSF: IntArray
    pitch_BS: IntArray
    duration_BS: IntArray
    weight_BS: npt.NDArray[np.float32]
    sources: tuple[str, ...]


def epoch(
    tunes: Sequence[TuneArrays], config: WindowConfig, augment: AugmentConfig, rng: np.random.Generator
) -> Iterator[Batch]:
    """Every tune once (long ones once for each window's length), augmented, in batches of windows of like length."""
    repeats = dict(config.repeats)
    drawn: list[tuple[Window, str]] = []
    for tune in tunes:
        draws = -(-len(tune) // config.length) * repeats.get(tune.source, 1)
        for number in range(draws):
            inside = number % max(1, draws // repeats.get(tune.source, 1)) > 0
            view = draw_view(tune, augment, rng, inside=inside, length=config.length)
            piece = window(tune, view)
            if view.start:
                piece.weight_S[0] = 0.0  # a phrase cut out of a tune: its first note is anybody's guess
            drawn.append((piece, tune.source))
    lengths = np.array([len(piece.pitch_S) for piece, _ in drawn]) + rng.random(len(drawn)) * 8
    batches = list(_pack([drawn[i] for i in np.argsort(lengths)], config.batch_events))
    for number in rng.permutation(len(batches)):
        yield collate(batches[number])


def whole_tunes(tunes: Sequence[TuneArrays], config: WindowConfig) -> Iterator[Batch]:
    """Every event of every tune exactly once, in the original key; what does not fit overlaps by `keep` events."""
    pieces = [(piece, tune.source) for tune in tunes for piece in score_windows(tune, config)]
    pieces.sort(key=lambda item: len(item[0].pitch_S))
    for group in _pack(pieces, config.batch_events):
        yield collate(group)


def score_windows(tune: TuneArrays, config: WindowConfig) -> Iterator[Window]:
    """Windows that count each event of the tune once; in all but the first, the first `keep` events are only read."""
    start = 0
    while True:
        piece = window(tune, View(start=start, length=config.length, metric=config.metric))
        if start:
            piece.weight_S[: config.keep] = 0.0
        yield piece
        if start + config.length >= len(tune):
            return
        start += config.length - config.keep


def _pack(items: list[tuple[Window, str]], batch_events: int) -> Iterator[list[tuple[Window, str]]]:
    """Consecutive items, so many that the padded batch holds about `batch_events`."""
    group: list[tuple[Window, str]] = []
    for item in items:
        group.append(item)
        if len(group) * len(item[0].pitch_S) >= batch_events:
            yield group
            group = []
    if group:
        yield group


def collate(items: Sequence[tuple[Window, str]]) -> Batch:
    """Pad to the longest; padding has weight 0."""
    size = max(len(piece.pitch_S) for piece, _ in items)
    features = items[0][0].rows_SF.shape[1]
    rows = np.zeros((len(items), size, features), np.int64)
    pitch, duration = np.zeros((len(items), size), np.int64), np.zeros((len(items), size), np.int64)
    weight = np.zeros((len(items), size), np.float32)
    for i, (piece, _) in enumerate(items):
        n = len(piece.pitch_S)
        rows[i, :n], pitch[i, :n], duration[i, :n], weight[i, :n] = (
            piece.rows_SF, piece.pitch_S, piece.duration_S, piece.weight_S,
        )  # fmt: skip
    return Batch(
        rows_BSF=rows, pitch_BS=pitch, duration_BS=duration, weight_BS=weight, sources=tuple(s for _, s in items)
    )
