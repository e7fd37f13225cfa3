"""Networks only: no data, no optimiser, no I/O."""
