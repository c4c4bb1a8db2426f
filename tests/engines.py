"""Starts the engines before Django's settings are read: DATABASE_URL and REDIS_URL win.

A plugin rather than a conftest, because pytest-django reads the settings first.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from monitor import engines

_running = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    os.environ.setdefault("SECRET_KEY", "for tests only, where nothing is secret")
    os.environ.setdefault("PUBLIC_BASE_URL", "http://testserver")
    os.environ.setdefault("TWILIO_ACCOUNT_SID", "AC" + "5" * 32)
    os.environ.setdefault("TWILIO_AUTH_TOKEN", "0" * 32)
    # Workers of pytest-xdist inherit the addresses of the engines that the first one started.
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="spinewatch-tests-"))
        folder.chmod(0o755)
        _running.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres, valkey = _running.enter_context(engines.running(folder, throwaway=True))
        os.environ.setdefault("DATABASE_URL", postgres.url("spinewatch"))
        os.environ.setdefault("REDIS_URL", valkey.url)
    try:
        yield
    except BaseException:
        _running.close()
        raise


def pytest_unconfigure() -> None:
    _running.close()


__all__ = ["pytest_load_initial_conftests", "pytest_unconfigure"]
