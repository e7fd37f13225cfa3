"""`python -m realtime.synth`: the live synth process."""

import sys

from realtime.synth.process import main

if __name__ == "__main__":
    sys.exit(main())
