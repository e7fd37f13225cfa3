"""What a check tells, and how it is kept free of what is personal."""

import getpass
import re
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from realtime.errors import HocketError


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One line: what was looked at, what was found, and what to do if it is not ok."""

    name: str
    ok: bool
    detail: str
    fix: str = ""
    needed: bool = True  # False: Hocket plays without it


def looked(name: str, look: Callable[[], str], fix: str, *, needed: bool = False) -> Check:
    """A check by a function that tells what it found, or raises why there is nothing."""
    try:
        return Check(name=name, ok=True, detail=look(), needed=needed)
    except (HocketError, OSError, ImportError) as error:
        return Check(name=name, ok=False, detail=str(error), fix=fix, needed=needed)


def by_system(fixes: dict[str, str]) -> str:
    """What helps on this system; other Unixes are like Linux."""
    return fixes.get(sys.platform, fixes["linux"])


def impersonal(check: Check, *, home: Path | None = None, user: str | None = None) -> Check:
    """The same without anybody's folders and name in it: it is copied into bug reports."""
    home = home or Path.home()
    try:
        user = user or getpass.getuser()
    except (OSError, KeyError):  # nobody in particular
        user = ""

    def clean(text: str) -> str:
        for folder in sorted({str(home), str(home.resolve())}, key=len, reverse=True):
            if len(folder) > 1:
                text = re.sub(re.escape(folder) + r"(?![\w.-])", "~", text)
        return re.sub(rf"(?<=[/\\]){re.escape(user)}(?=[/\\])", "USER", text) if user else text

    return msgspec.structs.replace(check, detail=clean(check.detail), fix=clean(check.fix))
