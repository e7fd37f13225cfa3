"""`python -m realtime.player`."""

import os
import sys
import traceback

from realtime.player.process import main

code = 1
try:
    code = main()
except SystemExit as ending:  # argparse: a wrong argument, or --help
    code = ending.code if isinstance(ending.code, int) else 2
except BaseException:
    traceback.print_exc()
sys.stdout.flush()
sys.stderr.flush()
# Ports are closed by now. A normal exit would wait for threads that read the pipe or belong to libjack.
os._exit(code)
