"""How each kind of model fills a cycle. A maker belongs to its part's thread."""

from collections.abc import Callable
from typing import Any, Final

from realtime.engine.parts.makers.morph import MorphMaker
from realtime.engine.parts.makers.quartet import QuartetMaker
from realtime.engine.parts.makers.sketch import SketchMaker
from realtime.engine.parts.material import Maker
from realtime.errors import UsageError
from realtime.generators.base import Generator
from realtime.generators.latent import MorphGenerator
from realtime.generators.quartet import QuartetGenerator
from realtime.generators.sketch import SketchGenerator

MAKERS: Final[dict[type, Callable[[Any], Maker]]] = {
    MorphGenerator: MorphMaker,
    QuartetGenerator: QuartetMaker,
    SketchGenerator: SketchMaker,
}


def maker_of(generator: Generator) -> Maker:
    """The maker for a loaded model. Raises `UsageError` for one that does not play in cycles."""
    for kind, make in MAKERS.items():
        if isinstance(generator, kind):
            return make(generator)
    raise UsageError(f"a {generator.spec.kind} model does not play on and on; it takes turns")
