"""`manage.py report --clinic X --month 2026-10`: the month on one page, as PDF."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from monitor.dashboard import monthly_report
from monitor.dashboard.figure_filters import month_asked
from monitor.figures.scope import Scope
from patients.models import Clinic


class Command(BaseCommand):
    """Reads only; the report names staff and no patient."""

    help = "Write the monthly report of a clinic for clinical governance: one page, as PDF."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The clinic, the month, and where to."""
        parser.add_argument("--clinic", required=True, help="The clinic's short name (slug).")
        parser.add_argument(
            "--month", default="", help="As in 2026-10; the last whole month unless set."
        )
        parser.add_argument(
            "--language", default="en", choices=[code for code, _ in settings.LANGUAGES]
        )
        parser.add_argument("--out", default="", help="The file; CLINIC-MONTH.pdf unless set.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file, and say where it is."""
        clinic = Clinic.objects.filter(slug=options["clinic"]).first()
        if clinic is None:
            known = ", ".join(Clinic.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(f"No clinic {options['clinic']!r}. Known: {known or 'none'}.")
        now = timezone.now()
        try:
            first, last = month_asked(options["month"], clinic, now=now)
        except ValueError:
            raise CommandError(
                f"{options['month']!r} is no month; write it as in 2026-10."
            ) from None
        with translation.override(options["language"]):
            body = monthly_report.report(Scope(clinic, first, last), now=now)
        path = Path(options["out"] or f"{clinic.slug}-{first:%Y-%m}.pdf")
        path.write_bytes(body)
        self.stdout.write(f"{path}: {clinic}, {first:%Y-%m}")
