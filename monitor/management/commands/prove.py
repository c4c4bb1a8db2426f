"""`manage.py prove [NAME ...]`: prove the protocols by enumeration; exits 1 on a refutation."""

from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitor.proof import prove
from monitor.protocol import ProtocolError, load, names


class Command(BaseCommand):
    """Needs no database and no settings of a clinic."""

    help = "Prove protocols by enumeration; all of them when no name is given."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Names of protocols, such as epidural_steroid.v1."""
        parser.add_argument("names", nargs="*", metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each theorem with its number of cases, and the smallest counter-example."""
        started, cases, refuted = monotonic(), 0, 0
        for name in options["names"] or names():
            try:
                protocol = load(name)
            except ProtocolError as error:
                raise CommandError(str(error)) from None
            self.stdout.write(f"{protocol.name}  {protocol.digest[:12]}")
            for theorem in prove(protocol):
                cases += theorem.cases
                refuted += not theorem.holds
                sign = "proved " if theorem.holds else "REFUTED"
                self.stdout.write(f"  {sign} {theorem.cases:>9,} cases  {theorem.claim}")
                if theorem.counter_example is not None:
                    self.stdout.write(f"          {theorem.counter_example}")
        self.stdout.write(f"{cases:,} cases in {monotonic() - started:.1f} s")
        if refuted:
            raise CommandError(f"{refuted} refuted")
