"""`manage.py read`: JSON lines of replies, or of short answers, on standard input."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from monitor.reading import batch


class Command(BaseCommand):
    """Prints one reading a line, in order; malformed lines go to standard error."""

    help = "Read patients' texts: JSON lines in, JSON lines out."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--answers` reads short answers to one question instead of replies."""
        parser.add_argument("--answers", action="store_true", help="read short answers")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 at the end where any line was malformed."""
        convert = batch.answer if options["answers"] else batch.reply
        if batch.process(sys.stdin, convert, sys.stdout, sys.stderr):
            sys.exit(1)
