"""Model bundles: whether they are whole and compute what they should."""

from collections.abc import Iterator
from typing import Final

from realtime.doctor.check import Check
from realtime.model_check import report_models

BEAT_MS: Final = 2000.0  # a bar of 4/4 at 120 beats a minute


def models() -> Iterator[Check]:
    """One line a bundle; at least one is needed."""
    usable = 0
    for report in report_models(verify=True):
        in_time = report.ms_per_bar < BEAT_MS
        usable += not report.error and in_time
        detail = report.error or f"{report.kind}, {report.size_mb:.1f} MB, {report.ms_per_bar:.2f} ms a bar, verified"
        fix = "copy the bundle's folder again or export it again" if report.error else ""
        if not report.error and not in_time:
            detail, fix = f"{detail}; too slow for 120 beats a minute", "close busy programs, or leave this model out"
        yield Check(name=f"model {report.name}", ok=not report.error and in_time, detail=detail, fix=fix)
    if not usable:
        fix = "copy the folder exported_models of the project here, or name one with $HOCKET_MODELS"
        yield Check(name="models", ok=False, detail="none that can play", fix=fix)
