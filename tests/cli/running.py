"""`hocket run` as a person at a terminal has it, on the memory back end."""

import base64
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 20.0


class Running:
    """A process that plays; what it reports is read from its trace."""

    def __init__(self, folder: Path, *options: str | Path) -> None:
        self._trace = folder / "trace.jsonl"
        self._trace.unlink(missing_ok=True)
        command = [sys.executable, "-m", "realtime", "run", "--trace", self._trace, *options]
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder
        )
        self.wait("RackChanged")

    def reports(self, kind: str, **having: Any) -> list[dict[str, Any]]:
        if not self._trace.exists():
            return []
        lines = [json.loads(line) for line in self._trace.read_text().splitlines() if line.endswith("}")]
        return [line for line in lines if line["type"] == kind and all(line[k] == v for k, v in having.items())]

    def wait(self, kind: str, count: int = 1, **having: Any) -> list[dict[str, Any]]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(found := self.reports(kind, **having)) < count:
            assert self.process.poll() is None, self.process.communicate()[1]
            if time.monotonic() > deadline:
                self.process.kill()
                raise AssertionError(f"waited for {count} {kind} with {having}: {self.process.communicate()[1]}")
            time.sleep(0.02)
        return found

    def say(self, *lines: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.writelines(f"{line}\n" for line in lines)
        self.process.stdin.flush()

    def channels(self, part: str) -> set[int]:
        """The MIDI channels, 1..16, on which a part has played; waits for its first note."""
        return {self.data(sent)[0] % 16 + 1 for sent in self.wait("Sent", part=part)}

    @staticmethod
    def data(sent: dict[str, Any]) -> bytes:
        return base64.b64decode(sent["data"])

    def hung(self) -> int:
        """Note-ons without their note-off."""
        kinds = [self.data(sent)[0] & 0xF0 for sent in self.reports("Sent")]
        return kinds.count(0x90) - kinds.count(0x80)

    def end(self) -> str:
        """Let it end, as it should; returns what it said."""
        silenced = len(self.reports("Silenced"))
        self.say("panic")
        self.wait("Silenced", silenced + 1)
        self.say("quit")
        _, said = self.process.communicate(timeout=20)
        assert self.process.returncode == 0, said
        assert "Traceback" not in said
        assert self.hung() == 0
        return said
