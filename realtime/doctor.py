"""`hocket doctor`: what works on this machine, and how to mend what does not."""

import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib import metadata

import msgspec

from realtime.engine.player_link import PlayerLink, PlayerOptions
from realtime.errors import HocketError
from realtime.messages import Chunk, ChunkNote, FromPlayer, Ready, Sent
from realtime.model_check import report_models
from realtime.music.units import PPQ
from realtime.player.opening import list_ports
from realtime.player.ports import BackendMissingError

LATENESS_NOTES = 200
LATENESS_BPM = 300.0
GAP_TICKS = 24  # 10 ms at 300 beats a minute
VERSIONS = ("numpy", "onnxruntime", "mido", "python-rtmidi", "JACK-Client", "symusic", "msgspec", "pyfluidsynth")
MIDI_FIX = {
    "linux": "start a JACK or PipeWire server, or load the ALSA sequencer: sudo modprobe snd-seq",
    "darwin": "CoreMIDI is part of macOS; reinstall python-rtmidi",
    "win32": "make a loopback port (Windows MIDI Services or loopMIDI) and name it with --in and --out",
}


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One line: what was looked at, what was found, and what to do if it is not ok."""

    name: str
    ok: bool
    detail: str
    fix: str = ""
    needed: bool = True  # False: Hocket plays without it


def examine() -> list[Check]:
    """All checks, in the order a musician would need them."""
    checks = [_python(), *_midi(), *_models()]
    for look in (_timing, _synth, _audio):
        checks.append(look())
    checks.append(_versions())
    return checks


def _python() -> Check:
    version = platform.python_version()
    fits = (3, 11) <= sys.version_info[:2] <= (3, 12)
    fix = "use Python 3.11 or 3.12: python-rtmidi has no builds for others"
    return Check(name="python", ok=fits, detail=f"{version} on {platform.system()} {platform.machine()}", fix=fix)


def _midi() -> list[Check]:
    checks, working, ports = [], [], []
    for backend in ("jack", "rtmidi"):
        try:
            found = [port.name for port in list_ports(backend)]
        except BackendMissingError as error:
            checks.append(Check(name=f"midi {backend}", ok=False, needed=False, detail=str(error)))
            continue
        working.append(backend)
        ports += found
        checks.append(Check(name=f"midi {backend}", ok=True, detail=f"works, {len(found)} ports"))
    detail = f"{', '.join(working)}: {len(ports)} ports" if working else "no MIDI system: notes go to memory only"
    fix = MIDI_FIX.get(sys.platform, MIDI_FIX["linux"])
    return [*checks, Check(name="midi", ok=bool(working), detail=detail, fix=fix)]


def _models() -> list[Check]:
    checks = []
    for report in report_models(verify=True):
        detail = report.error or f"{report.kind}, {report.size_mb:.1f} MB, {report.ms_per_bar:.2f} ms a bar, verified"
        fix = "copy the bundle's folder again or export it again"
        checks.append(Check(name=f"model {report.name}", ok=not report.error, detail=detail, fix=fix))
    return checks or [Check(name="models", ok=False, detail="none installed", fix="`hocket export` makes one")]


def _guarded(name: str, look: Callable[[], str], fix: str) -> Check:
    try:
        return Check(name=name, ok=True, detail=look(), needed=False)
    except HocketError as error:
        return Check(name=name, ok=False, detail=str(error), fix=fix, needed=False)


def _synth() -> Check:
    from realtime.synth.library import fluidsynth
    from realtime.synth.soundfont import find_soundfont

    def look() -> str:
        fluidsynth()
        return f"FluidSynth with {find_soundfont(None).name}"

    return _guarded("built-in sound", look, "install FluidSynth and a sound font (`make setup` does)")


def _audio() -> Check:
    from realtime.synth.audio import list_outputs

    def look() -> str:
        outputs = list_outputs()
        return f"{len(outputs)} output devices" if outputs else "no output device: rendering to .wav still works"

    return _guarded("audio devices", look, "install PortAudio (`make setup` does)")


def _timing() -> Check:
    late_us, priority = measure_lateness()
    if len(late_us) < LATENESS_NOTES:
        return Check(name="timing", ok=False, detail="the player process sent nothing", fix="run `hocket demo`")
    ordered = sorted(late_us)
    p99, worst = ordered[int(0.99 * len(ordered))], ordered[-1]
    detail = f"p50 {statistics.median(ordered):.0f}, p99 {p99:.0f}, max {worst:.0f} us late; priority {priority}"
    fix = "allow real-time priority (Linux: the audio group's rtprio limit) and close busy programs"
    return Check(name="timing", ok=p99 <= 5000, detail=detail, fix=fix, needed=False)


def measure_lateness() -> tuple[list[float], str]:
    """Lateness (us) of each note-on of a real player process on the memory backend, and the priority it got."""
    late_us: list[float] = []

    def listen(message: FromPlayer | None) -> None:
        if isinstance(message, Sent) and message.data[0] & 0xF0 == 0x90:
            late_us.append((message.sent_ns - message.due_ns) / 1e3)

    link = PlayerLink(PlayerOptions(backend="memory", bpm=LATENESS_BPM, trace=True), listen)
    ready: Ready = link.wait_ready()
    start = PPQ  # a beat ahead
    notes = tuple(ChunkNote(start + i * GAP_TICKS, 60, GAP_TICKS // 2, 64) for i in range(LATENESS_NOTES))
    link.send(Chunk("doctor", 1, 0, start, notes))
    seconds = (start + LATENESS_NOTES * GAP_TICKS) * 60 / (LATENESS_BPM * PPQ)
    deadline = time.monotonic() + seconds + 1.0
    while len(late_us) < LATENESS_NOTES and time.monotonic() < deadline:
        time.sleep(0.02)
    link.close()
    return late_us, ready.realtime_priority


def _versions() -> Check:
    return Check(name="versions", ok=True, detail=", ".join(f"{name} {metadata.version(name)}" for name in VERSIONS))
