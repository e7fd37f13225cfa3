"""Which MIDI ports there are, told at once and whenever that changes. No thread, no I/O: a back end's thread asks."""

from collections.abc import Collection, Mapping

from realtime.messages import PortsSeen, SeenPort


class PortWatch:
    """Any thread switches it on and off; one thread looks."""

    def __init__(self, backend: str) -> None:
        self._backend = backend
        self._told: PortsSeen | None = None
        self.on = False

    def switch(self, on: bool) -> None:
        """From now on, or no longer; the next look tells in any case."""
        self._told = None
        self.on = on

    def look(self, names: Mapping[str, Collection[str]], used: Collection[str]) -> PortsSeen | None:
        """`names` by direction, without our own; `used`: what we are connected to. None: no news."""
        seen = PortsSeen(
            tuple(
                SeenPort(name, direction, self._backend, name in used)
                for direction, there in sorted(names.items())
                for name in there
            )
        )
        if not self.on or seen == self._told:
            return None
        self._told = seen
        return seen
