"""From a trained network to a bundle: graphs, int8, parity, manifest."""
