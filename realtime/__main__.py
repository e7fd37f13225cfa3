"""`python -m realtime` is `hocket`."""

from realtime.cli import main

main()
