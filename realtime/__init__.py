"""Hocket's live side: music core, bundles, generators, engine, player, synth, command line.

Imports neither torch nor Qt (`tests/test_layers.py` holds it to that).
"""

__version__ = "0.1.0"
