"""The pattern VAE's losses: reconstruction, KL, and named sliders that hold wherever a player may get to.

Shapes: B patterns, S steps, K symbols, Z latent axes, A attributes.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from realtime.music.attributes import attributes_of
from realtime.music.pattern_codec import IntArray
from training.config import PatternRecipe
from training.data.edits import edited_pairs
from training.data.patterns import draw_transposed
from training.networks.pattern_vae import (
    KNOTS,
    MLP_SIGMOID,
    SLIDERS,
    PatternVae,
    draw,
    roll_targets,
)
from training.networks.soft_attributes import sharpened, soft_attributes

TIE_SHARE = 0.15  # of an attribute's scale at most for any single value, before the rest is stretched to fill it
SORT_DELTA = 10.0
LIMIT = 3.5  # sigmas: an edit may lie outside of all that was seen
REACH = 3.2  # sigmas to either side that the sliders are trained for
VALID_PATTERNS = 2000
SLIDE_PULL = 4.0  # cross entropy's pull on a badly wrong pattern is about 5
SHARE = 4  # one pattern in so many is also edited
PLACES = 6  # one in so many is slid where it is, another half-way to a third, another at a place drawn by lot


class PatternTask:
    """The pattern VAE on two-bar windows."""

    objective = "valid.error"

    def __init__(self, recipe: PatternRecipe, train: IntArray, valid: IntArray) -> None:
        self.data, self.loss = recipe.windows, recipe.loss
        self.train_NS, self.valid_NS = train, valid[np.random.default_rng(0).permutation(len(valid))[:VALID_PATTERNS]]
        self.network = PatternVae(recipe.network)
        sample_NS = draw_transposed(train, self.data, np.random.default_rng(0))
        knots, scores = attribute_scales(attributes_of(sample_NS))
        self.network.knots_AQ.copy_(torch.from_numpy(knots))
        self.network.scores_AQ.copy_(torch.from_numpy(scores))
        loss = recipe.loss
        self.shaped = bool(loss.sort or loss.scale or loss.edit or loss.slide)  # named axes, or a plain VAE
        self.seed = self.steps = 0

    def networks(self) -> Mapping[str, nn.Module]:
        """One network, one optimiser."""
        return {"network": self.network}

    def batches(self, seed: int) -> Iterator[IntArray]:
        """Epoch after epoch of the windows in drawn order and keys."""
        rng = np.random.default_rng(seed)
        self.seed = seed
        while True:
            order = rng.permutation(len(self.train_NS))
            for part in np.array_split(order, max(1, len(order) // self.data.batch)):
                yield draw_transposed(self.train_NS[part], self.data, rng)

    def ramp(self, steps: int) -> float:
        """0 while the network only learns to say patterns back, then up to 1 in so many steps."""
        return min(1.0, max(0, self.steps - self.loss.plain_steps) / max(1, steps))

    def losses(self, batch: IntArray) -> Iterator[tuple[str, Tensor]]:
        """The sum of all terms, in nats a step."""
        self.steps += 1
        symbols_BS = torch.from_numpy(batch)
        logits, mean_BZ, log_variance_BZ = self.network(symbols_BS)
        loss = self._reconstruction(logits, symbols_BS) + self._kl(mean_BZ, log_variance_BZ)
        if self.shaped:
            wanted_BA = self.network.standardise(torch.from_numpy(attributes_of(batch)).float())
            loss = loss + self._sorted(mean_BZ, wanted_BA)
            if self.loss.edit > 0:
                loss = loss + self.loss.edit * self._edited(batch)
            slide = self.loss.slide * self.ramp(self.loss.ramp_steps)
            if slide > 0:
                loss = loss + slide * self.slide_error(self._places(draw(mean_BZ, log_variance_BZ)))
        yield "network", loss / symbols_BS.shape[1]

    def _reconstruction(self, logits: Tensor, symbols_BS: Tensor) -> Tensor:
        """Nats a pattern."""
        if self.network.config.decoder == MLP_SIGMOID:
            targets = roll_targets(symbols_BS)
            return F.binary_cross_entropy_with_logits(logits, targets, reduction="none").sum((1, 2)).mean()
        return F.cross_entropy(logits.transpose(1, 2), symbols_BS, reduction="none").sum(1).mean()

    def _kl(self, mean_BZ: Tensor, log_variance_BZ: Tensor) -> Tensor:
        """After a start without it; an axis below its free nats costs what they are."""
        nats_Z = kl_nats(mean_BZ, log_variance_BZ).clamp(min=self.loss.free_nats)
        return self.loss.kl * self.ramp(self.loss.kl_steps) * nats_Z.sum()

    def _sorted(self, mean_BZ: Tensor, wanted_BA: Tensor) -> Tensor:
        """The first axes order the batch as the attributes do (all pairs), and carry their scale."""
        axes_BA = mean_BZ[:, :SLIDERS]
        order = torch.sign(wanted_BA[:, None] - wanted_BA[None])
        pairs = torch.tanh(SORT_DELTA * (axes_BA[:, None] - axes_BA[None]))
        sort = (pairs - order).abs().mean((0, 1)).sum()
        return self.loss.sort * sort + self.loss.scale * F.smooth_l1_loss(axes_BA, wanted_BA) * SLIDERS

    def _edited(self, batch: IntArray) -> Tensor:
        """What a pattern's nameless axes and its edit's attributes together say must be the edit."""
        rng = np.random.default_rng((self.seed, self.steps))  # by step, so that a resumed run goes on with the same
        source_BS, goal_BS = edited_pairs(batch[: len(batch) // SHARE], rng)
        z_BZ = draw(*self.network.encoder(torch.from_numpy(source_BS)))
        named_BA = self.network.standardise(torch.from_numpy(attributes_of(goal_BS)).float())
        z_BZ = torch.cat([named_BA.clamp(-LIMIT, LIMIT), z_BZ[:, SLIDERS:]], 1)
        return self._reconstruction(self.network.decoder(z_BZ), torch.from_numpy(goal_BS))

    def _places(self, drawn_BZ: Tensor) -> Tensor:
        """Points a player may get to: where patterns are, half-way between two, and places drawn by lot."""
        part = len(drawn_BZ) // PLACES
        if not self.loss.abroad:
            return drawn_BZ[: 3 * part]
        here, a, b, named = (drawn_BZ[i * part : (i + 1) * part] for i in range(4))
        between = blend(a, b, torch.rand(part, 1))
        anywhere = torch.cat([named[:, :SLIDERS], torch.randn(part, drawn_BZ.shape[1] - SLIDERS)], 1)
        return torch.cat([here, between, anywhere])

    def slide_error(self, z_BZ: Tensor) -> Tensor:
        """One slider of each pattern is moved at random: distance of all decoded attributes from what the axes say."""
        moved = F.one_hot(torch.randint(SLIDERS, z_BZ.shape[:1]), z_BZ.shape[1]).bool()
        places = (torch.rand(len(z_BZ), 1) * 2 - 1) * REACH
        z_BZ = torch.where(moved, places, z_BZ)
        with torch.autocast("cpu", enabled=False):
            p_BSK = sharpened(bounded(self.network.decoder(z_BZ).float(), SLIDE_PULL))
            got_BA = self.network.standardise(soft_attributes(p_BSK))
        low_A, high_A = self.network.scores_AQ[:, 0], self.network.scores_AQ[:, -1]
        wanted_BA = torch.minimum(torch.maximum(z_BZ[:, :SLIDERS], low_A), high_A)
        return F.smooth_l1_loss(got_BA, wanted_BA) * SLIDERS

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Step accuracy from the mean of the latent, active axes, and how far decoded attributes are off."""
        self.network.eval()
        symbols_BS = torch.from_numpy(self.valid_NS)
        mean_BZ, log_variance_BZ = self.network.encoder(symbols_BS)
        got_BS = self.network.symbols(mean_BZ)
        right_BS = (got_BS == symbols_BS).float()
        kl_Z = kl_nats(mean_BZ, log_variance_BZ)
        scores = {
            "valid.step_accuracy": float(right_BS.mean()),
            "valid.exact": float(right_BS.all(-1).float().mean()),
            "valid.kl_nats": float(kl_Z.sum()),
            "valid.active": float((kl_Z > 0.05).sum()),
        }
        scores["valid.error"] = 1 - scores["valid.step_accuracy"]
        scores["valid.wrong_way"] = wrong_way_share(self.network, mean_BZ)
        if self.shaped:
            scores["valid.slide_error"] = float(self.slide_error(mean_BZ)) / SLIDERS
            scores["valid.error"] += 0.05 * (scores["valid.slide_error"] + scores["valid.wrong_way"])
        self.network.train()
        return scores


