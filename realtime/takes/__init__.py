"""Takes: what was played, kept as it was, with where it came from."""
