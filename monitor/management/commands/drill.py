import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from monitor.models import ClinicLine
from notifications.models import Drill, Page, Team
from notifications.oncall import drill_report, drills
from notifications.oncall.drill_report import Report
from notifications.oncall.swapping import NotPossible

LOOK_EVERY_SECONDS = 0.5


class Command(BaseCommand):
    help = (
        "Begin a drill of a clinic's on-call team: a synthetic red flag, about nobody, through "
        "the real channels. Waits until somebody acknowledges it, or it is over, and says how "
        "long each step took. With --past, only says how earlier ones went. Exit status 1 when "
        "nobody acknowledged it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", required=True, help="The clinic's short name (slug).")
        parser.add_argument(
            "--past", action="store_true", help="Begin none: list earlier ones."
        )
        parser.add_argument(
            "--wait",
            type=float,
            default=3600.0,
            help="Seconds to wait for its end; 0 begins it and says how to follow it.",
        )
        parser.add_argument("--json", action="store_true", help="Print it for machines.")

    def handle(self, *_args: Any, **options: Any) -> None:
        line = ClinicLine.objects.filter(clinic__slug=options["clinic"]).first()
        if line is None:
            known = ", ".join(ClinicLine.objects.values_list("clinic__slug", flat=True))
            raise CommandError(
                f"No clinic {options['clinic']!r} has a line. Known: {known or 'none'}."
            )
        team = Team.objects.get(pk=line.team_id)
        if options["past"]:
            self._print(drill_report.past(team), as_json=options["json"])
            return
        try:
            drill = drills.start(team, by=None, now=timezone.now())
        except NotPossible as why:
            raise CommandError(str(why)) from None
        report = self._follow(drill, seconds=options["wait"])
        self._print([report], as_json=options["json"])
        if report.result == "nobody":
            raise CommandError("Nobody acknowledged the drill.")

    def _follow(self, drill: Drill, *, seconds: float) -> Report:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            drill = Drill.objects.select_related("page", "team").get(pk=drill.pk)
            if drill.page is not None and drill.page.state == Page.State.CLOSED:
                break
            time.sleep(LOOK_EVERY_SECONDS)
        return drill_report.of(drill)

    def _print(self, reports: list[Report], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps([report.to_json() for report in reports]))
            return
        if not reports:
            self.stdout.write("There was no drill yet.")
        for report in reports:
            self.stdout.write(
                f"DRILL {report.reference}  {report.started_at:%Y-%m-%d %H:%M} UTC  "
                f"{_result(report)}"
            )
            for rung, called in report.rungs:
                self.stdout.write(f"  rung {rung}  called after {called:.1f} s")
            for call in report.calls:
                self.stdout.write(
                    f"    {call.name:<20} {call.channel:<7} accepted {_seconds(call.accepted)}"
                    f"  heard {_seconds(call.heard)}"
                    f"{f'  LOST: {call.lost}' if call.lost else ''}"
                )


def _result(report: Report) -> str:
    if report.result == "acknowledged":
        return f"acknowledged by {report.by} ({report.via}) after {report.acknowledged:.1f} s"
    return {
        "nobody": "NOBODY acknowledged it",
        "yielded": "gave way to a real page",
        "running": "still running; see it again with --past",
    }[report.result]


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"
