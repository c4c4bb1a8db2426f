"""`manage.py train_reader`: builds the reader's model anew from the corpus beside it."""

from typing import Any

from django.core.management.base import BaseCommand

from monitor.reading.train import corpus, train


class Command(BaseCommand):
    """The same corpus gives the same bytes."""

    help = "Train the reader's model from its corpus."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the weights and say how much was read and written."""
        rows = corpus()
        size = train(rows)
        self.stdout.write(f"{len(rows)} texts, {size} bytes")
