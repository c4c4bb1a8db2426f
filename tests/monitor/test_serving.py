"""A web process that could not do its work does not start, and says why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from monitor import checks, engines

ROOT = Path(__file__).parent.parent.parent
# Nothing of it is asked for: a process refuses to start before it needs a server.
PRODUCTION = {
    "SECRET_KEY": "a key of production, long enough to be one, and not of this test alone",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
    "REDIS_URL": "redis://127.0.0.1:9",
    "PUBLIC_BASE_URL": "https://spinewatch.example.org",
    "ALLOWED_HOSTS": "spinewatch.example.org",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "a made-up token",
    "DJANGO_SETTINGS_MODULE": "monitor.settings",
}


def ran(*command: str, **given: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**kept, **PRODUCTION, **given},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.processes
def test_gunicorn_does_not_start_without_keys(tmp_path: Path) -> None:
    bind = ("--bind", f"127.0.0.1:{engines.free_port()}", "--workers", "2")
    done = ran("-m", "gunicorn", "monitor.wsgi:application", *bind)
    assert done.returncode != 0
    last = done.stderr[done.stderr.index("Spinewatch is not started") :]
    assert "(monitor.E006) MFA_KEYS is not set" in last
    assert "`manage.py second_factors --new-key` makes one" in last


@pytest.mark.processes
def test_what_makes_the_key_needs_none() -> None:
    made = ran("manage.py", "second_factors", "--new-key")
    assert made.returncode == 0
    started = ran("-c", "import monitor.wsgi", MFA_KEYS=made.stdout.strip())
    assert started.returncode == 0, started.stderr


def test_all_that_is_wrong_is_said_at_once(settings: Settings) -> None:
    settings.HTTPS, settings.MFA_KEYS = True, [Fernet.generate_key().decode()]
    checks.must_pass()
    settings.MFA_KEYS, settings.HEARTBEAT_URL = ["no key"], "ping"
    with pytest.raises(ImproperlyConfigured) as why:
        checks.must_pass()
    for code in ("monitor.E006", "monitor.E008"):
        assert code in str(why.value)
    # Who has weighed it may silence a check, as for every command.
    settings.SILENCED_SYSTEM_CHECKS = ["monitor.E006", "monitor.E008"]
    checks.must_pass()
