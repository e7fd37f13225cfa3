"""Ableton Link leads, with all others in the session: tempo, phase, and start and stop where wanted.

The library is optional (`hocket[link]`): it contains Ableton Link, which is GPL-2.0-or-later. Link finds its peers by
multicast on the local network, so nothing of it runs unless `--sync link` asks for it.
"""

from typing import Any

from realtime.errors import UsageError
from realtime.music.units import PPQ, TempoAnchor, check_bpm
from realtime.player.sync.source import Heading, SyncSource

MISSING = (
    "--sync link needs the Ableton Link library: pip install 'hocket[link]' "
    "(LinkPython-extern; it contains Link, which is GPL-2.0-or-later)"
)


def join_link(bpm: float) -> Any:
    """A member of the session on this network; `UsageError` without the library."""
    try:
        from link import Link
    except ImportError:
        raise UsageError(MISSING) from None
    peer = Link(bpm)
    peer.enabled = True
    return peer


class LinkSync(SyncSource):
    """Follows the session `peer` is in: ticks are the session's beats, with bar lines where the others have theirs.

    Without `start_stop` it always plays; with it, the session's start is the song's beginning, on a bar line.
    """

    name, what = "link", "Ableton Link"

    def __init__(self, peer: Any, *, bar_ticks: int, start_stop: bool) -> None:
        self._peer, self._quantum, self._start_stop = peer, bar_ticks / PPQ, start_stop
        self._peer.startStopSyncEnabled = start_stop
        self._playing = not start_stop
        self._jumps = 0

    def heading(self, now_ns: int) -> Heading:
        """By the session's state now."""
        micros = self._peer.clock().micros()  # another clock than ours: read at the same moment
        state = self._peer.captureAppSessionState()
        is_playing = state.isPlaying() or not self._start_stop
        if is_playing and not self._playing:
            state.requestBeatAtStartPlayingTime(0.0, self._quantum)
            self._peer.commitAppSessionState(state)
            self._jumps += 1
        self._playing = is_playing
        line = TempoAnchor.through(state.beatAtTime(micros, self._quantum) * PPQ, now_ns, state.tempo())
        return Heading(playing=is_playing, jumps=self._jumps, line=line, peers=int(self._peer.numPeers()))

    def start(self) -> None:
        """For the whole session, on its next bar line."""
        self._set_playing(True)

    def stop(self) -> None:
        """For the whole session, at once."""
        self._set_playing(False)

    def set_bpm(self, bpm: float) -> None:
        """For the whole session."""
        check_bpm(bpm)
        state = self._peer.captureAppSessionState()
        state.setTempo(bpm, self._peer.clock().micros())
        self._peer.commitAppSessionState(state)

    def close(self) -> None:
        """Leave the session."""
        self._peer.enabled = False

    def _set_playing(self, playing: bool) -> None:
        if not self._start_stop:
            raise UsageError("start and stop are not shared with this Link session: add --start-stop")
        state, micros = self._peer.captureAppSessionState(), self._peer.clock().micros()
        if playing:
            state.setIsPlayingAndRequestBeatAtTime(True, micros, 0.0, self._quantum)
        else:
            state.setIsPlaying(False, micros)
        self._peer.commitAppSessionState(state)
