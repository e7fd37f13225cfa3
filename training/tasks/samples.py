"""What the melody network plays after the opening of a valid tune, as a grey piano roll."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch

from realtime.music.melody_codec import PITCHES, Event, RowBuilder
from realtime.music.units import STEP_TICKS
from training.data.augment import TuneArrays
from training.networks.transformer import MelodyTransformer
from training.report import Picture

PROMPT: Final = 24
ANSWER: Final = 40
BACKGROUND, PLAYED, ANSWERED, DIVIDER = 255, 160, 0, 210
PIXELS: Final = 4  # of a pitch, and of a sixteenth


@torch.no_grad()
def continued(network: MelodyTransformer, tune: TuneArrays, seed: int = 0) -> list[Event]:
    """The tune's opening and the network's answer, drawn from its full distribution."""
    rng = np.random.default_rng(seed)
    builder = RowBuilder(start_tick=int(tune.tick_N1[0]), meter=tune.meter, style=tune.style)
    size = min(PROMPT, len(tune), network.config.max_context // 2)
    events = [Event(int(p), int(d)) for p, d in zip(tune.pitch_N[:size], tune.duration_N[:size], strict=True)]
    rows = [builder.first(), *(builder.after(event) for event in events)]
    device = next(network.parameters()).device
    while len(events) < size + ANSWER and len(rows) < network.config.max_context:
        rows_1SF = torch.tensor([rows], device=device)
        pitch = _draw(network.pitch(network.hidden(rows_1SF))[0, -1], rng)
        pitch_1S = torch.full(rows_1SF.shape[:2], pitch, device=device)
        events.append(Event(pitch, _draw(network(rows_1SF, pitch_1S)[1][0, -1], rng)))
        rows.append(builder.after(events[-1]))
    return events


def _draw(logits: torch.Tensor, rng: np.random.Generator) -> int:
    p = logits.double().softmax(-1).cpu().numpy()
    return int(rng.choice(len(p), p=p / p.sum()))


def roll(events: Sequence[Event], played: int) -> Picture:
    """The first `played` events in grey, the others in black; the highest pitch is on top."""
    width = -(-sum(event.ticks for event in events) // STEP_TICKS)
    picture = np.full((PITCHES, max(1, width)), BACKGROUND, np.uint8)
    tick = 0
    for number, event in enumerate(events):
        first, end = tick // STEP_TICKS, -(-(tick + event.ticks) // STEP_TICKS)
        if number == played:
            picture[:, first] = DIVIDER
        if not event.is_rest:
            picture[PITCHES - 1 - event.pitch_id, first:end] = PLAYED if number < played else ANSWERED
        tick += event.ticks
    return picture.repeat(PIXELS, 0).repeat(PIXELS, 1)
