"""`manage.py evaluate`: the reader's measures on labelled texts, against their bounds."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitor.reading.evaluate import report

HELD = Path("tests/monitor/reading/held")


class Command(BaseCommand):
    """Prints every measure, what each finding reaches, and the misses themselves."""

    help = "Measure the reader on labelled texts that no rule was tuned on."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder of labelled texts."""
        parser.add_argument("folder", nargs="?", type=Path, default=HELD)

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 where a bound is missed."""
        try:
            lines, met = report(options["folder"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(lines))
        if not met:
            sys.exit(1)
