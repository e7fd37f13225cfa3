"""A thread for one model that plays in cycles: newest order wins, and a slow model delays nobody else.

Threading: the engine's main thread calls `order`, `replace` and `stop`; the rest runs in the thread, which alone
touches the maker. What comes out goes to `tell`, called in that thread.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from realtime.engine.favour import favour_this_thread
from realtime.engine.parts.material import Made, Maker, Order
from realtime.errors import HocketError
from realtime.handover import Latest

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MakerFailed:
    """An order could not be carried out; the part goes on with what it has."""

    text: str


class MakerWorker:
    """Owns the maker."""

    def __init__(self, name: str, maker: Maker, tell: Callable[[Made | MakerFailed], None]) -> None:
        self._maker, self._tell = maker, tell
        self._orders: Latest[Order] = Latest()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"{name}-maker", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def order(self, order: Order) -> None:
        """Replace whatever waits."""
        self._orders.put(order)

    def stop(self) -> None:
        """End the thread after what it is making; does not wait for it."""
        self._stopping = True
        self._orders.wake()

    def _run(self) -> None:
        if self._maker.touch_grid == "step":  # heard at the next step: what is made for a later beat can wait for it
            favour_this_thread()
        while not self._stopping:
            order = self._orders.take()
            if order is None:
                continue
            begun = time.perf_counter()
            try:
                material = self._maker.make(order)
            except HocketError as error:
                self._tell(MakerFailed(str(error)))
            except Exception as error:  # a model that fails must not take the instrument down
                log.exception("the model failed")
                self._tell(MakerFailed(f"{type(error).__name__}: {error}"))
            else:
                self._tell(Made(order=order, material=material, seconds=time.perf_counter() - begun))
