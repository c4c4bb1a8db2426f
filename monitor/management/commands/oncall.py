import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from monitor.models import ClinicLine
from notifications.models import Page, Team
from notifications.oncall import ladder, report, rota, rotation


class Command(BaseCommand):
    help = (
        "Say who is on call for a clinic now, next, and on the day of a moment, and who of the "
        "rota is not ready to be on call. With --page, "
        "whom a page that opened at that moment would call, rung by rung."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", required=True, help="The clinic's short name (slug).")
        parser.add_argument(
            "--at",
            default="",
            help="As in 2026-03-08T02:30, on the team's clock; now unless set.",
        )
        parser.add_argument("--page", choices=Page.Level.values, help="Preview this level.")
        parser.add_argument("--json", action="store_true", help="Print it for machines.")

    def handle(self, *_args: Any, **options: Any) -> None:
        line = ClinicLine.objects.filter(clinic__slug=options["clinic"]).first()
        if line is None:
            known = ", ".join(ClinicLine.objects.values_list("clinic__slug", flat=True))
            raise CommandError(
                f"No clinic {options['clinic']!r} has a line. Known: {known or 'none'}."
            )
        team = Team.objects.get(pk=line.team_id)
        for at in _moments(options["at"], ZoneInfo(team.time_zone)):
            if options["page"]:
                self._preview(team, options["page"], at, as_json=options["json"])
            else:
                self._who(report.who(team, at=at), as_json=options["json"])

    def _who(self, found: report.Report, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(found.to_json()))
            return
        zone = found.roster.zone
        self.stdout.write(f"{found.roster.team.name}, {_wall(found.at, zone)} ({zone})")
        for one in found.lines:
            self.stdout.write(f"{one.line.name}")
            self.stdout.write(f"  now    {_shift(found, one.now)}")
            self.stdout.write(f"  next   {_shift(found, one.next)}")
            for shift in one.day:
                self.stdout.write(f"  day    {_shift(found, shift)}")
        for name, why in found.unready():
            self.stdout.write(f"NOT READY  {name}: {why}")

    def _preview(self, team: Team, level: str, at: datetime, *, as_json: bool) -> None:
        roster, rungs = report.ladder_at(team, level=level, at=at)
        names = {key: person.name for key, person in roster.people.items()}
        if as_json:
            plain = [_rung(rung, names, roster.zone) for rung in rungs]
            self.stdout.write(json.dumps({"team": team.name, "level": level, "rungs": plain}))
            return
        self.stdout.write(f"{team.name}, {level}, {_wall(at, roster.zone)} ({roster.zone})")
        for rung in rungs:
            for empty in rung.empty:
                self.stdout.write(f"  rung {empty + 1}  skipped: nobody stands on it")
            called = ", ".join(names[key] for key in rung.people) or "NOBODY"
            self.stdout.write(
                f"  rung {rung.number + 1}  {_wall(rung.at, roster.zone)}  {called}"
            )


def _moments(text: str, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants that were meant: two, where the clocks show that time twice."""
    if not text:
        return (timezone.now(),)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is no time; write it as in 2026-03-08T02:30.") from None
    return rotation.readings(at, zone) if at.tzinfo is None else (at,)


def _wall(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}"


def _shift(found: report.Report, shift: rota.Shift | None) -> str:
    if shift is None:
        return "nobody in the next 90 days"
    zone = found.roster.zone
    span = f"{_wall(shift.starts_at, zone)} to {_wall(shift.ends_at, zone)}"
    return f"{found.name(shift) or 'NOBODY'}  {span}  ({shift.why.value.replace('_', ' ')})"


def _rung(rung: ladder.Rung, names: dict[int, str], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "rung": rung.number + 1,
        "at": rung.at.astimezone(zone).isoformat(timespec="seconds"),
        "people": [names[key] for key in rung.people],
        "skipped": [number + 1 for number in rung.empty],
    }
