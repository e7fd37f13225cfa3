"""Painted widgets: they know neither engine nor view-model; values go in by setters, what the user does comes out."""
