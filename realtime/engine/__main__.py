"""`python -m realtime.engine`."""

import os
import sys
import traceback

from realtime.engine.process import main

code = 1
try:
    code = main()
except BaseException:
    traceback.print_exc()
sys.stdout.flush()
sys.stderr.flush()
# All notes are released by now. A normal exit would wait for threads that read the pipe.
os._exit(code)
