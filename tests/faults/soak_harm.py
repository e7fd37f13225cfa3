"""The harm that the soak does: one function each, in a table."""

import os
import signal
import socket
import time
from collections.abc import Callable
from typing import Final

from realtime.engine.commands import AddPart, Forward, Launch, RemovePart, Reroll, SetControl, SwapModel
from realtime.engine.setup import PartSetup
from realtime.messages import Locate, Panic, SetSync, SetTempo, StartTransport, StopTransport, TapTempo
from realtime.player.midi_bytes import CLOCK, START, STOP, is_note_on, note_off, note_on, parse_channel_message
from tests.faults.soak_stage import Stage
from tests.faults.test_input import RUBBISH
from tests.faults.window_rig import roll

Act = Callable[[Stage], bool | None]  # False: there was nothing to do it to
KEYS: Final = 15  # the musician's channel
PARTS: Final = ("p0", "p1", "p2", "p3")
OSC_RUBBISH: Final = [
    b"",
    b"/",
    b"/x\0\0",
    b"#bundle\0" + bytes(8) + b"\xff" * 60,
    b"/part/p0/mute\0\0\0,f\0\0\x7f\xc0\0\0",
]


def unplug_output(stage: Stage) -> None:
    stage.tape.order("unplug")
    time.sleep(stage.rng.uniform(0.05, 1.5))
    stage.tape.order("plug")


def unplug_keys(stage: Stage) -> None:
    stage.keys.play(*(note_on(KEYS, pitch, 80) for pitch in (60, 64, 67)))
    time.sleep(0.2)
    stage.keys.close()
    time.sleep(stage.rng.uniform(0.05, 1.0))
    stage.keys = type(stage.keys)("keys", plays=True)


def flood_controllers(stage: Stage) -> None:
    end = time.monotonic() + stage.rng.uniform(0.3, 1.5)
    while time.monotonic() < end:
        stage.keys.play(*(bytes((0xB0 | KEYS, 1 + n % 60, stage.rng.randrange(128))) for n in range(100)))
        time.sleep(0.01)


def play_a_phrase(stage: Stage) -> None:
    for _ in range(stage.rng.randint(2, 8)):
        pitch = stage.rng.randint(50, 80)
        stage.keys.play(note_on(KEYS, pitch, 90))
        time.sleep(stage.rng.uniform(0.05, 0.25))
        stage.keys.play(note_off(KEYS, pitch))


def change_tempo(stage: Stage) -> None:
    for _ in range(stage.rng.randint(1, 20)):
        stage.ask(Forward(SetTempo(stage.rng.uniform(60, 240))))
        stage.ask(*[Forward(TapTempo())] * stage.rng.randint(0, 2))
        time.sleep(0.03)


def follow_a_clock(stage: Stage) -> None:
    stage.ask(Forward(SetSync(source="clock")))
    stage.keys.play(bytes((CLOCK,)), bytes((START,)))
    length = 60 / stage.rng.uniform(80, 180) / 24
    for _ in range(round(2.0 / length)):
        stage.keys.play(bytes((CLOCK,)))
        time.sleep(length)
    if stage.rng.random() < 0.5:
        stage.keys.play(bytes((STOP,)))
    stage.ask(Forward(SetSync(source="internal")), Forward(StartTransport()), Launch())


def follow_jack(stage: Stage) -> None:
    stage.ask(Forward(SetSync(source="jack")), Forward(StartTransport()))
    time.sleep(stage.rng.uniform(0.2, 1.5))
    stage.ask(Forward(Locate(stage.rng.randrange(0, 100_000))))
    time.sleep(0.3)
    stage.ask(Forward(SetSync(source="internal")), Forward(StartTransport()), Launch())


def stop_and_start(stage: Stage) -> None:
    for _ in range(stage.rng.randint(1, 4)):
        stage.ask(Forward(StopTransport()))
        time.sleep(stage.rng.uniform(0, 0.3))
        stage.ask(Forward(StartTransport()))
        time.sleep(stage.rng.uniform(0, 0.3))
    stage.ask(Launch())


