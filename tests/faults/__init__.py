"""The 25 faults that must not hurt anyone, each injected for real; what the outside hears of them is what counts.

`table.py` says for each fault which test shows it; `python -m tests.faults` prints the table with what was measured
when the tests ran last (`build/faults.json`). `make soak` does all of it at random while music plays (`soak.py`).
"""
