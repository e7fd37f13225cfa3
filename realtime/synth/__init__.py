"""Built-in sound: FluidSynth in processes of its own, so that a broken soundfont can only end those.

`client` starts the live synth (stdlib only: the player uses it), `render` writes WAV files, `audio` plays them.
"""
