"""The session that Hocket begins with: four parts, of which the first answers what is played."""

from typing import Final

from gui.viewmodels.settings import Preferences
from realtime.engine.setup import PartSetup, Turns
from realtime.session import Ports, Remote, Session, Time

BPM: Final = 112.0
# Sounds (1..128, General MIDI) that keep the parts apart: piano, vibraphone, strings, choir.
PARTS: Final = (
    PartSetup(model="continue", name="continue", channel=1, program=1),
    PartSetup(model="morph", name="morph", channel=2, program=12, playing=False),
    PartSetup(model="quartet", name="quartet", channel=3, program=49, playing=False),
    PartSetup(model="sketch", name="sketch", channels=(7, 8, 9, 11), program=53, playing=False),  # 10 is the drums'
)


def first_session(preferences: Preferences) -> Session:
    """Four parts on channels of their own. Continue answers; the others wait until they are switched on."""
    return Session(
        ports=Ports(
            backend=preferences.backend,
            input=preferences.input,
            output=preferences.output,
            thru=preferences.thru,
            sound=preferences.sound,
            soundfont=preferences.soundfont,
            audio=preferences.audio,
        ),
        time=Time(bpm=BPM),
        turns=Turns(grid="beat", length="phrase"),
        remote=Remote(osc=preferences.osc),
        part=PARTS,
    )
