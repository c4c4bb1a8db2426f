"""`manage.py train_reader`: teach the reader's models anew from the corpus beside them."""

from typing import Any

from django.core.management.base import BaseCommand

from monitor.reading import phrases
from monitor.reading.meaning import comparable
from monitor.reading.model import WEIGHTS
from monitor.reading.training import train


class Command(BaseCommand):
    """Needs no database."""

    help = "Teach the reader's models anew; takes some minutes."
    requires_system_checks = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the weights and the phrases' vectors, and say how large they are."""
        kept = phrases.write(comparable())
        self.stdout.write(f"{kept:,} bytes in {phrases.PHRASES.name}")
        self.stdout.write(f"{train():,} bytes in {WEIGHTS.name}")
