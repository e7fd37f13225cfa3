"""`hocket doctor`: what works on this machine, and how to mend what does not."""

from realtime.doctor.check import Check
from realtime.doctor.examination import examine

__all__ = ["Check", "examine"]
