from datetime import UTC, datetime
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from monitor.crowd.clinics import EVERYWHERE
from monitor.crowd.filling import Crowd, Occupied, fill


class Command(BaseCommand):
    help = "Fill an empty database with a crowd of made-up patients, to measure or look at."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patients", type=int, default=200_000)
        parser.add_argument("--clinics", type=int, default=4, help="1 to 8.")
        parser.add_argument("--a-day", type=int, default=160, help="Procedures, of all.")
        parser.add_argument("--seed", type=int, default=0, help="Same seed, same patients.")
        parser.add_argument("--now", help="Up to when: 2026-03-03T15:00Z; or now.")
        parser.add_argument("--password", help="Of the staff; without it none can sign in.")

    def handle(self, *_args: Any, **options: Any) -> None:
        crowd = Crowd(
            patients=options["patients"],
            clinics=options["clinics"],
            a_day=options["a_day"],
            seed=options["seed"],
        )
        if crowd.patients < 1 or crowd.a_day < 1 or not 1 <= crowd.clinics <= 8:
            raise CommandError("--patients and --a-day are at least 1, --clinics is 1 to 8.")
        started = monotonic()
        try:
            rows = fill(
                crowd,
                now=_moment(options["now"]),
                password=options["password"],
                progress=self._progress,
            )
        except Occupied as why:
            raise CommandError(str(why)) from None
        for name, number in rows.items():
            self.stdout.write(f"{number:>12,} {name}")
        self.stdout.write(
            f"In {monotonic() - started:.0f} s. {EVERYWHERE} works at every clinic; "
            "their numbers reach no network."
        )

    def _progress(self, done: int) -> None:
        if done % 20_000 == 0:
            self.stderr.write(f"{done:,} patients ...")


def _moment(entered: str | None) -> datetime:
    if entered is None:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(entered)
    except ValueError:
        raise CommandError("Write --now as in 2026-03-03T15:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
