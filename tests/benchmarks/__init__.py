"""How fast it is, beside others, measured the same way each time. `python -m tests.benchmarks` runs them all.

Each benchmark is a module that ends with one line of JSON (`--json`: that line alone on stdout).
"""
