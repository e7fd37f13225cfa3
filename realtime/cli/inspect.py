"""Verbs that look at what is installed: models, doctor."""

import typer

from realtime.cli.output import print_json, print_table, say
from realtime.cli.values import one_of
from realtime.errors import BundleError


def models(
    action: str = typer.Argument("list", help="list, or verify: recompute each model's golden outputs."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object."),
) -> None:
    """What models are installed: size, speed on this machine, controls; `verify` checks that they compute rightly."""
    from realtime.model_check import ModelReport, report_models

    one_of("action", action, ("list", "verify"))
    reports = report_models(verify=action == "verify")
    if as_json:
        print_json({"models": reports})
    else:
        for report in reports:
            _show(report)
        if not reports:
            say("no models installed; `hocket export` makes one, $HOCKET_MODELS names folders that hold some")
    broken = [report for report in reports if isinstance(report, ModelReport) and report.error]
    if broken:
        raise BundleError(broken[0].error)


def _show(report: "object") -> None:
    from realtime.model_check import ModelReport

    assert isinstance(report, ModelReport)
    if report.error:
        say(f"{report.name}: {report.error}")
        return
    verified = "" if report.verified is None else ", golden outputs reproduced"
    typer.echo(
        f"{report.name} ({report.kind}): {report.title}\n"
        f"  {report.params / 1e6:.1f} M parameters, {report.size_mb:.1f} MB, loads in {report.load_ms:.0f} ms, "
        f"{report.ms_per_bar:.2f} ms a bar here{verified}"
    )
    print_table(
        ("  " + c.name, c.range_text, f"default {c.default_text}", c.help)
        for c in report.controls
    )  # fmt: skip


def doctor(as_json: bool = typer.Option(False, "--json", help="One JSON object.")) -> None:
    """Check this machine: MIDI systems, models, timing, sound, window, folders. Each failing line says how to mend it;
    the exit code is 1 where Hocket cannot play. Nothing in it is personal: it may go into a bug report as it is."""
    from realtime.doctor import examine

    checks = examine()
    well = all(check.ok or not check.needed for check in checks)
    if as_json:
        print_json({"ok": well, "checks": checks})
    else:
        print_table(("ok" if c.ok else "FAIL" if c.needed else "--", c.name, c.detail) for c in checks)
        for check in checks:
            if not check.ok and check.fix:
                say(f"{check.name}: {check.fix}")
    if not well:
        raise typer.Exit(1)
