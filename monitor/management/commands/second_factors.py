"""`manage.py second_factors [--renew | --new-key]`: how their secrets lie in the database."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand, CommandError

from monitor import factor_secrets
from monitor.factor_secrets import Lies


class Command(BaseCommand):
    """A key can be made before there is one, so that no check is asked first."""

    help = "Say how the secrets of second factors lie, encrypt them anew, or make a key."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One of two things to do; neither only says."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--renew", action="store_true", help="encrypt all under the first of MFA_KEYS"
        )
        what.add_argument("--new-key", action="store_true", help="print a key for MFA_KEYS")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits 1 while a secret lies under a key that is not there."""
        if options["new_key"]:
            self.stdout.write(Fernet.generate_key().decode())
            return
        if said := factor_secrets.trouble():
            raise CommandError(f"{said} A key is made by --new-key (docs/deploy.md).")
        if options["renew"]:
            rows = Authenticator.objects.order_by("pk")
            done = sum(factor_secrets.renew(one) for one in rows.iterator())
            self.stdout.write(f"encrypted anew: {done}")
        found = factor_secrets.survey()
        for kind in Lies:
            self.stdout.write(f"{found[kind]:6} {kind}")
        if found[Lies.UNREADABLE]:
            raise CommandError(
                "Put the key back that they lie under, or let an admin forget these factors."
            )
