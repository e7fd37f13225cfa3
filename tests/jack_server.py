"""A JACK server of our own on the dummy (soundless) driver, under its own name; nothing else is touched."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType

START_SECONDS = 10.0
# A jackd that ends before it has noticed the deaths of its clients dies of SIGPIPE, and keeps its place: a machine has
# eight.
SETTLE_SECONDS = 0.4


class JackServer:
    """Sets the environment so that this process and its children find this server and no other."""

    def __init__(self, log: Path, *, name: str, period: int = 512, rate: int = 48_000) -> None:
        # Sample offsets make the period irrelevant to accuracy, and a long one gets no xruns on a busy machine.
        self.name, self.period, self.rate = name, period, rate
        self._log = log
        self._old: dict[str, str | None] = {}
        self.process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_installed() -> bool:
        return shutil.which("jackd") is not None and shutil.which("jack_lsp") is not None

    @property
    def environment(self) -> dict[str, str]:
        return {
            "JACK_DEFAULT_SERVER": self.name,
            "JACK_NO_START_SERVER": "1",
            "JACK_NO_AUDIO_RESERVATION": "1",
        }

    @property
    def xruns(self) -> int:
        return self._log.read_text(errors="replace").count("XRun")

    def start(self) -> None:
        # FIFO for root only: elsewhere jackd may refuse to start with it.
        realtime = ["-R", "-P", "70"] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["-r"]
        driver = ["-d", "dummy", "-r", str(self.rate), "-p", str(self.period)]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                ["jackd", "-n", self.name, *realtime, *driver], stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            answer = subprocess.run(
                ["jack_lsp"], env={**os.environ, **self.environment}, capture_output=True, check=False
            )
            if answer.returncode == 0:
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"jackd is not ready: {self._log.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        if self.process is None:
            return
        time.sleep(SETTLE_SECONDS)
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def __enter__(self) -> "JackServer":
        self._old = {key: os.environ.get(key) for key in self.environment}
        os.environ.update(self.environment)
        try:
            self.start()
        except BaseException:
            self._restore()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._restore()

    def _restore(self) -> None:
        for key, value in self._old.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
