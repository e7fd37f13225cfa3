"""One module a MIDI system, all behind `realtime.player.ports.MidiIO`."""
