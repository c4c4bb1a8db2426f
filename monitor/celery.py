"""The Celery application: pages, messages and chores each have a queue of their own."""

from typing import Any

from celery import Celery
from celery.signals import setup_logging

app = Celery("spinewatch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_djangos_logging(**_kwargs: Any) -> None:
    """Being connected is enough: Celery then leaves the logging set-up alone."""
