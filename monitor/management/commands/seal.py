"""`manage.py seal [--release]`: write the protocols' digests; exits 1 on an edited one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitor.protocol import ProtocolError
from monitor.protocol.released import FILE, seal


class Command(BaseCommand):
    """Needs no database. What is released already is never written anew."""

    help = "Write the digests of the protocol versions that are in no release yet."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--release` is for the commit that makes a release."""
        parser.add_argument(
            "--release",
            action="store_true",
            help="from now on these versions are released: they never change again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each version with its digest and whether it may still change."""
        try:
            digests = seal(release=options["release"])
        except ProtocolError as error:
            raise CommandError(str(error)) from None
        for name, digest in sorted(digests.released.items()):
            self.stdout.write(f"released  {name}  {digest[:12]}")
        for name, digest in sorted(digests.coming.items()):
            self.stdout.write(f"coming    {name}  {digest[:12]}")
        self.stdout.write(f"written to {FILE}")
