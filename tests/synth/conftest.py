from pathlib import Path

import pytest

from realtime.synth.errors import SynthError
from realtime.synth.library import extra
from realtime.synth.soundfont import find_soundfont


@pytest.fixture(scope="session")
def soundfont() -> Path:
    """A real soundfont, on a machine whose FluidSynth loads."""
    try:
        extra()
        return find_soundfont()
    except SynthError as error:
        pytest.skip(str(error))
