"""Two players' conductors in one Link session; prints what they saw as one JSON line. Meant for a lonely network.

python -m tests.player.sync.link_session
"""

import json
import os
import sys
import time
from collections.abc import Callable

from realtime.messages import SetTempo, StartTransport, StopTransport
from realtime.player.clock import PlayerClock
from realtime.player.sync.conductor import Conductor
from realtime.player.sync.options import SyncOptions

LIMIT_SECONDS = 10.0
FOUNDING_SECONDS = 1.5  # of two sessions the older one stays, if it is older by half a second


def main() -> None:
    players = [join(97.0)]
    turn(players, lambda: False, seconds=FOUNDING_SECONDS)
    players.append(join(120.0))
    turn(players, lambda: all(peers(player) == 1 for player in players))
    turn(players, lambda: False, seconds=1.0)
    seen: dict[str, object] = {"peers": [peers(player) for player in players], "bpm": tempos(players)}
    playing = [states(players)]
    players[1].direct(SetTempo(140.0))
    turn(players, lambda: False, seconds=1.0)
    seen["bpm_after_change"] = tempos(players)
    seen["phase_off_ms"] = off_ms(players, ticks=20)  # while stopped, ticks agree to the pulse
    players[0].direct(StartTransport())
    turn(players, lambda: all(states(players)))
    turn(players, lambda: False, seconds=2.5)
    playing.append(states(players))
    seen["bar_line_off_ms"] = off_ms(players)
    players[1].direct(StopTransport())
    turn(players, lambda: not any(states(players)))
    playing.append(states(players))
    print(json.dumps({**seen, "playing": playing}), flush=True)


def join(bpm: float) -> Conductor:
    player = Conductor(PlayerClock(bpm, time.monotonic_ns), SyncOptions(source="link", start_stop=True))
    player.attach(None)
    return player


def turn(players: list[Conductor], until: Callable[[], bool], seconds: float = LIMIT_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        for player in players:
            player.step()
        time.sleep(0.005)


def peers(player: Conductor) -> int:
    told = player.attach(None).transport
    assert told is not None
    return told.peers


def tempos(players: list[Conductor]) -> list[float]:
    return [player.clock.anchor.bpm for player in players]


def states(players: list[Conductor]) -> list[bool]:
    return [player.playing for player in players]


def off_ms(players: list[Conductor], ticks: int | None = None) -> float:
    """How far the two clocks are apart; to the next multiple of some ticks."""
    now_ns = time.monotonic_ns()
    first, second = (player.clock.anchor.position_at(now_ns) for player in players)
    off = first - second
    if ticks is not None:
        off -= round(off / ticks) * ticks
    return abs(off) * 60_000 / 480 / players[0].clock.anchor.bpm


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # Link's threads are not waited for
