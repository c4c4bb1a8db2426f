"""The web application, for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitor.settings")
application = get_wsgi_application()

from monitor.checks import must_pass  # noqa: E402 - Django's settings come first
from monitor.reading import read  # noqa: E402

must_pass()

# The models are loaded before the first text comes: a transaction that waits for them on a
# busy machine is ended by the database.
read("hola", hours_since=24, procedure="")
