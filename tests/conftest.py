from collections.abc import Iterator

import hypothesis
import pytest
from django.db import connection
from django.test import Client, TransactionTestCase
from pytest_django import Settings

from tests import emptied, signed_in
from tests.protocols import shelf
from tests.world import World, make_world

__all__ = ["shelf"]

# The machines are shared: how long an example takes says nothing of the program.
hypothesis.settings.register_profile(
    "shared", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("shared")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A test may think for long inside its transaction, on a machine that has other work."""
    patient = "-c idle_in_transaction_session_timeout=0"
    connection.settings_dict["OPTIONS"]["options"] = patient


@pytest.fixture(autouse=True)
def second_factor_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """`force_login` gives a session as staff have it; `signed_in` has the other kinds."""
    monkeypatch.setattr(Client, "force_login", signed_in.verified)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def static_files(settings: Settings) -> None:
    """As they lie in the packages: the manifest exists only after collectstatic."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True, scope="session")
def emptied_between_tests() -> Iterator[None]:
    """What production never empties is emptied after a test that has committed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptied.teardown)
        yield
