"""A JACK server of the test's own on the dummy driver, and what sounds on it."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

SAMPLE_RATE = 48_000


@contextmanager
def private_jack(name: str, *, period: int = 256) -> Iterator[None]:
    """Run jackd under `name`; the caller has set JACK_DEFAULT_SERVER to the same."""
    command = ["jackd", "-n", name, "-r", "-d", "dummy", "-r", str(SAMPLE_RATE), "-p", str(period)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if subprocess.run(["jack_lsp"], capture_output=True, check=False).returncode == 0:
                break
            assert server.poll() is None, "jackd ended"
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait(10)


def has_jack() -> bool:
    return shutil.which("jackd") is not None and shutil.which("jack_lsp") is not None


def environment_for(name: str) -> dict[str, str]:
    return {"JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1", "JACK_NO_AUDIO_RESERVATION": "1"}


def server_name() -> str:
    return f"hocket-synth-{os.getpid()}"
