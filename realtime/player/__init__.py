"""The player process: MIDI ports, clock, timeline, every sounding note and its note-off.

Start it with `python -m realtime.player`; it speaks `realtime.wire` frames on stdin and stdout.
It imports no numpy, no onnxruntime and no Qt, and waits for no other process.
"""
