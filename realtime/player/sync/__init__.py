"""Who leads the beat: Hocket's own clock, MIDI clock, JACK transport or Ableton Link; and MIDI clock to others."""
