"""The rack's parts: one that answers in turns, and those that play on and on in cycles."""
