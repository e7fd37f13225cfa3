"""The answer to a query: the rack as OSC messages."""

from collections.abc import Iterator

from realtime.engine.reports import PartDescribed, RackDescribed
from realtime.engine.setup import POST
from realtime.remote.addresses import ROOT, Argument


def replies_of(described: RackDescribed) -> Iterator[tuple[str, tuple[Argument, ...]]]:
    """/hocket/parts NAMES; per part /hocket/part NAME KIND STATE ("works" or "failed"); per control its own address
    with its value, then lowest, highest, default value, unit and labels; last /hocket/end, with how many controls
    there were.
    """
    yield f"/{ROOT}/parts", tuple(part.name for part in described.parts)
    for part in described.parts:
        yield f"/{ROOT}/part", (part.name, part.kind, "failed" if part.failed else "works")
        yield from _controls(part)
    yield f"/{ROOT}/end", (sum(len(part.controls) for part in described.parts),)


def _controls(part: PartDescribed) -> Iterator[tuple[str, tuple[Argument, ...]]]:
    for name, control, value in part.controls:
        path = f"post/{name.removeprefix(POST)}" if name.startswith(POST) else name
        limits = (float(control.low), float(control.high), float(control.default))
        shown: Argument = control.show(value) if control.labels else float(value)
        yield f"/{ROOT}/{part.name}/{path}", (shown, *limits, control.unit, *control.labels)
