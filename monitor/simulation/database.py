"""A database of the simulation's own, so that no real row is ever read or written."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from celery import current_app
from django.core.management import call_command
from django.db import connection

from monitor import engines


@contextmanager
def own_database() -> Iterator[None]:
    """This process on a fresh PostgreSQL from the wheels, gone afterwards.

    The configured database and broker are not touched: tasks go to a broker in memory that
    nobody serves, and are not needed, because the clockwork does what is due. EngineError when
    the server does not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="spinewatch-simulation-"))
    folder.chmod(0o755)
    postgres = engines.Postgres(folder / "postgres", port=engines.free_port(), throwaway=True)
    before = dict(connection.settings_dict)
    current_app.conf.update(broker_url="memory://localhost/")
    try:
        postgres.start()
        postgres.create("simulation")
        connection.close()
        address = urlsplit(postgres.url("simulation"))
        connection.settings_dict |= {
            "NAME": "simulation",
            "USER": address.username,
            "PASSWORD": address.password,
            "HOST": address.hostname,
            "PORT": address.port,
        }
        call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
