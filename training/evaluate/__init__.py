"""Held-out scores of exported bundles, and the baselines beside them."""
