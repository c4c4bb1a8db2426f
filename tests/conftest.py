import hypothesis
import pytest
from pytest_django import Settings

from tests.protocols import shelf
from tests.world import World, make_world

__all__ = ["shelf"]

# The machines are shared: how long an example takes says nothing of the program.
hypothesis.settings.register_profile(
    "shared", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("shared")


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
