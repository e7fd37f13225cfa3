"""Errors a user can meet. Each says what was got, what was expected and what to do; each has its exit code."""

from typing import ClassVar


class HocketError(Exception):
    """Base of all errors that end a command with one line on stderr and `exit_code`."""

    exit_code: ClassVar[int] = 1

    def __str__(self) -> str:
        """One line that can be shown, whatever a file from outside has put into it."""
        text = super().__str__()
        return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class UsageError(HocketError):
    """A value on the command line or of a control is out of range or unknown."""

    exit_code = 2


class PortError(HocketError):
    """A MIDI port is missing or busy."""

    exit_code = 3


class FileError(HocketError):
    """A file cannot be read or written, or does not hold what it should."""

    exit_code = 4


class BundleError(HocketError):
    """A model bundle is missing, broken, or not one this program knows."""

    exit_code = 5


class DeviceLostError(HocketError):
    """A device, server or process that was in use went away."""

    exit_code = 6
