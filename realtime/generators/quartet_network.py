"""The quartet bundle's graphs.

Shapes: N pieces, V voices, S steps, K symbols, Z axes of a code, C condition.

Four inputs: chords, style, a melody and a groove of each voice. `map` turns independent noise into the codes that
music has, `decode` codes into logits, `encode` music into codes, `judge` says how much like music a grid looks.
"""

import numpy as np

from realtime.bundle import Bundle
from realtime.errors import BundleError
from realtime.generators.graph import open_session
from realtime.generators.quartet_code import OWN, SHARED, Bools, Floats, Ints, spans_of
from realtime.music.chorale import STEPS, SYMBOLS, VOICES


class QuartetNetwork:
    """The bundle's graphs. Belongs to one thread."""

    def __init__(self, bundle: Bundle) -> None:
        try:
            sizes = {name: int(bundle.spec.config[name]) for name in (*SHARED, *OWN)}
        except (KeyError, ValueError) as error:
            raise BundleError(f"{bundle.folder}: config lacks {error}; export the bundle again") from error
        self.spans = spans_of(sizes)
        self.latent = max(span.stop for span in self.spans.values())
        self.shared = self.spans["style"].stop
        code, grid = ("N", self.latent), ("N", VOICES, STEPS)
        self._map = open_session(bundle, "map", code=code)
        self._decode = open_session(bundle, "decode", change_logits=grid, pitch_logits=(*grid, SYMBOLS))
        self._encode = open_session(bundle, "encode", mean=code, log_variance=code)
        self._judge = open_session(bundle, "judge", score=("N",))

    def codes(self, noise_NZ: Floats, condition_NC: Floats, shared_NZ: Floats | None = None) -> Floats:
        """code_NZ of independent noise. `shared_NZ`: chords and style are these, and the rest follows them."""
        known = np.zeros((len(noise_NZ), self.shared), np.float32) if shared_NZ is None else shared_NZ
        given = np.full((len(noise_NZ), 1), shared_NZ is not None, np.float32)
        feed = {"noise": noise_NZ, "condition": condition_NC, "shared": known, "given": given}
        code_NZ: Floats = self._map.run(["code"], feed)[0]
        return code_NZ

    def decode(self, code_NZ: Floats, condition_NC: Floats) -> tuple[Floats, Floats]:
        """(change_logits [N, V, S], pitch_logits [N, V, S, K])."""
        out = self._decode.run(["change_logits", "pitch_logits"], {"code": code_NZ, "condition": condition_NC})
        return out[0], out[1]

    def encode(self, symbol_NVS: Ints, seen_NV: Bools) -> tuple[Floats, Floats]:
        """(mean_NZ, log_variance_NZ). Chords and style are read off the seen voices, melody and groove off each."""
        feed = {"symbols": symbol_NVS, "seen": seen_NV.astype(np.float32)}
        out = self._encode.run(["mean", "log_variance"], feed)
        return out[0], out[1]

    def judge(self, symbol_NVS: Ints, condition_NC: Floats) -> Floats:
        """score_N: higher where it looks more like music. Only differences mean something."""
        score_N: Floats = self._judge.run(["score"], {"symbols": symbol_NVS, "condition": condition_NC})[0]
        return score_N
