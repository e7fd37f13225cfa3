"""A thread for one model that plays in cycles: newest order wins, and a slow model delays nobody else.

Threading: the engine's main thread calls `order` and `stop`; the rest runs in the thread, which alone touches the
maker. What comes out goes to `tell`, called in that thread.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from realtime.engine.attempts import Attempts, Failure
from realtime.engine.favour import favour_this_thread
from realtime.engine.parts.material import Made, Maker, Order
from realtime.errors import UsageError
from realtime.handover import Latest


@dataclass(frozen=True, slots=True)
class NewMaker:
    """Another model has been loaded for a part."""

    maker: Maker
    model: str  # its name or folder


class MakerWorker:
    """Owns the maker. An order that fails is tried again, unless there is a newer one; the part goes on with what it
    has. The thread ends when the model is given up."""

    def __init__(
        self, name: str, maker: Maker, tell: Callable[[Made | Failure], None], attempts: Attempts | None = None
    ) -> None:
        self._maker, self._tell = maker, tell
        self._attempts = attempts or Attempts()
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
        """End the thread after what it is making, of which nothing is told any more; does not wait for it."""
        self._stopping = True
        self._orders.wake()

    def _run(self) -> None:
        if self._maker.touch_grid == "step":  # heard at the next step: what is made for a later beat can wait for it
            favour_this_thread()
        order: Order | None = None
        while not self._stopping and not self._attempts.given_up:
            order = self._orders.take(None if order is None else self._attempts.pause_seconds()) or order
            if order is not None and not self._stopping and not self._attempts.pause_seconds():
                order = self._carry_out(order)

    def _carry_out(self, order: Order) -> Order | None:
        """The order, if it is to be tried again."""
        begun = time.perf_counter()
        said: Made | Failure
        again: Order | None = None
        try:
            material = self._maker.make(order)
        except UsageError as error:  # what was asked for makes no sense, and that is not the model's fault
            said = Failure(str(error), is_final=False)
        except Exception as error:  # a model that fails must not take the instrument down
            said, again = self._attempts.failed(error), order
        else:
            self._attempts.worked()
            said = Made(order=order, material=material, seconds=time.perf_counter() - begun)
        if not self._stopping:  # else another model has its place by now
            self._tell(said)
        return again