def swap_bundles(stage: Stage) -> None:
    for _ in range(stage.rng.randint(1, 5)):
        stage.ask(SwapModel(stage.rng.choice(stage.bundles + stage.broken), "p1"))
        time.sleep(stage.rng.uniform(0, 0.3))


def add_and_remove(stage: Stage) -> None:
    stage.ask(RemovePart("more"))  # of the last time, where it had not been loaded yet when it was removed
    stage.ask(AddPart(PartSetup(model=stage.rng.choice(stage.bundles), name="more", channel=14)))
    time.sleep(stage.rng.uniform(0, 1.5))
    stage.ask(RemovePart("more"), RemovePart("nobody"))


def turn_knobs(stage: Stage) -> None:
    names = ("mute", "solo", "octave", "channel", "post.density", "density", "post.swing", "nonsense")
    for _ in range(60):
        value = stage.rng.choice((0.0, 1.0, stage.rng.uniform(-3, 3), float("nan")))
        stage.ask(SetControl(stage.rng.choice(names), value, stage.rng.choice(PARTS)))
        time.sleep(0.01)
    stage.ask(*(Reroll(part) for part in PARTS[1:]))
    stage.ask(*(SetControl(name, 0.0, part) for part in PARTS for name in ("mute", "solo")))


def panic(stage: Stage) -> None:
    stage.ask(Forward(Panic(everything=stage.rng.random() < 0.3)))
    time.sleep(0.3)
    stage.ask(Launch())


def send_rubbish(stage: Stage) -> None:
    for _ in range(30):
        some = stage.rng.randbytes(stage.rng.randint(1, 40))
        parsed = parse_channel_message(some)
        if parsed is None or not is_note_on(parsed):  # that would be a key that is held, and no rubbish
            stage.keys.play(stage.rng.choice(RUBBISH), some)
        time.sleep(0.005)


def send_osc(stage: Stage) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for _ in range(2000):
            some = stage.rng.choice((*OSC_RUBBISH, stage.rng.randbytes(stage.rng.randint(0, 300))))
            out.sendto(some, ("127.0.0.1", stage.second.port))
        out.sendto(bytes(60_000), ("127.0.0.1", stage.second.port))


def kill(role: str) -> Act:
    def act(stage: Stage) -> bool:
        pid = stage.pids().get(role)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)
        return pid is not None

    return act


def suspend(*roles: str) -> Act:
    def act(stage: Stage) -> None:
        pids = [pid for role, pid in stage.pids().items() if role in roles]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(stage.rng.uniform(0.1, 2.0))
        for pid in pids:
            os.kill(pid, signal.SIGCONT)

    return act


def restart_server(stage: Stage) -> None:
    (stage.server.kill if stage.rng.random() < 0.5 else stage.server.stop)()
    time.sleep(stage.rng.uniform(0.1, 2.0))
    stage.server.start()
    roll()


HARM: Final[dict[str, Act]] = {
    "output unplugged": unplug_output,
    "keyboard unplugged": unplug_keys,
    "controllers flooded": flood_controllers,
    "phrase played": play_a_phrase,
    "tempo changed": change_tempo,
    "clock followed": follow_a_clock,
    "JACK transport followed": follow_jack,
    "transport stopped": stop_and_start,
    "bundles swapped": swap_bundles,
    "part added, removed": add_and_remove,
    "knobs turned": turn_knobs,
    "panic": panic,
    "MIDI rubbish": send_rubbish,
    "OSC rubbish": send_osc,
    "engine killed": kill("engine"),
    "player killed": kill("player"),
    "synth killed": kill("synth"),
    "second Hocket killed": kill("second"),
    "window killed": kill("window"),
    "window's engine killed": kill("window's engine"),
    "window's player killed": kill("window's player"),
    "player suspended": suspend("player"),
    "engine suspended": suspend("engine"),
    "both suspended": suspend("engine", "player", "synth"),
    "server restarted": restart_server,
}