def bounded(logits_BSK: Tensor, pull: float) -> Tensor:
    """The same logits; on the way back no pattern's gradient is longer than `pull` in B.

    One note far up changes a range by octaves: such gradients, a hundred times those of the rest, would leave nothing
    of the other losses under the clipping of the whole.
    """

    def shorten(gradient_BSK: Tensor) -> Tensor:
        length_B = gradient_BSK.flatten(1).norm(dim=1) * len(gradient_BSK)
        return gradient_BSK * (pull / length_B.clamp(min=pull))[:, None, None]

    if logits_BSK.requires_grad:
        logits_BSK.register_hook(shorten)
    return logits_BSK


def blend(a_BZ: Tensor, b_BZ: Tensor, place_B1: Tensor) -> Tensor:
    """Points on the way from a to b as `realtime.generators.ways.blend` has them."""
    named = torch.lerp(a_BZ[:, :SLIDERS], b_BZ[:, :SLIDERS], place_B1)
    a, b = a_BZ[:, SLIDERS:], b_BZ[:, SLIDERS:]
    length_a, length_b = a.norm(dim=1, keepdim=True), b.norm(dim=1, keepdim=True)
    angle = torch.acos((a * b).sum(1, keepdim=True).div(length_a * length_b).clamp(-0.999, 0.999))
    turned = (((1 - place_B1) * angle).sin() * a / length_a + (place_B1 * angle).sin() * b / length_b) / angle.sin()
    return torch.cat([named, turned * torch.lerp(length_a, length_b, place_B1)], 1)


