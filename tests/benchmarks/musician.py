"""Another program that plays into Hocket's JACK input: lines `TIME_NS HEX` on stdin, times monotonic and rising."""

import sys
import time

from tests.player.jack_peer import JackPeer


def main() -> int:
    """Play what is asked for until stdin ends."""
    peer = JackPeer("musician")
    peer.connect(listens=False)
    for line in sys.stdin:
        time_ns, data = line.split()
        time.sleep(max(0.0, (int(time_ns) - time.monotonic_ns()) / 1e9))
        peer.play(bytes.fromhex(data))
    peer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
