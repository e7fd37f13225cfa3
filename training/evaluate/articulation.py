"""What plain rules come to where the articulation network says which notes are struck again.

Shapes: N windows, V voices, S steps.
"""

import numpy as np
import numpy.typing as npt

from training.tasks.articulation import Bools, Struck, cell_scores

BEAT_STEPS = 4


def together(windows: Struck) -> Bools:
    """Held cells on a beat at which another voice moves to another pitch."""
    begins_NVS = windows.strike_NVS & ~windows.held
    moves_NVS = begins_NVS.any(1, keepdims=True) & windows.held
    on_beat_S = np.arange(windows.symbol_NVS.shape[-1]) % BEAT_STEPS == 0
    return np.asarray(moves_NVS & on_beat_S)


def baseline_scores(train: Struck, held_out: Struck) -> dict[str, dict[str, float]]:
    """Of the rules "never", "with_others" (on beats where another voice moves) and "beat".

    Each rule parts the held cells into few groups; P(strike) of a group is its share in the training music, but for
    the guesses of "never" and "with_others", which are the rule's own.
    """
    strike_N = held_out.strike_NVS[held_out.held]
    beats = [
        np.broadcast_to(np.arange(x.symbol_NVS.shape[-1]) % BEAT_STEPS, x.symbol_NVS.shape) for x in (train, held_out)
    ]
    nothing = [np.zeros(x.symbol_NVS.shape, np.int64) for x in (train, held_out)]
    others = [together(x).astype(np.int64) for x in (train, held_out)]
    groups = {
        "never": nothing,
        "with_others": others,
        "beat": [b + BEAT_STEPS * o for b, o in zip(beats, others, strict=True)],
    }
    found = {rule: cell_scores(_shares(train, *pair)[held_out.held], strike_N) for rule, pair in groups.items()}
    for rule in ("never", "with_others"):  # as a rule, not as the likelier of two
        guess_N = groups[rule][1][held_out.held] > 0
        found[rule] |= {name: cell_scores(guess_N.astype(float), strike_N)[name] for name in ("accuracy", "f1")}
    return found


def _shares(
    train: Struck, group_NVS: npt.NDArray[np.integer], held_out_NVS: npt.NDArray[np.integer]
) -> npt.NDArray[np.float64]:
    """Of each held-out cell: the share of strikes in its group of training cells, one added to either side."""
    size = int(max(group_NVS.max(initial=0), held_out_NVS.max(initial=0))) + 1
    held_N = group_NVS[train.held]
    all_G = np.bincount(held_N, minlength=size)
    struck_G = np.bincount(held_N, weights=train.strike_NVS[train.held], minlength=size)
    return ((struck_G + 1) / (all_G + 2))[held_out_NVS]