def kl_nats(mean_BZ: Tensor, log_variance_BZ: Tensor) -> Tensor:
    """KL of the posterior from N(0, 1), by axis, mean over the batch."""
    return 0.5 * (mean_BZ.square() + log_variance_BZ.exp() - 1 - log_variance_BZ).mean(0)


def wrong_way_share(network: PatternVae, mean_BZ: Tensor, points: int = 11) -> float:
    """Share of the ways from pattern to pattern on which the distance from the first one ever shrinks."""
    half = len(mean_BZ) // 2
    places = [k / (points - 1) for k in range(points)]
    a_BZ, b_BZ = mean_BZ[:half], mean_BZ[half : 2 * half]
    path = [network.symbols(blend(a_BZ, b_BZ, torch.full((half, 1), place))) for place in places]
    from_start = torch.stack([(x != path[0]).sum(-1) for x in path])
    return float((from_start.diff(dim=0) < 0).any(0).float().mean())


def attribute_scales(values_NA: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Knots [A, Q] and their normal scores: each attribute's values by rank, tied ones at their middle.

    A value that very many patterns share (no rests at all) would take up most of the slider; it counts for at most
    `TIE_SHARE`, and the others are stretched.
    """
    knots, scores = [], []
    normal = torch.distributions.Normal(0.0, 1.0)
    for values_N in values_NA.T:
        value_U, count_U = np.unique(values_N, return_counts=True)
        weight_U = np.minimum(count_U / len(values_N), TIE_SHARE)
        rank_U = (np.cumsum(weight_U) - weight_U / 2) / weight_U.sum()
        score_U = normal.icdf(torch.from_numpy(rank_U)).clamp(-3.2, 3.2).numpy()
        wanted_Q = np.linspace(score_U[0], score_U[-1], KNOTS)
        knot_Q = np.interp(wanted_Q, score_U, value_U)
        knots.append(np.maximum.accumulate(knot_Q) + 1e-6 * np.arange(KNOTS))
        scores.append(wanted_Q)
    return np.array(knots), np.array(scores)
