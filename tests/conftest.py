import hypothesis
import pytest
from django.test import Client
from pytest_django import Settings

from tests import signed_in
from tests.protocols import shelf
from tests.world import World, make_world

__all__ = ["shelf"]

# The machines are shared: how long an example takes says nothing of the program.
hypothesis.settings.register_profile(
    "shared", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("shared")


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
