"""From files to batches: read melodies, split, draw augmented windows."""
