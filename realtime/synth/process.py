"""The live synth process: frames in on stdin, sound out; one JSON line on stdout when ready, failed or ended.

Threads: the main thread watches FluidSynth's clock; a reader thread schedules frames; FluidSynth's own thread makes
the sound. No Python runs in the audio path. It ends on EOF, so it cannot outlive the process that plays it.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from realtime.synth.errors import SynthError
from realtime.synth.fluid import Fluid, LiveFluid
from realtime.synth.frames import FRAME_BYTES, unpack
from realtime.synth.outputs import choose, find_outputs
from realtime.synth.schedule import SynthScheduler, TickClock, latency_for
from realtime.synth.soundfont import find_soundfont

SAMPLE_RATE = 48_000
GAIN = 0.5  # a single line is heard beside other programs (0.12 left it near -40 dB); 20 loud voices at once may clip
OBSERVE_SECONDS = 0.02
STALL_SECONDS = 2.0  # no audio for so long: the device is gone
RELEASE_SECONDS = 0.3
# A running JACK server owns the sound card, so it comes first; a driver this FluidSynth lacks just fails.
DRIVERS = {
    "linux": ("jack", "pipewire", "pulseaudio", "alsa"),
    "darwin": ("coreaudio", "jack"),
    "win32": ("wasapi", "dsound", "waveout"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the process; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m realtime.synth", description=__doc__.splitlines()[0])
    parser.add_argument("--soundfont", type=Path, help="an .sf2 or .sf3 file")
    parser.add_argument("--device", help="the audio driver's device name")
    parser.add_argument("--driver", help="FluidSynth's audio driver, e.g. jack, alsa, coreaudio, wasapi")
    parser.add_argument("--output", help="instead of both: (part of) an audio device's name")
    options = parser.parse_args(arguments)
    os.environ["JACK_NO_START_SERVER"] = "1"  # libjack would start a server to look for one
    try:
        soundfont = find_soundfont(options.soundfont)
        instead = ""
        if options.output:
            live, instead = open_output(soundfont, options.output)
        else:
            live = open_live(soundfont, drivers=_drivers(options.driver), device=options.device)
        return run(live, soundfont, instead)
    except SynthError as error:
        _report(error=str(error))
        return error.exit_code


def open_live(soundfont: Path, *, drivers: Sequence[str], device: str | None) -> LiveFluid:
    """A playing FluidSynth through the first driver that opens. Raises `SynthError` if none does."""
    failed: list[str] = []
    for driver in drivers:
        fluid = Fluid(soundfont, sample_rate=SAMPLE_RATE, gain=GAIN)
        try:
            return LiveFluid(fluid, driver=driver, device=device)
        except SynthError as error:
            failed.append(str(error))
            fluid.close()
    raise SynthError(
        f"no audio device for the built-in sound ({'; '.join(failed)}); connect one or start JACK, "
        "or choose with --driver and --device"
    )


def open_output(soundfont: Path, name: str) -> tuple[LiveFluid, str]:
    """A playing FluidSynth on the audio device of that name, or on the usual one and why. Raises `SynthError`."""
    try:
        output = choose(find_outputs(), name)
        return open_live(soundfont, drivers=(output.driver,), device=output.device), ""
    except SynthError as error:
        return open_live(soundfont, drivers=_drivers(None), device=None), str(error)


def run(live: LiveFluid, soundfont: Path, instead: str = "") -> int:
    """Play frames from stdin until EOF, SIGTERM or the loss of the audio device. `instead`: why it is not the device
    that was asked for."""
    clock = TickClock()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if not sys.stdin.isatty():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the player's: it ends us by closing the pipe
    _settle(live, clock)
    scheduler = SynthScheduler(live, clock, latency_ticks=latency_for(clock))
    reader = threading.Thread(target=_read, args=(scheduler, stop), name="synth-reader", daemon=True)
    reader.start()
    latency_ms = round(latency_for(clock) / 10, 1)
    _report(ready=True, driver=live.driver, soundfont=str(soundfont), latency_ms=latency_ms, instead=instead)
    if not _watch(live, clock, stop):
        _report(error=f"the audio device went away ({live.driver})")
        sys.stdout.flush()
        os._exit(SynthError.exit_code)  # closing a driver whose server is gone may hang
    live.silence()
    time.sleep(RELEASE_SECONDS)
    live.close()
    _report(ended=True, events=scheduler.events, late_ons_dropped=scheduler.late_ons_dropped)
    return 0


def _settle(live: LiveFluid, clock: TickClock) -> None:
    """Observe the clock over about 0.2 s, in steps that do not lock to the audio period."""
    deadline = time.monotonic() + STALL_SECONDS
    start = live.tick()
    while live.tick() == start:
        if time.monotonic() > deadline:
            raise SynthError(f"the audio device does not run ({live.driver})")
        time.sleep(0.005)
    for _ in range(64):
        clock.observe(live.tick(), time.monotonic_ns())
        time.sleep(0.0023)


def _watch(live: LiveFluid, clock: TickClock, stop: threading.Event) -> bool:
    """Follow the clock until `stop`; False if it stands still."""
    last_tick, moved = live.tick(), time.monotonic()
    while not stop.wait(OBSERVE_SECONDS):
        tick, now_ns = live.tick(), time.monotonic_ns()
        if tick != last_tick:
            last_tick, moved = tick, now_ns / 1e9
            clock.observe(tick, now_ns)
        elif now_ns / 1e9 - moved > STALL_SECONDS:
            return False
    return True


def _read(scheduler: SynthScheduler, stop: threading.Event) -> None:
    """Reader thread: whole frames from stdin to the scheduler; EOF stops the process."""
    pending = b""
    descriptor = sys.stdin.fileno()
    while data := os.read(descriptor, 4096):
        pending += data
        whole = len(pending) - len(pending) % FRAME_BYTES
        for start in range(0, whole, FRAME_BYTES):
            frame = unpack(pending[start : start + FRAME_BYTES])
            if frame is not None:
                scheduler.accept(frame, time.monotonic_ns())
        pending = pending[whole:]
    stop.set()


def _drivers(chosen: str | None) -> tuple[str, ...]:
    return (chosen,) if chosen else DRIVERS.get(sys.platform, ("jack", "alsa", "oss"))


def _report(**fields: object) -> None:
    print(json.dumps(fields), flush=True)
